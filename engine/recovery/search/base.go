package search

import (
	"strconv"
	"unicode"
)

// longest is the number of keys of the longest alternative. Inside secret.Do.
func (c *Choice) longest() (most int) {
	if c == nil {
		return 0
	}
	var room [2 * maxText]rune
	for _, s := range c.from {
		if s.lines == nil {
			most = max(most, s.width, len(strconv.FormatUint(s.first+s.contains-1, 10)))
		}
		for _, l := range s.lines {
			keys := pressed(room[:0], s.text.Bytes()[l.from:l.to])
			most = max(most, len(keys))
			clear(keys)
		}
	}
	return most
}

// append adds the keys of alternative i.
func (c *Choice) append(dst []rune, i uint64) []rune {
	for _, s := range c.from {
		switch {
		case i >= s.contains:
			i -= s.contains
		case s.lines != nil:
			text := s.text.Bytes()
			if text == nil { // wiped under our hands
				return dst
			}
			return pressed(dst, text[s.lines[i].from:s.lines[i].to])
		default:
			return appendNumber(dst, s.first+i, s.width)
		}
	}
	return dst
}

func appendNumber(dst []rune, n uint64, width int) []rune {
	var digits [20]byte
	text := strconv.AppendUint(digits[:0], n, 10)
	for range width - len(text) {
		dst = append(dst, '0')
	}
	for _, d := range text {
		dst = append(dst, rune(d))
	}
	clear(digits[:])
	return dst
}

// base puts the pieces of base number n together in dst, which has room for
// them. It is empty when the group would only repeat what one with fewer
// deviations has: other capitals of a number are the same number. The first
// piece's alternatives change slowest, so that what is listed first is tried
// first, and in every order.
func (g *Guesses) base(dst []rune, in *group, n uint64) []rune {
	r := g.recipe
	pick := func(c *Choice) uint64 {
		if c.Len() == 0 {
			return 0
		}
		i := n % c.total
		n /= c.total
		return i
	}
	ending := pick(r.Ending)
	var between uint64
	if len(in.pieces) > 1 {
		between = pick(r.Between)
	}
	order := n % in.orders
	n /= in.orders
	var chosen [MaxPieces]uint64
	for i := len(in.pieces) - 1; i >= 0; i-- {
		chosen[i] = pick(&r.Pieces[in.pieces[i]].Choice)
	}

	var left, starts [MaxPieces]int
	for i := range in.pieces {
		left[i] = i
	}
	for i, count := 0, len(in.pieces); i < count; i++ {
		later := factorial(count - i - 1)
		at := int(order / later)
		order %= later
		which := left[at]
		copy(left[at:count-1], left[at+1:count])
		if i > 0 && r.Between.Len() > 0 {
			dst = r.Between.append(dst, between)
		}
		starts[i] = len(dst)
		dst = r.Pieces[in.pieces[which]].append(dst, chosen[which])
	}
	if r.Ending.Len() > 0 {
		dst = r.Ending.append(dst, ending)
	}
	if !write(dst, in.capitals, starts[:len(in.pieces)]) {
		return dst[:0]
	}
	return set(dst, in.keyboard)
}

func factorial(n int) uint64 {
	f := uint64(1)
	for ; n > 1; n-- {
		f *= uint64(n)
	}
	return f
}

// write changes the capitals and says whether it is now as it should be and
// was not before.
func write(keys []rune, how Capitals, starts []int) (changed bool) {
	turn := func(i int, to func(rune) rune) {
		if k := keys[i]; k&hangulKey == 0 && to(k) != k {
			keys[i], changed = to(k), true
		}
	}
	switch how {
	case AsWritten:
		return true
	case FirstUpper:
		starts = starts[:min(1, len(starts))]
		fallthrough
	case EachUpper:
		for _, at := range starts {
			if at < len(keys) {
				turn(at, unicode.ToUpper)
			}
		}
	case AllUpper, AllLower, Inverted:
		to := map[Capitals]func(rune) rune{AllUpper: unicode.ToUpper, AllLower: unicode.ToLower, Inverted: invert}[how]
		for i := range keys {
			turn(i, to)
		}
	}
	return changed
}

func invert(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// set is the same keys with the keyboard set otherwise; empty when that makes
// no difference.
func set(keys []rune, to Keyboard) []rune {
	changed := to == AsMeant
	for i, k := range keys {
		switch {
		case to == Latin && k&hangulKey != 0:
			keys[i], changed = k&^hangulKey, true
		case to == Hangul && k&hangulKey == 0:
			if pressed, ok := hangul(k); ok {
				keys[i], changed = pressed, true
			}
		}
	}
	if !changed {
		return keys[:0]
	}
	return keys
}
