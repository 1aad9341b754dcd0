//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

package secret

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNothingStaysInSavedRegisters interrupts each operation again and again, as the scheduler does under load. The kernel
// then saves all registers on the thread's signal stack, where they stay until the next signal: a copy of 16 to 32 bytes
// outside runtime/secret leaves all of them in two vector registers, and so in memory for hours.
func TestNothingStaysInSavedRegisters(t *testing.T) {
	from := New(24)
	defer from.Destroy()
	short := New(32) // the needle wants 32 bytes, of which this has the first 24 and eight of no account
	n := newNeedle(short.Bytes())
	move(from.Bytes(), short.Bytes())
	short.Destroy()
	text := NewText()
	defer text.Destroy()
	for name, op := range map[string]func(){
		"Clone":  func() { from.Clone().Destroy() },
		"Equal":  func() { from.Equal(from) },
		"Take":   func() { b := New(24); move(b.Bytes(), from.Bytes()); Take(b.Bytes()).Destroy(); b.Destroy() },
		"Text":   func() { text.Buffer().Destroy(); text.RuneCount(); text.Equal(text) },
		"Read":   func() { read(t, from) },
		"Random": func() { b := New(32); Random(b.Bytes()); b.Destroy() },
		"Key":    func() { k := Seal(from.Clone()); _ = k.Open(func([]byte) error { return nil }); k.Destroy() },
	} {
		t.Run(name, func(t *testing.T) {
			fillText(text, from)
			for range 20 {
				interrupted(op)
				Settle()
				if hits := n.scan(t); hits > 2 { // those in from and text
					t.Fatalf("%d copies in memory", hits-2)
				}
			}
		})
	}
}

func fillText(text *Text, from *Buffer) {
	text.Clear()
	do(func() { text.n = copy(text.buf.Bytes(), from.Bytes()) })
}

// wary is a reader that leaves nothing itself.
type wary struct {
	from *Buffer
	done bool
}

func (w *wary) Read(b []byte) (int, error) {
	if w.done {
		return 0, io.EOF
	}
	w.done = true
	return Copy(b, w.from.Bytes()), nil
}

func read(t *testing.T, from *Buffer) {
	b, err := ReadAll(&wary{from: from}, 100)
	if err != nil {
		t.Error(err)
	}
	b.Destroy()
}

// interrupted runs op over and over on several threads, which get a few dozen signals each meanwhile.
func interrupted(op func()) {
	const threads = 6
	var ids [threads]atomic.Int32
	var stop atomic.Bool
	over := make(chan bool)
	for i := range ids {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ids[i].Store(int32(unix.Gettid()))
			for !stop.Load() {
				op()
				runtime.Gosched() // else the signals wait for their turn
			}
			over <- true
		}()
	}
	for i := range 30 * threads {
		id := 0
		for id == 0 {
			runtime.Gosched()
			id = int(ids[i%threads].Load())
		}
		if err := unix.Tgkill(os.Getpid(), id, unix.SIGURG); err != nil {
			panic(fmt.Sprint("tgkill: ", err))
		}
	}
	stop.Store(true)
	for range ids {
		<-over
	}
}
