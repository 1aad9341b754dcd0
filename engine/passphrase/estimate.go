package passphrase

import (
	"math"
	"runtime"
	"unicode/utf8"

	"cryptodesk/engine/secret"
)

// maxRunes bounds the work; what comes after it can only make a passphrase stronger.
const maxRunes = 128

// Costs of one step, as decimal logarithms of the number of guesses it multiplies.
const (
	letterCost   = 0.9 // unknown words are still words: less than the 1.41 of a random letter
	digitCost    = 1.0
	symbolCost   = 1.1
	syllableCost = 1.6 // Hangul, Chinese characters and the like: 40 likely ones, of thousands, in running text
	switchCost   = 0.3 // a change between kinds of characters is what random passwords have and words do not
	variantCost  = 0.3 // a capital, a look-alike, a word written backwards: twice as many to try
)

// Estimate says how long p would hold against someone who tries common passwords, words and names (English, Korean, Korean
// typed on Latin keys), dates, repeats, sequences and runs along the keyboard before anything else. The idea is that of
// zxcvbn (Wheeler, USENIX Security 2016): the cheapest way to put p together from such pieces; the figures err on the low
// side. Four or more different words of the EFF list, joined evenly, count as drawn from it at random.
//
// p is only read. Nothing is allocated for it, and the scratch is wiped. Safe for concurrent use.
func Estimate(p []byte) Strength {
	var log10 float64
	secret.Do(func() {
		var e estimate
		defer func() {
			e = estimate{}
			runtime.KeepAlive(&e)
		}()
		e.read(p)
		e.generated()
		log10 = e.cheapest()
	})
	return strengthOf(log10)
}

// estimate is the scratch of one call.
type estimate struct {
	n    int
	r    [maxRunes]rune
	low  [maxRunes]byte        // lower case ASCII, 0xFF for all else
	like [2][maxRunes]byte     // low with look-alikes undone; 1 is an i, or an l
	cost [maxRunes + 1]float64 // the cheapest way to the first k characters
	word [maxRunes + 1]bool    // and whether its last piece is a word
	tmp  [64]byte
	rank [maxRunes]int // of the words of a generated passphrase

	drawn float64 // what it costs as a generated one, 0 if it is none
}

func (e *estimate) read(p []byte) {
	for len(p) > 0 && e.n < maxRunes {
		r, size := utf8.DecodeRune(p)
		p = p[size:]
		if e.n > 0 {
			if joined, ok := compose(e.r[e.n-1], r); ok {
				e.r[e.n-1] = joined
				continue
			}
		}
		e.r[e.n] = latinKey(r)
		e.n++
	}
	for i, r := range e.r[:e.n] {
		e.low[i] = 0xFF
		if r < utf8.RuneSelf {
			e.low[i] = lower(byte(r))
		}
		e.like[0][i], e.like[1][i] = lookAlike(e.low[i])
	}
}

// cheapest goes through the characters once; at each, cost is final and every piece that starts there is tried.
func (e *estimate) cheapest() float64 {
	for k := 1; k <= e.n; k++ {
		e.cost[k] = math.Inf(1)
	}
	for k := 0; k < e.n; k++ {
		e.offer(k, k+1, e.single(k), false)
		e.words(k)
		e.koreanWords(k)
		e.sequence(k)
		e.keyboard(k)
		e.date(k)
		e.repeats(k)
		if e.word[k] && k+1 < e.n && isSeparator(e.r[k]) {
			e.offer(k, k+1, 0, false)
		}
	}
	if e.drawn > 0 {
		return e.drawn
	}
	return e.cost[e.n]
}

// offer proposes the piece from i to j at a cost.
func (e *estimate) offer(i, j int, cost float64, word bool) {
	if total := e.cost[i] + cost; total < e.cost[j] {
		e.cost[j], e.word[j] = total, word
	}
}

func (e *estimate) single(k int) float64 {
	kind, cost := kindOf(e.r[k])
	if k > 0 {
		if before, _ := kindOf(e.r[k-1]); before != kind {
			cost += switchCost
		}
	}
	return cost
}

func kindOf(r rune) (kind int, cost float64) {
	switch {
	case r >= 'a' && r <= 'z':
		return 0, letterCost
	case r >= 'A' && r <= 'Z':
		return 1, letterCost
	case r >= '0' && r <= '9':
		return 2, digitCost
	case r < utf8.RuneSelf:
		return 3, symbolCost
	}
	return 4, syllableCost
}

func isSeparator(r rune) bool { return r == ' ' || r == '-' || r == '_' || r == '.' || r == ',' }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
