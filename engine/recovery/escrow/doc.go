// Package escrow owns what two people do so that one gets back what they left
// with the other: the deposit (a whole keyring, encrypted for the depositary),
// the request (new keys, made by who lost the old ones), the release (the
// deposit encrypted again, for the new keys), and the log of all of it in the
// keyring. engine/FORMATS.md has the files in full.
//
// # Who is kept out, and how
//
// Files travel by ways that others can read and change; the two people hear
// each other's voice. So four words are read out in each direction. The code
// stands for the request: the depositary types what was heard, which shows
// that the request on screen is the caller's and not one that somebody put in
// its place. The answer stands for the release: without it anybody who saw the
// request could send a keyring of their own making, full of false people.
// Neither is a secret. To make another request or release with the same four
// words takes 2^44 tries of half a second each.
//
// What no program can know is whether the voice is the right one. The deposit
// carries what the depositor wants to be asked.
//
// # Secrets
//
// A deposit is opened twice, once to see whose it is and once to be released,
// both times into guarded memory that is wiped before the function returns.
// Only the form at its top becomes strings. The depositary can read a deposit
// all the same, with the stock age program: it is a matter of trust, and the
// window says so.
//
// It may import keyring, identity, agefile, safefile, secret and fault. It
// shows nothing, and takes nothing into a keyring but records: what comes of
// a release is for recovery to merge.
package escrow
