// Not under the race detector, whose shadow memory is terabytes.

//go:build !race

package scan

import (
	"crypto/rand"
	"runtime"
	"testing"

	"cryptodesk/engine/secret"
)

// A process finds in itself what lies on its heap, and tells it from what lies in guarded memory; also when it is closed
// to others, as the real program is.
func TestOwn(t *testing.T) {
	secret.Harden()
	guarded := secret.New(32)
	defer guarded.Destroy()
	rand.Read(guarded.Bytes())
	large := secret.New(5000)
	defer large.Destroy()
	copy(large.Bytes()[100:], guarded.Bytes())

	s := NewSet()
	defer s.Destroy()
	s.AddKey(PrivateKey, guarded.Bytes())
	secret.Settle()
	r, err := s.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Found() != 0 || !r.Sees() || r.Guarded != 8 || r.Bytes < 1<<20 {
		t.Errorf("nothing outside guarded memory, but: %v", r)
	}
	loose := append([]byte(nil), guarded.Bytes()...)
	r, err = s.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Count[PrivateKey] < 4 || r.Guarded != 8 {
		t.Errorf("a key on the heap was not found: %v", r)
	}
	runtime.KeepAlive(loose)
}
