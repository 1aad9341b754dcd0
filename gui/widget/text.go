package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// Fit says what text does when the width is short.
type Fit int

const (
	FitGrow   Fit = iota // one line, as wide as it is
	FitWrap              // breaks into lines
	FitMiddle            // one line, shortened in its middle: for file names
	FitEnd               // one line, shortened at its end
)

// Text is text in a role of the type scale and a colour of the theme. Change
// it through its methods.
type Text struct {
	stock.BaseWidget
	content string
	size    float32
	style   fyne.TextStyle
	role    fyne.ThemeColorName
	align   fyne.TextAlign
	fit     Fit
	lines   []string
	width   float32 // the width lines were made for
}

func newText(s string, size float32, bold bool, role fyne.ThemeColorName, fit Fit) *Text {
	t := &Text{content: s, size: size, style: fyne.TextStyle{Bold: bold}, role: role, fit: fit}
	t.ExtendBaseWidget(t)
	t.breakLines()
	return t
}

// Title is the one headline of a screen (24 px).
func Title(s string) *Text { return newText(s, theme.TitleSize, true, theme.Text, FitWrap) }

// Heading heads a card or a sheet (18 px).
func Heading(s string) *Text { return newText(s, theme.HeadingSize, true, theme.Text, FitWrap) }

// Body is running text (14 px) that wraps.
func Body(s string) *Text { return newText(s, theme.BodySize, false, theme.Text, FitWrap) }

// Strong is Body in semibold, on one line.
func Strong(s string) *Text { return newText(s, theme.BodySize, true, theme.Text, FitGrow) }

// Muted is secondary running text that wraps.
func Muted(s string) *Text { return newText(s, theme.BodySize, false, theme.Muted, FitWrap) }

// Caption is small secondary text (12 px) on one line.
func Caption(s string) *Text { return newText(s, theme.CaptionSize, false, theme.Muted, FitGrow) }

// Label is plain text on one line.
func Label(s string) *Text { return newText(s, theme.BodySize, false, theme.Text, FitGrow) }

// FileName is semibold text that is shortened in its middle and takes the free
// width of a Row.
func FileName(s string) *Text { return newText(s, theme.BodySize, true, theme.Text, FitMiddle) }

// Set changes the text.
func (t *Text) Set(s string) {
	if s == t.content {
		return
	}
	t.content = s
	t.breakLines()
	t.Refresh()
}

// Content is the whole text, however much of it is visible.
func (t *Text) Content() string { return t.content }

// Tone changes the colour's role.
func (t *Text) Tone(role fyne.ThemeColorName) *Text {
	if role != t.role {
		t.role = role
		t.Refresh()
	}
	return t
}

// Align sets the alignment.
func (t *Text) Align(a fyne.TextAlign) *Text { t.align = a; t.Refresh(); return t }

// Fits sets what happens when the width is short.
func (t *Text) Fits(f Fit) *Text {
	t.fit = f
	t.breakLines()
	t.Refresh()
	return t
}

// Bold switches semibold.
func (t *Text) Bold(on bool) *Text {
	t.style.Bold = on
	t.breakLines()
	t.Refresh()
	return t
}

// Mono shows the text in equal widths: fingerprints, keys.
func (t *Text) Mono() *Text {
	t.style = fyne.TextStyle{Monospace: true}
	t.breakLines()
	t.Refresh()
	return t
}

// Stretches is for Row.
func (t *Text) Stretches() bool { return t.fit != FitGrow }

// AccessibilityLabel is the text.
func (t *Text) AccessibilityLabel() string { return t.content }

// AccessibilityRole is text.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (t *Text) lineHeight() float32 {
	return float32(int(t.size*1.45 + 0.5))
}

// MinSize is the height of the lines at the present width.
func (t *Text) MinSize() fyne.Size {
	h := t.lineHeight() * float32(len(t.lines))
	switch t.fit {
	case FitGrow:
		return fyne.NewSize(t.measure(t.content), h)
	case FitWrap:
		if t.content == "" {
			return fyne.Size{} // a message that is not there yet takes no room
		}
		return fyne.NewSize(48, h)
	}
	if utf8.RuneCountInString(t.content) > leastFitting/narrowest { // a key of thousands is not measured for that
		return fyne.NewSize(leastFitting, h)
	}
	return fyne.NewSize(fyne.Min(t.measure(t.content), leastFitting), h)
}

const (
	leastFitting = 72 // pixels that are left of a text that is shortened
	narrowest    = 2  // pixels: no character is narrower
)

// Natural is the width the text would take on one line.
func (t *Text) Natural() float32 { return t.measure(t.content) }

// Resize breaks the lines anew; the toolkit notices the new MinSize.
func (t *Text) Resize(s fyne.Size) {
	if s.Width != t.width {
		t.width = s.Width
		before := len(t.lines)
		t.breakLines()
		t.BaseWidget.Resize(s)
		if len(t.lines) != before || t.fit != FitGrow {
			t.Refresh()
		}
		return
	}
	t.BaseWidget.Resize(s)
}

func (t *Text) measure(s string) float32 {
	return fyne.MeasureText(s, t.size, t.style).Width
}

func (t *Text) breakLines() {
	switch {
	case t.fit == FitGrow || t.fit == FitWrap && t.width <= 0:
		t.lines = []string{t.content}
	case t.width <= 0: // nothing of it fits yet
		t.lines = []string{""}
	case t.fit == FitWrap:
		t.lines = wrap(t.content, t.width, t.measure)
	case t.fit == FitMiddle:
		t.lines = []string{shorten(t.content, t.width, t.measure, true)}
	default:
		t.lines = []string{shorten(t.content, t.width, t.measure, false)}
	}
}

// CreateRenderer is for the toolkit.
func (t *Text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{t: t} }

type textRenderer struct {
	t     *Text
	parts []fyne.CanvasObject
}

func (r *textRenderer) Destroy()           {}
func (r *textRenderer) MinSize() fyne.Size { return r.t.MinSize() }

func (r *textRenderer) Objects() []fyne.CanvasObject {
	if len(r.parts) != len(r.t.lines) {
		r.build()
	}
	return r.parts
}

func (r *textRenderer) build() {
	t := r.t
	for len(r.parts) < len(t.lines) {
		r.parts = append(r.parts, canvas.NewText("", theme.Color(t.role)))
	}
	r.parts = r.parts[:len(t.lines)]
	for i, line := range t.lines {
		c := r.parts[i].(*canvas.Text)
		c.Text, c.TextSize, c.TextStyle = line, t.size, t.style
		c.Color, c.Alignment = theme.Color(t.role), t.align
	}
	r.Layout(t.Size())
}

func (r *textRenderer) Layout(size fyne.Size) {
	h := r.t.lineHeight()
	top := (size.Height - h*float32(len(r.parts))) / 2
	if r.t.fit == FitWrap {
		top = 0
	}
	for i, p := range r.parts {
		m := p.MinSize()
		p.Resize(fyne.NewSize(size.Width, m.Height))
		p.Move(fyne.NewPos(0, top+h*float32(i)+(h-m.Height)/2))
	}
}

func (r *textRenderer) Refresh() {
	r.build()
	for _, p := range r.parts {
		p.Refresh()
	}
}

// wrap breaks s into lines no wider than width: at spaces, and inside a word
// that is too long for a line by itself. Hangul words stay whole, as Korean
// typesetting on screens does.
func wrap(s string, width float32, measure func(string) float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.FieldsFunc(paragraph, func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }) {
			for {
				joined := word
				if line != "" {
					joined = line + " " + word
				}
				if measure(joined) <= width {
					line = joined
					break
				}
				if line != "" {
					lines, line = append(lines, line), ""
					continue
				}
				n := fitting(word, width, measure)
				if n == len(word) { // one character wider than the line
					line = word
					break
				}
				lines, word = append(lines, word[:n]), word[n:]
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// fitting is the number of bytes of s that fit, at least one rune.
func fitting(s string, width float32, measure func(string) float32) int {
	ends := []int{}
	for i := range s {
		if i > 0 {
			ends = append(ends, i)
		}
	}
	ends = append(ends, len(s))
	low, high := 0, len(ends)-1 // ends[low] is taken even if it does not fit
	for low < high {
		mid := (low + high + 1) / 2
		if measure(s[:ends[mid]]) <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return ends[low]
}

// shorten puts an ellipsis where runes were left out: in the middle (the end
// of a file's name tells its kind) or at the end.
func shorten(s string, width float32, measure func(string) float32, middle bool) string {
	runes, most := []rune(s), int(width/narrowest)
	if len(runes) <= most && measure(s) <= width {
		return s
	}
	cut := func(keep int) string {
		if !middle {
			return string(runes[:keep]) + "…"
		}
		tail := keep * 2 / 5
		return string(runes[:keep-tail]) + "…" + string(runes[len(runes)-tail:])
	}
	low, high := 0, min(len(runes)-1, most)
	for low < high {
		mid := (low + high + 1) / 2
		if measure(cut(mid)) <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return cut(low)
}
