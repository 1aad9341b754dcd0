package stream

import (
	"io"
	"sync"
)

// memory is a file in memory that may be written in any order.
type memory struct {
	mu sync.Mutex
	b  []byte
}

func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if end := off + int64(len(p)); end > int64(len(m.b)) {
		m.b = append(m.b, make([]byte, end-int64(len(m.b)))...)
	}
	return copy(m.b[off:], p), nil
}

func (m *memory) bytes() []byte { return m.b }

// onlyReader hides that a reader has a size.
type onlyReader struct{ io.Reader }

// source is a Source whose size and reads a test decides.
type source struct {
	io.ReaderAt
	size int64
}

func (s source) Size() int64                { return s.size }
func (s source) Read(p []byte) (int, error) { panic("read in order though it has a size") }

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

type writerAtFunc func(p []byte, off int64) (int, error)

func (f writerAtFunc) WriteAt(p []byte, off int64) (int, error) { return f(p, off) }
