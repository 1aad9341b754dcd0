package widget

import (
	"image/color"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// submitDelay is how long Return waits for a rune: an input method for Hangul
// passes Return on first and delivers the last syllable right after it.
const submitDelay = 80 * time.Millisecond

// PassphraseField takes a passphrase, rune by rune, into guarded memory. It
// never makes a string of it; not the toolkit's entry, which leaves a dozen
// copies behind. Return submits. Ctrl+U or Ctrl+Backspace clears. Ctrl+V reads
// the clipboard through a helper's pipe. Below the field is one line for
// hints: capital letters, pasting, input methods.
type PassphraseField struct {
	stock.BaseWidget
	OnSubmit func()
	OnChange func()

	spoken   string
	text     *secret.Text
	eye      *Button
	hint     *Text
	shown    bool
	focused  bool
	disabled bool
	wrong    bool
	shift    bool
	caps     bool
	foreign  bool
	notice   string
	due      bool // a submit is waiting for its delay

	later func(func())                         // runs after submitDelay on the UI goroutine
	paste func() (*secret.Buffer, pasteResult) // any goroutine
}

var (
	_ fyne.Focusable     = (*PassphraseField)(nil)
	_ fyne.Tappable      = (*PassphraseField)(nil)
	_ fyne.Disableable   = (*PassphraseField)(nil)
	_ fyne.Shortcutable  = (*PassphraseField)(nil)
	_ fyne.Accessible    = (*PassphraseField)(nil)
	_ desktop.Keyable    = (*PassphraseField)(nil)
	_ desktop.Cursorable = (*PassphraseField)(nil)
)

// NewPassphraseField makes an empty field; spoken says what belongs into it.
// Destroy it with its screen.
func NewPassphraseField(spoken string) *PassphraseField {
	f := &PassphraseField{spoken: spoken, text: secret.NewText(), hint: Caption(""), paste: pasteFromHelper}
	f.later = func(g func()) { time.AfterFunc(submitDelay, func() { cross.Do(g) }) }
	f.eye = IconButton("eye", text.T("passphrase.show"), func() { f.Reveal(!f.shown) })
	f.ExtendBaseWidget(f)
	live[f] = struct{}{}
	return f
}

// Text is what was typed so far. It stays the field's: do not keep it.
func (f *PassphraseField) Text() *secret.Text { return f.text }

// Empty says whether nothing is typed.
func (f *PassphraseField) Empty() bool { return f.text.RuneCount() == 0 }

// Take answers a copy of what was typed, for the engine to own, and clears
// the field.
func (f *PassphraseField) Take() *secret.Buffer {
	b := f.text.Buffer()
	f.Clear()
	return b
}

// Copy answers a copy of what was typed and leaves the field as it is.
func (f *PassphraseField) Copy() *secret.Buffer { return f.text.Buffer() }

// Clear wipes what was typed and hides the characters.
func (f *PassphraseField) Clear() {
	f.text.Clear()
	f.caps, f.foreign, f.notice = false, false, ""
	f.Reveal(false)
	f.changed()
}

// Destroy wipes the field for good.
func (f *PassphraseField) Destroy() {
	delete(live, f)
	f.due = false
	f.text.Destroy()
	f.Reveal(false)
}

// Reveal shows or hides the characters.
func (f *PassphraseField) Reveal(on bool) {
	f.shown = on
	if on {
		f.eye.SetIcon("eye-off", text.T("passphrase.hide"))
	} else {
		f.eye.SetIcon("eye", text.T("passphrase.show"))
	}
	f.Refresh()
}

// Revealed says whether the characters can be read.
func (f *PassphraseField) Revealed() bool { return f.shown }

// Wrong outlines the field in the danger colour until the next key.
func (f *PassphraseField) Wrong(on bool) { f.wrong = on; f.Refresh() }

// Hint is the line below the field.
func (f *PassphraseField) Hint() string { return f.hint.Content() }

// Eye is the button that shows the characters.
func (f *PassphraseField) Eye() *Button { return f.eye }

// AccessibilityLabel says what belongs into the field.
func (f *PassphraseField) AccessibilityLabel() string { return f.spoken }

// AccessibilityRole is text.
func (f *PassphraseField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// TypedRune adds a character.
func (f *PassphraseField) TypedRune(r rune) {
	if f.disabled || !unicode.IsPrint(r) {
		return
	}
	if !f.text.Append(r) {
		f.notice = text.T("passphrase.full")
		f.changed()
		return
	}
	f.notice = ""
	if unicode.IsLetter(r) && r < unicode.MaxASCII {
		f.caps = unicode.IsUpper(r) != f.shift
	}
	f.foreign = f.foreign || r > unicode.MaxASCII
	f.changed()
}

// TypedKey edits and submits.
func (f *PassphraseField) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape:
		Unhandled(f, e)
	case f.disabled:
	case e.Name == fyne.KeyBackspace:
		f.text.Backspace()
		f.notice = ""
		f.changed()
	case e.Name == fyne.KeyReturn, e.Name == fyne.KeyEnter:
		f.submitSoon()
	}
}

// submitSoon lets a syllable that an input method still holds come in first.
func (f *PassphraseField) submitSoon() {
	if f.due || f.OnSubmit == nil {
		return
	}
	f.due = true
	f.later(func() {
		due := f.due
		f.due = false
		if due && !f.disabled && f.OnSubmit != nil {
			f.OnSubmit()
		}
	})
}

// TypedShortcut pastes and clears; what is not for the field goes to the
// window. Copying and cutting a passphrase is not offered.
func (f *PassphraseField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		f.Paste()
	case *desktop.CustomShortcut:
		if s.Modifier == fyne.KeyModifierControl && (s.KeyName == fyne.KeyU || s.KeyName == fyne.KeyBackspace) {
			f.Clear()
			return
		}
		passShortcut(f, s)
	}
}

// KeyDown and KeyUp watch the shift key for the capitals hint.
func (f *PassphraseField) KeyDown(e *fyne.KeyEvent) { f.shifted(e, true) }

// KeyUp is KeyDown's other half.
func (f *PassphraseField) KeyUp(e *fyne.KeyEvent) { f.shifted(e, false) }

func (f *PassphraseField) shifted(e *fyne.KeyEvent, down bool) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		f.shift = down
	}
}

// FocusGained shows the ring and the caret.
func (f *PassphraseField) FocusGained() { f.focused = true; f.Refresh(); follow(f) }

// FocusLost hides them.
func (f *PassphraseField) FocusLost() { f.focused, f.shift = false, false; f.Refresh() }

// Tapped takes the keyboard.
func (f *PassphraseField) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil && !f.disabled {
		c.Focus(f)
	}
}

// Cursor is the text cursor.
func (f *PassphraseField) Cursor() desktop.Cursor { return desktop.TextCursor }

// Enable lets one type again.
func (f *PassphraseField) Enable() { f.disabled = false; f.eye.Enable(); f.Refresh() }

// Disable refuses typing while work runs.
func (f *PassphraseField) Disable() { f.disabled = true; f.eye.Disable(); f.Refresh() }

// Disabled says whether typing is refused.
func (f *PassphraseField) Disabled() bool { return f.disabled }

// Stretches is for Row.
func (f *PassphraseField) Stretches() bool { return true }

func (f *PassphraseField) changed() {
	f.wrong = false
	f.Refresh()
	if f.OnChange != nil {
		f.OnChange()
	}
}

// hintLine chooses the one thing worth saying now.
func (f *PassphraseField) hintLine() string {
	switch {
	case f.notice != "":
		return f.notice
	case f.caps:
		return text.T("passphrase.caps")
	case f.foreign && !f.shown:
		return text.T("passphrase.foreign")
	}
	return ""
}

const (
	fieldHeight = theme.Target + 4
	hintHeight  = float32(22)
	dotSize     = float32(8)
	dotStep     = float32(14)
	eyeSize     = float32(32)
)

// MinSize is the field and its line for hints.
func (f *PassphraseField) MinSize() fyne.Size { return fyne.NewSize(200, fieldHeight+hintHeight) }

// CreateRenderer is for the toolkit.
func (f *PassphraseField) CreateRenderer() fyne.WidgetRenderer {
	r := &passphraseRenderer{f: f, ring: ring(), face: canvas.NewRectangle(color.Transparent),
		caret: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type passphraseRenderer struct {
	f          *PassphraseField
	ring, face *canvas.Rectangle
	caret      *canvas.Rectangle
	dots       []*canvas.Circle
	letters    []*canvas.Text // from the last character backwards
}

func (r *passphraseRenderer) Destroy()           { r.forget() }
func (r *passphraseRenderer) MinSize() fyne.Size { return r.f.MinSize() }

func (r *passphraseRenderer) Objects() []fyne.CanvasObject {
	parts := []fyne.CanvasObject{r.ring, r.face}
	for _, d := range r.dots {
		parts = append(parts, d)
	}
	for _, l := range r.letters {
		parts = append(parts, l)
	}
	return append(parts, r.caret, r.f.eye, r.f.hint)
}

// forget takes the characters off the screen objects.
func (r *passphraseRenderer) forget() {
	for _, l := range r.letters {
		l.Text = ""
	}
	r.letters, r.dots = nil, nil
}

func (r *passphraseRenderer) Layout(size fyne.Size) {
	box := fyne.NewSize(size.Width, fieldHeight)
	placeRing(r.ring, box)
	r.face.Resize(box)
	r.f.eye.Resize(fyne.NewSquareSize(eyeSize))
	r.f.eye.Move(fyne.NewPos(size.Width-eyeSize-6, (fieldHeight-eyeSize)/2))
	r.f.hint.Resize(fyne.NewSize(size.Width, hintHeight-2))
	r.f.hint.Move(fyne.NewPos(2, fieldHeight+4))
	x := r.placeRunes(size.Width - eyeSize - 12)
	r.caret.Resize(fyne.NewSize(2, 20))
	r.caret.Move(fyne.NewPos(x, (fieldHeight-20)/2))
}

// placeRunes shows as many of the last runes as fit before limit and answers
// where the caret stands.
func (r *passphraseRenderer) placeRunes(limit float32) float32 {
	left := float32(14)
	r.forget()
	n := r.f.text.RuneCount()
	if !r.f.shown {
		fit := max(int((limit-left)/dotStep), 1)
		for i := 0; i < min(n, fit); i++ {
			d := canvas.NewCircle(theme.Color(theme.Text))
			d.Resize(fyne.NewSquareSize(dotSize))
			d.Move(fyne.NewPos(left+dotStep*float32(i), (fieldHeight-dotSize)/2))
			r.dots = append(r.dots, d)
		}
		return left + dotStep*float32(min(n, fit))
	}
	width := float32(0)
	for i := n - 1; i >= 0; i-- { // from the end: the last typed is always visible
		l := canvas.NewText(string(r.f.text.Rune(i)), theme.Color(theme.Text))
		l.TextSize = theme.BodySize + 1
		m := l.MinSize()
		if width+m.Width > limit-left {
			break
		}
		width += m.Width
		l.Resize(m)
		r.letters = append(r.letters, l)
	}
	x := left
	for i := len(r.letters) - 1; i >= 0; i-- {
		m := r.letters[i].Size()
		r.letters[i].Move(fyne.NewPos(x, (fieldHeight-m.Height)/2))
		x += m.Width
	}
	return x + 1
}

func (r *passphraseRenderer) Refresh() {
	f := r.f
	paintRing(r.ring, (f.focused || f.wrong) && !f.disabled)
	r.face.CornerRadius, r.face.StrokeWidth = theme.Corner, 1
	fill, edge := theme.Surface, theme.FieldBorder
	switch {
	case f.disabled:
		fill, edge = theme.NeutralSoft, theme.Border
	case f.wrong:
		edge = theme.Surface
		r.ring.StrokeColor = theme.Color(theme.Danger)
	case f.focused:
		edge = theme.Surface // the ring is the outline now
	}
	r.face.FillColor, r.face.StrokeColor = theme.Color(fill), theme.Color(edge)
	r.caret.FillColor = theme.Color(theme.Accent)
	r.caret.Hidden = !f.focused || f.disabled
	f.hint.Set(f.hintLine())
	r.Layout(f.Size())
	canvas.Refresh(f)
}
