//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package legacy

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"runtime"
	"testing"

	"github.com/ProtonMail/go-crypto/eax"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

const (
	asPlain scan.Kind = "plain"
	asPass  scan.Kind = "passphrase"
)

// drawn is n letters that were never anywhere else.
func drawn(n int) *secret.Buffer {
	b, raw := secret.New(n), secret.New(n/2)
	defer raw.Destroy()
	secret.Random(raw.Bytes())
	secret.Do(func() { hex.Encode(b.Bytes(), raw.Bytes()) })
	return b
}

// TestMemoryForgetsOldFiles: the passphrase, every key that was made of it, and what came out are nowhere but in guarded memory
// afterwards, whether the passphrase was right or not. Copies that are held are the positive control.
func TestMemoryForgetsOldFiles(t *testing.T) {
	pass, plain := drawn(24), drawn(480)
	defer pass.Destroy()
	defer plain.Destroy()
	ecb, eaxFile := secret.New(480), secret.New(nonceSize+tagSize+480)
	defer ecb.Destroy()
	defer eaxFile.Destroy()
	secret.Do(func() { // what a script would have written
		block, err := aes.NewCipher(pass.Bytes())
		if err != nil {
			panic(err)
		}
		for at := 0; at < ecb.Len(); at += blockSize {
			block.Encrypt(ecb.Bytes()[at:], plain.Bytes()[at:])
		}
		aead, err := eax.NewEAX(block)
		if err != nil {
			panic(err)
		}
		nonce := eaxFile.Bytes()[:nonceSize]
		sealed := aead.Seal(nil, nonce, plain.Bytes(), nil)
		copy(eaxFile.Bytes()[nonceSize:], sealed[plain.Len():])
		copy(eaxFile.Bytes()[nonceSize+tagSize:], sealed[:plain.Len()])
	})
	set := scan.NewSet()
	defer set.Destroy()
	for at := 0; at+12 <= plain.Len(); at += 4 {
		set.AddRaw(asPlain, "letters", plain.Bytes()[at:at+12])
	}
	set.AddText(asPass, pass.Bytes())
	wrong := drawn(24)
	defer wrong.Destroy()
	for range 5 {
		for _, data := range []*secret.Buffer{ecb, eaxFile} {
			found, err := Open(t.Context(), data, Any, Secrets{Passphrase: pass})
			if err != nil || !found[0].Plain.Equal(plain) {
				t.Fatalf("not opened: %v", err)
			}
			Close(found)
			if _, err := Open(t.Context(), data, Any, Secrets{Passphrase: wrong}); fault.Of(err) != fault.LegacyNothing {
				t.Fatal(err)
			}
			if found, err := Open(t.Context(), data, Any, Secrets{Key: pass}); err != nil {
				t.Fatal(err)
			} else {
				Close(found)
			}
		}
	}
	secret.Settle()
	search := func() *scan.Report {
		r, err := set.Own(t.Context())
		if err != nil || !r.Sees() {
			t.Fatalf("the search is blind: %v, %v", r, err)
		}
		return r
	}
	if r := search(); r.Found() != 0 || r.Kept[asPlain] == 0 || r.Kept[asPass] == 0 {
		t.Errorf("outside of guarded memory: %v", r)
	}
	var held [][]byte
	secret.Do(func() { held = [][]byte{bytes.Clone(pass.Bytes()), bytes.Clone(plain.Bytes())} }) // so that it is erased, in the end
	if r := search(); r.Count[asPlain] == 0 || r.Count[asPass] == 0 {
		t.Errorf("what lies on the heap is not seen: %v", r)
	}
	runtime.KeepAlive(held)
}
