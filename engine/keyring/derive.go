package keyring

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Check says whether pass opens the keyring as it was read or last written:
// nil or WrongPassphrase. pass stays the caller's. Takes about a second.
func (k *Keyring) Check(ctx context.Context, pass *secret.Buffer) error {
	return fault.New(fault.Internal, "", nil)
}

// Derive is a 32-byte key for the purpose that label names, by HKDF-SHA256
// (RFC 5869) from the keyring's file key: the same as long as the passphrase
// is, and another for every keyring and every label. The caller destroys it.
func (k *Keyring) Derive(label string) (*secret.Key, error) {
	return nil, fault.New(fault.Internal, "", nil)
}
