package identity

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"

	"cryptodesk/engine/secret"
)

// x25519Public writes the X25519 stanza of https://c2sp.org/age. age's own
// recipient computes the ephemeral public key twice and leaves its temporaries
// to the garbage collector; this one takes half the time, which is most of the
// time of a small file, and wipes.
type x25519Public struct{ public *ecdh.PublicKey }

// parseX25519 has age check the text and keeps the point.
func parseX25519(s string) (age.Recipient, error) {
	if _, err := age.ParseX25519Recipient(s); err != nil {
		return nil, err
	}
	public, err := ecdh.X25519().NewPublicKey(publicKey(Recipient{X25519, s}))
	if err != nil {
		return nil, err
	}
	return &x25519Public{public}, nil
}

// Wrap implements age.Recipient. It is to run inside secret.Do.
func (r *x25519Public) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	ephemeral, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	shared, err := ephemeral.ECDH(r.public) // refuses a low-order point
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(shared)
	sent := ephemeral.PublicKey().Bytes()
	wrapping, err := hkdf.Key(sha256.New, shared, slices.Concat(sent, r.public.Bytes()), x25519Label, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(wrapping)
	aead, err := chacha20poly1305.New(wrapping)
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{
		Type: x25519Stanza,
		Args: []string{base64.RawStdEncoding.EncodeToString(sent)},
		// The wrapping key is used once, so the nonce is zero.
		Body: aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), fileKey, nil),
	}}, nil
}
