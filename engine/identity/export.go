package identity

import (
	"crypto"
	"encoding/pem"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Export is the key pair as a file that opens with pass and with nothing else:
// for age keys the text of an identity file, which the caller is to encrypt
// with the passphrase (plain says so), for SSH keys an OpenSSH key protected
// by it. The caller destroys text; pass stays the caller's. Errors:
// NeedPassphrase (an SSH key without one), Locked (destroyed).
func (k *KeyPair) Export(pass *secret.Buffer) (text *secret.Buffer, plain bool, err error) {
	public := k.Public()
	if public.Kind != SSHEd25519 && public.Kind != SSHRSA {
		text, err = k.MarshalIdentity()
		return text, true, err
	}
	if pass.Len() == 0 {
		return nil, false, fault.New(fault.NeedPassphrase, "", nil)
	}
	err = k.key.Open(func(key []byte) error {
		text, err = protect(key, public.Name, pass)
		return err
	})
	return text, false, err
}

// protect is an OpenSSH key under a passphrase. Runs inside Do.
func protect(text []byte, name string, pass *secret.Buffer) (*secret.Buffer, error) {
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(crypto.PrivateKey(key), name, pass.Bytes())
	if err != nil {
		return nil, fault.New(fault.Internal, "", nil) // the cause could quote the key
	}
	return secret.Take(pem.EncodeToMemory(block)), nil
}
