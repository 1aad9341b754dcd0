// Package identity owns key pairs and the public names of people: key pairs
// with their derived keys, recipients, contacts, contact cards, fingerprints
// and safety words.
//
// Private keys live in engine/secret and nowhere else: sealed at rest, opened
// for one batch (Opened), used inside secret.Do, wiped after. Private key text
// is encoded and decoded byte by byte in guarded memory and never becomes a
// string. Public values (Public, Recipient, Contact) are plain structs that
// any package may hold.
//
// Age plugins are run here (see runPlugin), and nothing else ever is: theirs is
// the one private key that is not in this process, and a Prompter carries what
// they ask to a person.
//
// It may import engine/secret and engine/fault. It never touches files.
package identity
