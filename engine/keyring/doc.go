// Package keyring owns the encrypted store of one's own key pairs and of the
// contacts: keyring.age, an age file encrypted with a passphrase (scrypt, logN
// 18) whose plaintext is a standard age identity file. Names, contacts and
// whatever age cannot use are in "# " comment lines; comments that this
// version does not know survive. engine/FORMATS.md has it in full.
//
// It may import identity, agefile (with its stream), safefile, secret and
// fault. It never keeps a passphrase: while open it holds the file key,
// sealed, and saves with the same header and a fresh payload nonce, so a save
// costs no scrypt and no key and nonce meet twice.
//
// # Two programs, one file
//
// A save holds a lock file for the milliseconds it takes, reads what is on disk
// first, and applies its change to that: what another window or a script added
// meanwhile stays. When the passphrase was changed elsewhere the file can no
// longer be read with the key at hand, and the answer is fault.ProfileBusy:
// lock and unlock. A lock file that stays taken for ten seconds is ProfileBusy
// too.
//
// # What a crash leaves
//
// The new file is complete and flushed before it takes the name, and the one
// before is kept as keyring.age.old. A file that was damaged on disk while it
// was open is put aside as keyring.age.damaged, never over the old one.
package keyring
