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

// Bounds on what is tried in one picture: finder patterns, the most certain
// ones, and sets of three.
const (
	maxPatterns = 14
	maxCorners  = 5
)

// find answers the sets of three finder patterns that could be a code, most
// likely first, and how many patterns are hardly chance. The library's own choice wants them all of one size, which on
// a photo taken at an angle they are not.
func find(black *gozxing.BitMatrix) (found []corners, sure int) {
	finder := detector.NewFinderPatternFinder(black, nil)
	// Its error is about its choice of three.
	_, _ = finder.Find(map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	patterns := slices.Clone(finder.GetPossibleCenters())
	slices.SortStableFunc(patterns, func(a, b *detector.FinderPattern) int { return cmp.Compare(b.GetCount(), a.GetCount()) })
	patterns = patterns[:min(maxPatterns, len(patterns))]
	type choice struct {
		corners
		odd float64
	}
	var choices []choice
	for i, a := range patterns {
		for j, b := range patterns[:i] {
			for _, c := range patterns[:j] {
				if set, odd := arrange(a, b, c); odd < 1 {
					choices = append(choices, choice{set, odd})
				}
			}
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(a.odd, b.odd) })
	for _, c := range choices[:min(maxCorners, len(choices))] {
		found = append(found, c.corners)
	}
	for _, p := range patterns {
		if p.GetCount() > 1 {
			sure++
		}
	}
	return found, sure
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
