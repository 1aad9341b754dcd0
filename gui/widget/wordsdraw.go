package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

const (
	cellLeast  float32 = 132
	cellHeight float32 = 32
	cellGap    float32 = 8
	cellNumber float32 = 26 // width of the number before a word
)

// mostColumns is how many the words stand in at most, as on the printed page:
// down the first, then the next.
const mostColumns = 3

// shape is in how many columns and rows the words stand in a field of that
// width.
func (f *WordsField) shape(width float32) (columns, rows int) {
	columns = max(1, min(len(f.numbers), mostColumns, int((width+cellGap)/(cellLeast+cellGap))))
	return columns, (len(f.numbers) + columns - 1) / columns
}

// cell is where a word stands in a field of that width.
func (f *WordsField) cell(i int, width float32) (x, y, w, h float32) {
	n, rows := f.shape(width)
	w = (width - cellGap*float32(n-1)) / float32(n)
	return float32(i/rows) * (w + cellGap), float32(i%rows) * (cellHeight + cellGap), w, cellHeight
}

// Resize decides anew how many words stand side by side.
func (f *WordsField) Resize(size fyne.Size) {
	f.BaseWidget.Resize(size)
	if _, rows := f.shape(size.Width); rows != f.rows {
		f.rows = rows
		f.Refresh()
	}
}

// MinSize is the words and the line below them, at the width there is.
func (f *WordsField) MinSize() fyne.Size {
	return fyne.NewSize(cellLeast, float32(f.rows)*(cellHeight+cellGap)+hintHeight)
}

// CreateRenderer is for the toolkit.
func (f *WordsField) CreateRenderer() fyne.WidgetRenderer {
	r := &wordsFieldRenderer{f: f, caret: canvas.NewRectangle(color.Transparent)}
	for i := range f.numbers {
		c := &wordCell{face: canvas.NewRectangle(color.Transparent), number: canvas.NewText(strconv.Itoa(f.numbers[i]), color.Black), rest: canvas.NewText("", color.Black)}
		c.number.TextSize, c.number.Alignment = theme.CaptionSize, fyne.TextAlignTrailing
		c.rest.TextSize = theme.BodySize
		r.cells = append(r.cells, c)
	}
	r.Refresh()
	return r
}

// wordCell is what a word is drawn with.
type wordCell struct {
	face    *canvas.Rectangle
	number  *canvas.Text
	letters []*canvas.Text
	rest    *canvas.Text // of the word it will be
}

type wordsFieldRenderer struct {
	f     *WordsField
	cells []*wordCell
	caret *canvas.Rectangle
}

func (r *wordsFieldRenderer) MinSize() fyne.Size { return r.f.MinSize() }

// Destroy takes the letters off the screen objects.
func (r *wordsFieldRenderer) Destroy() {
	for _, c := range r.cells {
		c.forget()
	}
}

func (c *wordCell) forget() {
	for _, l := range c.letters {
		l.Text = ""
	}
	c.letters = nil
}

func (r *wordsFieldRenderer) Objects() []fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for _, c := range r.cells {
		parts = append(parts, c.face, c.number)
		for _, l := range c.letters {
			parts = append(parts, l)
		}
		parts = append(parts, c.rest)
	}
	return append(parts, r.caret, r.f.hint, r.f.count)
}

func (r *wordsFieldRenderer) Layout(size fyne.Size) {
	bottom := float32(0)
	for i, c := range r.cells {
		x, y, w, h := r.f.cell(i, size.Width)
		bottom = max(bottom, y+h)
		c.face.Resize(fyne.NewSize(w, h))
		c.face.Move(fyne.NewPos(x, y))
		m := c.number.MinSize()
		c.number.Resize(fyne.NewSize(cellNumber-6, m.Height))
		c.number.Move(fyne.NewPos(x, y+(h-m.Height)/2))
		at := x + cellNumber + 4
		for _, l := range c.letters {
			m := l.MinSize()
			l.Resize(m)
			l.Move(fyne.NewPos(at, y+(h-m.Height)/2))
			at += m.Width
		}
		if i == r.f.at {
			r.caret.Resize(fyne.NewSize(2, 18))
			r.caret.Move(fyne.NewPos(at+0.5, y+(h-18)/2))
		}
		m = c.rest.MinSize()
		c.rest.Resize(m)
		c.rest.Move(fyne.NewPos(at+2, y+(h-m.Height)/2))
	}
	count := r.f.count.MinSize()
	r.f.count.Resize(fyne.NewSize(count.Width, hintHeight))
	r.f.count.Move(fyne.NewPos(size.Width-count.Width, bottom+cellGap))
	r.f.hint.Resize(fyne.NewSize(size.Width-count.Width-theme.Gap, hintHeight))
	r.f.hint.Move(fyne.NewPos(2, bottom+cellGap))
}

func (r *wordsFieldRenderer) Refresh() {
	f := r.f
	for i, c := range r.cells {
		c.draw(f, i)
	}
	r.caret.FillColor = theme.Color(theme.Accent)
	r.caret.Hidden = !f.focused || f.disabled
	words, tone := f.hintLine()
	f.hint.Tone(tone).Set(words)
	f.count.Set("")
	if len(f.numbers) > 2 {
		f.count.Set(text.T("words.count", "n", f.words.filled(), "of", len(f.numbers)))
	}
	r.Layout(f.Size())
	canvas.Refresh(f)
}

// draw shows a word as it is now.
func (c *wordCell) draw(f *WordsField, i int) {
	here := f.focused && i == f.at && !f.disabled
	fill, edge, ink, number := theme.Surface, theme.FieldBorder, theme.Text, theme.Muted
	width := float32(1)
	switch {
	case f.disabled:
		fill, edge, ink = theme.NeutralSoft, theme.Border, theme.Quiet
	case f.wrong(i):
		fill, edge, ink, number = theme.DangerSoft, theme.Danger, theme.Danger, theme.Danger
	case f.words.known(i):
		fill, edge, number = theme.AccentSoft, theme.AccentSoft, theme.Accent
	}
	if here {
		width = 2
		if edge != theme.Danger {
			edge = theme.Accent
		}
	}
	c.face.FillColor, c.face.StrokeColor, c.face.StrokeWidth, c.face.CornerRadius = theme.Color(fill), theme.Color(edge), width, theme.Corner
	c.number.Color = theme.Color(number)
	c.rest.Text = ""
	if here {
		c.rest.Text, c.rest.Color = f.words.rest(i), theme.Color(theme.Muted)
	}
	c.forget()
	for _, b := range f.words.word(i) {
		l := canvas.NewText(string(rune(b)), theme.Color(ink))
		l.TextSize = theme.BodySize
		c.letters = append(c.letters, l)
	}
}
