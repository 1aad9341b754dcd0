package identity

import (
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"slices"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/secret"
)

// Lend calls f, inside secret.Do, with the private key and with each one that
// derives from it, for whoever looks whether they lie where they should not. f
// must not keep them. Keys on hardware have none. Errors: Locked (destroyed).
func (k *KeyPair) Lend(f func(key []byte)) error {
	return k.key.Open(func(root []byte) error {
		switch k.public.Kind {
		case Hybrid:
			f(root)
			lendDerived(root, classicLabel, f)
			lendDerived(root, signingLabel, f)
		case X25519:
			f(root)
			lendDerived(root, signingLabel, f)
		case SSHEd25519, SSHRSA:
			lendSSH(root, f)
		}
		return nil
	})
}

func lendDerived(root []byte, label string, f func([]byte)) {
	var key [keySize]byte
	derive(key[:], root, label)
	f(key[:])
	secret.Wipe(key[:])
}

// lendSSH lends the numbers of a key, not its text, of which half is the same
// in every key.
func lendSSH(text []byte, f func([]byte)) {
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		return
	}
	switch key := key.(type) {
	case *ed25519.PrivateKey:
		f(key.Seed())
	case *rsa.PrivateKey:
		for _, n := range append([]*big.Int{key.D}, key.Primes...) {
			number := n.Bytes()
			f(number)
			slices.Reverse(number) // as the machine's words lie in memory
			f(number)
			secret.Wipe(number)
		}
	}
}
