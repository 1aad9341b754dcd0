package search

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// maxWays bounds the ways to all guesses together: half a gigabyte to note
// which are the first. Two cores would take a lifetime for half of them.
const maxWays = 1 << 32

// Count is how many guesses there are.
type Count struct {
	Total  uint64
	Levels [MaxTogether + 1]uint64 // by the number of deviations
	ways   uint64
}

// bitmap has a bit for each way to a guess.
type bitmap []uint64

func (m bitmap) set(i uint64) { m[i/64] |= 1 << (i % 64) }

// next is the first bit that is set from i on, or end.
func (m bitmap) next(i, end uint64) uint64 {
	for i < end {
		if word := m[i/64] >> (i % 64); word != 0 {
			return min(end, i+uint64(bits.TrailingZeros64(word)))
		}
		i = (i/64 + 1) * 64
	}
	return end
}

// Count goes over all ways to a guess and finds out which is the first to each,
// so that none is tried twice, and how many that makes exactly. It takes about
// a second for a million of them, once; memory bounds the bytes it works in. The
// order of the guesses, and so the number of each, is the same in every process.
// Errors: Hopeless (more ways than most, or than 4,294,967,296, the only bound
// when most is 0), MemoryShort, Cancelled.
//
// Which guesses were met is remembered by digests (SHA-256 under a random key,
// the first 128 bits), in a table. When it would outgrow the memory, the
// digests are divided into classes, and all ways are gone over once for
// each class: whether a way is the first to its guess only depends on its own
// class.
func (g *Guesses) Count(ctx context.Context, memory int64, most uint64) (Count, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.count != nil {
		return *g.count, nil
	}
	if most == 0 || most > maxWays {
		most = maxWays
	}
	ways, err := g.allWays(ctx, most)
	if err != nil {
		return Count{}, err
	}
	c := Count{ways: ways}
	first := make(bitmap, ways/64+1)
	slots, classes := tableFor(ways, memory)
	t, err := newTable(slots)
	if err != nil {
		return Count{}, err
	}
	defer t.close()
	for class := range classes {
		if err := g.countClass(ctx, t, class, classes, first, &c); err != nil {
			return Count{}, err
		}
	}
	g.count, g.first = &c, first
	return c, nil
}

// tableFor chooses a table that is three quarters full at most, and how many
// classes make that so.
func tableFor(ways uint64, memory int64) (slots, classes uint64) {
	slots = 1 << bits.Len64(ways+ways/3+8)
	for slots > 1024 && int64(slots)*slotSize > memory {
		slots /= 2
	}
	// One part in eight is left for classes that are larger than others.
	room := slots/4*3 - slots/8
	return slots, ways/room + 1
}

// between is how many steps are taken before somebody may say stop.
const between = 1024

// allWays adds up the ways of all bases.
func (g *Guesses) allWays(ctx context.Context, most uint64) (ways uint64, err error) {
	if g.plain() > most {
		return 0, fault.New(fault.Hopeless, "", nil)
	}
	err = g.over(ctx, func(w *walk) uint64 {
		ways = w.at + w.rest()
		return w.rest()
	}, func() error {
		if ways > most {
			return fault.New(fault.Hopeless, "", nil)
		}
		return nil
	})
	return ways, err
}

// over calls step with the walk at one way after the other, leaping as far as
// it says, and between steps check.
func (g *Guesses) over(ctx context.Context, step func(*walk) uint64, check func() error) error {
	w := g.walk()
	defer w.close()
	more := true
	secret.Do(func() { more = w.begin() })
	for more {
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, "", ctx.Err())
		}
		secret.Do(func() {
			for i := 0; i < between && more; i++ {
				more = w.pass(step(w))
			}
		})
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (g *Guesses) countClass(ctx context.Context, t *table, class, classes uint64, first bitmap, c *Count) error {
	t.empty()
	return g.over(ctx, func(w *walk) uint64 {
		guess := w.write()
		if len(guess) > 0 && t.add(guess, class, classes) {
			first.set(w.at)
			c.Total++
			c.Levels[w.level()]++
		}
		return 1
	}, func() error { return nil })
}

// table is a set of digests.
type table struct {
	memory *scratch
	slots  uint64
	key    *secret.Buffer // then room for a guess behind it
	used   uint64
}

const (
	slotSize = 16
	tableKey = 32
)

func newTable(slots uint64) (*table, error) {
	memory, err := newScratch(int64(slots) * slotSize)
	if err != nil {
		return nil, err
	}
	t := &table{memory: memory, slots: slots, key: secret.New(tableKey + (maxKeys+roomForSlips)*utf8Max)}
	secret.Do(func() { rand.Read(t.key.Bytes()[:tableKey]) })
	return t, nil
}

func (t *table) close() {
	t.memory.free()
	t.key.Destroy()
}

func (t *table) empty() {
	if t.used > 0 {
		clear(t.memory.bytes)
		t.used = 0
	}
}

// add says whether the guess is of the class and new. Inside secret.Do.
func (t *table) add(guess []byte, class, classes uint64) bool {
	b := t.key.Bytes()
	n := tableKey + copy(b[tableKey:], guess)
	digest := sha256.Sum256(b[:n])
	place := binary.LittleEndian.Uint64(digest[16:])
	high, _ := bits.Mul64(place, classes)
	if high != class {
		return false
	}
	digest[0] |= 1 // all zeros is a free slot
	place = binary.LittleEndian.Uint64(digest[24:])
	for ; ; place++ {
		slot := t.memory.bytes[place%t.slots*slotSize:][:slotSize]
		switch {
		case slices.Equal(slot, digest[:slotSize]):
			return false
		case binary.LittleEndian.Uint64(slot) == 0:
			if t.used++; t.used == t.slots {
				panic("search: the table of guesses is full")
			}
			copy(slot, digest[:slotSize])
			return true
		}
	}
}
