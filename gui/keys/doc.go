// Package keys is the Keys screen: one's own key pairs and the contacts, as two
// lists that stay quick with thousands of rows, and the sheets around them:
// new, details, rename, delete, export, backup and passphrase; import, verify,
// changed keys, groups and the contact card with its picture.
//
// It asks the engine through the small interface Engine and the window through
// Desk. It may import the engine's value packages, gui/shell and the common
// rooms of gui, and no other flow. Private keys never come near it: exporting
// one is the engine's work from passphrase to file. Passphrases stay in guarded
// fields and go as buffers. Everything runs on the UI goroutine unless it says
// otherwise; what the engine may take long for runs through away.
package keys
