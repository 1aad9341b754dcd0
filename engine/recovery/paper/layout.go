package paper

import (
	"bytes"
	"strconv"

	"cryptodesk/engine/qr"
)

// layout puts a page together from the top down. scale makes its texts smaller
// until all of it fits.
type layout struct {
	*canvas
	page  Page
	code  *qr.Code
	scale float64
	y     float64
}

// Scales that are tried.
const (
	smallest = 0.7
	shrink   = 0.05
)

// fit draws the page at the largest scale at which it fits.
func (l *layout) fit() bool {
	for l.scale = 1; l.scale >= smallest; l.scale -= shrink {
		l.dry = true
		if room := pageHeight - margin - l.draw(0); room >= 0 {
			l.dry = false
			l.draw(room)
			return true
		}
	}
	return false
}

// draw is all of the page, with room to spare between its parts; it answers
// where it ends.
func (l *layout) draw(room float64) float64 {
	l.y = margin
	l.head()
	l.fields()
	l.card()
	l.words()
	l.lines(room)
	l.foot()
	return l.y
}

func (l *layout) head() {
	l.box(margin, l.y, 36, 3, accent)
	l.y += 3 + 10
	l.block(margin, inside, bold, 24*l.scale, ink, 1.25, l.page.Title)
	l.y += 4
	l.block(margin, inside, regular, 10.5*l.scale, soft, 1.5, l.page.Lead)
	l.y += 14
}

// fields stand beside each other while they fit.
func (l *layout) fields() {
	const gap = 30
	size, small := 11*l.scale, 8*l.scale
	x, deep := float64(margin), 0.0
	for _, f := range l.page.Fields {
		w := max(l.faces[regular].width([]byte(f.Label), small), l.faces[bold].width([]byte(f.Value), size))
		if x > margin && x+w > margin+inside {
			x, l.y = margin, l.y+deep+8
		}
		top := l.y
		l.text(x, top+small, regular, small, soft, []byte(f.Label))
		l.y += small * 1.5
		l.block(x, margin+inside-x, bold, size, ink, 1.35, f.Value)
		deep, l.y = l.y-top, top
		x += w + gap
	}
	if len(l.page.Fields) > 0 {
		l.y += deep + 16
	}
}

// card holds the code and what to do.
func (l *layout) card() {
	const pad, side, gap = 18, 164, 24
	top := l.y
	// The quiet zone lies in the padding, so that the code stands in line with
	// what is below it.
	quiet := side * qr.Quiet / float64(l.code.Side())
	l.picture(margin+pad-quiet, top+pad-quiet, side+2*quiet)
	l.y = top + pad + side + 6
	l.block(margin+pad, side, regular, 8*l.scale, soft, 1.4, l.page.CodeTitle)
	left := l.y
	x, w := float64(margin+pad+side+gap), float64(inside-2*pad-side-gap)
	l.y = top + pad - 4
	l.block(x, w, bold, 12*l.scale, ink, 1.5, l.page.StepsTitle)
	l.y += 4
	for i, step := range l.page.Steps {
		begun := l.y
		l.block(x, w, bold, 9.5*l.scale, accent, 1.5, strconv.Itoa(i+1))
		l.y = begun
		l.block(x+16, w-16, regular, 9.5*l.scale, ink, 1.5, step)
		l.y += 5
	}
	l.y = max(l.y, left) + pad - 4
	if text := l.page.Line.Bytes(); len(text) > 0 {
		size := (inside - 2*pad) / max(l.faces[mono].width(text, 1), 40) // a long one fills the card
		l.line(margin+pad, l.y-pad/2+2, inside-2*pad, 0.5, faint)
		l.text(margin+pad, l.y+size+3, mono, size, ink, text)
		l.y += size + pad - 1
	}
	l.frame(margin, top, inside, l.y-top, 8, rule)
	l.y += 20
}

// words are numbered, down the first column, then the next.
func (l *layout) words() {
	words := bytes.Fields(l.page.Words.Bytes())
	if len(words) == 0 {
		return
	}
	l.block(margin, inside, bold, 12*l.scale, ink, 1.5, l.page.WordsTitle)
	l.y += 3
	const columns, gap = 3, 20
	const width = (inside - (columns-1)*gap) / columns
	rows := (len(words) + columns - 1) / columns
	size, small, step := 11*l.scale, 8*l.scale, 16.5*l.scale
	for i, word := range words {
		x, top := margin+float64(i/rows)*(width+gap), l.y+float64(i%rows)*step
		number := strconv.AppendInt(nil, int64(i+1), 10)
		l.text(x+12-l.faces[regular].width(number, small), top+step*0.7, regular, small, soft, number)
		l.text(x+20, top+step*0.7, bold, size, ink, word)
		l.line(x, top+step, width, 0.5, faint)
	}
	l.y += float64(rows)*step + 10
}

// lines to write on share the room that is left.
func (l *layout) lines(room float64) {
	if len(l.page.Write) == 0 {
		l.y += room
		return
	}
	step := 20 + min(14, room/float64(len(l.page.Write)))
	size := 8 * l.scale
	begun := l.y
	for _, label := range l.page.Write {
		l.y += step
		w := l.faces[regular].width([]byte(label), size)
		l.text(margin, l.y, regular, size, soft, []byte(label))
		l.line(margin+w+8, l.y+1, inside-w-8, 0.5, rule)
	}
	l.y = begun + 20*float64(len(l.page.Write)) + room
}

func (l *layout) foot() {
	l.y += 12
	l.block(margin, inside, regular, 8*l.scale, soft, 1.4, l.page.Foot)
}

// block is text in lines of that width, the first below l.y, which moves on.
func (l *layout) block(x, width float64, font int, size float64, v colour, leading float64, text string) {
	if text == "" {
		return
	}
	for _, line := range l.wrap([]byte(text), font, size, width) {
		l.text(x, l.y+size*(leading/2+0.36), font, size, v, line) // capitals in the middle
		l.y += size * leading
	}
}

// wrap cuts text at spaces that may be cut at, and within a word that alone is
// too long.
func (l *layout) wrap(text []byte, font int, size, width float64) (lines [][]byte) {
	f := l.faces[font]
	var line []byte
	for _, word := range bytes.Split(text, []byte(" ")) {
		if longer := append(append(line[:len(line):len(line)], ' '), word...); len(line) > 0 && f.width(longer, size) <= width {
			line = longer
			continue
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
		line = nil
		for _, r := range string(word) {
			longer := append(line[:len(line):len(line)], string(r)...)
			if len(line) > 0 && f.width(longer, size) > width {
				lines, longer = append(lines, line), []byte(string(r))
			}
			line = longer
		}
	}
	return append(lines, line)
}
