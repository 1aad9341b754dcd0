package scan

import (
	"context"
	"os"

	"cryptodesk/engine/fault"
)

// File searches a file, such as a core.
func (s *Set) File(ctx context.Context, path string) (*Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	return s.file(ctx, path, []region{{to: uint64(info.Size()), name: path}})
}

func (s *Set) file(ctx context.Context, path string, regions []region) (*Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	defer f.Close()
	r := &Report{}
	err = s.walk(ctx, opened{f}, regions, make([]byte, s.windowSize()), r)
	return r, err
}

type opened struct{ f *os.File }

func (o opened) readAt(b []byte, at uint64) int {
	if int64(at) < 0 {
		return 0
	}
	n, _ := o.f.ReadAt(b, int64(at))
	return n
}
