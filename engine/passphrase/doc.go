// Package passphrase makes passphrases and says honestly how long one would hold.
//
// It owns the word lists it draws from and compares with (see lists/NOTICE for their sources and licences) and may import
// engine/secret. It never makes a string of a passphrase, never keeps a byte of one, and never says that a passphrase must
// contain this or that. All functions may be called from any goroutine.
package passphrase
