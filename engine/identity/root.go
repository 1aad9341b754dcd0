package identity

import (
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// LendRoot calls f, inside secret.Do, with the 32 bytes from which all of a
// post-quantum key pair derives. f must not keep them. It returns f's error,
// or BadIdentity (a key of another kind has no root), Locked (destroyed).
func (k *KeyPair) LendRoot(f func(root []byte) error) error {
	if k.public.Kind != Hybrid {
		return fault.New(fault.BadIdentity, k.Public().Name, nil)
	}
	return k.key.Open(f)
}

// FromRoot is the post-quantum key pair whose root LendRoot lent. root is
// guarded and stays the caller's. Errors: BadIdentity (not 32 bytes), those of
// CleanName.
func FromRoot(root []byte, name string) (*KeyPair, error) {
	name, err := CleanName(name)
	if err != nil {
		return nil, err
	}
	if len(root) != keySize {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	own := secret.New(keySize)
	secret.Copy(own.Bytes(), root)
	return newKeyPair(Hybrid, own, Meta{Name: name})
}
