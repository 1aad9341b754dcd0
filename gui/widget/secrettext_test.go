package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/theme"
)

// TestSecretTextIsSingleCharacters: what is on the screen never adds up to a string, breaks where the text and the edge say,
// shows nothing that would write elsewhere, and is gone with the loan.
func TestSecretTextIsSingleCharacters(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	text := secret.Take([]byte("금고 37\r\n\u202e\x1b[2J" + string(make([]byte, 40)) + "\nlast\n"))
	defer text.Destroy()
	s := NewSecretText("The beginning")
	w := test.NewTempWindow(t, s)
	s.Set(text)
	w.Resize(fyne.NewSize(300, 400))
	letters := test.WidgetRenderer(s).Objects()
	if n := len([]rune(string(text.Bytes()))); len(letters) != n-3 { // line ends are none
		t.Errorf("%d letters of %d", len(letters), n)
	}
	rows := map[float32]bool{}
	for _, l := range letters {
		c := l.(*canvas.Text)
		if len([]rune(c.Text)) != 1 || c.Text == "\u202e" || c.Text == "\x1b" || c.Text == "\x00" || c.Text == "\r" {
			t.Errorf("%q", c.Text)
		}
		if p := c.Position(); p.X+c.Size().Width > s.Size().Width+1 || p.Y+c.Size().Height > s.Size().Height+1 {
			t.Errorf("%q at %v is beside it", c.Text, p)
		}
		rows[c.Position().Y] = true
	}
	if len(rows) != 3 || s.MinSize().Height != 3*secretRow {
		t.Errorf("%d rows, %v", len(rows), s.MinSize())
	}
	s.Set(nil)
	for _, l := range letters {
		if l.(*canvas.Text).Text != "" {
			t.Error("a letter is still there")
		}
	}
	long := secret.New(10_000)
	defer long.Destroy()
	for i := range long.Bytes() {
		long.Bytes()[i] = 'x'
	}
	s.Set(long)
	if s.MinSize().Height != secretRows*secretRow {
		t.Errorf("%v", s.MinSize())
	}
}
