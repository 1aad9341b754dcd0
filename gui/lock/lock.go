// Package lock owns what stands before the door: the first run, which makes
// the keyring, and the unlock screen. It imports the engine's value packages
// and the widgets, and never opens files for writing: the engine does.
//
// Passphrases stay in guarded memory from the key press to the engine. The
// screens lock.name, lock.passphrase, lock.again and lock.unlock publish their places to gui/trace; lock.next is always the one
// primary button.
package lock

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// Engine is what these screens need of the engine.
type Engine interface {
	Owner() string
	Create(ctx context.Context, owner string, pass, imported *secret.Buffer) error
	Unlock(ctx context.Context, pass *secret.Buffer) error
	UnlockWait() time.Duration // until the next attempt is taken
}

// Desk is what these screens need of the window around them.
type Desk struct {
	Window  fyne.Window
	Words   func() *secret.Buffer        // a new passphrase of five words
	Weigh   func(p []byte) (int, string) // strength 1 to 4, and how long guessing takes
	Name    string                       // the account's display name
	Pick    func(done func(path string)) // asks for a key file
	Speak   func(text.Language)          // shows the first run anew in another language
	Restore func()                       // brings keys back that exist already, instead of making some
	WayBack func(show Show, done func()) Way
}

// Show puts a page of the last step on the screen and the keyboard on first.
type Show = func(screen string, p widget.Page, first fyne.Focusable)

// Way is the last step: a way back in is saved, or put off.
type Way interface {
	Begin()
	Close()
}

// steps is how many steps the first run counts.
const steps = 3
