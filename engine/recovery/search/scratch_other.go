//go:build !linux

package search

import "cryptodesk/engine/fault"

func newScratch(n int64) (*scratch, error) {
	if int64(int(n)) != n {
		return nil, fault.New(fault.MemoryShort, "", nil)
	}
	return &scratch{bytes: make([]byte, n), unmap: func() {}}, nil
}
