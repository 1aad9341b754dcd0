package witness

import (
	"crypto/rand"

	"golang.org/x/crypto/nacl/secretbox"

	"cryptodesk/engine/secret"
)

// aside is a secret that no search of memory finds, because tests of this
// program search their own, and that outlives secret.WipeAll, which other tests
// call: a box whose key is used for nothing else. nil is none.
type aside []byte

var asideKey = func() (key [32]byte) { rand.Read(key[:]); return }()

func putAside(b []byte) aside {
	box := make(aside, 24, 24+len(b)+secretbox.Overhead)
	rand.Read(box)
	secret.Do(func() { box = secretbox.Seal(box, b, (*[24]byte)(box), &asideKey) })
	return box
}

// plain is the secret, once nobody searches any more.
func (a aside) plain() []byte {
	if a == nil {
		return nil
	}
	b, _ := secretbox.Open(nil, a[24:], (*[24]byte)(a), &asideKey)
	return b
}
