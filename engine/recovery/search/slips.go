package search

// slipping numbers the ways in which a given number of keys can go wrong, so
// that each can be made from its number alone. Every key is part of one slip
// at most, and slips are made from left to right: that is one way to each
// where there would be many. A character that is not remembered is a slip
// too, and there is at most one.
type slipping struct {
	slips         Slips
	unknown       []rune
	more, instead bool

	keys  []rune
	ones  []uint64                     // ways in which the key at p alone can go wrong
	ways  [MaxTogether + 1][2][]uint64 // [k][u][p]: k slips at p and later, u of an unknown character at most
	wrong []rune                       // room for others
}

// newSlipping has room for that many keys.
func newSlipping(r *Recipe, unknown []rune, keys int) *slipping {
	s := &slipping{slips: r.Slips, unknown: unknown, more: r.Unknown&More != 0, instead: r.Unknown&Instead != 0}
	s.ones = make([]uint64, keys)
	s.wrong = make([]rune, 0, 16)
	for k := range s.ways {
		for u := range s.ways[k] {
			s.ways[k][u] = make([]uint64, keys+2)
			for p := range s.ways[k][u] {
				if k == 0 {
					s.ways[k][u][p] = 1
				}
			}
		}
	}
	return s
}

// begin looks at the keys of another base and says how many ways there are for
// k of them to go wrong.
func (s *slipping) begin(keys []rune, k int) uint64 {
	s.keys = keys
	if k == 0 {
		return 1
	}
	for p := range keys {
		s.ones[p] = s.onesAt(p)
	}
	for j := 1; j <= k; j++ {
		for u := range 2 {
			s.fill(j, u)
		}
	}
	return s.ways[k][1][0]
}

func (s *slipping) onesAt(p int) (n uint64) {
	if s.keys[p] == noKey {
		return 0
	}
	s.wrong = others(s.wrong[:0], s.keys[p], s.slips)
	n = uint64(len(s.wrong))
	clear(s.wrong)
	if s.slips&Missing != 0 {
		n++
	}
	if s.slips&Doubled != 0 {
		n++
	}
	return n
}

// fill works out ways[k][u] from the end, out of what fewer slips have.
func (s *slipping) fill(k, u int) {
	for p := len(s.keys); p >= 0; p-- {
		n := s.moreAt(k, u, p)
		if p < len(s.keys) {
			n += s.ones[p]*s.ways[k-1][u][p+1] + s.insteadAt(k, u, p) + s.swapsAt(k, u, p)
			n += s.ways[k][u][p+1]
		}
		s.ways[k][u][p] = n
	}
}

// moreAt are the ways that begin with one more character before key p.
func (s *slipping) moreAt(k, u, p int) uint64 {
	if !s.more || u == 0 || p < len(s.keys) && s.keys[p] == noKey {
		return 0
	}
	return uint64(len(s.unknown)) * s.ways[k-1][0][p]
}

// insteadAt are those that begin with another character in place of key p.
func (s *slipping) insteadAt(k, u, p int) uint64 {
	if !s.instead || u == 0 || p >= len(s.keys) || s.keys[p] == noKey {
		return 0
	}
	return uint64(len(s.unknown)) * s.ways[k-1][0][p+1]
}

// swapsAt are those that begin with key p pressed after the next one.
func (s *slipping) swapsAt(k, u, p int) uint64 {
	if s.slips&Swapped == 0 || p+1 >= len(s.keys) || s.keys[p] == s.keys[p+1] || s.keys[p] == noKey || s.keys[p+1] == noKey {
		return 0
	}
	return s.ways[k-1][u][p+2]
}

// make appends the keys with k slips in way n, which is less than begin said.
func (s *slipping) make(dst []rune, k int, n uint64) []rune {
	p, u := 0, 1
	for k > 0 {
		more, one := s.moreAt(k, u, p), uint64(0)
		if p < len(s.keys) {
			one = s.ones[p] * s.ways[k-1][u][p+1]
		}
		switch instead, swap := s.insteadAt(k, u, p), s.swapsAt(k, u, p); {
		case n < more:
			k, u = k-1, 0
			dst = append(dst, s.unknown[n/s.ways[k][u][p]])
			n %= s.ways[k][u][p]
		case n < more+one:
			n -= more
			k--
			dst = s.one(dst, p, n/s.ways[k][u][p+1])
			n %= s.ways[k][u][p+1]
			p++
		case n < more+one+instead:
			n -= more + one
			k, u = k-1, 0
			dst = append(dst, s.unknown[n/s.ways[k][u][p+1]])
			n %= s.ways[k][u][p+1]
			p++
		case n < more+one+instead+swap:
			n -= more + one + instead
			k--
			dst = append(dst, s.keys[p+1], s.keys[p])
			p += 2
		default:
			n -= more + one + instead + swap
			dst = append(dst, s.keys[p])
			p++
		}
	}
	return append(dst, s.keys[p:]...)
}

// one appends what key p gives in way n to go wrong alone.
func (s *slipping) one(dst []rune, p int, n uint64) []rune {
	s.wrong = others(s.wrong[:0], s.keys[p], s.slips)
	defer clear(s.wrong)
	if n < uint64(len(s.wrong)) {
		return append(dst, s.wrong[n])
	}
	n -= uint64(len(s.wrong))
	if n == 0 && s.slips&Missing != 0 {
		return dst
	}
	return append(dst, s.keys[p], s.keys[p])
}

// atMost is no less than the ways in which k of n keys can go wrong.
func (s *slipping) atMost(n, k int) uint64 {
	const around = 10 // keys touch no more than 8 others; and shift
	each := uint64(0)
	if s.slips&(Neighbour|Shifted) != 0 {
		each += around
	}
	for _, kind := range []Slips{Missing, Doubled, Swapped} {
		if s.slips&kind != 0 {
			each++
		}
	}
	if s.instead {
		each += uint64(len(s.unknown))
	}
	places := times(uint64(n), each)
	if s.more {
		places = plus(places, times(uint64(n+1), uint64(len(s.unknown))))
	}
	most := uint64(1)
	for range k {
		most = times(most, places)
	}
	return most
}
