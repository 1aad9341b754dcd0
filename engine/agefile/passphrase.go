package agefile

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/scrypt"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// The scrypt stanza (https://c2sp.org/age#scrypt-recipient-stanza): r = 8, p = 1, N = 2^logN.
const (
	scryptType    = "scrypt"
	scryptLabel   = "age-encryption.org/v1/scrypt"
	saltSize      = 16
	maxWorkFactor = 22 // 4 GiB, about 16 s: more is a way to freeze the machine
	maxDerived    = 8  // derived keys remembered by one Passphrase
)

var errWrongPassphrase = fmt.Errorf("%w: wrong passphrase", age.ErrIncorrectIdentity)

// Passphrase encrypts to a passphrase and opens files encrypted to it: an
// age.Recipient and an age.Identity over guarded memory.
//
// It remembers, guarded, the last few keys it derived, so that files which
// share a header pay for scrypt once. One derivation runs at a time: each
// takes 128·8·2^logN bytes. Safe for concurrent use.
type Passphrase struct {
	logN     int
	deriving sync.Mutex

	mu      sync.Mutex
	text    *secret.Buffer
	derived []derivedKey
}

type derivedKey struct {
	salt [saltSize]byte
	logN int
	key  *secret.Buffer
}

// NewPassphrase takes b over: Destroy destroys it.
func NewPassphrase(b *secret.Buffer) *Passphrase {
	return &Passphrase{logN: workFactor, text: b}
}

// Destroy wipes the passphrase and every key derived from it; nil-safe,
// idempotent. A derivation under way is not waited for: what it finds is wiped.
func (p *Passphrase) Destroy() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Destroy()
	for _, d := range p.derived {
		d.key.Destroy()
	}
	p.derived = nil
}

// Wrap implements age.Recipient with a fresh salt.
func (p *Passphrase) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	var salt [saltSize]byte
	rand.Read(salt[:])
	s := &age.Stanza{Type: scryptType, Args: []string{
		base64.RawStdEncoding.EncodeToString(salt[:]), strconv.Itoa(p.logN)}}
	err := p.withKey(salt, p.logN, func(key []byte) error {
		aead, err := chacha20poly1305.New(key)
		if err != nil {
			return err
		}
		s.Body = aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), fileKey, nil)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{s}, nil
}

// WrapWithLabels implements age.RecipientWithLabels. The random label keeps a
// passphrase alone in its file: somebody else's key beside it would let them
// write files that the passphrase seems to vouch for.
func (p *Passphrase) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	s, err := p.Wrap(fileKey)
	var label [16]byte
	rand.Read(label[:])
	return s, []string{hex.EncodeToString(label[:])}, err
}

// Unwrap implements age.Identity. A work factor above 22 is fault.WorkFactor.
func (p *Passphrase) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	var own *age.Stanza
	for _, s := range stanzas {
		if s.Type == scryptType {
			own = s
		}
	}
	if own == nil {
		return nil, age.ErrIncorrectIdentity
	}
	if len(stanzas) != 1 {
		return nil, errors.New("a passphrase stanza must be the only one")
	}
	salt, logN, err := parseScrypt(own)
	if err != nil {
		return nil, err
	}
	if logN > maxWorkFactor {
		return nil, fault.New(fault.WorkFactor, "", fmt.Errorf("scrypt work factor 2^%d", logN))
	}
	var fileKey []byte
	err = p.withKey(salt, logN, func(key []byte) error {
		aead, err := chacha20poly1305.New(key)
		if err != nil {
			return err
		}
		fileKey, err = aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), own.Body, nil)
		if err != nil {
			return errWrongPassphrase
		}
		return nil
	})
	return fileKey, err
}

// parseScrypt checks the form of a scrypt stanza, not its work factor's size.
func parseScrypt(s *age.Stanza) (salt [saltSize]byte, logN int, err error) {
	if len(s.Args) != 2 || len(s.Body) != fileKeySize+chacha20poly1305.Overhead {
		return salt, 0, errors.New("malformed passphrase stanza")
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(s.Args[0])
	if err != nil || len(raw) != saltSize {
		return salt, 0, errors.New("malformed passphrase salt")
	}
	digits := s.Args[1]
	for _, c := range digits {
		if c < '0' || c > '9' {
			return salt, 0, errors.New("malformed work factor")
		}
	}
	if digits == "" || digits[0] == '0' {
		return salt, 0, errors.New("malformed work factor")
	}
	logN, err = strconv.Atoi(digits)
	if err != nil { // does not fit an int: certainly too much work
		logN = maxWorkFactor + 1
	}
	return [saltSize]byte(raw), logN, nil
}

// withKey calls f with the key for salt and logN, deriving it if it is new.
func (p *Passphrase) withKey(salt [saltSize]byte, logN int, f func(key []byte) error) error {
	if known, err := p.use(salt, logN, f); known {
		return err
	}
	p.deriving.Lock()
	defer p.deriving.Unlock()
	if known, err := p.use(salt, logN, f); known { // by whoever was deriving
		return err
	}
	if err := p.derive(salt, logN); err != nil {
		return err
	}
	_, err := p.use(salt, logN, f)
	return err
}

// use calls f if the key is known, or answers fault.Locked after Destroy.
func (p *Passphrase) use(salt [saltSize]byte, logN int, f func(key []byte) error) (known bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text.Bytes() == nil {
		return true, fault.New(fault.Locked, "", nil)
	}
	for _, d := range p.derived {
		if d.salt == salt && d.logN == logN && d.key.Bytes() != nil {
			return true, do(func() error { return f(d.key.Bytes()) })
		}
	}
	return false, nil
}

// derive works on a copy of the passphrase: scrypt reads its input at both ends
// of its second, and Destroy or WipeAll may come in between.
func (p *Passphrase) derive(salt [saltSize]byte, logN int) error {
	return do(func() error {
		p.mu.Lock()
		text := append([]byte(nil), p.text.Bytes()...)
		p.mu.Unlock()
		defer secret.Wipe(text)
		k, err := scrypt.Key(text, append([]byte(scryptLabel), salt[:]...), 1<<logN, 8, 1, chacha20poly1305.KeySize)
		if err != nil {
			return fault.New(fault.Internal, "", err)
		}
		p.remember(derivedKey{salt, logN, secret.Take(k)})
		return nil
	})
}

func (p *Passphrase) remember(d derivedKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text.Bytes() == nil {
		d.key.Destroy()
		return
	}
	if len(p.derived) == maxDerived {
		p.derived[0].key.Destroy()
		p.derived = append(p.derived[:0], p.derived[1:]...)
	}
	p.derived = append(p.derived, d)
}

// do is secret.Do for a function that can fail.
func do(f func() error) (err error) {
	secret.Do(func() { err = f() })
	return err
}
