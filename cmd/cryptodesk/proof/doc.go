// Package proof searches the memory of the real program, from a second process, for every secret of a profile: while it
// is unlocked and idle, during a job, after it was locked, and in a core taken then. `make proof` runs it.
//
// The program is the one that ships, driven by real key events and real drops; nothing is switched off for it, because
// root may read the memory of a process that is closed to everybody else. The needles come from the files of the profile and
// the passphrase. Two controls show that the search sees: every needle planted in the stopped program, and the same story
// played with a build that wipes nothing (tag nowipe).
//
// The story has a recovery sheet, shares and a rehearsal with them, the offline key of a recovery agent, a transfer received, and a lock during which the
// program stays ready to receive: its signing key is kept sealed for that, and no plain copy of it is to be found. Not looked
// for is what cannot be known from outside: the keys of a TLS session, and the random number in an Ed25519 signature. Session
// keys lie in the heap of crypto/tls while a connection is open; what they protect is an age file already.
//
// It holds tests only. They may import what they like; nothing imports this.
package proof
