package qr

import "math"

// outline is the four corners of a code in the picture, one after the other.
type outline [4]point

// outline lies a module outside of the outermost modules.
func (g *grid) outline() (o outline) {
	near, far := -1.0, float64(g.side+1)
	return outline{g.project(near, near), g.project(far, near), g.project(far, far), g.project(near, far)}
}

func (o outline) times(across, down float64) outline {
	for i, p := range o {
		o[i] = point{p.x * across, p.y * down}
	}
	return o
}

// holds says whether p lies inside: on the same side of all four edges.
func (o outline) holds(p point) bool {
	left, right := 0, 0
	for i, from := range o {
		edge, to := o[(i+1)%4].minus(from), p.minus(from)
		if edge.x*to.y-edge.y*to.x > 0 {
			left++
		} else {
			right++
		}
	}
	return left == 0 || right == 0
}

// bounds are those of o in a picture of that size.
func (o outline) bounds(w, h int) (left, top, right, bottom int) {
	clamp := func(v float64, most int) int { return int(min(float64(most), max(0, v))) }
	left, top = w, h
	for _, p := range o {
		left, right = min(left, clamp(math.Floor(p.x), w)), max(right, clamp(math.Ceil(p.x), w))
		top, bottom = min(top, clamp(math.Floor(p.y), h)), max(bottom, clamp(math.Ceil(p.y), h))
	}
	return left, top, right, bottom
}
