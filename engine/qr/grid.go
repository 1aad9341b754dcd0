package qr

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// point is a place in the picture, or a way between two, in pixels.
type point struct{ x, y float64 }

func (p point) plus(q point) point            { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point           { return point{p.x - q.x, p.y - q.y} }
func (p point) times(n float64) point         { return point{p.x * n, p.y * n} }
func (p point) length() float64               { return math.Hypot(p.x, p.y) }
func between(p, q point, share float64) point { return p.plus(q.minus(p).times(share)) }
func at(p gozxing.ResultPoint) point          { return point{p.GetX(), p.GetY()} }

// grid is where the modules of a code lie: known points, one at each crossing
// of the lines, and evenly spread modules between them. On paper that is bent
// or seen at an angle no single formula would do.
type grid struct {
	black *gozxing.BitMatrix
	side  int // modules
	view  view
	lines []float64 // the same across and down, in modules from the corner
	known [][]point // by line down, then line across
}

// How many sizes are decoded at most, and the share of right modules in the
// timing lines that chance explains.
const (
	candidates = 4
	chance     = 0.65
)

// reading is what the modules of a code seem to be, and where it lies.
type reading struct {
	bits    *gozxing.BitMatrix
	outline outline
	score   float64
}

// read samples the code whose corners were found, once for each number of
// modules that it could have, best first. The corners tell that number only to
// a few per cent.
func read(black *gozxing.BitMatrix, c corners) (best []reading) {
	v, guess := viewOf(black, c.topLeft, c.topRight, c.bottomLeft)
	for side := 21; side <= 177; side += 4 {
		if float64(side) < guess*0.9-4 || float64(side) > guess*1.1+4 {
			continue
		}
		g := &grid{black: black, side: side, view: v}
		g.place()
		bits := g.sample()
		if score := timing(bits, side); score > chance {
			best = append(best, reading{bits, g.outline(), score})
		}
	}
	slices.SortStableFunc(best, func(a, b reading) int { return cmp.Compare(b.score, a.score) })
	return best[:min(candidates, len(best))]
}

// timing is the share of right modules in the two lines of alternating ones,
// which only fit when the number of modules is right.
func timing(bits *gozxing.BitMatrix, side int) float64 {
	right := 0
	for i := 8; i < side-8; i++ {
		if bits.Get(i, 6) == (i%2 == 0) {
			right++
		}
		if bits.Get(6, i) == (i%2 == 0) {
			right++
		}
	}
	return float64(right) / float64(2*(side-16))
}

// place finds the points of the grid, from the corner outwards: each is where
// the view has it, as far off as its neighbours were, and then corrected by the
// alignment pattern that is drawn there.
func (g *grid) place() {
	version, err := decoder.Version_GetVersionForNumber((g.side - 17) / 4)
	centers := []int{3, g.side - 4}
	drawn := err == nil && len(version.GetAlignmentPatternCenters()) > 0
	if drawn {
		centers = version.GetAlignmentPatternCenters()
	}
	for _, c := range centers {
		g.lines = append(g.lines, float64(c)+0.5)
		g.known = append(g.known, make([]point, len(centers)))
	}
	last := len(centers) - 1
	for row := range centers {
		for col := range centers {
			p := g.project(g.lines[col], g.lines[row])
			// In three corners there are finder patterns instead.
			if corner := (row == 0 || row == last) && (col == 0 || col == last) && row+col < 2*last; !corner && drawn {
				u := g.project(g.lines[col]+1, g.lines[row]).minus(p)
				v := g.project(g.lines[col], g.lines[row]+1).minus(p)
				p = g.align(p.plus(g.drift(row, col)), u, v)
			}
			g.known[row][col] = p
		}
	}
}

// project is where the view has a place, given in modules from the corner.
func (g *grid) project(x, y float64) point {
	n := float64(g.side - 7)
	return g.view.at((x-3.5)/n, (y-3.5)/n)
}

// drift is how far the view is off near a point.
func (g *grid) drift(row, col int) (d point) {
	off := func(row, col int) point { return g.known[row][col].minus(g.project(g.lines[col], g.lines[row])) }
	switch {
	case row > 0 && col > 0:
		return off(row-1, col).plus(off(row, col-1)).minus(off(row-1, col-1))
	case row > 0:
		return off(row-1, col)
	case col > 0:
		return off(row, col-1)
	}
	return d
}

// How far an alignment pattern is looked for, in modules, and how many of its
// 25 modules must be right.
const (
	reach  = 4.5
	enough = 21
)

// align looks for the alignment pattern around p: black, a white ring, a black
// ring. Where none is found, the guess stays.
func (g *grid) align(p, u, v point) point {
	best, found := -1.0, p
	const step = 0.25
	for dy := -reach; dy <= reach; dy += step {
		for dx := -reach; dx <= reach; dx += step {
			q := p.plus(u.times(dx)).plus(v.times(dy))
			right := g.likeness(q, u, v)
			// Of equally good places the nearest.
			score := float64(right) - 0.2*math.Hypot(dx, dy)
			if right >= enough && score > best {
				best, found = score, q
			}
		}
	}
	if best < 0 {
		return p
	}
	return g.centred(found, u, v)
}

// likeness is how many modules around q are as in an alignment pattern; 0 when
// they are too few.
func (g *grid) likeness(q, u, v point) int {
	if !g.isBlack(q) {
		return 0
	}
	wrong := 0
	for y := -2; y <= 2; y++ {
		for x := -2; x <= 2; x++ {
			ring := max(x, -x, y, -y)
			if g.isBlack(q.plus(u.times(float64(x))).plus(v.times(float64(y)))) != (ring != 1) {
				wrong++
			}
		}
		if wrong > 25-enough {
			return 0
		}
	}
	return 25 - wrong
}

// centred is the middle of the black module that q is in.
func (g *grid) centred(q, u, v point) point {
	const fine = 0.125
	for _, way := range []point{u, v} {
		ends := [2]float64{}
		for i, sign := range []float64{-1, 1} {
			for ends[i] < 1 && g.isBlack(q.plus(way.times(sign*(ends[i]+fine)))) {
				ends[i] += fine
			}
		}
		if ends[0] < 1 && ends[1] < 1 {
			q = q.plus(way.times((ends[1] - ends[0]) / 2))
		}
	}
	return q
}

func (g *grid) isBlack(p point) bool {
	x, y := int(math.Floor(p.x)), int(math.Floor(p.y))
	return x >= 0 && y >= 0 && x < g.black.GetWidth() && y < g.black.GetHeight() && g.black.Get(x, y)
}

// sample reads every module: what most of five places around its middle are.
func (g *grid) sample() *gozxing.BitMatrix {
	bits, err := gozxing.NewSquareBitMatrix(g.side)
	if err != nil {
		panic(err) // only for sides below 1
	}
	for y := range g.side {
		row, down := g.cell(y)
		for x := range g.side {
			col, right := g.cell(x)
			k := g.known
			middle := between(between(k[row][col], k[row][col+1], right), between(k[row+1][col], k[row+1][col+1], right), down)
			u := k[row][col+1].minus(k[row][col]).times(0.25 / (g.lines[col+1] - g.lines[col]))
			v := k[row+1][col].minus(k[row][col]).times(0.25 / (g.lines[row+1] - g.lines[row]))
			votes := 0
			for _, p := range []point{middle, middle.plus(u), middle.minus(u), middle.plus(v), middle.minus(v)} {
				if g.isBlack(p) {
					votes++
				}
			}
			if votes >= 3 {
				bits.Set(x, y)
			}
		}
	}
	return bits
}

// cell is the line before the middle of module n, and how much of the way to
// the next it is; the outermost modules lie beyond the first and last line.
func (g *grid) cell(n int) (line int, share float64) {
	middle := float64(n) + 0.5
	for line < len(g.lines)-2 && middle > g.lines[line+1] {
		line++
	}
	return line, (middle - g.lines[line]) / (g.lines[line+1] - g.lines[line])
}
