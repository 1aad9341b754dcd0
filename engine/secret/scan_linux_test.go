package secret

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A needle is a random secret the test knows only masked, so that the test's own memory holds no copy of it.
type needle struct{ masked, mask [32]byte }

// newNeedle fills dst, guarded memory, with a fresh needle.
func newNeedle(dst []byte) *needle {
	var n needle
	rand.Read(n.mask[:])
	rand.Read(dst)
	for i := range n.masked {
		n.masked[i] = dst[i] ^ n.mask[i]
	}
	return &n
}

// fill writes the needle once more, byte by byte.
func (n *needle) fill(dst []byte) {
	for i := range n.masked {
		dst[i] = n.masked[i] ^ n.mask[i]
	}
}

// count returns how often a half of the needle lies in b.
func (n *needle) count(b []byte) (hits int) {
	for _, half := range []int{0, 16} {
		first := n.masked[half] ^ n.mask[half]
		for at := 0; ; at++ {
			next := bytes.IndexByte(b[at:], first)
			if next < 0 || at+next+16 > len(b) {
				break
			}
			at += next
			if n.halfAt(b[at:], half) {
				hits++
			}
		}
	}
	return hits
}

func (n *needle) halfAt(b []byte, half int) bool {
	for i := range 16 {
		if b[i]^n.mask[half+i] != n.masked[half+i] {
			return false
		}
	}
	return true
}

// scan counts the halves of the needle in all readable memory of this process, the way another process would look: through
// /proc/PID/mem. Mappings above 1 GiB are the race detector's shadow, which holds no data.
func (n *needle) scan(t *testing.T) (hits int) {
	t.Helper()
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	const window = 1 << 20
	own, err := unix.Mmap(-1, 0, window+15, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(own)
	if err := unix.Madvise(own, unix.MADV_DONTFORK); err != nil {
		t.Fatal(err)
	}
	for _, m := range mappings(t) {
		for at := m.from; at < m.to; at += window {
			clear(own)
			got, _ := mem.ReadAt(own[:min(window+15, m.to-at)], int64(at)) // a page that went away reads short
			hits += n.count(own[:got])
		}
	}
	clear(own)
	return hits
}

type mapping struct{ from, to uint64 }

// mappings lists what can be read. The scanner's own window is mapped after the list is made, so it is not in it.
func mappings(t *testing.T) (list []mapping) {
	t.Helper()
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var m mapping
		var perms string
		if _, err := fmt.Sscanf(s.Text(), "%x-%x %s", &m.from, &m.to, &perms); err != nil {
			t.Fatal(err)
		}
		if perms[0] == 'r' && m.to-m.from <= 1<<30 && !strings.Contains(s.Text(), "[v") {
			list = append(list, m)
		}
	}
	return list
}

// TestMemoryScan plants a secret in each kind of holder, sees it with the scanner while it is in plain use (the positive
// control), and looks again when it is sealed or destroyed.
func TestMemoryScan(t *testing.T) {
	for _, size := range []int{32, 5000, 2 * maxLocked} {
		t.Run(fmt.Sprintf("Buffer of %d", size), func(t *testing.T) {
			b := New(size)
			n := newNeedle(b.Bytes()[:32])
			c := b.Clone()
			n.present(t, "in use")
			b.Destroy()
			n.present(t, "while the clone lives")
			c.Destroy()
			n.absent(t, "destroyed")
		})
	}
	t.Run("Take", func(t *testing.T) {
		from := make([]byte, 32)
		n := newNeedle(from)
		b := Take(from)
		b.Destroy()
		n.absent(t, "destroyed")
		runtime.KeepAlive(from)
	})
	t.Run("Key", func(t *testing.T) {
		b := New(32)
		n := newNeedle(b.Bytes())
		k := Seal(b)
		n.absent(t, "sealed")
		if err := k.Open(func([]byte) error { n.present(t, "open"); return nil }); err != nil {
			t.Fatal(err)
		}
		_ = k.Open(func([]byte) error { return errors.New("refused") })
		n.absent(t, "sealed again")
		k.Destroy()
		n.absent(t, "destroyed")
	})
	t.Run("Text", func(t *testing.T) {
		x, y := NewText(), NewText()
		raw := New(32)
		n := newNeedle(raw.Bytes())
		for i := range raw.Bytes() {
			raw.Bytes()[i] &= 0x7F // so that each byte is a character
			n.masked[i] = raw.Bytes()[i] ^ n.mask[i]
			x.Append(rune(raw.Bytes()[i]))
			y.Append(rune(raw.Bytes()[i]))
		}
		raw.Destroy()
		if !x.Equal(y) {
			t.Fatal("typed the same twice")
		}
		n.present(t, "typed")
		x.Destroy()
		for range 32 {
			y.Backspace()
		}
		n.absent(t, "destroyed and taken back")
	})
	if erasing { // built with GOEXPERIMENT=runtimesecret; a plain Do promises nothing
		t.Run("Do", func(t *testing.T) {
			b := New(32)
			n := newNeedle(b.Bytes())
			Do(func() { careless(b.Bytes()) })
			b.Destroy()
			n.absent(t, "after a careless operation")
		})
	}
	t.Run("WipeAll", func(t *testing.T) {
		b, large := New(32), New(5000)
		n := newNeedle(b.Bytes())
		n.fill(large.Bytes())
		k := Seal(b.Clone())
		WipeAll()
		n.absent(t, "wiped")
		mustBeLocked(t, k)
	})
}

// careless leaves copies on the stack and the heap.
//
//go:noinline
func careless(secret []byte) {
	var stack [32]byte
	copy(stack[:], secret)
	for range 100 {
		keep = append([]byte(nil), stack[:]...)
	}
	keep = nil
}

var keep []byte

func (n *needle) present(t *testing.T, when string) {
	t.Helper()
	if n.scan(t) == 0 {
		t.Fatalf("%s: the scanner is blind, it found nothing", when)
	}
}

func (n *needle) absent(t *testing.T, when string) {
	t.Helper()
	Settle()
	if hits := n.scan(t); hits > 0 {
		t.Errorf("%s: %d copies in memory", when, hits)
	}
}
