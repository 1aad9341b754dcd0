package widget

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/theme"
)

// SecretWords shows a passphrase that was made here, one object for each
// character, so that no string of it is ever made.
type SecretWords struct {
	stock.BaseWidget
	spoken string
	words  *secret.Buffer // lent
}

// NewSecretWords makes an empty view; spoken says what it shows, never the
// words themselves.
func NewSecretWords(spoken string) *SecretWords {
	s := &SecretWords{spoken: spoken}
	s.ExtendBaseWidget(s)
	return s
}

// Set lends the words to the view until Clear.
func (s *SecretWords) Set(words *secret.Buffer) { s.words = words; s.Refresh() }

// Clear takes the words off the screen.
func (s *SecretWords) Clear() { s.Set(nil) }

// AccessibilityLabel says what is shown.
func (s *SecretWords) AccessibilityLabel() string { return s.spoken }

// AccessibilityRole is text.
func (s *SecretWords) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

const wordsLine = float32(30)

// MinSize is two lines: five words of the list fit on them.
func (s *SecretWords) MinSize() fyne.Size { return fyne.NewSize(240, wordsLine*2) }

// CreateRenderer is for the toolkit.
func (s *SecretWords) CreateRenderer() fyne.WidgetRenderer {
	r := &wordsRenderer{s: s}
	r.Refresh()
	return r
}

type wordsRenderer struct {
	s       *SecretWords
	letters []fyne.CanvasObject
}

func (r *wordsRenderer) Destroy()                     { r.forget() }
func (r *wordsRenderer) MinSize() fyne.Size           { return r.s.MinSize() }
func (r *wordsRenderer) Objects() []fyne.CanvasObject { return r.letters }
func (r *wordsRenderer) Refresh()                     { r.Layout(r.s.Size()); canvas.Refresh(r.s) }

func (r *wordsRenderer) forget() {
	for _, l := range r.letters {
		l.(*canvas.Text).Text = ""
	}
	r.letters = nil
}

// Layout makes the letters and breaks lines between words.
func (r *wordsRenderer) Layout(size fyne.Size) {
	r.forget()
	b := r.s.words.Bytes()
	x, y, word := float32(0), float32(0), 0 // word: index of the first letter of the present word
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		b = b[n:]
		t := canvas.NewText(string(c), theme.Color(theme.Text))
		t.TextSize, t.TextStyle = theme.HeadingSize, fyne.TextStyle{Bold: true}
		m := t.MinSize()
		t.Resize(m)
		if x+m.Width > size.Width && word > 0 {
			x, y = r.carry(word, y+wordsLine), y+wordsLine
		}
		t.Move(fyne.NewPos(x, y+(wordsLine-m.Height)/2))
		x += m.Width + 0.5
		r.letters = append(r.letters, t)
		if c == ' ' || c == '-' {
			word = len(r.letters)
		}
	}
	r.center(y, size)
}

// carry moves the unfinished word to the next line and answers where it ends.
func (r *wordsRenderer) carry(word int, y float32) float32 {
	x := float32(0)
	for _, l := range r.letters[word:] {
		l.Move(fyne.NewPos(x, y+(wordsLine-l.Size().Height)/2))
		x += l.Size().Width + 0.5
	}
	return x
}

// center puts the lines into the vertical middle; last is the last line's top.
func (r *wordsRenderer) center(last float32, size fyne.Size) {
	shift := (size.Height - last - wordsLine) / 2
	if shift <= 0 {
		return
	}
	for _, l := range r.letters {
		l.Move(l.Position().AddXY(0, shift))
	}
}
