package search

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// orderVersion is raised whenever the same recipe is gone through differently.
const orderVersion = 1

// digest tells recipes apart that do not stand for the same guesses in the same
// order. It is as secret as the recipe. Inside secret.Do.
func (r *Recipe) digest() [sha256.Size]byte {
	d := digester{sha256.New()}
	d.numbers(orderVersion, uint64(len(r.Pieces)), flag(r.AnyOrder), uint64(r.Slips), uint64(r.Unknown), uint64(r.Together))
	for _, p := range r.Pieces {
		d.numbers(flag(p.Optional))
		d.choice(&p.Choice)
	}
	d.choice(r.Between)
	d.choice(r.Ending)
	d.numbers(uint64(len(r.Capitals)), uint64(len(r.Keyboards)))
	for _, c := range r.Capitals {
		d.numbers(uint64(c))
	}
	for _, k := range r.Keyboards {
		d.numbers(uint64(k))
	}
	return [sha256.Size]byte(d.Sum(nil))
}

type digester struct{ hash.Hash }

func (d digester) numbers(list ...uint64) {
	var b [8]byte
	for _, n := range list {
		binary.BigEndian.PutUint64(b[:], n)
		d.Write(b[:])
	}
}

func (d digester) choice(c *Choice) {
	if c == nil {
		d.numbers(0)
		return
	}
	d.numbers(uint64(len(c.from)), c.total)
	for _, s := range c.from {
		d.numbers(uint64(len(s.lines)), s.first, uint64(s.width), s.contains)
		for _, l := range s.lines {
			text := s.text.Bytes()[l.from:l.to]
			d.numbers(uint64(len(text)))
			d.Write(text)
		}
	}
}

func flag(on bool) uint64 {
	if on {
		return 1
	}
	return 0
}
