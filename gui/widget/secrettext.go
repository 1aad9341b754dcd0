package widget

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/theme"
)

// SecretText shows the beginning of a secret text, one object for each
// character, so that no string of it is ever made. Lines break where it says so,
// and at the edge.
type SecretText struct {
	stock.BaseWidget
	spoken string
	text   *secret.Buffer // lent
}

const (
	secretRows = 8
	secretRow  = float32(20)
	secretWide = 48 // letters of a long line that are sure to fit beside each other in a sheet
)

// NewSecretText makes an empty view; spoken says what it shows, never the text
// itself.
func NewSecretText(spoken string) *SecretText {
	s := &SecretText{spoken: spoken}
	s.ExtendBaseWidget(s)
	return s
}

// Set lends the text to the view; nil takes it off the screen.
func (s *SecretText) Set(text *secret.Buffer) { s.text = text; s.Refresh() }

// AccessibilityLabel says what is shown.
func (s *SecretText) AccessibilityLabel() string { return s.spoken }

// AccessibilityRole is text.
func (s *SecretText) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// MinSize has room for as many rows as the text has lines, at most secretRows.
func (s *SecretText) MinSize() fyne.Size {
	rows, long := 0, 0
	for _, line := range bytes.Split(bytes.TrimRight(s.text.Bytes(), "\n"), []byte("\n")) {
		rows++
		long += utf8.RuneCount(line) / secretWide
	}
	return fyne.NewSize(240, secretRow*float32(min(rows+long, secretRows)))
}

// CreateRenderer is for the toolkit.
func (s *SecretText) CreateRenderer() fyne.WidgetRenderer {
	r := &secretRenderer{s: s}
	r.Refresh()
	return r
}

type secretRenderer struct {
	s       *SecretText
	letters []fyne.CanvasObject
}

func (r *secretRenderer) Destroy()                     { r.forget() }
func (r *secretRenderer) MinSize() fyne.Size           { return r.s.MinSize() }
func (r *secretRenderer) Objects() []fyne.CanvasObject { return r.letters }
func (r *secretRenderer) Refresh()                     { r.Layout(r.s.Size()); canvas.Refresh(r.s) }

func (r *secretRenderer) forget() {
	for _, l := range r.letters {
		l.(*canvas.Text).Text = ""
	}
	r.letters = nil
}

// Layout makes the letters that fit.
func (r *secretRenderer) Layout(size fyne.Size) {
	r.forget()
	x, y := float32(0), float32(0)
	for b := r.s.text.Bytes(); len(b) > 0; {
		c, n := utf8.DecodeRune(b)
		b = b[n:]
		if c == '\n' {
			x, y = 0, y+secretRow
			continue
		}
		if !unicode.IsGraphic(c) {
			c = ' '
		}
		t := canvas.NewText(string(c), theme.Color(theme.Text))
		t.TextSize = theme.BodySize
		m := t.MinSize()
		if x > 0 && x+m.Width > size.Width {
			x, y = 0, y+secretRow
		}
		if y+secretRow > size.Height {
			return
		}
		t.Resize(m)
		t.Move(fyne.NewPos(x, y+(secretRow-m.Height)/2))
		x += m.Width
		r.letters = append(r.letters, t)
	}
}
