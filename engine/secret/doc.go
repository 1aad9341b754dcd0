// Package secret keeps passphrases and keys in memory that is locked against swapping, left out of core dumps, closed to
// other programs of the same account, and wiped at a known moment. It is the only importer of memguard.
//
// # What it owns
//
//   - [Buffer]: a fixed number of guarded bytes. [Text]: a passphrase being typed. [Key]: a secret at rest, sealed until used.
//   - [Do]: runs an operation on a secret so that its stack, registers and heap are erased (runtime/secret, where built in).
//   - [Harden]: what the process does once at start. [Protection]: what is in force, in words a person can be told.
//   - [WipeAll]: the end of every secret, for exits, signals and panics. [Guard]: what every goroutine defers for a panic.
//
// It may import engine/fault. It never logs, formats or converts a secret to a string, and never calls memguard's signal
// catchers (they would replace the program's own) or its Enclave (see below).
//
// # Where the bytes live
//
// Secrets of up to 128 bytes share pages from memguard, each page locked and between two guard pages; longer ones have pages
// of their own. Sharing keeps a Buffer at a few hundred nanoseconds instead of tens of microseconds, and lets 64 KiB of
// lockable memory hold hundreds of keys. memguard destroys everything and panics when the system refuses to lock a page, so a
// page is asked for only within a budget: the limit of the process, at most 8 MiB, confirmed by a trial lock. Past the budget
// a Buffer is ordinary heap memory, wiped like the others, and Protection says Partial.
//
// A guarded slice outlives its Buffer only by mistake: after Destroy it reads as zeros, or faults when the pages are gone;
// inside Do such a fault is a panic that can be recovered, not the end of the program.
//
// # Sealing
//
// memguard's Enclave decrypts to the heap, deadlocks when a page cannot be locked (its issue 147), cannot be destroyed, keeps
// a timer running for ever and takes 114 us to open. A Key is sealed with NaCl's secretbox straight from and to guarded
// memory, under a random key that lives in a Buffer. Both are in the same process: the promise is "no plain copy
// while idle", not safety from someone who can read all of the memory. What protects then is WipeAll, or Destroy.
package secret
