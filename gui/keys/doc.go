// Package keys is the Keys screen: one's own key pairs, the contacts, and the
// sheets that make a key pair, add a contact and hand out a contact card.
//
// It asks the engine through the small interface Engine. It may import the
// engine's value packages, gui/shell and the common rooms of gui, and no other
// flow. Private keys never come near it. Everything runs on the UI goroutine
// unless it says otherwise.
package keys
