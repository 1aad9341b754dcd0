package identity

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"io"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Signer is the signing key of a key pair and nothing else of it, sealed, and
// open for one signature at a time: what a handshake needs to prove who one is.
// It is a crypto.Signer of Ed25519, and outlives the key pair's Destroy, so
// that its holder can go on while the keyring is locked. Safe for concurrent use.
type Signer struct {
	public ed25519.PublicKey
	seed   *secret.Key
}

// Signer is the key pair's signing key. The caller destroys it. Errors:
// BadIdentity (SSH keys and plugins have none), Locked (destroyed).
func (k *KeyPair) Signer() (*Signer, error) {
	if k.public.Signing == nil {
		return nil, fault.New(fault.BadIdentity, k.Public().Name, nil)
	}
	s := &Signer{public: slices.Clone(k.public.Signing)}
	err := k.key.Open(func(root []byte) error {
		seed := secret.New(keySize)
		derive(seed.Bytes(), root, signingLabel)
		s.seed = secret.Seal(seed)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Public is the public key, an ed25519.PublicKey.
func (s *Signer) Public() crypto.PublicKey { return s.public }

// Sign signs message, which is not hashed before. Errors: Locked (destroyed).
func (s *Signer) Sign(_ io.Reader, message []byte, opt crypto.SignerOpts) ([]byte, error) {
	if opt.HashFunc() != 0 {
		return nil, errors.New("identity: Ed25519 signs the message itself")
	}
	var signature []byte
	err := s.seed.Open(func(seed []byte) error {
		key := ed25519.NewKeyFromSeed(seed)
		defer secret.Wipe(key)
		signature = sign(key, message)
		return nil
	})
	return signature, err
}

// Destroy wipes the key; nil-safe, idempotent.
func (s *Signer) Destroy() {
	if s != nil {
		s.seed.Destroy()
	}
}
