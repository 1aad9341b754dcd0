package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing"
)

// view is how a flat code is seen from where the camera was: places between the
// middles of the three finder patterns, from 0 to 1 across and down, and the
// points where they are in the picture.
type view struct {
	topLeft, topRight, bottomLeft point
	right, below                  float64 // how much farther off these corners are than the first, as a share
}

// viewOf measures a view. Three points say where a code is and how it is
// turned; how large the modules are around each of them, along the lines
// between them, says how it is tilted. modules is the number of them a side
// that follows, right to a few per cent.
func viewOf(black *gozxing.BitMatrix, topLeft, topRight, bottomLeft point) (v view, modules float64) {
	v = view{topLeft: topLeft, topRight: topRight, bottomLeft: bottomLeft}
	far := func(to point) (share, modules float64) {
		near, far := moduleAt(black, topLeft, to), moduleAt(black, to, topLeft)
		if near == 0 || far == 0 {
			near, far = max(near, far), max(near, far)
		}
		if near == 0 {
			return 0, 0
		}
		// Seen at an angle, places at t lie at t(1+k)/(1+kt).
		return min(1, max(-0.5, math.Sqrt(near/far)-1)), to.minus(topLeft).length() / math.Sqrt(near*far)
	}
	var across, down float64
	v.right, across = far(topRight)
	v.below, down = far(bottomLeft)
	return v, (across+down)/2 + 7
}

func (v view) at(x, y float64) point {
	p := v.topLeft.plus(v.topRight.times(1 + v.right).minus(v.topLeft).times(x)).
		plus(v.bottomLeft.times(1 + v.below).minus(v.topLeft).times(y))
	return p.times(1 / (1 + v.right*x + v.below*y))
}

// moduleAt is the size of a module at the middle of a finder pattern, along the
// way to another one, in pixels; 0 if it cannot be told.
func moduleAt(black *gozxing.BitMatrix, middle, to point) float64 {
	way := to.minus(middle)
	if way.length() == 0 {
		return 0
	}
	way = way.times(1 / way.length())
	total := 0.0
	for _, sign := range []float64{1, -1} {
		n := edge(black, middle, way.times(sign))
		if n == 0 {
			return 0
		}
		total += n
	}
	return total / 7
}

// edge is how far the outer edge of a finder pattern is from its middle: after
// black, white and black.
func edge(black *gozxing.BitMatrix, from, way point) float64 {
	const fine = 0.125
	seen, changes := true, 0
	for d := 0.0; ; d += fine {
		p := from.plus(way.times(d))
		x, y := int(math.Floor(p.x)), int(math.Floor(p.y))
		if x < 0 || y < 0 || x >= black.GetWidth() || y >= black.GetHeight() {
			return 0
		}
		if black.Get(x, y) == seen {
			continue
		}
		if seen = !seen; changes == 2 {
			return d
		}
		changes++
	}
}
