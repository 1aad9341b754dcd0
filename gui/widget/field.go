package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"
)

// Field is a line of ordinary text: a name, a search. Never for secrets: see
// PassphraseField.
type Field struct {
	stock.Entry
	OnPaste func() // instead of pasting, where what comes may be a secret

	spoken string
}

// NewField makes an empty field; spoken says what belongs into it.
func NewField(spoken, placeholder string) *Field {
	f := &Field{spoken: spoken}
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(placeholder)
	return f
}

// NewTextArea makes an empty field of several lines: a pasted key.
func NewTextArea(spoken, placeholder string, rows int) *Field {
	f := NewField(spoken, placeholder)
	f.MultiLine, f.Wrapping = true, fyne.TextWrapBreak
	f.SetMinRowsVisible(rows)
	return f
}

// AccessibilityLabel says what belongs into the field.
func (f *Field) AccessibilityLabel() string { return f.spoken }

// FocusGained also brings the field into view.
func (f *Field) FocusGained() { f.Entry.FocusGained(); follow(f) }

// AcceptsTab is false: Tab leaves the field, also one of several lines, so
// that nobody without a mouse is caught in it.
func (f *Field) AcceptsTab() bool { return false }

// TypedKey lets Esc through to the window.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		Unhandled(f, e)
		return
	}
	f.Entry.TypedKey(e)
}

// TypedShortcut lets the window's own shortcuts through.
func (f *Field) TypedShortcut(s fyne.Shortcut) {
	if _, paste := s.(*fyne.ShortcutPaste); paste && f.OnPaste != nil {
		f.OnPaste()
		return
	}
	if _, ours := s.(*desktop.CustomShortcut); ours {
		f.Entry.TypedShortcut(s) // word-wise movement
		passShortcut(f, s)
		return
	}
	f.Entry.TypedShortcut(s)
}
