package identity

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"filippo.io/age"
)

func TestBech32AgreesWithAge(t *testing.T) {
	for range 50 {
		hybrid, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		classic, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		for prefix, text := range map[string]string{hybridPrefix: hybrid.String(), x25519Prefix: classic.String()} {
			var key [keySize]byte
			if !decodeKey(key[:], prefix, []byte(text)) {
				t.Fatal("does not decode what age wrote")
			}
			got := appendBech32(make([]byte, 0, bech32Size(prefix, keySize)), prefix, key[:])
			if string(got) != text {
				t.Fatal("encodes another text than age")
			}
			if cap(got) != len(text) {
				t.Fatalf("bech32Size says %d for %d characters: append left a copy", cap(got), len(text))
			}
		}
	}
}

func TestBech32OddSizes(t *testing.T) {
	// Public keys of other lengths leave 1 to 4 bits over.
	for _, r := range []string{"age1pq", "age"} {
		for n := range 40 {
			data := make([]byte, n)
			rand.Read(data)
			text := appendBech32(nil, r, data)
			if len(text) != bech32Size(r, n) {
				t.Fatalf("%d bytes: %d characters, expected %d", n, len(text), bech32Size(r, n))
			}
			back := make([]byte, n)
			if !decodeKey(back, strings.ToUpper(r), bytes.ToUpper(text)) || !bytes.Equal(back, data) {
				t.Fatalf("%d bytes do not come back", n)
			}
		}
	}
}

func TestBech32RefusesEveryChange(t *testing.T) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(id.String())
	var key [keySize]byte
	for i := range text {
		for _, b := range []byte{'Q', 'P', '1', 'B', ' ', 0, 0xff, text[i] | 0x20} {
			changed := bytes.Clone(text)
			if changed[i] = b; bytes.Equal(changed, text) {
				continue
			}
			if decodeKey(key[:], hybridPrefix, changed) {
				t.Fatalf("accepts %q at %d", b, i)
			}
		}
	}
	for _, changed := range [][]byte{nil, text[:len(text)-1], append(bytes.Clone(text), 'Q'), bytes.ToLower(text)} {
		if decodeKey(key[:], hybridPrefix, changed) {
			t.Fatalf("accepts a text of %d characters", len(changed))
		}
	}
	// The padding must be zero: the same bytes have one text only.
	sum := newChecksum(x25519Prefix)
	odd := []byte(x25519Prefix + "1")
	for i := range 52 {
		value := byte(0)
		if i == 51 {
			value = 1
		}
		sum.add(value)
		odd = append(odd, alphabet[value])
	}
	for range checkSize {
		sum.add(0)
	}
	sum ^= 1
	for i := range checkSize {
		odd = append(odd, alphabet[sum>>(5*(checkSize-1-i))&31])
	}
	if decodeKey(key[:], x25519Prefix, bytes.ToUpper(odd)) {
		t.Fatal("accepts padding that is not zero")
	}
}
