//go:build e2e && linux

package proof

import (
	"bufio"
	"bytes"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/scrypt"

	"cryptodesk/engine/secret/scan"
)

// distinctive draws a passphrase no six characters of which can lie anywhere by chance. It has capitals, digits, signs and
// a letter beyond ASCII.
func distinctive() string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789#%+=?@"
	var b strings.Builder
	for i := range 22 {
		if i == 9 {
			b.WriteRune('ß')
		}
		b.WriteByte(letters[rand.IntN(len(letters))])
	}
	return b.String()
}

// secrets are the needles of one profile.
type secrets struct {
	set        *scan.Set
	pass       []byte
	ids        []age.Identity
	keyringKey []byte
}

// expanded adds what a key turns into inside the libraries, besides the key.
func (s *secrets) expanded(kind scan.Kind, key []byte) {
	s.set.AddKey(kind, key)
	prk, err := hkdf.Extract(sha256.New, key, nil)
	if err != nil {
		panic(err)
	}
	s.set.AddKey(kind, prk)
}

// profile reads a keyring with the passphrase and adds all that is secret in it.
func profile(pass, keyring string) (*secrets, error) {
	s := &secrets{set: scan.NewSet(), pass: []byte(pass)}
	s.set.AddText(scan.Passphrase, s.pass)
	raw, err := os.ReadFile(keyring)
	if err != nil {
		return nil, err
	}
	if s.keyringKey, err = s.protected(raw); err != nil {
		return nil, err
	}
	return s, s.ring(raw)
}

// saved reads a keyring again after the program wrote it, which keeps the file key.
func (s *secrets) saved(keyring string) error {
	raw, err := os.ReadFile(keyring)
	if err != nil {
		return err
	}
	s.file(s.keyringKey, raw)
	return s.ring(raw)
}

// ring adds the keys in a keyring.
func (s *secrets) ring(raw []byte) error {
	plain, err := age.Decrypt(bytes.NewReader(raw), given{s.keyringKey})
	if err != nil {
		return err
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return err
	}
	if s.ids, err = age.ParseIdentities(bytes.NewReader(text)); err != nil {
		return err
	}
	keys := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if data, ok := strings.CutPrefix(line, "AGE-SECRET-KEY-PQ-1"); ok {
			s.root(fromBech32(data), scan.PrivateKey, signing)
			keys++
		} else if data, ok := strings.CutPrefix(line, "AGE-SECRET-KEY-1"); ok {
			s.expanded(scan.PrivateKey, fromBech32(data))
		}
	}
	if keys == 0 {
		return fmt.Errorf("no post-quantum key in a keyring")
	}
	return nil
}

// root adds a hybrid key and everything that derives from it (FORMATS.md; draft-ietf-hpke-pq for the parts of the hybrid).
func (s *secrets) root(root []byte, kind, sign scan.Kind) {
	s.expanded(kind, root)
	s.set.AddKey(kind, sha3.SumSHAKE256(root, 96)) // ML-KEM's d and z, and the X25519 half
	derived := func(label string) []byte {
		key, err := hkdf.Key(sha256.New, root, nil, "CryptoDesk v1: "+label, 32)
		if err != nil {
			panic(err)
		}
		return key
	}
	s.expanded(kind, derived("classic X25519 age key"))
	seed := derived("Ed25519 signing key")
	s.expanded(sign, seed)
	wide := sha512.Sum512(seed)
	s.expandedSeed(sign, wide[:])
}

// protected adds what a file that the passphrase opens needs: scrypt's output and its first block, and the file key.
func (s *secrets) protected(raw []byte) (fileKey []byte, err error) {
	stanza, body, err := scryptStanza(raw)
	if err != nil {
		return nil, err
	}
	key, err := s.scrypt(scan.Derived, s.pass, stanza)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	fileKey, err = aead.Open(nil, make([]byte, 12), body, nil)
	if err != nil {
		return nil, err
	}
	s.file(fileKey, raw)
	return fileKey, nil
}

// scrypt adds what scrypt makes of a passphrase for a file, and its first block.
func (s *secrets) scrypt(kind scan.Kind, pass []byte, stanza []string) (key []byte, err error) {
	salt, err := base64.RawStdEncoding.DecodeString(stanza[2])
	if err != nil {
		return nil, err
	}
	logN, err := strconv.Atoi(stanza[3])
	if err != nil {
		return nil, err
	}
	salted := append([]byte("age-encryption.org/v1/scrypt"), salt...)
	first, err := pbkdf2.Key(sha256.New, string(pass), salted, 1, 1024)
	if err != nil {
		return nil, err
	}
	if key, err = scrypt.Key(pass, salted, 1<<logN, 8, 1, 32); err != nil {
		return nil, err
	}
	s.set.AddKey(kind, key)
	s.set.AddKey(kind, first)
	return key, nil
}

func scryptStanza(raw []byte) (stanza []string, body []byte, err error) {
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "-> scrypt ") {
			stanza = strings.Fields(lines.Text())[1:]
			stanza = append([]string{"->"}, stanza...)
			lines.Scan()
			body, err = base64.RawStdEncoding.DecodeString(lines.Text())
			return stanza, body, err
		}
	}
	return nil, nil, fmt.Errorf("no passphrase stanza")
}

// file adds a file key and the payload and header keys of the file it belongs to.
func (s *secrets) file(key, raw []byte) {
	s.expanded(scan.FileKey, key)
	header, _ := hkdf.Key(sha256.New, key, nil, "header", 32)
	s.set.AddKey(scan.FileKey, header)
	at := bytes.Index(raw, []byte("\n--- "))
	end := at + 1 + bytes.IndexByte(raw[at+1:], '\n') + 1
	payload, _ := hkdf.Key(sha256.New, key, raw[end:end+16], "payload", 32)
	s.set.AddKey(scan.FileKey, payload)
}

// opened adds the key of a file that the keyring's keys open.
func (s *secrets) opened(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return err
	}
	spy := &spying{ids: s.ids}
	if _, err := age.Decrypt(bytes.NewReader(head[:n]), spy); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	s.file(spy.key, head[:n])
	return nil
}

// session adds the keys of the sealed session state (FORMATS.md).
func (s *secrets) session(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	line := bytes.IndexByte(raw, '\n') + 1
	label, nonce := raw[:line+32], raw[line+32:line+56]
	for _, name := range []string{"state", "mark"} {
		key, err := hkdf.Key(sha256.New, s.keyringKey, nil, "CryptoDesk v1: session "+name, 32)
		if err != nil {
			return err
		}
		s.set.AddKey(scan.SessionKey, key)
		if name == "mark" {
			continue
		}
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return err
		}
		session, err := aead.Open(nil, nonce, raw[line+56:line+104], label)
		if err != nil {
			return fmt.Errorf("session key: %w", err)
		}
		s.expanded(scan.SessionKey, session)
	}
	return nil
}

// given opens a file with a file key that is known already.
type given struct{ key []byte }

func (g given) Unwrap([]*age.Stanza) ([]byte, error) { return g.key, nil }

// spying keeps the file key that identities find.
type spying struct {
	ids []age.Identity
	key []byte
}

func (s *spying) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, id := range s.ids {
		if key, err := id.Unwrap(stanzas); err == nil {
			s.key = bytes.Clone(key)
			return key, nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}

func fromBech32(data string) (key []byte) {
	const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	held, n := 0, 0
	for _, letter := range data[:len(data)-6] {
		held, n = held<<5|strings.IndexRune(alphabet, letter), n+5
		if n >= 8 {
			n -= 8
			key = append(key, byte(held>>n))
			held &= 1<<n - 1
		}
	}
	return key
}
