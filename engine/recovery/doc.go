// Package recovery owns the ways back to one's keys: what each of them is as a file, which of them there are and whether they
// would work, and putting keys together again from whatever pieces a person still has.
//
// It may import its own rooms (slip39, paper, legacy, escrow), keyring, identity, agefile, passphrase, safefile, qr, secret and
// fault. It never touches the keyring in use before the new one was opened and checked, and never writes a private key that is
// not encrypted, except onto the sheets and shares that are meant to be kept apart from a computer.
package recovery
