package widget

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
)

var some = []string{"academic", "acid", "acne", "adapt", "beam"}

// few is a dictionary of some words, of which four letters are enough.
var few = Dictionary{
	Complete: func(begun []byte) (all []string) {
		for _, w := range some {
			if strings.HasPrefix(w, string(begun)) {
				all = append(all, w)
			}
		}
		return all
	},
	Known: func(word []byte) bool {
		for _, w := range some {
			if len(word) >= 4 && strings.HasPrefix(w, string(word)) {
				return true
			}
		}
		return false
	},
}

func wordsFieldOf(t *testing.T, n int) (*WordsField, fyne.Window) {
	t.Helper()
	f := NewWordsField("words", Count(n), few)
	w := test.NewTempWindow(t, f)
	w.Resize(fyne.NewSize(600, 300))
	w.Canvas().Focus(f)
	t.Cleanup(f.Destroy)
	return f, w
}

func strike(f fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func joinedWords(f *WordsField) string {
	b := f.Copy()
	defer b.Destroy()
	return string(b.Bytes())
}

func TestWordsAreCompletedAndMarked(t *testing.T) {
	test.NewTempApp(t)
	f, _ := wordsFieldOf(t, 4)
	changes := 0
	f.OnChange = func() { changes++ }
	test.Type(f, "ACad")
	if f.Filled() != 1 || changes != 4 || f.Hint() != "" {
		t.Errorf("%d words after %d changes: %q", f.Filled(), changes, f.Hint())
	}
	test.Type(f, " aci")
	if got := string(f.Word(0)); got != "academic" {
		t.Errorf("the first word is %q", got)
	}
	strike(f, fyne.KeyBackspace)
	if f.Hint() != "academic  acid  acne" {
		t.Errorf("begun like %q", f.Hint())
	}
	test.Type(f, "id xyz")
	if want := text.T("words.unknown", "number", "3"); f.Hint() != want {
		t.Errorf("an unknown word: %q, want %q", f.Hint(), want)
	}
	test.Type(f, " beam")
	if f.Whole() || f.Hint() != text.T("words.unknown", "number", "3") {
		t.Error("an unknown word was left and forgotten")
	}
	f.GoTo(2)
	strike(f, fyne.KeyDelete)
	test.Type(f, "adap")
	if f.Whole() {
		t.Error("a word that is only begun counts")
	}
	strike(f, fyne.KeyTab)
	if !f.Whole() || joinedWords(f) != "academic acid adapt beam" {
		t.Errorf("%q", joinedWords(f))
	}
}

func TestWordsAreMovedBetween(t *testing.T) {
	test.NewTempApp(t)
	f, w := wordsFieldOf(t, 6) // three columns of two
	test.Type(f, "acid ac")
	strike(f, fyne.KeyBackspace, fyne.KeyBackspace, fyne.KeyBackspace)
	if f.at != 0 {
		t.Fatal("backspace in an empty word does not go back")
	}
	strike(f, fyne.KeyRight)
	if f.at != 2 {
		t.Errorf("right leads to %d", f.at)
	}
	strike(f, fyne.KeyDown, fyne.KeyRight, fyne.KeyRight)
	if f.at != 5 {
		t.Errorf("and on to %d", f.at)
	}
	strike(f, fyne.KeyHome, fyne.KeyUp)
	if f.at != 0 {
		t.Errorf("up from the first leads to %d", f.at)
	}
	strike(f, fyne.KeyEnd)
	if f.at != 5 || f.AcceptsTab() {
		t.Error("Tab cannot leave an empty word")
	}
	x, y, width, _ := f.cell(3, f.Size().Width)
	test.TapAt(f, fyne.NewPos(x+width/2, y+4))
	if f.at != 3 || w.Canvas().Focused() != f {
		t.Errorf("a click leads to %d", f.at)
	}
	f.Disable()
	test.Type(f, "beam")
	if len(f.Word(3)) != 0 {
		t.Error("typed while disabled")
	}
}

func TestReturnSubmitsWhatIsWhole(t *testing.T) {
	test.NewTempApp(t)
	f, _ := wordsFieldOf(t, 2)
	done := 0
	f.OnSubmit = func() { done++ }
	test.Type(f, "acid")
	strike(f, fyne.KeyReturn)
	if done != 0 {
		t.Fatal("submitted with a word missing")
	}
	test.Type(f, "bea")
	strike(f, fyne.KeyReturn)
	if done != 1 || joinedWords(f) != "acid beam" {
		t.Errorf("%d times, %q", done, joinedWords(f))
	}
}

func TestHangulIsExplained(t *testing.T) {
	test.NewTempApp(t)
	f, _ := wordsFieldOf(t, 2)
	f.TypedRune('ㅁ')
	if f.Hint() != text.T("words.latin") {
		t.Errorf("%q", f.Hint())
	}
	f.TypedRune('a')
	if f.Hint() == text.T("words.latin") {
		t.Error("it is still said")
	}
}

func TestWordsArePasted(t *testing.T) {
	test.NewTempApp(t)
	ui := make(chan func(), 4)
	t.Cleanup(cross.Divert(func(g func()) { ui <- g }))
	f, _ := wordsFieldOf(t, 4)
	clip, result := "", pasted
	f.paste = func() (*secret.Buffer, pasteResult) { return secret.Take([]byte(clip)), result }
	paste := func(s string) {
		clip = s
		f.TypedShortcut(&fyne.ShortcutPaste{})
		(<-ui)()
	}
	paste("# CryptoDesk share v1\n#   name: beam\n1. academic 2. ACID\nacne\nadapt beam beam\n")
	if joinedWords(f) != "academic acid acne adapt" {
		t.Errorf("%q", joinedWords(f))
	}
	result = noHelper
	paste("")
	if f.Hint() != text.T("passphrase.paste.none") {
		t.Errorf("without a helper: %q", f.Hint())
	}
	f.Clear()
	if f.Filled() != 0 || f.at != 0 {
		t.Error("it is not empty")
	}
}

func TestDestroyedWordsAreGone(t *testing.T) {
	test.NewTempApp(t)
	f, _ := wordsFieldOf(t, 4)
	test.Type(f, "acid acne")
	letters := f.Word(0)
	if n := WipeTyped(); n != 1 || letters[0] != 0 {
		t.Errorf("%d fields wiped, and a letter is %q", n, letters)
	}
	if f.Word(0) != nil || f.Filled() != 0 || f.Whole() {
		t.Error("something is left")
	}
	test.Type(f, "beam ")
	strike(f, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyReturn)
	for _, o := range test.WidgetRenderer(f).(*wordsFieldRenderer).cells {
		if len(o.letters) != 0 {
			t.Error("letters are left on the screen")
		}
	}
}

func TestAWordHasBounds(t *testing.T) {
	test.NewTempApp(t)
	f, _ := wordsFieldOf(t, 2)
	test.Type(f, strings.Repeat("x", 50))
	if n := len(f.Word(0)); n != slotMost {
		t.Errorf("%d letters", n)
	}
	if len(f.Word(1)) != 0 {
		t.Error("it went into the next word")
	}
}
