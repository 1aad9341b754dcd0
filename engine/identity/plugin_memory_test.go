//go:build goexperiment.runtimesecret && linux && (amd64 || arm64) && !race

package identity

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const pieceSize = 12 // bytes; too long to meet by chance

// needle is a piece of a secret that the test itself knows only masked.
type needle struct {
	name         string
	masked, mask [pieceSize]byte
}

func needleOf(name string, text []byte) needle {
	n := needle{name: name}
	secret.Do(func() {
		rand.Read(n.mask[:])
		for i := range n.masked {
			n.masked[i] = text[i] ^ n.mask[i]
		}
	})
	return n
}

// search counts the needles in all of this process's memory.
func search(t *testing.T, needles []needle) map[string]int {
	t.Helper()
	secret.Settle()
	maps, mem := must(os.Open("/proc/self/maps")), must(os.Open("/proc/self/mem"))
	defer maps.Close()
	defer mem.Close()
	hits := map[string]int{}
	window := make([]byte, 1<<20)
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to int64
		var perms string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &perms); err != nil || perms[:2] != "rw" || strings.Contains(lines.Text(), "[v") {
			continue
		}
		for at := from; at < to; at += int64(len(window)) - pieceSize {
			n, _ := mem.ReadAt(window[:min(int64(len(window)), to-at)], at)
			for i := 0; i+pieceSize <= n; i++ {
				for _, want := range needles {
					j := 0
					for j < pieceSize && window[i+j]^want.mask[j] == want.masked[j] {
						j++
					}
					if j == pieceSize {
						hits[want.name]++
					}
				}
			}
			clear(window[:n])
		}
	}
	return hits
}

// guardedClerk answers with a copy of guarded bytes.
type guardedClerk struct {
	desk
	pin *secret.Buffer
}

func (c *guardedClerk) Ask(context.Context, string, string, bool) (*secret.Buffer, error) {
	return c.pin.Clone(), nil
}

// TestPluginLeavesNothing: when a plugin has wrapped and unwrapped a file key
// and was told a PIN, and the guarded copies are destroyed, no plain copy of
// PIN, file key or identity is left, in age's buffers either. Many runs with
// the collector at work meanwhile also show that exec inside secret.Do is safe.
func TestPluginLeavesNothing(t *testing.T) {
	probe(t)
	pin, fileKey, data := secret.New(24), secret.New(16), secret.New(len("anypin")+1+32)
	secret.Do(func() {
		rand.Read(pin.Bytes())
		for i, c := range pin.Bytes() {
			pin.Bytes()[i] = 'a' + c%26
		}
		rand.Read(fileKey.Bytes())
		rand.Read(data.Bytes()[copy(data.Bytes(), "anypin\x00"):])
	})
	const hrp = "AGE-PLUGIN-PROBE-"
	text := secret.New(bech32Size(hrp, data.Len()))
	secret.Do(func() { appendBech32(text.Bytes()[:0], hrp, data.Bytes()) })
	encoded := secret.New(base64.RawStdEncoding.EncodedLen(24))
	needles := []needle{needleOf("pin", pin.Bytes()), needleOf("file key", fileKey.Bytes()),
		needleOf("identity", text.Bytes()[len(hrp)+20:]), needleOf("identity data", data.Bytes()[10:])}
	base64.RawStdEncoding.Encode(encoded.Bytes(), pin.Bytes())
	needles = append(needles, needleOf("pin in base64", encoded.Bytes()))
	base64.RawStdEncoding.Encode(encoded.Bytes(), fileKey.Bytes())
	needles = append(needles, needleOf("file key in base64", encoded.Bytes()))
	encoded.Destroy()

	var key *KeyPair
	var to age.Recipient
	secret.Do(func() {
		key = must(ReadKey(text.Bytes(), Meta{}))
		// The recipient of the probe holds its secret too: it lives in the test.
		to = must(newPluginRecipient(string(appendBech32(nil, "age1probe", data.Bytes())), nil))
	})
	stanzas := must(to.Wrap(fileKey.Bytes()))
	to = nil
	o := must(Open(key))
	o.SetPrompter(&guardedClerk{pin: pin})
	rounds := 50
	for range rounds {
		err := fault.New(fault.Internal, "", nil)
		secret.Do(func() {
			got, e := o.Identities()[0].Unwrap(stanzas)
			if e == nil && string(got) == string(fileKey.Bytes()) {
				err = nil
			}
			secret.Wipe(got)
		})
		if err != nil {
			t.Fatal("wrong file key")
		}
		runtime.GC()
	}
	if hits := search(t, needles); hits["pin"] == 0 || hits["file key"] == 0 || hits["identity"] == 0 {
		t.Fatalf("the scan is blind: %v", hits)
	}
	o.Close()
	key.Destroy()
	for _, b := range []*secret.Buffer{pin, fileKey, data, text} {
		b.Destroy()
	}
	settled(t)
	if hits := search(t, needles); len(hits) != 0 {
		t.Errorf("left: %v", hits)
	}
}
