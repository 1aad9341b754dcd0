package secret

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
)

func TestBufferHoldsAndForgets(t *testing.T) {
	for _, n := range []int{0, 1, 32, slotSize, slotSize + 1, 4096, 4097, 100_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b := New(n)
			if b.Bytes() == nil || b.Len() != n || cap(b.Bytes()) != n {
				t.Fatalf("len %d cap %d, want %d", b.Len(), cap(b.Bytes()), n)
			}
			if !bytes.Equal(b.Bytes(), make([]byte, n)) {
				t.Fatal("a new buffer is not zero")
			}
			rand.Read(b.Bytes())
			c := b.Clone()
			if !b.Equal(c) {
				t.Fatal("a clone differs")
			}
			if n > 0 {
				c.Bytes()[n-1] ^= 1
				if b.Equal(c) {
					t.Fatal("the clone shares its bytes")
				}
			}
			b.Destroy()
			b.Destroy()
			if b.Bytes() != nil || b.Len() != 0 || b.Equal(b) || b.Clone() != nil {
				t.Fatal("a destroyed buffer still answers")
			}
			if c.Len() != n {
				t.Fatal("the clone died with its original")
			}
			c.Destroy()
		})
	}
}

func TestSlotIsWipedWhenDestroyed(t *testing.T) {
	b := New(64)
	stale := b.Bytes()
	rand.Read(stale)
	b.Destroy()
	if !bytes.Equal(stale, make([]byte, 64)) {
		t.Fatal("content survived Destroy")
	}
}

func TestNilBuffer(t *testing.T) {
	var b *Buffer
	b.Destroy()
	if b.Bytes() != nil || b.Len() != 0 || b.Clone() != nil || b.Equal(b) || b.Equal(New(0)) {
		t.Fatal("a nil buffer is not dead")
	}
}

func TestTakeWipesItsSource(t *testing.T) {
	from := []byte("correct horse")
	b := Take(from)
	defer b.Destroy()
	if string(b.Bytes()) != "correct horse" || !bytes.Equal(from, make([]byte, 13)) {
		t.Fatalf("took %q and left %q", b.Bytes(), from)
	}
}

func TestNegativeSizePanicsAndTheArenaLives(t *testing.T) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		New(-1)
	}()
	New(1).Destroy()
}

func TestNeighboursDoNotOverlap(t *testing.T) {
	var all []*Buffer
	for i := range 500 {
		b := New(1 + i%slotSize)
		for j := range b.Bytes() {
			b.Bytes()[j] = byte(i)
		}
		all = append(all, b)
	}
	for i, b := range all {
		if !bytes.Equal(b.Bytes(), bytes.Repeat([]byte{byte(i)}, 1+i%slotSize)) {
			t.Fatalf("buffer %d was overwritten", i)
		}
		b.Destroy()
	}
}

func TestManyGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				b := New(16 + (i%2)*500)
				for j := range b.Bytes() {
					b.Bytes()[j] = byte(g)
				}
				k := Seal(b.Clone())
				_ = k.Open(func(plain []byte) error {
					if !bytes.Equal(plain, b.Bytes()) {
						t.Error("mixed up")
					}
					return nil
				})
				k.Destroy()
				b.Destroy()
			}
		})
	}
	wg.Wait()
}

// TestFreedMemoryGoesBack keeps the locked total from growing with the number of buffers that ever lived.
func TestFreedMemoryGoesBack(t *testing.T) {
	New(32).Destroy()
	before := memory.locked
	for range 2000 {
		New(32).Destroy()
		New(4096).Destroy()
	}
	if memory.locked != before {
		t.Fatalf("locked %d bytes, before %d", memory.locked, before)
	}
}

// TestPastTheBudget asks for more than may ever be locked.
func TestPastTheBudget(t *testing.T) {
	b := New(2 * maxLocked)
	defer b.Destroy()
	b.Bytes()[2*maxLocked-1] = 1
	s := Protection()
	if s.Level != Partial || s.Reasons[0] != Swappable {
		t.Fatalf("protection %v with a secret on the heap", s)
	}
}

func BenchmarkBuffer(b *testing.B) {
	for _, n := range []int{32, 128, 1024} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(n).Destroy()
			}
		})
	}
}
