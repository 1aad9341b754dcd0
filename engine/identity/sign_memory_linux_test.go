//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package identity

import (
	"crypto"
	"testing"

	"cryptodesk/engine/secret"
	memory "cryptodesk/engine/secret/scan"
)

// After signatures nothing of the signing key is left, not even in the library, which keeps keys for the next signature.
func TestMemoryForgetsTheSigningKey(t *testing.T) {
	k, err := New("Ada")
	if err != nil {
		t.Fatal(err)
	}
	defer k.Destroy()
	set := memory.NewSet()
	defer set.Destroy()
	err = k.key.Open(func(root []byte) error {
		lendDerived(root, signingLabel, func(seed []byte) { set.AddKey(memory.PrivateKey, seed) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.Signer()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Destroy()
	look := func() *memory.Report {
		t.Helper()
		secret.Settle()
		r, err := set.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for range 5 {
		if _, err := k.Sign([]byte("a card")); err != nil {
			t.Fatal(err)
		}
		if r := look(); r.Found() > 0 || !r.Sees() {
			t.Errorf("after a signature: %v", r)
		}
		if _, err := s.Sign(nil, []byte("a handshake"), crypto.Hash(0)); err != nil {
			t.Fatal(err)
		}
		if r := look(); r.Found() > 0 || !r.Sees() {
			t.Errorf("after a signer's: %v", r)
		}
	}
}
