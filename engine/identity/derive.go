package identity

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rsa"
	"crypto/sha256"
	"errors"

	"filippo.io/hpke"
	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/secret"
)

// keySize is the length of a hybrid root, an X25519 scalar and an Ed25519
// seed, in bytes.
const keySize = 32

// What derives from a key pair's root: HKDF-SHA256 (RFC 5869), no salt, these
// labels as info, 32 bytes out. FORMATS.md documents them; they never change.
const (
	classicLabel = "CryptoDesk v1: classic X25519 age key"
	signingLabel = "CryptoDesk v1: Ed25519 signing key"
)

// Everything below touches private keys and runs inside secret.Do.

// derive fills dst with the key that label names.
func derive(dst, root []byte, label string) {
	key, err := hkdf.Key(sha256.New, root, nil, label, len(dst))
	if err != nil {
		panic(err) // only for more than 255 hashes
	}
	copy(dst, key)
	secret.Wipe(key)
}

// signer lends use the Ed25519 key that derives from root, and wipes it.
func signer(root []byte, use func(ed25519.PrivateKey)) {
	var seed [keySize]byte
	derive(seed[:], root, signingLabel)
	key := ed25519.NewKeyFromSeed(seed[:])
	use(key)
	secret.Wipe(key)
	secret.Wipe(seed[:])
}

// sign uses key up: it is worthless then. crypto/ed25519 keeps what it expands a key to under the address of the key, until
// some time after that is gone, which no two collections of garbage are sure to be. So a worthless key takes its place.
func sign(key ed25519.PrivateKey, message []byte) []byte {
	signature := ed25519.Sign(key, message)
	copy(key, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	ed25519.Sign(key, nil)
	return signature
}

func hybridRecipient(root []byte) (Recipient, error) {
	key, err := hpke.MLKEM768X25519().NewPrivateKey(root)
	if err != nil {
		return Recipient{}, err
	}
	return Recipient{Hybrid, publicText("age1pq", key.PublicKey().Bytes())}, nil
}

func x25519Recipient(scalar []byte) (Recipient, error) {
	key, err := ecdh.X25519().NewPrivateKey(scalar)
	if err != nil {
		return Recipient{}, err
	}
	return Recipient{X25519, publicText("age", key.PublicKey().Bytes())}, nil
}

func publicText(hrp string, key []byte) string {
	return string(appendBech32(make([]byte, 0, bech32Size(hrp, len(key))), hrp, key))
}

// sshRecipient is the public half of an OpenSSH private key in text form.
func sshRecipient(text []byte) (Recipient, error) {
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		return Recipient{}, err
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return sshPublic(key.Public())
	case *ed25519.PrivateKey:
		return sshPublic(key.Public())
	case *rsa.PrivateKey:
		return sshPublic(key.Public())
	}
	return Recipient{}, errors.New("ssh key of another kind")
}

func sshPublic(key any) (Recipient, error) {
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		return Recipient{}, err
	}
	return ParseRecipient(sshText(public)) // which refuses short RSA keys
}
