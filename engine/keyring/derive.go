package keyring

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const derivedSize = 32 // bytes

// Check says whether pass opens the keyring as it was read or last written:
// nil or WrongPassphrase. pass stays the caller's. Takes about a second.
// Errors: Locked, Cancelled.
func (k *Keyring) Check(ctx context.Context, pass *secret.Buffer) error {
	return k.sealed(func(seal *seal) error {
		found, err := openSeal(ctx, k.path, seal.header, pass)
		if err != nil {
			return err
		}
		defer found.destroy()
		same := false
		err = seal.key.Open(func(mine []byte) error {
			return found.key.Open(func(theirs []byte) error {
				same = subtle.ConstantTimeCompare(mine, theirs) == 1
				return nil
			})
		})
		if err == nil && !same {
			err = fault.New(fault.WrongPassphrase, k.path, nil)
		}
		return err
	})
}

// Derive is a 32-byte key for the purpose that label names, by HKDF-SHA256
// (RFC 5869) from the keyring's file key: the same as long as the passphrase
// is, and another for every keyring and every label. The caller destroys it.
// Errors: Locked.
func (k *Keyring) Derive(label string) (*secret.Key, error) {
	derived := secret.New(derivedSize)
	err := k.sealed(func(seal *seal) error {
		return seal.key.Open(func(key []byte) error {
			out, err := hkdf.Key(sha256.New, key, nil, label, derivedSize)
			if err != nil {
				return fault.New(fault.Internal, "", err)
			}
			copy(derived.Bytes(), out)
			secret.Wipe(out)
			return nil
		})
	})
	if err != nil {
		derived.Destroy()
		return nil, err
	}
	return secret.Seal(derived), nil
}

// LendFileKey calls f, inside secret.Do, with the keyring's file key, which f
// must not keep. Errors: Locked.
func (k *Keyring) LendFileKey(f func(key []byte)) error {
	return k.sealed(func(seal *seal) error {
		return seal.key.Open(func(key []byte) error {
			f(key)
			return nil
		})
	})
}
