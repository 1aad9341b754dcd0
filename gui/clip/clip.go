// Package clip is the one way from this program to the clipboard: what is put
// there goes after 30 seconds, when the program locks and when it ends, unless
// somebody else has put something there since.
//
// Only what may be public is ever copied: cards, fingerprints, paths. Keys and
// passphrases never. What others have put there is not looked at by the
// toolkit, which would leave copies of it in memory (it may be a passphrase):
// the X server says who owns the clipboard, and a clipboard manager's copy is
// compared in guarded memory. It imports the toolkit, xgb, engine/secret,
// gui/cross, gui/text, gui/theme, gui/trace and gui/widget. All of it is for the UI
// goroutine.
package clip

import (
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Kept is how long what was copied stays on the clipboard.
const Kept = 30 * time.Second

// one is the clipboard of this program.
var one = &keeper{
	put:   func(words string) { fyne.CurrentApp().Clipboard().SetContent(words) },
	holds: holds,
	after: func(d time.Duration, f func()) { time.AfterFunc(d, func() { cross.Do(f) }) },
}

// Copy puts words, which must be public, on the clipboard and says so.
func Copy(words string) {
	one.copy(words)
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		widget.Toast(w.Canvas(), theme.OK, text.T("app.copied"))
	}
}

// Clear empties the clipboard at once if it still holds what was copied, and
// calls done, which may be nil, after that: whoever owns the clipboard by then
// may take a second to answer.
func Clear(done func()) { one.clear(done) }

// Empty empties the clipboard, whoever's it is: a private key was taken from it.
func Empty() {
	one.words = ""
	one.put("")
}

// keeper remembers what was copied last.
type keeper struct {
	put   func(words string)
	holds func(words string) bool // on any goroutine; may take a second
	after func(d time.Duration, f func())

	words string // "" when nothing of ours is there
	turn  int    // counts copies: a timer of an older one finds another
}

func (k *keeper) copy(words string) {
	k.turn++
	k.words = words
	k.put(words)
	turn := k.turn
	k.after(Kept, func() {
		if k.turn == turn {
			k.clear(nil)
		}
	})
}

func (k *keeper) clear(done func()) {
	words, turn := k.words, k.turn
	if words == "" {
		if done != nil {
			done()
		}
		return
	}
	same := false
	cross.Go(func() { same = k.holds(words) }, func() {
		if k.turn == turn {
			k.words = ""
			if same {
				k.put("")
			}
			trace.Event("clip.over", map[string]any{"emptied": same})
		}
		if done != nil {
			done()
		}
	})
}
