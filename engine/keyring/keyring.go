// Package keyring owns the encrypted store of one's own key pairs and of the
// contacts.
package keyring

import (
	"context"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Keyring is an open keyring file. Every method that changes something has
// written the file when it returns nil; when it returns an error, nothing
// changed. Safe for concurrent use.
type Keyring struct{}

// Create writes a new keyring with first in it. pass stays the caller's; the
// key pairs become the keyring's. Takes about a second (scrypt).
// Errors: KeyringExists and those of safefile.
func Create(ctx context.Context, store *safefile.Store, path string, pass *secret.Buffer, first ...*identity.KeyPair) (*Keyring, error) {
	panic("in flight")
}

// Open reads the keyring at path. pass stays the caller's. Takes about a second.
// Errors: KeyringMissing, WrongPassphrase, KeyringDamaged, KeyringTooNew.
func Open(ctx context.Context, store *safefile.Store, path string, pass *secret.Buffer) (*Keyring, error) {
	panic("in flight")
}

// Previous is where the keyring as it was before the last save is kept.
func Previous(path string) string { return path + ".old" }

// Keys are one's own key pairs, oldest first; they stay the keyring's.
func (k *Keyring) Keys() []*identity.KeyPair { panic("in flight") }

// Contacts are the people known, by name.
func (k *Keyring) Contacts() []identity.Contact { panic("in flight") }

// AddKey takes key pairs in; they become the keyring's, also on error. Errors: NameTaken.
func (k *Keyring) AddKey(keys ...*identity.KeyPair) error { panic("in flight") }

// RenameKey changes what a key pair is called. Errors: KeyMissing, NameTaken.
func (k *Keyring) RenameKey(id, name string) error { panic("in flight") }

// RemoveKey deletes a key pair for ever. Errors: KeyMissing.
func (k *Keyring) RemoveKey(id string) error { panic("in flight") }

// AddContact takes people in. Errors: NameTaken.
func (k *Keyring) AddContact(people ...identity.Contact) error { panic("in flight") }

// UpdateContact replaces the contact with that ID. Errors: NoContact, NameTaken.
func (k *Keyring) UpdateContact(id string, c identity.Contact) error { panic("in flight") }

// RemoveContact forgets somebody. Errors: NoContact.
func (k *Keyring) RemoveContact(id string) error { panic("in flight") }

// Save writes the file again although nothing changed.
func (k *Keyring) Save() error { panic("in flight") }

// SaveCopy writes a copy that opens with the same passphrase, and reads it back.
// An existing file is not replaced: fault.Exists.
func (k *Keyring) SaveCopy(target string) error { panic("in flight") }

// ChangePassphrase writes the keyring under a new passphrase, which stays the
// caller's. Takes about a second.
func (k *Keyring) ChangePassphrase(ctx context.Context, pass *secret.Buffer) error {
	panic("in flight")
}

// Close wipes every key; idempotent. Afterwards every method answers fault.Locked.
func (k *Keyring) Close() {}
