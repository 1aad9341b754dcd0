package widget

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// field puts a passphrase field into a window; wait runs what its Return put
// off.
func field(t *testing.T) (f *PassphraseField, w fyne.Window, wait func()) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	f = NewPassphraseField("Passphrase")
	t.Cleanup(f.Destroy)
	var due []func()
	f.later = func(g func()) { due = append(due, g) }
	w = test.NewTempWindow(t, f)
	w.Resize(fyne.NewSize(400, 80))
	w.Canvas().Focus(f)
	return f, w, func() {
		now := due
		due = nil
		for _, g := range now {
			g()
		}
	}
}

func press(f fyne.Focusable, key fyne.KeyName) { f.TypedKey(&fyne.KeyEvent{Name: key}) }

func typed(f *PassphraseField) string { return string(f.Text().Bytes()) }

func TestFieldIsTypedAndErased(t *testing.T) {
	f, _, _ := field(t)
	changes := 0
	f.OnChange = func() { changes++ }
	test.Type(f, "날a b")
	if typed(f) != "날a b" || changes != 4 {
		t.Fatalf("%q after %d changes", typed(f), changes)
	}
	press(f, fyne.KeyBackspace)
	f.TypedRune('\n')
	f.TypedRune('\x1b')
	if typed(f) != "날a " {
		t.Errorf("%q after Backspace and control characters", typed(f))
	}
	f.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyU, Modifier: fyne.KeyModifierControl})
	if !f.Empty() {
		t.Errorf("%q after Ctrl+U", typed(f))
	}
}

func TestReturnWaitsForTheLastSyllable(t *testing.T) {
	f, _, wait := field(t)
	sent := []string{}
	f.OnSubmit = func() { sent = append(sent, typed(f)) }
	test.Type(f, "한")
	press(f, fyne.KeyReturn)
	press(f, fyne.KeyReturn) // twice is once
	f.TypedRune('글')         // the input method delivers what it still held
	if len(sent) != 0 {
		t.Fatal("submitted before the syllable could come")
	}
	wait()
	if len(sent) != 1 || sent[0] != "한글" {
		t.Fatalf("submitted %q", sent)
	}
	press(f, fyne.KeyEnter)
	f.Disable()
	wait()
	if len(sent) != 1 {
		t.Error("a disabled field submitted")
	}
}

func TestTakeLeavesNothing(t *testing.T) {
	f, _, _ := field(t)
	test.Type(f, "river")
	f.Reveal(true)
	b := f.Take()
	defer b.Destroy()
	if string(b.Bytes()) != "river" || !f.Empty() || f.Revealed() {
		t.Errorf("took %q, left %q", b.Bytes(), typed(f))
	}
	test.Type(f, "x")
	f.Destroy()
	f.TypedRune('y')
	if !f.Empty() {
		t.Error("a destroyed field takes letters")
	}
}

// shown collects the texts and the dots on screen.
func shown(f *PassphraseField) (letters []string, dots int) {
	for _, o := range test.WidgetRenderer(f).Objects() {
		switch o := o.(type) {
		case *canvas.Text:
			letters = append(letters, o.Text)
		case *canvas.Circle:
			dots++
		}
	}
	return letters, dots
}

func TestNoObjectHoldsMoreThanOneCharacter(t *testing.T) {
	f, _, _ := field(t)
	test.Type(f, "tiger")
	if letters, dots := shown(f); len(letters) != 0 || dots != 5 {
		t.Fatalf("hidden: %q and %d dots", letters, dots)
	}
	test.Tap(f.Eye())
	letters, dots := shown(f)
	if len(letters) != 5 || dots != 0 {
		t.Fatalf("shown: %q and %d dots", letters, dots)
	}
	for _, l := range letters {
		if len([]rune(l)) != 1 {
			t.Errorf("an object holds %q", l)
		}
	}
	test.Tap(f.Eye())
	if letters, _ := shown(f); len(letters) != 0 {
		t.Errorf("%q after hiding", letters)
	}
}

func TestLongPassphraseStaysInTheField(t *testing.T) {
	f, _, _ := field(t)
	for range 300 {
		f.TypedRune('m')
	}
	for _, on := range []bool{false, true} {
		f.Reveal(on)
		eye := f.Eye().Position().X
		for _, o := range test.WidgetRenderer(f).Objects() {
			switch o.(type) {
			case *canvas.Text, *canvas.Circle:
				if o.Position().X+o.Size().Width > eye {
					t.Fatalf("revealed %v: a character lies over the eye", on)
				}
			}
		}
	}
	for range 2000 {
		f.TypedRune('m')
	}
	if len(typed(f)) != 1024 || f.Hint() != text.T("passphrase.full") {
		t.Errorf("%d bytes, hint %q", len(typed(f)), f.Hint())
	}
}

func TestHints(t *testing.T) {
	f, _, _ := field(t)
	test.Type(f, "A")
	if f.Hint() != text.T("passphrase.caps") {
		t.Errorf("capital without shift: %q", f.Hint())
	}
	f.Clear()
	f.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	test.Type(f, "A")
	f.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	if f.Hint() != "" {
		t.Errorf("capital with shift: %q", f.Hint())
	}
	test.Type(f, "가")
	if f.Hint() != text.T("passphrase.foreign") {
		t.Errorf("Hangul: %q", f.Hint())
	}
}

func TestPaste(t *testing.T) {
	f, _, _ := field(t)
	ui := make(chan func(), 1)
	defer cross.Divert(func(g func()) { ui <- g })()
	paste := func(content string, result pasteResult) {
		f.paste = func() (*secret.Buffer, pasteResult) { return secret.Take([]byte(content)), result }
		f.TypedShortcut(&fyne.ShortcutPaste{})
		(<-ui)()
	}
	test.Type(f, "a-")
	paste("words here\r\n", pasted)
	if typed(f) != "a-words here" {
		t.Errorf("pasted %q", typed(f))
	}
	paste("", noHelper)
	if f.Hint() != text.T("passphrase.paste.none") {
		t.Errorf("no helper: %q", f.Hint())
	}
	paste("", nothingToPaste)
	if f.Hint() != text.T("passphrase.paste.empty") {
		t.Errorf("nothing: %q", f.Hint())
	}
	paste(strings.Repeat("x", 1024), pasted)
	if len(typed(f)) != 1024 || f.Hint() == "" {
		t.Errorf("%d bytes, hint %q", len(typed(f)), f.Hint())
	}
}

func TestWrongLooksWrongUntilTheNextKey(t *testing.T) {
	f, _, _ := field(t)
	f.Wrong(true)
	r := test.WidgetRenderer(f).(*passphraseRenderer)
	if r.ring.StrokeColor != theme.Color(theme.Danger) {
		t.Error("a wrong passphrase does not show")
	}
	f.TypedRune('a')
	if r.ring.StrokeColor != theme.Color(theme.Accent) {
		t.Error("still wrong after a key")
	}
}

func TestSecretWordsAreSingleCharacters(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	words := secret.Take([]byte("proactive-fructose-viability-elevator-sandbag"))
	defer words.Destroy()
	s := NewSecretWords("Five words")
	w := test.NewTempWindow(t, s)
	w.Resize(fyne.NewSize(260, 80))
	s.Set(words)
	seen := ""
	for _, o := range test.WidgetRenderer(s).Objects() {
		l := o.(*canvas.Text)
		seen += l.Text
		if len(l.Text) != 1 {
			t.Errorf("an object holds %q", l.Text)
		}
		if l.Position().X+l.Size().Width > s.Size().Width+1 {
			t.Errorf("%q lies outside", l.Text)
		}
	}
	if seen != string(words.Bytes()) {
		t.Errorf("shown: %q", seen)
	}
	s.Clear()
	if n := len(test.WidgetRenderer(s).Objects()); n != 0 {
		t.Errorf("%d characters after Clear", n)
	}
}
