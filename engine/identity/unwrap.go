package identity

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/hpke"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// The stanzas of native keys, https://c2sp.org/age.
const (
	hybridStanza = "mlkem768x25519"
	hybridLabel  = "age-encryption.org/mlkem768x25519"
	x25519Stanza = "X25519"
	x25519Label  = "age-encryption.org/v1/X25519"

	wrappedKeySize = 16 + chacha20poly1305.Overhead // bytes
)

var base64Strict = base64.RawStdEncoding.Strict()

// unwrapFirst tries the stanzas of one type in order. As age has it: a stanza
// that is for somebody else is passed over, a malformed one is fatal.
func unwrapFirst(kind string, stanzas []*age.Stanza, unwrap func(*age.Stanza) ([]byte, error)) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != kind {
			continue
		}
		fileKey, err := unwrap(s)
		if !errors.Is(err, age.ErrIncorrectIdentity) {
			return fileKey, err
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// has says whether it is worth touching a private key at all.
func has(kind string, stanzas []*age.Stanza) bool {
	return slices.ContainsFunc(stanzas, func(s *age.Stanza) bool { return s.Type == kind })
}

// share is the one argument of a native stanza, and the body's length checked.
func share(s *age.Stanza) ([]byte, error) {
	if len(s.Args) != 1 || strings.ContainsAny(s.Args[0], "\r\n") {
		return nil, malformed(s)
	}
	b, err := base64Strict.DecodeString(s.Args[0])
	if err != nil || len(s.Body) != wrappedKeySize {
		return nil, malformed(s)
	}
	return b, nil
}

func malformed(s *age.Stanza) error {
	return fault.New(fault.HeaderDamaged, "", errors.New("malformed "+s.Type+" stanza"))
}

type hybridIdentity struct{ key slot }

// Unwrap implements age.Identity.
func (id *hybridIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if !has(hybridStanza, stanzas) {
		return nil, age.ErrIncorrectIdentity
	}
	return id.key.use(func(root []byte) ([]byte, error) {
		key, err := hpke.MLKEM768X25519().NewPrivateKey(root)
		if err != nil {
			return nil, err
		}
		return unwrapFirst(hybridStanza, stanzas, func(s *age.Stanza) ([]byte, error) {
			return unwrapHybrid(key, s)
		})
	})
}

func unwrapHybrid(key hpke.PrivateKey, s *age.Stanza) ([]byte, error) {
	sent, err := share(s)
	if err != nil {
		return nil, err
	}
	r, err := hpke.NewRecipient(sent, key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(hybridLabel))
	if err != nil {
		return nil, malformed(s)
	}
	fileKey, err := r.Open(nil, s.Body)
	if err != nil {
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}

type x25519Identity struct {
	key    slot
	public []byte // 32 bytes
}

// Unwrap implements age.Identity.
func (id *x25519Identity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if !has(x25519Stanza, stanzas) {
		return nil, age.ErrIncorrectIdentity
	}
	return id.key.use(func(scalar []byte) ([]byte, error) {
		key, err := ecdh.X25519().NewPrivateKey(scalar)
		if err != nil {
			return nil, err
		}
		return unwrapFirst(x25519Stanza, stanzas, func(s *age.Stanza) ([]byte, error) {
			return unwrapX25519(key, id.public, s)
		})
	})
}

func unwrapX25519(key *ecdh.PrivateKey, public []byte, s *age.Stanza) ([]byte, error) {
	sent, err := share(s)
	if err != nil {
		return nil, err
	}
	ephemeral, err := ecdh.X25519().NewPublicKey(sent)
	if err != nil {
		return nil, malformed(s)
	}
	shared, err := key.ECDH(ephemeral)
	if err != nil {
		return nil, malformed(s) // a low-order point
	}
	defer secret.Wipe(shared)
	wrapping, err := hkdf.Key(sha256.New, shared, slices.Concat(sent, public), x25519Label, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(wrapping)
	aead, err := chacha20poly1305.New(wrapping)
	if err != nil {
		return nil, err
	}
	// The wrapping key is used once, so the nonce is zero.
	fileKey, err := aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), s.Body, nil)
	if err != nil {
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}

// publicKey is the 32 bytes of an age1 recipient that this package wrote.
func publicKey(r Recipient) []byte {
	key := make([]byte, keySize)
	if !decodeKey(key, "AGE", bytes.ToUpper([]byte(r.Text))) {
		panic("identity: own recipient does not decode")
	}
	return key
}

type sshIdentity struct {
	key  slot
	kind string // the stanza type, which is also the kind
}

// Unwrap implements age.Identity.
func (id *sshIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	// Reading an RSA key takes a millisecond, so only for its own stanzas.
	if !has(id.kind, stanzas) {
		return nil, age.ErrIncorrectIdentity
	}
	return id.key.use(func(text []byte) ([]byte, error) {
		key, err := agessh.ParseIdentity(text)
		if err != nil {
			return nil, fault.New(fault.BadIdentity, "", nil)
		}
		fileKey, err := key.Unwrap(stanzas)
		if err != nil && !errors.Is(err, age.ErrIncorrectIdentity) {
			return nil, fault.New(fault.HeaderDamaged, "", err)
		}
		return fileKey, err
	})
}

// sshFault never passes on a cause, which could quote the key.
func sshFault(err error) error {
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	return fault.New(fault.BadIdentity, "", nil)
}
