// Package transfer carries finished age files, contact cards and the papers of
// an escrow straight from one person's program to a contact's, over any TCP
// path, with no server and no account.
//
// It owns the channel (TLS 1.3 between two pinned keys), its frames, the offer
// that a sender signs, consent, and the unfinished files of a receiver that can
// be gone on with. It may import identity, agefile (to look at a header),
// safefile, secret and fault. It never encrypts nor decrypts a file, never
// takes a byte of one before somebody agreed, never unpacks or opens what came,
// and opens no connection and no port that the caller did not ask for.
//
// # What is proven to whom
//
// Each side presents one certificate that it signs itself, and the other
// compares the key in it with the signing key in its keyring: nothing else in a
// certificate means anything. The exchange is X25519MLKEM768 and nothing else,
// so what was recorded stays closed to a future quantum computer; who is at the
// other end is proven by Ed25519, which such a computer could forge while the
// connection is made, not after.
//
// The listener speaks first. A dialer therefore knows that it was taken before
// it says anything, although in TLS 1.3 its own half of the handshake ends
// before the listener has looked at its key.
//
// # What is trusted
//
// The channel is: a byte that arrives is the byte the contact sent. There is no
// hash over what is carried. What comes is opened later like any other
// encrypted file, which authenticates every chunk of it. The offer holds
// a digest of each file's header, so that the file that comes is the one that
// was signed for.
package transfer
