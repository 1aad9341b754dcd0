// Package proof searches the memory of the real program, from a second process, for every secret of a profile: while it
// is unlocked and idle, during a job, after it was locked, and in a core taken then; with shares at hand, and
// during a search for a forgotten passphrase, in its pause and after it. `make proof` runs it.
//
// The program is the one that ships, driven by real key events and real drops; nothing is switched off for it, because
// root may read the memory of a process that is closed to everybody else. The needles come from the files of the profile and
// the passphrase. Controls show that the search sees: every needle planted in the stopped program, the same story played
// with a build that wipes nothing (tag nowipe), and what belongs into guarded memory at a moment, found there.
//
// The story has a search for the passphrase, with two pieces that are none of it and are typed in front of the lock: what is
// typed, what is guessed and what scrypt makes of two of the guesses are looked for. It has a recovery sheet, shares and a
// rehearsal with them, and the offline key of a recovery agent. Keys of somebody else are brought back: that of their
// recovery agent, from a share that is typed and one in a file, which then opens a letter of theirs; and their own, from a
// sheet. What a third person deposited here is released to new keys of theirs. Last come a transfer received, and a lock
// during which the program stays ready to receive: its signing key is kept sealed for that, and no plain copy of it is to be
// found.
//
// Where the profile is made by the window too, the search comes last, behind the lock.
//
// Not looked for is what cannot be known from outside: the keys of a TLS session, and the random number in an Ed25519
// signature. Session keys lie in the heap of crypto/tls while a connection is open; what they protect is an age file
// already. Nor are the key of a search's checkpoint, and what the files of old scripts come to.
//
// It holds tests only. They may import what they like; nothing imports this.
package proof
