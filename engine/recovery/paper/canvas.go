package paper

import "strconv"

// A4, in points of 1/72 inch. Letter is 50 points less high and 17 wider: all
// of the margins is what it can lack.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 56
	inside     = pageWidth - 2*margin
)

// The fonts of a page.
const (
	regular = iota
	bold
	mono
)

// colour is red, green and blue, a byte each.
type colour uint32

// As the window's light theme, a little darker where print is thin.
const (
	ink    colour = 0x101828
	soft   colour = 0x475467
	accent colour = 0x0F766E
	rule   colour = 0xC5CAD3
	faint  colour = 0xE4E7EC
)

// canvas takes what is drawn as the operators of a page (ISO 32000, 8 and 9).
// y grows downwards from the top. When it is dry it only measures.
type canvas struct {
	faces [3]*face
	ops   []byte
	dry   bool
}

func (c *canvas) number(n float64) { c.ops = append(strconv.AppendFloat(c.ops, n, 'f', 2, 64), ' ') }
func (c *canvas) op(name string)   { c.ops = append(append(c.ops, name...), '\n') }

func (c *canvas) colour(v colour, op string) {
	for shift := 16; shift >= 0; shift -= 8 {
		c.number(float64(v>>shift&255) / 255)
	}
	c.op(op)
}

// text is a line that begins at x, its baseline at y.
func (c *canvas) text(x, y float64, font int, size float64, v colour, text []byte) {
	if c.dry || len(text) == 0 {
		return
	}
	c.colour(v, "rg")
	c.op("BT")
	c.ops = append(c.ops, "/F"...)
	c.ops = append(strconv.AppendInt(c.ops, int64(font), 10), ' ')
	c.number(size)
	c.op("Tf")
	c.number(x)
	c.number(pageHeight - y)
	c.op("Td")
	c.ops = append(c.ops, '<')
	c.ops = c.faces[font].codes(c.ops, text)
	c.op("> Tj ET")
}

// box is a filled rectangle.
func (c *canvas) box(x, y, w, h float64, v colour) {
	if c.dry {
		return
	}
	c.colour(v, "rg")
	c.rectangle(x, y, w, h)
	c.op("f")
}

func (c *canvas) rectangle(x, y, w, h float64) {
	for _, n := range []float64{x, pageHeight - y - h, w, h} {
		c.number(n)
	}
	c.op("re")
}

// line is a thin one across.
func (c *canvas) line(x, y, w, thick float64, v colour) { c.box(x, y-thick/2, w, thick, v) }

// frame is a rectangle with round corners, drawn around.
func (c *canvas) frame(x, y, w, h, radius float64, v colour) {
	if c.dry {
		return
	}
	c.colour(v, "RG")
	c.number(0.75)
	c.op("w")
	const k = 0.5523 // of a quarter circle
	left, right, top, bottom := x, x+w, pageHeight-y, pageHeight-y-h
	to := func(op string, at ...float64) {
		for _, n := range at {
			c.number(n)
		}
		c.op(op)
	}
	r, b := radius, radius*(1-k)
	to("m", left+r, top)
	to("l", right-r, top)
	to("c", right-b, top, right, top-b, right, top-r)
	to("l", right, bottom+r)
	to("c", right, bottom+b, right-b, bottom, right-r, bottom)
	to("l", left+r, bottom)
	to("c", left+b, bottom, left, bottom+b, left, bottom+r)
	to("l", left, top-r)
	to("c", left, top-b, left+b, top, left+r, top)
	c.op("s")
}

// picture is the QR code, its quiet zone included.
func (c *canvas) picture(x, y, side float64) {
	if c.dry {
		return
	}
	c.op("q")
	for _, n := range []float64{side, 0, 0, side, x, pageHeight - y - side} {
		c.number(n)
	}
	c.op("cm /Code Do Q")
}
