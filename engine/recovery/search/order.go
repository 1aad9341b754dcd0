package search

import (
	"slices"

	"cryptodesk/engine/secret"
)

// order hands out the guesses of one shard, one after the other. Not safe for
// concurrent use.
type order struct {
	w             *walk
	first         bitmap
	shard, shards uint64
	from          uint64   // those before are done
	redo          []uint64 // but for these
	next          uint64   // number of the guess in hand, over all shards
	more          bool
}

// inOrder is at the first guess of the shard that is not done: its number is in
// redo, or from or higher. It needs a count.
func (g *Guesses) inOrder(shard, shards, from uint64, redo ...uint64) *order {
	o := &order{w: g.walk(), first: g.first, shard: shard, shards: shards, from: from, redo: redo}
	secret.Do(func() {
		o.more = o.w.begin()
		o.find()
		for o.more && !o.wanted() {
			o.skip()
		}
	})
	return o
}

func (o *order) wanted() bool {
	return o.next%o.shards == o.shard && (o.next >= o.from || slices.Contains(o.redo, o.next))
}

func (o *order) close() { o.w.close() }

// take copies the guess in hand to dst, says its length, number and level, and
// goes on. ok is false when there was none left.
func (o *order) take(dst []byte) (n int, number uint64, level int, ok bool) {
	secret.Do(func() {
		if ok = o.more; !ok {
			return
		}
		n, number, level = copy(dst, o.w.write()), o.next, o.w.level()
		for o.skip(); o.more && !o.wanted(); {
			o.skip()
		}
	})
	return n, number, level, ok
}

// skip goes to the next guess.
func (o *order) skip() {
	o.next++
	if o.more = o.w.pass(1); o.more {
		o.find()
	}
}

// find goes on to a way that is the first to its guess, this one included.
func (o *order) find() {
	for o.more {
		end := o.w.at + o.w.rest()
		at := o.first.next(o.w.at, end)
		if at < end {
			o.w.pass(at - o.w.at)
			return
		}
		o.more = o.w.pass(o.w.rest())
	}
}
