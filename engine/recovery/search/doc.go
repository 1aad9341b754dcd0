// Package search is the last resort: it turns what somebody remembers of a
// passphrase into guesses and tries them on the header of an encrypted file.
//
// It owns what can be remembered ([Recipe], [ParseRecipe]), the order of the
// guesses and their exact number ([Guesses]), what a search will take
// ([Target.Measure], [Outlook]), and the search itself with its pauses and its
// checkpoint ([Search]). It may import agefile (for the header), passphrase (for
// keyboards), safefile, secret and fault. It never makes a string of a piece or
// of a guess, never writes one anywhere, and never says whether a single guess
// is right: only the whole search is.
//
// # From a recipe to guesses
//
// What one guess is made by is a way: which pieces are there and in which
// alternative and order, what stands between them and last, how it is written,
// how the keyboard was set, and which keys went wrong. Ways are numbers: any can
// be made from its number alone, without those before it. They are sorted by
// deviations from what is remembered, so that what is likely comes first, and
// within that by the order of the recipe.
//
// Two ways can lead to one guess: a letter pressed twice in "aa" gives the same
// whichever it was. So before a search all ways are gone over once, at a million
// a second, and a bit is noted for each: whether it is the first to its guess.
// That takes memory for digests of the guesses, which is bounded by what the
// search may have anyway (with less, all ways are gone over several times), and
// then one bit a way. A guess that is lost because its digest is another's would
// be a collision of 128 bits of SHA-256.
//
// The first ways, counted, are the guesses. That number is exact, the same in
// every process, and what checkpoints and shards go by: shard i of n has the
// guesses whose number leaves i when divided by n. No two shards have one in
// common, and they are equally likely to be right.
//
// # Trying one
//
// A guess costs one scrypt as the file demands it. [golang.org/x/crypto/scrypt]
// takes its memory anew each time; here a worker keeps it, in huge pages, and
// tries two guesses in turn, so that what one needs from memory comes while the
// other is at work. Salsa20/8, HMAC and SHA-256 are the libraries'; the rest is
// RFC 7914 and checked against the library. One guess works in 256 MiB at the
// usual work factor, so the memory that is allowed says how many run at once.
//
// # What is where
//
// Pieces, lists and the guesses under way are in guarded memory. The working
// memory of scrypt is too large to lock; it holds hashes of guesses, is left out
// of core dumps and wiped. The table of digests is under a random key.
//
// The checkpoint is written every five seconds and at a pause. It says which
// guesses are done, and is sealed with a key that scrypt makes of the whole
// recipe: going on takes the same recipe again. What is remembered is not in it.
// Whoever finds it can test a guess at the whole recipe, at the price of a guess
// at the passphrase. It is removed when every guess was tried, or when what was
// found is in use.
package search
