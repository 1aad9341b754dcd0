// Package lock owns what stands before the door: the first run, which makes
// the keyring, and the unlock screen. It imports the engine's value packages
// and the widgets, and never opens files for writing: the engine does.
//
// Passphrases stay in guarded memory from the key press to the engine. The
// screens lock.name, lock.passphrase, lock.again, lock.backup, lock.saved and
// lock.unlock publish their places to gui/trace; lock.next is always the one
// primary button.
package lock

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// Engine is what these screens need of the engine.
type Engine interface {
	Owner() string
	Create(ctx context.Context, owner string, pass, imported *secret.Buffer) error
	Unlock(ctx context.Context, pass *secret.Buffer) error
	UnlockWait() time.Duration // until the next attempt is taken
	SaveBackup(ctx context.Context, path string) error
}

// Desk is what these screens need of the window around them.
type Desk struct {
	Window  fyne.Window
	Words   func() *secret.Buffer                     // a new passphrase of five words
	Weigh   func(p []byte) (int, string)              // strength 1 to 4, and how long guessing takes
	Name    string                                    // the account's display name
	Backups string                                    // the folder a copy of the keyring goes to by default
	Pick    func(done func(path string))              // asks for a key file
	Place   func(name string, done func(path string)) // asks for a place to save
	Reveal  func(path string)
	Speak   func(text.Language) // shows the first run anew in another language
	Saved   func(path string)   // a copy of the keyring exists now
}
