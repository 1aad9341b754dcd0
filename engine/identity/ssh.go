package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	opensshLabel = "OPENSSH PRIVATE KEY"
	opensshMagic = "openssh-key-v1\x00"

	maxRounds = 1024 // of bcrypt; ssh-keygen makes 16 or 24, and 1024 take 8 seconds

	// Bits: what age takes, and what does not make every unlocking wait: the
	// parsers check a key of 8192 for 0.4 seconds, one of 16384 for 3.
	minRSA, maxRSA = 2048, 8192
)

// opensshFile is OpenSSH's PROTOCOL.key, without its first bytes.
type opensshFile struct {
	Cipher, KDF string
	Options     []byte
	Keys        uint32
	Public      []byte
	Private     []byte
	Rest        []byte `ssh:"rest"`
}

// readOpenSSH reads the decoded inside of an OpenSSH private key. Runs inside
// Do, as all of this file does.
func readOpenSSH(der []byte, pass *secret.Buffer, meta Meta) (*KeyPair, error) {
	damaged := fault.New(fault.BadIdentity, "", nil)
	var file opensshFile
	rest, ok := bytes.CutPrefix(der, []byte(opensshMagic))
	if !ok || ssh.Unmarshal(rest, &file) != nil || file.Keys != 1 {
		return nil, damaged
	}
	public, err := ssh.ParsePublicKey(file.Public)
	if err != nil {
		return nil, damaged
	}
	// Who holds a key that is of no use need not type its passphrase.
	if !usable(public) {
		return nil, cannot(OtherPrivate)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: opensshLabel, Bytes: der})
	defer secret.Wipe(text)
	if file.Cipher == "none" && file.KDF == "none" {
		key, err := ssh.ParseRawPrivateKey(text)
		if err != nil || !whole(key) {
			return nil, damaged
		}
		if meta.Name == "" {
			meta.Name = file.comment()
		}
		return readSSH(text, meta)
	}
	if err := file.bounded(); err != nil {
		return nil, err
	}
	if pass == nil {
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	if pass.Len() == 0 {
		return nil, fault.New(fault.WrongPassphrase, "", nil)
	}
	key, err := ssh.ParseRawPrivateKeyWithPassphrase(text, pass.Bytes())
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, fault.New(fault.WrongPassphrase, "", nil)
	}
	if err != nil {
		return nil, damaged
	}
	return fromRaw(key, meta)
}

// bounded refuses what cannot be opened, and what would take minutes.
func (f opensshFile) bounded() error {
	var kdf struct {
		Salt   []byte
		Rounds uint32
	}
	switch {
	case f.KDF != "bcrypt", f.Cipher != "aes256-ctr" && f.Cipher != "aes256-cbc":
		return cannot(OpenSSHPrivate)
	case ssh.Unmarshal(f.Options, &kdf) != nil, kdf.Rounds == 0, len(kdf.Salt) == 0:
		return fault.New(fault.BadIdentity, "", nil)
	case kdf.Rounds > maxRounds:
		return fault.New(fault.WorkFactor, "", nil)
	}
	return nil
}

// comment is what ssh-keygen -C said, if it is fit to be a name.
func (f opensshFile) comment() string {
	var head struct {
		Check1, Check2 uint32
		Kind           string
		Rest           []byte `ssh:"rest"`
	}
	if ssh.Unmarshal(f.Private, &head) != nil {
		return ""
	}
	fields := 2 // of Ed25519: public, private
	if head.Kind == ssh.KeyAlgoRSA {
		fields = 6
	}
	var next struct {
		Field []byte
		Rest  []byte `ssh:"rest"`
	}
	next.Rest = head.Rest
	for range fields + 1 {
		if ssh.Unmarshal(next.Rest, &next) != nil {
			return ""
		}
	}
	name, _ := CleanName(string(next.Field))
	return name
}

// usable says whether a private key of this sort can be taken in.
func usable(key ssh.PublicKey) bool {
	switch key.Type() {
	case ssh.KeyAlgoED25519:
		return true
	case ssh.KeyAlgoRSA:
		bits := key.(ssh.CryptoPublicKey).CryptoPublicKey().(*rsa.PublicKey).N.BitLen()
		return bits >= minRSA && bits <= maxRSA
	}
	return false
}

// whole says whether the halves of an Ed25519 key belong together: a file with
// somebody else's public half would have its owner encrypt to them. For RSA
// the parsers have checked it.
func whole(key any) bool {
	switch key := key.(type) {
	case *ed25519.PrivateKey:
		return whole(*key)
	case ed25519.PrivateKey:
		made := ed25519.NewKeyFromSeed(key.Seed())
		defer secret.Wipe(made)
		return bytes.Equal(made, key)
	}
	return true
}

// fromRaw makes a key pair of what a parser made, which it keeps as the text
// of an OpenSSH key: the keyring and the stock age program read that.
func fromRaw(key any, meta Meta) (*KeyPair, error) {
	switch key := key.(type) {
	case *ed25519.PrivateKey:
		defer secret.Wipe(*key)
	case ed25519.PrivateKey:
		defer secret.Wipe(key)
	case *rsa.PrivateKey:
		if len(key.Primes) != 2 || key.N.BitLen() < minRSA || key.N.BitLen() > maxRSA || key.E >= 1<<24 {
			return nil, cannot(OtherPrivate)
		}
	default:
		return nil, cannot(OtherPrivate)
	}
	if !whole(key) {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	block, err := ssh.MarshalPrivateKey(key, meta.Name)
	if err != nil {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	defer secret.Wipe(block.Bytes)
	text := pem.EncodeToMemory(block)
	defer secret.Wipe(text)
	return readSSH(text, meta)
}
