package stream

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"cryptodesk/engine/fault"
)

var (
	errShrank = errors.New("payload: source ended before its size")
	errGrew   = errors.New("payload: source went on after its size")
)

// input hands out block after block; several workers call fetch at once. It
// answers false after the last block.
type input interface {
	fetch(b *block) (bool, error)
	count() int64 // blocks; 0 if not known
	room() int64  // input bytes of the largest block
}

// newInput reads src in parallel if it has a size, else in order. step is the
// input bytes of a full block.
func newInput(src io.Reader, step int64, from string) input {
	if f, ok := src.(Source); ok {
		return &fileBlocks{src: f, size: f.Size(), step: step, whole: true, from: from}
	}
	return &readerBlocks{src: src, step: step, from: from}
}

// fileBlocks reads a stretch of known size, in parallel.
type fileBlocks struct {
	src        io.ReaderAt
	base, size int64
	step       int64
	whole      bool // src must end where the stretch ends
	from       string
	next       atomic.Int64
}

func (f *fileBlocks) room() int64  { return min(f.step, f.size) }
func (f *fileBlocks) count() int64 { return chunkCount(f.size, f.step) }

func (f *fileBlocks) fetch(b *block) (bool, error) {
	b.index = f.next.Add(1) - 1
	at := b.index * f.step
	if b.index >= f.count() {
		return false, nil
	}
	n := min(f.step, f.size-at)
	b.in, b.last = b.buf[lead:lead+n], at+n == f.size
	if err := f.read(b.in, at); err != nil {
		return false, err
	}
	if b.last && f.whole {
		return true, f.checkGrown()
	}
	return true, nil
}

func (f *fileBlocks) read(p []byte, at int64) error {
	if len(p) == 0 {
		return nil
	}
	switch n, err := f.src.ReadAt(p, f.base+at); {
	case n == len(p):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return fault.New(fault.SourceChanged, f.from, errShrank)
	default:
		return fault.FromOS(f.from, err)
	}
}

func (f *fileBlocks) checkGrown() error {
	var one [1]byte
	if n, _ := f.src.ReadAt(one[:], f.base+f.size); n > 0 {
		return fault.New(fault.SourceChanged, f.from, errGrew)
	}
	return nil
}

// readerBlocks reads in order to the end. It is always one byte ahead, to know
// which block is the last.
type readerBlocks struct {
	src  io.Reader
	step int64
	from string

	mu    sync.Mutex
	next  int64
	ahead [1]byte
	ended bool
}

func (r *readerBlocks) room() int64  { return r.step }
func (r *readerBlocks) count() int64 { return 0 }

func (r *readerBlocks) fetch(b *block) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false, nil
	}
	b.index = r.next
	have := int64(0)
	if r.next++; b.index > 0 {
		b.buf[lead] = r.ahead[0]
		have = 1
	}
	n, err := r.read(b.buf[lead+have : lead+r.step])
	b.in = b.buf[lead : lead+have+int64(n)]
	if err == nil && !r.ended {
		_, err = r.read(r.ahead[:])
	}
	b.last = r.ended
	return err == nil, err
}

// read fills p unless the source ends first.
func (r *readerBlocks) read(p []byte) (int, error) {
	n, err := io.ReadFull(r.src, p)
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		r.ended = true
		return n, nil
	}
	r.ended = true
	return n, fault.FromOS(r.from, err)
}
