// Package proof searches the memory of the real program, from a second process, for every secret of a profile: while it
// is unlocked and idle, during a job, after it was locked, and in a core taken then. `make proof` runs it.
//
// The program is the one that ships, driven by real key events and real drops; nothing is switched off for it, because
// root may read the memory of a process that is closed to everybody else. The needles come from the files of the profile and
// the passphrase. Two controls show that the search sees: every needle planted in the stopped program, and the same story
// played with a build that wipes nothing (tag nowipe).
//
// It holds tests only. They may import what they like; nothing imports this.
package proof
