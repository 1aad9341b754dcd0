package qr

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// corners are the middles of three finder patterns, as the code is read.
type corners struct{ topLeft, topRight, bottomLeft point }

// Bounds on what is tried in one picture: finder patterns that are seen at all,
// the most certain ones, sets of three, and those that are read.
const (
	maxSeen     = 500
	maxPatterns = 40
	maxChoices  = 100
	maxCorners  = 8
)

// find answers the sets of three finder patterns that could be a code, most
// likely first, and how many patterns are hardly chance. The library's own
// choice wants them all of one size, which on a photo taken at an angle they
// are not.
func find(black *gozxing.BitMatrix) (found []corners, sure int) {
	patterns := patterns(black)
	slices.SortStableFunc(patterns, func(a, b *detector.FinderPattern) int { return cmp.Compare(b.GetCount(), a.GetCount()) })
	patterns = patterns[:min(maxPatterns, len(patterns))]
	type choice struct {
		corners
		odd float64
	}
	var choices []choice
	for i, a := range patterns {
		if a.GetCount() > 1 {
			sure++
		}
		for j, b := range patterns[:i] {
			for _, c := range patterns[:j] {
				if set, odd := arrange(a, b, c); odd < 1 {
					choices = append(choices, choice{set, odd})
				}
			}
		}
	}
	better := func(a, b choice) int { return cmp.Compare(a.odd, b.odd) }
	slices.SortStableFunc(choices, better)
	choices = choices[:min(maxChoices, len(choices))]
	for i, c := range choices {
		choices[i].odd += unlike(black, c.corners)
	}
	slices.SortStableFunc(choices, better)
	for _, c := range choices[:min(maxCorners, len(choices))] {
		found = append(found, c.corners)
	}
	return found, sure
}

// patterns are all finder patterns. The library has the checks of one; its own
// search ends with the first three that are alike, which may be of three codes.
func patterns(black *gozxing.BitMatrix) []*detector.FinderPattern {
	finder := detector.NewFinderPatternFinder(black, nil)
	w := black.GetWidth()
	for y := 2; y < black.GetHeight() && len(finder.GetPossibleCenters()) < maxSeen; y += 3 {
		runs, n := make([]int, 5), 0 // black, white, black, white, black
		for x := range w {
			if isBlack := black.Get(x, y); isBlack == (n%2 == 0) {
				runs[n]++
				continue
			}
			switch {
			case n < 4 && (n > 0 || runs[0] > 0):
				n++
				runs[n]++
			case n == 4:
				if detector.FinderPatternFinder_foundPatternCross(runs) && finder.HandlePossibleCenter(runs, y, x) {
					clear(runs)
					n = 0
				} else {
					copy(runs, []int{runs[2], runs[3], runs[4], 1, 0})
					n = 3
				}
			}
		}
		if n == 4 && detector.FinderPatternFinder_foundPatternCross(runs) {
			finder.HandlePossibleCenter(runs, y, w)
		}
	}
	return slices.Clone(finder.GetPossibleCenters())
}

// unlike says how little the lines of alternating modules between the corners
// are there: 0 for a code that lies flat, up to 1 for corners of different ones.
func unlike(black *gozxing.BitMatrix, c corners) float64 {
	v, side := viewOf(black, c.topLeft, c.topRight, c.bottomLeft)
	n := side - 7
	if !(n >= 14 && n <= 180) {
		return 1
	}
	share := func(down bool) float64 {
		best := 0.0
		for _, line := range []float64{2.4, 3, 3.6} { // from the middles, in modules
			changes, last := 0, true
			for at := 0.0; at <= n; at += 0.25 {
				p := v.at(at/n, line/n)
				if down {
					p = v.at(line/n, at/n)
				}
				x, y := int(math.Floor(p.x)), int(math.Floor(p.y))
				if x < 0 || y < 0 || x >= black.GetWidth() || y >= black.GetHeight() {
					break
				}
				if is := black.Get(x, y); is != last {
					changes, last = changes+1, is
				}
			}
			best = max(best, 1-math.Abs(1-float64(changes)/(n-6)))
		}
		return best
	}
	return 1 - (share(false)+share(true))/2
}

// arrange says which of three is the corner between the others, and how odd
// they are as the corners of one square: 1 and more is too odd.
func arrange(a, b, c *detector.FinderPattern) (set corners, odd float64) {
	p, q, r := at(a), at(b), at(c)
	// The corner is opposite of the longest side.
	switch longest := max(p.minus(q).length(), q.minus(r).length(), p.minus(r).length()); longest {
	case p.minus(q).length():
		p, r = r, p
	case p.minus(r).length():
		p, q = q, p
	}
	one, two := q.minus(p), r.minus(p)
	cross, dot := one.x*two.y-one.y*two.x, one.x*two.x+one.y*two.y
	if cross < 0 { // mirrored, the other way around: y grows downwards
		q, r = r, q
	}
	sizes := []float64{a.GetEstimatedModuleSize(), b.GetEstimatedModuleSize(), c.GetEstimatedModuleSize()}
	small, large := slices.Min(sizes), slices.Max(sizes)
	legs := one.length() * two.length()
	if small <= 0 || legs == 0 || math.Sqrt(legs) < 12*small {
		return set, 1
	}
	odd = math.Abs(dot)/legs + 0.5*math.Log(large/small) + 0.7*math.Abs(math.Log(one.length()/two.length()))
	// Patterns seen in one row only are mostly chance.
	odd += 0.3 / float64(min(a.GetCount(), b.GetCount(), c.GetCount()))
	return corners{p, q, r}, odd
}
