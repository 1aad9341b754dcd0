package search

import (
	"golang.org/x/sys/unix"

	"cryptodesk/engine/fault"
)

// newScratch maps n zero bytes for the one who asks alone: not in core dumps,
// and in huge pages where the system has them, since scrypt jumps about in all
// of it.
func newScratch(n int64) (*scratch, error) {
	if int64(int(n)) != n {
		return nil, fault.New(fault.MemoryShort, "", nil)
	}
	b, err := unix.Mmap(-1, 0, int(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fault.New(fault.MemoryShort, "", err)
	}
	if err := unix.Madvise(b, unix.MADV_DONTDUMP); err != nil {
		unix.Munmap(b)
		return nil, fault.New(fault.Internal, "", err)
	}
	// A kernel without huge pages is slower and otherwise the same.
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE)
	return &scratch{bytes: b, unmap: func() { unix.Munmap(b) }}, nil
}
