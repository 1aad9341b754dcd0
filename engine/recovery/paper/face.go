package paper

import (
	"encoding/binary"
	"fmt"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"cryptodesk/engine/fault"
)

// noBreak is the space at which a line is not cut.
const noBreak = '\u00a0'

// em is the size at which outlines are taken, in units.
const em = 1000

// face is a font, and the letters of it that a page uses: numbered from 1 as
// they come; 0 is what stands for a letter that the font lacks.
type face struct {
	font    *sfnt.Font
	buf     sfnt.Buffer
	numbers map[rune]int
	runes   []rune // by number
	widths  []int  // by number, in thousandths of the size
}

func newFace(data []byte) (*face, error) {
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fault.New(fault.Internal, "", fmt.Errorf("font: %w", err))
	}
	made := &face{font: f, numbers: map[rune]int{}, runes: []rune{0}, widths: []int{em / 2}}
	if w, err := f.GlyphAdvance(&made.buf, 0, fixed.I(em), font.HintingNone); err == nil {
		made.widths[0] = w.Round()
	}
	return made, nil
}

// number is the letter's in the subset; it is added if need be.
func (f *face) number(r rune) int {
	if r == noBreak {
		r = ' ' // a command that is copied must hold no other
	}
	if n, ok := f.numbers[r]; ok {
		return n
	}
	n := 0
	if at, err := f.font.GlyphIndex(&f.buf, r); err == nil && at != 0 {
		if w, err := f.font.GlyphAdvance(&f.buf, at, fixed.I(em), font.HintingNone); err == nil {
			n = len(f.runes)
			f.runes, f.widths = append(f.runes, r), append(f.widths, w.Round())
		}
	}
	f.numbers[r] = n
	return n
}

// width is how long text is in points at that size.
func (f *face) width(text []byte, size float64) float64 {
	sum := 0
	for _, r := range string(text) {
		sum += f.widths[f.number(r)]
	}
	return float64(sum) * size / em
}

// codes appends text as the numbers of its letters, two bytes in hexadecimal
// each.
func (f *face) codes(dst, text []byte) []byte {
	for _, r := range string(text) {
		n := f.number(r)
		for shift := 12; shift >= 0; shift -= 4 {
			dst = append(dst, "0123456789ABCDEF"[n>>shift&15])
		}
	}
	return dst
}

// outline is a letter as a Type 2 charstring: its width, its paths, no hints.
func (f *face) outline(n int) []byte {
	at := sfnt.GlyphIndex(0)
	if n > 0 {
		at, _ = f.font.GlyphIndex(&f.buf, f.runes[n])
	}
	out := charNumber(nil, f.widths[n])
	segments, err := f.font.LoadGlyph(&f.buf, at, fixed.I(em), nil)
	if err != nil {
		return append(out, endchar)
	}
	// Differences of rounded places, so that rounding does not add up. y grows
	// downwards in x/image.
	x, y := 0, 0
	to := func(px, py float64) {
		nx, ny := int(math.Round(px)), -int(math.Round(py))
		out = charNumber(charNumber(out, nx-x), ny-y)
		x, y = nx, ny
	}
	var px, py float64
	place := func(p fixed.Point26_6) (float64, float64) { return float64(p.X) / 64, float64(p.Y) / 64 }
	for _, s := range segments {
		ax, ay := place(s.Args[0])
		bx, by := place(s.Args[1])
		cx, cy := place(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			to(ax, ay)
			out = append(out, rmoveto)
			px, py = ax, ay
		case sfnt.SegmentOpLineTo:
			to(ax, ay)
			out = append(out, rlineto)
			px, py = ax, ay
		case sfnt.SegmentOpQuadTo:
			to(px+(ax-px)*2/3, py+(ay-py)*2/3)
			to(bx+(ax-bx)*2/3, by+(ay-by)*2/3)
			to(bx, by)
			out = append(out, rrcurveto)
			px, py = bx, by
		case sfnt.SegmentOpCubeTo:
			to(ax, ay)
			to(bx, by)
			to(cx, cy)
			out = append(out, rrcurveto)
			px, py = cx, cy
		}
	}
	return append(out, endchar)
}

// Operators of Type 2 charstrings (Adobe Technical Note 5177).
const (
	rlineto   = 5
	rrcurveto = 8
	endchar   = 14
	rmoveto   = 21
)

// charNumber appends a number as charstrings and dictionaries have it.
func charNumber(dst []byte, n int) []byte {
	switch {
	case -107 <= n && n <= 107:
		return append(dst, byte(n+139))
	case 108 <= n && n <= 1131:
		return append(dst, byte((n-108)>>8)+247, byte(n-108))
	case -1131 <= n && n <= -108:
		return append(dst, byte((-n-108)>>8)+251, byte(-n-108))
	}
	return binary.BigEndian.AppendUint16(append(dst, 28), uint16(int16(n)))
}

// program is the subset as a CFF font (Adobe Technical Note 5176) with numbers
// for names, the kind that every program that writes PDF embeds.
func (f *face) program(name string) []byte {
	var letters [][]byte
	for n := range f.runes {
		letters = append(letters, f.outline(n))
	}
	count := len(letters)
	head := append([]byte{1, 0, 4, 4}, cffIndex([]byte(name))...)
	strings := append(cffIndex([]byte("Adobe"), []byte("Identity")), 0, 0) // and no subroutines
	charset := []byte{0}
	if count > 1 {
		charset = binary.BigEndian.AppendUint16([]byte{2, 0, 1}, uint16(count-2))
	}
	chosen := binary.BigEndian.AppendUint16([]byte{3, 0, 1, 0, 0, 0}, uint16(count))
	outlines := cffIndex(letters...)
	private := []byte{139, 20, 139, 21} // widths are as given
	top := func(at int) (top []byte, privateAt int) {
		at += len(head) + len(strings)
		charsetAt := at
		chosenAt := charsetAt + len(charset)
		outlinesAt := chosenAt + len(chosen)
		privateAt = outlinesAt + len(outlines)
		top = append(charNumber(charNumber(charNumber(nil, firstString), firstString+1), 0), 12, 30)
		top = append(charNumber(top, count), 12, 34)
		top = append(cffOffset(top, charsetAt), 15)
		top = append(cffOffset(top, chosenAt), 12, 37)
		top = append(cffOffset(top, outlinesAt), 17)
		top = append(cffOffset(top, privateAt+len(private)), 12, 36)
		return cffIndex(top), privateAt
	}
	size, _ := top(0)
	dictionary, privateAt := top(len(size))
	part := append(cffOffset(cffOffset(nil, len(private)), privateAt), 18)
	var out []byte
	for _, piece := range [][]byte{head, dictionary, strings, charset, chosen, outlines, private, cffIndex(part)} {
		out = append(out, piece...)
	}
	return out
}

const firstString = 391 // that is not one of CFF's own

// cffOffset appends n with a length that does not depend on it.
func cffOffset(dst []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 29), uint32(n))
}

func cffIndex(items ...[]byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(items)))
	out = append(out, 4)
	at := 1
	for _, item := range items {
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		at += len(item)
	}
	out = binary.BigEndian.AppendUint32(out, uint32(at))
	for _, item := range items {
		out = append(out, item...)
	}
	return out
}
