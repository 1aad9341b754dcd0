//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, whose shadow memory is terabytes.

package escrow

import (
	"runtime"
	"strings"
	"testing"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

// The depositary's computer never holds a plain copy of what was deposited but
// in guarded memory, and not even there once it was released. Neither does the
// requester's, once the release was taken in and closed.
func TestMemoryForgets(t *testing.T) {
	d := newDesk(t)
	keys := scan.NewSet()
	defer keys.Destroy()
	for _, k := range d.old.ring.Keys() {
		if err := k.Lend(func(key []byte) { keys.AddKey(scan.PrivateKey, key) }); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(when string, guarded bool) {
		t.Helper()
		secret.Settle()
		r, err := keys.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !r.Sees() || r.Found() != 0 || (r.Guarded > 0) != guarded {
			t.Errorf("%s: %v", when, r)
		}
	}
	expect("deposited", false)
	c := must(d.read(t, day))
	expect("the case is open", false)
	if _, err := d.release(t, c, otherThan(d.code), "x", day); err == nil {
		t.Fatal("wrong words were taken")
	}
	answer := strings.Join(must(d.release(t, c, strings.Join(d.code, " "), "r", day)), " ")
	expect("released", false)

	// The controls: what is held on purpose is found, where it should lie and
	// where not.
	held := must(agefile.OpenBytes(ctx, c.raw, d.ben.keys(t).Identities(), maxText))
	expect("the deposit held", true)
	loose := append([]byte(nil), held.Bytes()...)
	if r, err := keys.Own(t.Context()); err != nil || r.Found() == 0 {
		t.Errorf("the scan is blind: %v, %v", r, err)
	}
	runtime.KeepAlive(loose)
	secret.Wipe(loose)
	held.Destroy()

	if _, err := d.takeIn(t, "r", day, otherThan(d.code)); err == nil {
		t.Fatal("a wrong answer was taken")
	}
	expect("refused", false)
	r := must(d.takeIn(t, "r", day, answer))
	expect("taken in", true)
	r.Close()
	expect("closed", false)
}
