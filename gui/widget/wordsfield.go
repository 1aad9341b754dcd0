package widget

import (
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// WordsField takes words of a public list, letter by letter, into guarded
// memory, each in a place with its number. Space finishes a word, and completes
// it when only one of the list begins like that; a word that is in no list is
// marked at once. Arrows and clicks go to another word. Nothing typed becomes a
// string: letters are drawn one by one, and only words of the list are whole.
type WordsField struct {
	stock.BaseWidget
	OnChange func()
	OnSubmit func() // after the last word was finished, or by Return

	spoken   string
	numbers  []int
	words    *wordSlots
	at       int // the word the keyboard is on
	focused  bool
	disabled bool
	foreign  bool // letters of another script came
	notice   string
	tone     fyne.ThemeColorName
	pointed  bool // at a word, and no key came since
	hint     *Text
	count    *Text
	rows     int

	paste func() (*secret.Buffer, pasteResult) // any goroutine
}

var (
	_ fyne.Focusable     = (*WordsField)(nil)
	_ fyne.Tappable      = (*WordsField)(nil)
	_ fyne.Tabbable      = (*WordsField)(nil)
	_ fyne.Disableable   = (*WordsField)(nil)
	_ fyne.Shortcutable  = (*WordsField)(nil)
	_ fyne.Accessible    = (*WordsField)(nil)
	_ desktop.Cursorable = (*WordsField)(nil)
)

// wordsLimit bounds what may be pasted, in bytes: the text of a share.
const wordsLimit = 16 << 10

// NewWordsField makes a field for words with these numbers; spoken says what
// belongs into it. Destroy it with its screen.
func NewWordsField(spoken string, numbers []int, dict Dictionary) *WordsField {
	f := &WordsField{spoken: spoken, numbers: numbers, words: newWordSlots(len(numbers), dict), rows: (len(numbers) + mostColumns - 1) / mostColumns,
		hint: Caption("").Fits(FitEnd), count: Caption("").Align(fyne.TextAlignTrailing)}
	f.paste = func() (*secret.Buffer, pasteResult) { return readHelper(clipboardHelper(""), wordsLimit) }
	f.ExtendBaseWidget(f)
	live[f] = struct{}{}
	return f
}

// Count is the numbers 1 to n.
func Count(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// Whole says whether every word is one of the list.
func (f *WordsField) Whole() bool { return f.words.whole() }

// Filled is how many words were begun.
func (f *WordsField) Filled() int { return f.words.filled() }

// Word is the guarded letters of one word, to be read before the next change.
func (f *WordsField) Word(i int) []byte { return f.words.word(i) }

// Copy answers the words with single spaces between them, for the engine to
// own, and leaves the field as it is.
func (f *WordsField) Copy() *secret.Buffer { return f.words.join() }

// Clear wipes every word.
func (f *WordsField) Clear() {
	for i := range f.numbers {
		f.words.wipe(i)
	}
	f.at, f.foreign = 0, false
	f.changed()
}

// Destroy wipes the field for good.
func (f *WordsField) Destroy() {
	delete(live, f)
	f.words.buf.Destroy()
	f.Refresh()
}

// Say shows a sentence below the words until the next key.
func (f *WordsField) Say(tone fyne.ThemeColorName, sentence string) {
	f.notice, f.tone = sentence, tone
	f.Refresh()
}

// Point puts the keyboard on a word that is wrong, and says why. A space that
// still belonged to what was typed before does not lead away from it.
func (f *WordsField) Point(i int, sentence string) {
	f.GoTo(i)
	f.Say(theme.Danger, sentence)
	f.pointed = true
}

// Hint is the line below the words.
func (f *WordsField) Hint() string { return f.hint.Content() }

// GoTo puts the keyboard on a word.
func (f *WordsField) GoTo(i int) {
	if i = max(0, min(i, len(f.numbers)-1)); i != f.at {
		f.words.finish(f.at)
		f.at = i
	}
	f.Refresh()
	f.show()
}

// show brings the word the keyboard is on into view.
func (f *WordsField) show() {
	_, y, _, h := f.cell(f.at, f.Size().Width)
	followPart(f, y, h)
}

// AccessibilityLabel says what belongs into the field.
func (f *WordsField) AccessibilityLabel() string { return f.spoken }

// AccessibilityRole is text.
func (f *WordsField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// TypedRune adds a letter, or finishes the word.
func (f *WordsField) TypedRune(r rune) {
	pointed := f.pointed
	f.pointed = false
	switch {
	case f.disabled:
	case r < unicode.MaxASCII && unicode.IsLetter(r):
		f.words.add(f.at, byte(unicode.ToLower(r)))
		f.changed()
	case unicode.IsLetter(r):
		f.foreign = true
		f.Refresh()
	case pointed:
	case unicode.IsSpace(r) || r == ',' || r == '-':
		f.next()
	}
}

// next finishes the word and goes on to the one after it.
func (f *WordsField) next() {
	if len(f.words.word(f.at)) == 0 {
		return
	}
	f.words.finish(f.at)
	if f.at < len(f.numbers)-1 {
		f.at++
	}
	f.changed()
	f.show()
}

// TypedKey edits and moves.
func (f *WordsField) TypedKey(e *fyne.KeyEvent) {
	if f.disabled && e.Name != fyne.KeyEscape {
		return
	}
	switch e.Name {
	case fyne.KeyBackspace:
		f.back()
	case fyne.KeyDelete:
		f.words.wipe(f.at)
		f.changed()
	case fyne.KeyLeft:
		f.beside(-f.rows)
	case fyne.KeyRight:
		f.beside(f.rows)
	case fyne.KeyUp:
		f.GoTo(f.at - 1)
	case fyne.KeyDown:
		f.GoTo(f.at + 1)
	case fyne.KeyHome:
		f.GoTo(0)
	case fyne.KeyEnd:
		f.GoTo(len(f.numbers) - 1)
	case fyne.KeyTab:
		f.next()
	case fyne.KeyReturn, fyne.KeyEnter:
		f.next()
		if f.OnSubmit != nil && f.Whole() {
			f.OnSubmit()
		}
	case fyne.KeySpace: // comes as a rune as well
	default:
		Unhandled(f, e)
	}
}

// beside goes to another column, if there is one.
func (f *WordsField) beside(by int) {
	if i := f.at + by; i >= 0 && i < len(f.numbers) {
		f.GoTo(i)
	}
}

// back removes the last letter, or goes back to the word before.
func (f *WordsField) back() {
	if f.words.drop(f.at) {
		f.changed()
		return
	}
	f.GoTo(f.at - 1)
}

// AcceptsTab lets Tab complete a word that was begun, and leave the field
// otherwise.
func (f *WordsField) AcceptsTab() bool { return !f.disabled && f.words.rest(f.at) != "" }

// TypedShortcut pastes; what is not for the field goes to the window. Copying
// is not offered.
func (f *WordsField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		f.Paste()
	case *desktop.CustomShortcut:
		if s.Modifier == fyne.KeyModifierControl && s.KeyName == fyne.KeyBackspace {
			f.words.wipe(f.at)
			f.changed()
			return
		}
		passShortcut(f, s)
	}
}

// Paste fills words in from the clipboard, beginning with the one the keyboard
// is on. See PassphraseField.Paste for how.
func (f *WordsField) Paste() {
	if f.disabled {
		return
	}
	var b *secret.Buffer
	var result pasteResult
	cross.Go(func() { b, result = f.paste() }, func() {
		defer b.Destroy()
		switch result {
		case noHelper:
			f.Say(theme.Muted, text.T("passphrase.paste.none"))
		case nothingToPaste:
			f.Say(theme.Muted, text.T("passphrase.paste.empty"))
		default:
			f.fill(b.Bytes())
		}
	})
}

// fill takes the words of a text; lines that begin with # are none.
func (f *WordsField) fill(b []byte) {
	comment, begun, fresh := false, false, true
	for _, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		switch {
		case c == '\n':
			comment, fresh = false, true
		case fresh && c == '#':
			comment = true
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			fresh = false
		}
		switch {
		case letter && !comment:
			if !begun && len(f.words.word(f.at)) > 0 {
				f.words.wipe(f.at)
			}
			begun = true
			f.words.add(f.at, c|0x20)
		case begun:
			begun = false
			f.words.finish(f.at)
			if f.at == len(f.numbers)-1 {
				f.changed()
				return
			}
			f.at++
		}
	}
	f.changed()
	f.show()
}

// FocusGained shows the caret.
func (f *WordsField) FocusGained() { f.focused = true; f.Refresh(); f.show() }

// FocusLost hides it, and finishes the word.
func (f *WordsField) FocusLost() {
	f.words.finish(f.at)
	f.focused = false
	f.Refresh()
}

// Tapped takes the keyboard to the word under the pointer.
func (f *WordsField) Tapped(e *fyne.PointEvent) {
	if f.disabled {
		return
	}
	focus(f, f)
	for i := range f.numbers {
		x, y, w, h := f.cell(i, f.Size().Width)
		if e != nil && e.Position.X >= x && e.Position.X < x+w && e.Position.Y >= y && e.Position.Y < y+h {
			f.GoTo(i)
			return
		}
	}
}

// Cursor is the text cursor.
func (f *WordsField) Cursor() desktop.Cursor { return desktop.TextCursor }

// Enable lets one type again.
func (f *WordsField) Enable() { f.disabled = false; f.Refresh() }

// Disable refuses typing while work runs.
func (f *WordsField) Disable() { f.disabled = true; f.Refresh() }

// Disabled says whether typing is refused.
func (f *WordsField) Disabled() bool { return f.disabled }

func (f *WordsField) changed() {
	f.notice, f.foreign = "", false
	f.Refresh()
	if f.OnChange != nil {
		f.OnChange()
	}
}

// hintLine chooses the one thing worth saying now, and its colour.
func (f *WordsField) hintLine() (string, fyne.ThemeColorName) {
	switch {
	case f.notice != "":
		return f.notice, f.tone
	case f.foreign:
		return text.T("words.latin"), theme.Warning
	}
	for i := range f.numbers {
		if f.wrong(i) {
			return text.T("words.unknown", "number", strconv.Itoa(f.numbers[i])), theme.Danger
		}
	}
	if begun := f.words.word(f.at); len(begun) > 0 && f.focused {
		if all := f.words.dict.Complete(begun); len(all) > 1 && len(all) <= 6 {
			return strings.Join(all, "  "), theme.Muted
		}
	}
	return "", theme.Muted
}

// wrong says whether a word is in no list: at once where no word begins like
// it, and when it was left otherwise.
func (f *WordsField) wrong(i int) bool {
	w := f.words.word(i)
	if len(w) == 0 || f.words.known(i) {
		return false
	}
	return i != f.at || !f.focused || len(f.words.dict.Complete(w)) == 0
}
