package stream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"

	"cryptodesk/engine/fault"
)

var errDisk = syscall.EIO

const manyBlocks = 40 * plainBlock

// noWorkersLeft fails when a goroutine of this package is still there.
func noWorkersLeft(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, g := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(g, "stream.(*job)") {
			t.Errorf("a worker is left:\n%s", g)
		}
	}
}

// ways runs f for one worker and for several.
func ways(t *testing.T, f func(t *testing.T, opt Options)) {
	for name, n := range map[string]int{"one worker": 1, "four workers": 4} {
		t.Run(name, func(t *testing.T) {
			f(t, Options{Workers: n, From: "from", To: "to"})
			noWorkersLeft(t)
		})
	}
}

func wants(t *testing.T, err error, kind fault.Kind, subject string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Subject != subject {
		t.Errorf("got %v, want %s about %q", err, kind, subject)
	}
}

func TestSourceShrank(t *testing.T) {
	ways(t, func(t *testing.T, opt Options) {
		for _, left := range []int64{0, 1, plainBlock, manyBlocks - 1} {
			src := source{bytes.NewReader(make([]byte, left)), manyBlocks}
			_, err := Seal(context.Background(), discardAt{}, 0, src, make([]byte, KeySize), [NonceSize]byte{}, opt)
			wants(t, err, fault.SourceChanged, "from")
		}
		e, payload := ageSeals(t, random(manyBlocks))
		_, err := Open(context.Background(), discardAt{}, bytes.NewReader(payload[:len(payload)-1]), 0, int64(len(payload)), e.key, e.nonce, opt)
		wants(t, err, fault.SourceChanged, "from")
	})
}

func TestSourceGrew(t *testing.T) {
	ways(t, func(t *testing.T, opt Options) {
		for _, size := range []int64{0, 1, plainBlock, manyBlocks} {
			src := source{bytes.NewReader(make([]byte, size+1)), size}
			_, err := Seal(context.Background(), discardAt{}, 0, src, make([]byte, KeySize), [NonceSize]byte{}, opt)
			wants(t, err, fault.SourceChanged, "from")
		}
	})
}

func TestReaderErrors(t *testing.T) {
	e, payload := ageSeals(t, random(manyBlocks))
	broken := func(b []byte, good int64) io.Reader {
		return io.MultiReader(bytes.NewReader(b[:good]), iotest.ErrReader(errDisk))
	}
	brokenAt := func(b []byte, good int64) readerAtFunc {
		return func(p []byte, off int64) (int, error) {
			if off == good {
				return 0, errDisk
			}
			return copy(p, b[off:]), nil
		}
	}
	ways(t, func(t *testing.T, opt Options) {
		for _, good := range []int64{0, sealedBlock, 7*sealedBlock + 1} {
			_, err := Seal(context.Background(), discardAt{}, 0, broken(payload, good), e.key, e.nonce, opt)
			wants(t, err, fault.DiskError, "from")
			r := NewOpenReader(context.Background(), broken(payload, good), e.key, e.nonce, opt)
			_, err = io.Copy(io.Discard, r)
			wants(t, err, fault.DiskError, "from")
			must(t, r.Close())
		}
		for _, at := range []int64{0, 7} {
			_, err := Seal(context.Background(), discardAt{}, 0, source{brokenAt(payload, at*plainBlock), manyBlocks}, e.key, e.nonce, opt)
			wants(t, err, fault.DiskError, "from")
			_, err = Open(context.Background(), discardAt{}, brokenAt(payload, at*sealedBlock), 0, int64(len(payload)), e.key, e.nonce, opt)
			wants(t, err, fault.DiskError, "from")
		}
	})
}

func TestShortReads(t *testing.T) {
	plain := random(2*plainBlock + 77)
	e, payload := ageSeals(t, plain)
	for name, slow := range map[string]func(io.Reader) io.Reader{
		"half": iotest.HalfReader, "error with data": iotest.DataErrReader,
		"a few": func(r io.Reader) io.Reader {
			return readerFunc(func(p []byte) (int, error) { return r.Read(p[:min(len(p), 1021)]) })
		},
	} {
		var dst memory
		_, err := Seal(context.Background(), &dst, 0, slow(bytes.NewReader(plain)), e.key, e.nonce, Options{})
		if err != nil || !bytes.Equal(dst.bytes(), payload) {
			t.Errorf("%s: sealed %d bytes, %v", name, len(dst.bytes()), err)
		}
		r := NewOpenReader(context.Background(), slow(bytes.NewReader(payload)), e.key, e.nonce, Options{})
		got, err := io.ReadAll(iotest.OneByteReader(r))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: opened %d bytes, %v", name, len(got), err)
		}
		must(t, r.Close())
	}
}

func TestDiskFull(t *testing.T) {
	e, payload := ageSeals(t, random(manyBlocks))
	ways(t, func(t *testing.T, opt Options) {
		for _, room := range []int64{0, 1 << 20} {
			full := writerAtFunc(func(p []byte, off int64) (int, error) {
				if off+int64(len(p)) > room {
					return 0, syscall.ENOSPC
				}
				return len(p), nil
			})
			_, err := Seal(context.Background(), full, 0, bytes.NewReader(payload), e.key, e.nonce, opt)
			wants(t, err, fault.NoSpace, "to")
			_, err = Open(context.Background(), full, bytes.NewReader(payload), 0, int64(len(payload)), e.key, e.nonce, opt)
			wants(t, err, fault.NoSpace, "to")

			var taken int64
			w := NewSealWriter(context.Background(), writerFunc(func(p []byte) (int, error) {
				if taken += int64(len(p)); taken > room {
					return 0, syscall.ENOSPC
				}
				return len(p), nil
			}), e.key, e.nonce, opt)
			_, err = w.Write(payload)
			wants(t, err, fault.NoSpace, "to")
			wants(t, w.Close(), fault.NoSpace, "to")
		}
	})
}

func TestCancelMidway(t *testing.T) {
	e, payload := ageSeals(t, random(manyBlocks))
	ways(t, func(t *testing.T, opt Options) {
		after := func(blocks int64) (context.Context, Options) {
			ctx, cancel := context.WithCancel(context.Background())
			var n atomic.Int64
			opt.Progress = func(int64) {
				if n.Add(1) == blocks {
					cancel()
				}
			}
			return ctx, opt
		}
		for _, blocks := range []int64{1, 5} {
			ctx, opt := after(blocks)
			_, err := Seal(ctx, discardAt{}, 0, bytes.NewReader(payload), e.key, e.nonce, opt)
			wants(t, err, fault.Cancelled, "")
			ctx, opt = after(blocks)
			n, err := Open(ctx, discardAt{}, bytes.NewReader(payload), 0, int64(len(payload)), e.key, e.nonce, opt)
			wants(t, err, fault.Cancelled, "")
			if n == manyBlocks {
				t.Error("went on to the end")
			}
			ctx, opt = after(blocks)
			r := NewOpenReader(ctx, bytes.NewReader(payload), e.key, e.nonce, opt)
			_, err = io.Copy(io.Discard, r)
			wants(t, err, fault.Cancelled, "")
			must(t, r.Close())
			ctx, opt = after(blocks)
			w := NewSealWriter(ctx, io.Discard, e.key, e.nonce, opt)
			_, err = w.Write(payload)
			wants(t, err, fault.Cancelled, "")
			wants(t, w.Close(), fault.Cancelled, "")
		}
	})
}

func TestCancelledBeforeItStarts(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dst := writerAtFunc(func([]byte, int64) (int, error) { panic("written to") })
	_, err := Seal(ctx, dst, 0, strings.NewReader("hello"), make([]byte, KeySize), [NonceSize]byte{}, Options{})
	wants(t, err, fault.Cancelled, "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	w := NewSealWriter(ctx, io.Discard, make([]byte, KeySize), [NonceSize]byte{}, Options{})
	wants(t, w.Close(), fault.Cancelled, "")
}

// Who reads a payload that does not come must still be able to give up.
func TestCancelWhileTheSourceIsSilent(t *testing.T) {
	silent, far := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	r := NewOpenReader(ctx, silent, make([]byte, KeySize), [NonceSize]byte{}, Options{})
	_, err := far.Write(make([]byte, 100)) // a worker is reading now
	must(t, err)
	cancel()
	_, err = r.Read(make([]byte, 1))
	wants(t, err, fault.Cancelled, "")
	must(t, silent.Close())
	must(t, r.Close())
	noWorkersLeft(t)
}

func TestCancelWhileWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w := NewSealWriter(ctx, io.Discard, make([]byte, KeySize), [NonceSize]byte{}, Options{})
	_, err := w.Write([]byte("x"))
	must(t, err)
	cancel()
	wants(t, w.Close(), fault.Cancelled, "")

	e, payload := ageSeals(t, random(manyBlocks))
	ctx, cancel = context.WithCancel(context.Background())
	r := NewOpenReader(ctx, bytes.NewReader(payload), e.key, e.nonce, Options{})
	_, err = r.Read(make([]byte, 10))
	must(t, err)
	cancel()
	_, err = io.Copy(io.Discard, r)
	wants(t, err, fault.Cancelled, "")
	must(t, r.Close())
	noWorkersLeft(t)
}

func TestReaderClosedEarly(t *testing.T) {
	e, payload := ageSeals(t, random(manyBlocks))
	for _, n := range []int64{0, 1, plainBlock, 3*plainBlock + 5} {
		r := NewOpenReader(context.Background(), onlyReader{bytes.NewReader(payload)}, e.key, e.nonce, Options{})
		_, err := io.CopyN(io.Discard, r, n)
		must(t, err)
		must(t, r.Close())
		must(t, r.Close())
		if _, err := r.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Errorf("read after Close: %v", err)
		}
	}
	noWorkersLeft(t)
}

func TestPanicsBecomeFaults(t *testing.T) {
	e, payload := ageSeals(t, random(manyBlocks))
	size := int64(len(payload))
	ways(t, func(t *testing.T, opt Options) {
		var reads atomic.Int64
		once := func() {
			if reads.Add(1)%8 == 0 {
				panic("broken")
			}
		}
		readerAt := readerAtFunc(func(p []byte, off int64) (int, error) { once(); return copy(p, payload[off:]), nil })
		reader := readerFunc(func(p []byte) (int, error) { once(); return len(p), nil })
		writerAt := writerAtFunc(func(p []byte, _ int64) (int, error) { once(); return len(p), nil })
		ctx := context.Background()
		for name, f := range map[string]func() error{
			"Seal reading at": func() error {
				_, err := Seal(ctx, discardAt{}, 0, source{readerAt, size}, e.key, e.nonce, opt)
				return err
			},
			"Seal reading": func() error {
				_, err := Seal(ctx, discardAt{}, 0, reader, e.key, e.nonce, opt)
				return err
			},
			"Seal writing": func() error {
				_, err := Seal(ctx, writerAt, 0, bytes.NewReader(payload), e.key, e.nonce, opt)
				return err
			},
			"Open reading at": func() error {
				_, err := Open(ctx, discardAt{}, readerAt, 0, size, e.key, e.nonce, opt)
				return err
			},
			"Open looking at the end": func() error {
				reads.Store(7)
				_, err := Open(ctx, discardAt{}, readerAt, 0, size, e.key, e.nonce, opt)
				return err
			},
			"OpenReader": func() error {
				r := NewOpenReader(ctx, source{readerAt, size}, e.key, e.nonce, opt)
				defer r.Close()
				_, err := io.Copy(io.Discard, r)
				return err
			},
			"SealWriter": func() error {
				w := NewSealWriter(ctx, writerFunc(func([]byte) (int, error) { panic("broken") }), e.key, e.nonce, opt)
				w.Write(payload)
				return w.Close()
			},
		} {
			reads.Store(0)
			if err := f(); fault.Of(err) != fault.Internal || !strings.Contains(err.Error(), "panic: broken") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestProgressAddsUp(t *testing.T) {
	plain := random(5*plainBlock + 123)
	e, payload := ageSeals(t, plain)
	ways(t, func(t *testing.T, opt Options) {
		var sum atomic.Int64
		opt.Progress = func(n int64) { sum.Add(n) }
		_, err := Seal(context.Background(), discardAt{}, 0, bytes.NewReader(plain), e.key, e.nonce, opt)
		if must(t, err); sum.Swap(0) != int64(len(plain)) {
			t.Error("sealing does not add up")
		}
		_, err = Open(context.Background(), discardAt{}, bytes.NewReader(payload), 0, int64(len(payload)), e.key, e.nonce, opt)
		if must(t, err); sum.Load() != int64(len(plain)) {
			t.Error("opening does not add up")
		}
	})
}
