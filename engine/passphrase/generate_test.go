package passphrase

import (
	"bytes"
	"math"
	"testing"
)

func TestListsAreWhole(t *testing.T) {
	if eff().len() != 7776 || eff().longest != 9 {
		t.Errorf("the EFF list has %d words", eff().len())
	}
	for name, l := range map[string]*wordList{"eff": eff(), "common": common(), "korean": korean(), "keyed": keyed()} {
		for rank := range l.len() {
			if w := l.word(rank); len(w) == 0 || name != "keyed" && l.rank(w) != rank {
				t.Fatalf("%s: word %d, %q, is found at %d", name, rank, w, l.rank(w))
			}
		}
		if l.rank([]byte("zzzzzz zz")) != -1 || l.rank(nil) != -1 {
			t.Errorf("%s: found what is not there", name)
		}
	}
}

func TestGenerate(t *testing.T) {
	for _, n := range []int{1, 2, 5, 10, 64} {
		b := Generate(n)
		for rest, i := b.Bytes(), 0; i < n; i++ {
			end, rank := longestFirst(rest)
			if rank < 0 {
				t.Fatalf("%q is not made of listed words", b.Bytes())
			}
			rest = rest[end:]
			if i == n-1 && len(rest) != 0 {
				t.Fatalf("%q has more than %d words", b.Bytes(), n)
			}
			rest = bytes.TrimPrefix(rest, []byte{separator})
		}
		b.Destroy()
	}
	for _, n := range []int{-1, 0, 65} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Generate(%d) did not panic", n)
				}
			}()
			Generate(n)
		}()
	}
}

func longestFirst(b []byte) (end, rank int) {
	rank = -1
	for j := 1; j <= min(len(b), eff().longest); j++ {
		if j == len(b) || b[j] == separator {
			if r := eff().rank(b[:j]); r >= 0 {
				end, rank = j, r
			}
		}
	}
	return end, rank
}

// TestDrawIsEven bounds the chi-square statistic over all words. With 7,775 degrees of freedom it exceeds 8,500 once in
// ten million runs.
func TestDrawIsEven(t *testing.T) {
	const draws = 50 * 7776
	var counts [7776]int
	at := make([]byte, 2)
	for range draws {
		counts[draw(at, len(counts))]++
	}
	var chi float64
	for _, c := range counts {
		chi += math.Pow(float64(c)-50, 2) / 50
	}
	if chi > 8500 || chi < 7050 {
		t.Errorf("chi-square %.0f for 7,775 degrees of freedom", chi)
	}
}

func TestGenerateLeavesNothingBehind(t *testing.T) {
	a, b := Generate(Words), Generate(Words)
	defer a.Destroy()
	defer b.Destroy()
	if a.Equal(b) {
		t.Fatal("twice the same")
	}
	// The buffer, and on the way picks: no allocation holds text.
	if n := testing.AllocsPerRun(100, func() { Generate(Words).Destroy() }); n > 4 {
		t.Errorf("%v allocations", n)
	}
}
