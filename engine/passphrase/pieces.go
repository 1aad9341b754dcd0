package passphrase

import (
	"math"
	"slices"
	"unicode/utf8"
)

// words offers every listed word that starts at i: as it is, with look-alikes, or backwards.
func (e *estimate) words(i int) {
	longest := max(common().longest, eff().longest, keyed().longest)
	for j := i + 3; j <= min(e.n, i+longest); j++ {
		capitals := e.capitals(i, j)
		if at := wordCost(e.low[i:j]); at >= 0 {
			e.offer(i, j, at+capitals, true)
		}
		for v := range e.like {
			changed := 0
			for k := i; k < j; k++ {
				if e.like[v][k] != e.low[k] {
					changed++
				}
			}
			if changed == 0 {
				continue
			}
			if at := wordCost(e.like[v][i:j]); at >= 0 {
				e.offer(i, j, at+capitals+variantCost*float64(changed), true)
			}
		}
		back := e.tmp[:j-i]
		for k := range back {
			back[k] = e.low[j-1-k]
		}
		if at := wordCost(back); at >= 0 {
			e.offer(i, j, at+capitals+variantCost, true)
		}
	}
}

// wordCost returns the cost of a listed word, -1 for others.
func wordCost(w []byte) float64 {
	cost := -1.0
	if at := common().rank(w); at >= 0 {
		cost = math.Log10(float64(at + 1))
	}
	if at := keyed().rank(w); at >= 0 {
		cost = lesser(cost, math.Log10(float64(keyed().len())))
	}
	if eff().rank(w) >= 0 {
		cost = lesser(cost, math.Log10(float64(eff().len())))
	}
	return cost
}

func lesser(cost, other float64) float64 {
	if cost < 0 {
		return other
	}
	return min(cost, other)
}

// capitals costs one variant for a capital at the beginning or everywhere, else one for each.
func (e *estimate) capitals(i, j int) float64 {
	count := 0
	for _, r := range e.r[i:j] {
		if r >= 'A' && r <= 'Z' {
			count++
		}
	}
	if count == j-i || count == 1 && e.r[i] >= 'A' && e.r[i] <= 'Z' {
		return variantCost
	}
	return variantCost * float64(count)
}

// lookAlike undoes the usual replacements of letters. Where two letters are meant it gives both.
func lookAlike(c byte) (byte, byte) {
	switch c {
	case '4', '@':
		return 'a', 'a'
	case '8':
		return 'b', 'b'
	case '3':
		return 'e', 'e'
	case '6', '9':
		return 'g', 'g'
	case '1', '!', '|':
		return 'i', 'l'
	case '0':
		return 'o', 'o'
	case '5', '$':
		return 's', 's'
	case '7', '+':
		return 't', 't'
	case '2':
		return 'z', 'z'
	}
	return c, c
}

// koreanWords offers the listed Korean words that start at i.
func (e *estimate) koreanWords(i int) {
	size := 0
	for j := i; j < e.n && isSyllable(e.r[j]) && size+utf8.UTFMax <= min(len(e.tmp), korean().longest+utf8.UTFMax); j++ {
		size += utf8.EncodeRune(e.tmp[size:], e.r[j])
		if korean().rank(e.tmp[:size]) >= 0 {
			e.offer(i, j+1, math.Log10(float64(korean().len())), true)
		}
	}
}

// sequence offers runs such as abc, 987 or 가나다라 (by code point) that start at i.
func (e *estimate) sequence(i int) {
	if i+2 >= e.n {
		return
	}
	step := e.r[i+1] - e.r[i]
	if step < -2 || step > 2 || step == 0 {
		return
	}
	start := 26.0
	switch e.r[i] {
	case 'a', 'A', 'z', 'Z', '0', '1', '9':
		start = 4
	}
	for j := i + 2; j < e.n && e.r[j]-e.r[j-1] == step; j++ {
		e.offer(i, j+1, math.Log10(start*float64(j+1-i)), false)
	}
}

// keyboard offers runs over neighbouring keys that start at i. They cost the first key, the length and each turn.
func (e *estimate) keyboard(i int) {
	const keys, ways = 47, 4.6 // of the Latin keyboard, and neighbours a key has on average (zxcvbn)
	turns, dx, dy := 0, 0, 0
	for j := i + 1; j < e.n; j++ {
		x, y, ok := neighbours(e.r[j-1], e.r[j])
		if !ok {
			return
		}
		if x != dx || y != dy {
			turns++
		}
		dx, dy = x, y
		if j-i >= 2 {
			e.offer(i, j+1, math.Log10(keys*float64(j+1-i))+math.Log10(ways)*float64(turns)+e.capitals(i, j+1), false)
		}
	}
}

// repeats offers, after any piece that ends at k, that the same characters come again.
func (e *estimate) repeats(k int) {
	for d := 1; d <= k; d++ {
		same := 0
		for k+same < e.n && e.r[k+same] == e.r[k+same-d] {
			same++
		}
		for m := d; m <= same; m++ { // the last one may be cut short
			e.offer(k, k+m, math.Log10(float64((m+d-1)/d+1)), e.word[k])
		}
	}
}

// generated finds out whether all of it is words of the EFF list, four or more different ones, joined by spaces or hyphens,
// as Generate makes them; a word that comes again counts for nothing. A hyphen can be part of a word; then the reading with fewer words counts.
func (e *estimate) generated() {
	const fewest = 4
	for _, joint := range []rune{separator, ' '} {
		count := 0
		for at := 0; ; count++ {
			end, rank := e.listed(at, joint)
			if rank < 0 {
				count = 0
				break
			}
			e.rank[count] = rank
			if at = end + 1; end == e.n {
				count++
				break
			}
		}
		if count = different(e.rank[:count]); count >= fewest && e.n < maxRunes {
			e.drawn = float64(count) * math.Log10(float64(eff().len()))
		}
	}
}

// listed returns the end and rank of the longest EFF word from at to a joint or to the end, rank -1 for none.
func (e *estimate) listed(at int, joint rune) (end, rank int) {
	end, rank = at, -1
	for j := at + 1; j <= min(e.n, at+eff().longest); j++ {
		if j < e.n && e.r[j] != joint {
			continue
		}
		if found := eff().rank(e.low[at:j]); found >= 0 {
			end, rank = j, found
		}
	}
	return end, rank
}

func different(ranks []int) (count int) {
	for i, rank := range ranks {
		if !slices.Contains(ranks[:i], rank) {
			count++
		}
	}
	return count
}
