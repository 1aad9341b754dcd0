// Package recovery is the Recovery screen and every way into it: the answer to
// "could you get back in?", a card for each way, the sheets that make one or
// try one out, and the steps that bring keys back, which also run while the
// keyring is locked or not there yet.
//
// A way is one function that answers its card; cards.go lists them in the
// order of the screen. A new one is a line there and a file of its own.
//
// It asks the engine through the small interface Engine and the window through
// Desk. It may import the engine's value packages, gui/shell and the common
// rooms of gui, and no other flow. Words and passphrases are typed into guarded
// fields and go as buffers. Everything runs on the UI goroutine unless it says
// otherwise; what the engine may take long for runs through form.Away.
package recovery
