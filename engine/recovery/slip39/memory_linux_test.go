//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package slip39

import (
	"bytes"
	"runtime"
	"testing"

	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

const (
	asRoot  scan.Kind = "root"
	asValue scan.Kind = "value"
	asWords scan.Kind = "words"
)

// TestMemoryForgetsShares: a root that was split, read from words again and joined, what its shares are worth and their words
// are nowhere but in guarded memory afterwards. Copies that are held are the positive control.
func TestMemoryForgetsShares(t *testing.T) {
	root := secret.New(32)
	defer root.Destroy()
	secret.Random(root.Bytes())
	words, err := Split(root.Bytes(), 3, 5)
	if err != nil {
		t.Fatal(err)
	}
	set := scan.NewSet()
	defer set.Destroy()
	set.AddKey(asRoot, root.Bytes())
	var shares []*Share
	for _, w := range words {
		defer w.Destroy()
		s, err := Parse(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		shares = append(shares, s)
		set.AddKey(asValue, s.value.Bytes())
		// Every twenty letters behind the first words, which other shares have as well.
		for at := 40; at+20 <= w.Len(); at++ {
			set.AddRaw(asWords, "letters", w.Bytes()[at:at+20])
		}
	}
	for range 5 {
		for i, s := range shares {
			Look(words[i].Bytes())
			again, err := s.Words()
			if err != nil || !again.Equal(words[i]) {
				t.Fatalf("other words: %v", err)
			}
			again.Destroy()
		}
		got, err := Combine(shares[1:4], nil)
		if err != nil || !got.Equal(root) {
			t.Fatalf("another root: %v", err)
		}
		got.Destroy()
		false1 := *shares[0]
		false1.value = shares[0].value.Clone()
		false1.value.Bytes()[0] ^= 1
		if _, err := Combine([]*Share{&false1, shares[1], shares[2]}, nil); err == nil {
			t.Fatal("joined")
		}
		false1.Close()
	}
	secret.Settle()
	search := func() *scan.Report {
		r, err := set.Own(t.Context())
		if err != nil || !r.Sees() {
			t.Fatalf("the search is blind: %v, %v", r, err)
		}
		return r
	}
	if r := search(); r.Found() != 0 || r.Kept[asRoot] == 0 || r.Kept[asValue] == 0 || r.Kept[asWords] == 0 {
		t.Errorf("outside of guarded memory: %v", r)
	}
	var held [][]byte
	secret.Do(func() { // so that it is erased, in the end
		held = [][]byte{bytes.Clone(root.Bytes()), bytes.Clone(shares[2].value.Bytes()), bytes.Clone(words[3].Bytes())}
	})
	if r := search(); r.Count[asRoot] == 0 || r.Count[asValue] == 0 || r.Count[asWords] == 0 {
		t.Errorf("what lies on the heap is not seen: %v", r)
	}
	runtime.KeepAlive(held)
}
