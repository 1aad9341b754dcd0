// Package slip39 splits a secret into shares of words and joins them again, as SLIP-0039 describes it
// (https://github.com/satoshilabs/slips/blob/master/slip-0039.md): what it writes, every other program that follows SLIP-0039
// reads, and the other way round.
//
// It owns the arithmetic, the words and their checksum, and says which word or which share is wrong. It does not know what is
// split, nor files, pages and people.
//
// It may import engine/secret and engine/fault. Secrets, words and what is on the way between them are in guarded memory or
// on the stack inside secret.Do; no word becomes a string, and no error repeats one.
//
// # Time
//
// The arithmetic on share values has no branch and no table look-up that depends on them; what depends on the positions of
// shares, which are public, may have. Words are found, and written, by reading the whole list each time. Only the lengths of
// the words show, as they do in every text of them. Complete, IsWord and Look are for what a person types on a screen and take
// no such care.
//
// PBKDF2, HMAC and SHA-256 are Go's.
package slip39
