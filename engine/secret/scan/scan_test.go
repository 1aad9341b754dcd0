package scan

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

const phrase = "vQ7#kZ2한mX9"

// search looks for the needles in b, as walk does it, and answers the forms found at their places.
func search(t *testing.T, s *Set, b []byte) map[int][]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "core")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &Report{}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.walk(t.Context(), opened{f}, []region{{to: uint64(len(b))}}, make([]byte, s.windowSize()), r); err != nil {
		t.Fatal(err)
	}
	found := map[int][]string{}
	for _, h := range r.Hits {
		found[int(h.At)] = append(found[int(h.At)], h.Form)
	}
	return found
}

func wide(s string, unit func(r rune) []byte) (b []byte) {
	for _, r := range s {
		b = append(b, unit(r)...)
	}
	return b
}

// Every form is found wherever it lies: across the chunks of the search, at the very beginning and the very end, in noise
// and in zeros.
func TestEveryFormIsFoundEverywhere(t *testing.T) {
	key := make([]byte, 32)
	rand.Read(key)
	letters := "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	bech := wide("", nil)
	for _, v := range fiveBits(key) {
		bech = append(bech, letters[v])
	}
	forms := map[string][]byte{
		"utf-8 run":    []byte(phrase),
		"utf-16le run": wide(phrase, func(r rune) []byte { u := utf16.Encode([]rune{r})[0]; return []byte{byte(u), byte(u >> 8)} }),
		"utf-16be run": wide(phrase, func(r rune) []byte { u := utf16.Encode([]rune{r})[0]; return []byte{byte(u >> 8), byte(u)} }),
		"utf-32le run": wide(phrase, func(r rune) []byte { return []byte{byte(r), byte(r >> 8), byte(r >> 16), 0} }),
		"raw":          key,
		"hex":          []byte(hex.EncodeToString(key)),
		"HEX":          []byte(strings.ToUpper(hex.EncodeToString(key))),
		"base64":       []byte(base64.StdEncoding.EncodeToString(key)),
		"base64 +1":    []byte(base64.RawURLEncoding.EncodeToString(append([]byte{1}, key...))),
		"base64 +2":    []byte(base64.RawStdEncoding.EncodeToString(append([]byte{1, 2}, key...))),
		"bech32":       bech,
		"BECH32":       []byte(strings.ToUpper(string(bech))),
		"numbers":      fiveBits(key),
	}
	s := NewSet()
	defer s.Destroy()
	s.AddText(Passphrase, []byte(phrase))
	s.AddKey(PrivateKey, key)
	for name, form := range forms {
		for _, noise := range []bool{false, true} {
			hay := make([]byte, 2*step+5000)
			if noise {
				rand.Read(hay)
			}
			for _, at := range []int{0, 1, 4090, step - len(form) + 1, step - 3, step, 2*step - 7, len(hay) - len(form)} {
				clean := append([]byte(nil), hay...)
				if n := len(search(t, s, clean)); n != 0 {
					t.Fatalf("%s: %d hits in nothing", name, n)
				}
				copy(clean[at:], form)
				if len(search(t, s, clean)) == 0 {
					t.Errorf("%s at %d not found (noise %v)", name, at, noise)
				}
			}
		}
	}
}

// Half a key, and six letters out of the middle of a passphrase, are hits; five letters are not.
func TestPartsAreFound(t *testing.T) {
	key := make([]byte, 32)
	rand.Read(key)
	s := NewSet()
	defer s.Destroy()
	s.AddText(Passphrase, []byte(phrase))
	s.AddKey(PrivateKey, key)
	for name, c := range map[string]struct {
		part []byte
		want int
	}{
		"first half":  {key[:16], 2},
		"second half": {key[16:], 2},
		"six letters": {[]byte("Z2한mX9"), 1},
		"five":        {[]byte("Z2한mX"), 0},
	} {
		hay := make([]byte, 100)
		copy(hay[30:], c.part)
		if got := len(search(t, s, hay)); got != c.want {
			t.Errorf("%s: %d hits, want %d", name, got, c.want)
		}
	}
}

func TestReportTellsNoSecret(t *testing.T) {
	s := NewSet()
	defer s.Destroy()
	s.AddText(Passphrase, []byte(phrase))
	path := filepath.Join(t.TempDir(), "core")
	if err := os.WriteFile(path, []byte("before "+phrase+" after"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := s.File(t.Context(), path)
	if err != nil || r.Found() != 6 {
		t.Fatalf("%v, %v", r, err)
	}
	for i := range phrase[:len(phrase)-4] {
		if strings.Contains(r.String(), phrase[i:i+4]) {
			t.Fatalf("the report quotes the needle: %s", r)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := NewSet()
	defer s.Destroy()
	path := filepath.Join(t.TempDir(), "core")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.File(ctx, path); err == nil {
		t.Error("went on")
	}
}

// BenchmarkSearch is the speed over bytes that look like memory in use: half noise, half zeros.
func BenchmarkSearch(b *testing.B) {
	s := NewSet()
	defer s.Destroy()
	s.AddText(Passphrase, []byte(strings.Repeat(phrase, 2)))
	for range 20 {
		key := make([]byte, 32)
		rand.Read(key)
		s.AddKey(PrivateKey, key)
	}
	hay := make([]byte, 64<<20)
	rand.Read(hay[:len(hay)/2])
	path := filepath.Join(b.TempDir(), "core")
	if err := os.WriteFile(path, hay, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(hay)))
	b.ReportMetric(float64(s.Len()), "needles")
	var took time.Duration
	for b.Loop() {
		r, err := s.File(b.Context(), path)
		if err != nil || r.Found() != 0 {
			b.Fatal(fmt.Sprint(r, err))
		}
		took += r.Took
	}
}
