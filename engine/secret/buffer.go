package secret

import (
	"crypto/subtle"
	"sync/atomic"
)

// Buffer is a fixed number of guarded bytes. Its methods may be called from several goroutines and on a nil Buffer; who
// shares the bytes themselves must order reads and writes.
type Buffer struct {
	data  []byte
	state atomic.Int32
	slot  []byte // the place in a shared page that data is the beginning of, nil otherwise
	pages int    // bytes locked for this Buffer alone
	free  func() // gives those back
}

// A Buffer goes from live to wiped (by WipeAll: the memory is kept for whoever still holds the slice) to dead.
const (
	live int32 = iota
	wiped
	dead
)

// New returns n zero bytes, n >= 0. It never fails: without lockable memory it uses the heap and Protection says so.
func New(n int) *Buffer {
	if n < 0 {
		panic("secret: negative size")
	}
	return memory.take(n)
}

// Take moves b into a new Buffer and wipes b.
func Take(b []byte) *Buffer {
	buf := New(len(b))
	move(buf.data, b)
	Wipe(b)
	return buf
}

// Bytes returns the guarded bytes themselves, nil once destroyed. The slice must not be used after Destroy.
func (b *Buffer) Bytes() []byte {
	if b == nil || b.state.Load() != live {
		return nil
	}
	return b.data
}

// Len returns the number of bytes, 0 once destroyed.
func (b *Buffer) Len() int { return len(b.Bytes()) }

// Destroy wipes the bytes and gives the memory back. Further calls do nothing.
func (b *Buffer) Destroy() {
	if b == nil || b.state.Swap(dead) == dead {
		return
	}
	Wipe(b.data)
	memory.give(b)
}

// Equal compares in constant time for equal lengths. A destroyed Buffer equals nothing.
func (b *Buffer) Equal(other *Buffer) bool {
	x, y := b.Bytes(), other.Bytes()
	same := false
	do(func() { same = x != nil && y != nil && subtle.ConstantTimeCompare(x, y) == 1 })
	return same
}

// Clone returns a copy with a life of its own, nil when b is destroyed.
func (b *Buffer) Clone() *Buffer {
	from := b.Bytes()
	if from == nil {
		return nil
	}
	c := New(len(from))
	move(c.data, from)
	return c
}

// move is copy with nothing left in registers. They are part of memory: a signal or the scheduler saves all of them, and
// 16 to 32 copied bytes lie in two of them until something else needs those.
func move(dst, src []byte) { do(func() { copy(dst, src) }) }

// Copy is copy for secret bytes outside of Do: it leaves nothing in registers.
func Copy(dst, src []byte) int {
	move(dst, src)
	return min(len(dst), len(src))
}
