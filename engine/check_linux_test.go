// Not under the race detector, whose shadow memory is terabytes.

//go:build !race

package engine

import (
	"bytes"
	"runtime"
	"slices"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// The check finds a private key that lies on the heap, and nothing where nobody left one; while locked there is nothing to
// look for.
func TestCheckMemory(t *testing.T) {
	e := openAt(t, t.TempDir())
	if _, err := e.CheckMemory(t.Context()); fault.Of(err) != fault.Locked {
		t.Errorf("before the first run: %v", err)
	}
	if err := e.Create(t.Context(), "Ada", pass(), nil); err != nil {
		t.Fatal(err)
	}
	r, err := e.CheckMemory(t.Context())
	if err != nil || !r.Sees() {
		t.Fatalf("%v, %v", r, err)
	}
	lingers := slices.Contains(secret.Protection().Reasons, secret.Lingering)
	if r.Found() > 0 && !lingers {
		t.Errorf("idle: %v", r)
	}
	ring, err := e.session.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	text, err := ring.Keys()[0].MarshalIdentity()
	if err != nil {
		t.Fatal(err)
	}
	loose := bytes.Clone(text.Bytes())
	text.Destroy()
	r, err = e.CheckMemory(t.Context())
	if err != nil || r.Count["key"] == 0 {
		t.Errorf("a key on the heap was not found: %v, %v", r, err)
	}
	secret.Wipe(loose)
	runtime.KeepAlive(loose)
	e.Lock()
	if _, err := e.CheckMemory(t.Context()); fault.Of(err) != fault.Locked {
		t.Errorf("locked: %v", err)
	}
}
