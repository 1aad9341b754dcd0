package secret

import (
	"crypto/rand"
	"os"
	"sync"

	"github.com/awnumar/memguard"
)

const (
	slotSize  = 128     // holds an age key as text and most passphrases
	maxLocked = 8 << 20 // bytes locked by this package at most, guards not counted
	minLocked = 32 << 10
)

// arena hands out guarded memory and knows every live Buffer. Its lock is held for microseconds and never while another
// is taken, so WipeAll can always get it.
type arena struct {
	mu     sync.Mutex
	live   map[*Buffer]struct{}
	free   [][]byte // first in, first out: a slot rests as long as possible before it holds another secret
	sized  bool
	limit  int      // bytes that may be locked
	locked int      // bytes that are; shared pages are kept for ever, so these never exceed what was once needed at a time
	plain  bool     // a secret had to live on the heap
	shared [][]byte // the pages that slots are cut from
}

var memory = &arena{live: make(map[*Buffer]struct{})}

var pageSize = os.Getpagesize()

func (a *arena) take(n int) *Buffer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.size()
	b := &Buffer{}
	switch {
	case n == 0:
		b.data = []byte{}
	case n <= slotSize && a.refill():
		b.slot, a.free = a.free[0], a.free[1:]
		b.data = b.slot[:n:n]
		clear(b.data) // WipeAll leaves noise
	case n > slotSize && a.reserve(roundUp(n)):
		whole := memguard.NewBuffer(n)
		b.data, b.free, b.pages = whole.Bytes(), whole.Destroy, roundUp(n)
	default:
		a.plain = true
		b.data = make([]byte, n)
	}
	a.live[b] = struct{}{}
	return b
}

func (a *arena) give(b *Buffer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.live, b)
	switch {
	case b.slot != nil:
		a.free = append(a.free, b.slot)
	case b.free != nil && !wiping:
	case b.free != nil:
		a.locked -= b.pages
		b.free()
	}
}

// refill makes sure that there is a free slot, unless no page can be locked for it.
func (a *arena) refill() bool {
	if len(a.free) > 0 {
		return true
	}
	if !a.reserve(pageSize) {
		return false
	}
	page := memguard.NewBuffer(pageSize).Bytes()
	a.shared = append(a.shared, page)
	for at := 0; at+slotSize <= pageSize; at += slotSize {
		a.free = append(a.free, page[at:at+slotSize:at+slotSize])
	}
	return true
}

// reserve counts n more bytes, whole pages, as locked when they fit and can really be locked: another part of the process
// may have used up the limit, and memguard must not be the one to find out.
func (a *arena) reserve(n int) bool {
	if n > a.limit-a.locked || !canLock(n) {
		return false
	}
	a.locked += n
	return true
}

// size sets the limit at the first use, and again after Harden raised it. A limit below the most we use that is not enforced
// (root, CAP_IPC_LOCK) shows when a lock past it works.
func (a *arena) size() {
	if a.sized {
		return
	}
	a.sized = true
	a.limit = lockLimit()
	if a.limit < maxLocked && canLock(a.limit+pageSize) {
		a.limit = maxLocked
	}
}

func (a *arena) resize() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sized = false
	a.size()
}

// exposed reports whether a secret was kept in memory that can be swapped out, or must be expected to be.
func (a *arena) exposed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.size()
	return a.plain || a.limit < minLocked
}

// wipe overwrites every live Buffer with noise. Noise and not zeros, because a worker may still hold the slice as a key: what
// it seals in its last moments must not open with a key of zeros.
func (a *arena) wipe() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for b := range a.live {
		if wiping && b.state.CompareAndSwap(live, wiped) {
			rand.Read(b.data)
		}
	}
}

func roundUp(n int) int { return (n + pageSize - 1) / pageSize * pageSize }
