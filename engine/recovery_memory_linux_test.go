// Not under the race detector, whose shadow memory is terabytes.

//go:build goexperiment.runtimesecret && !race

package engine

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

// drawn is a passphrase that was never anywhere else.
func drawn() *secret.Buffer {
	b := secret.New(24)
	secret.Random(b.Bytes())
	secret.Do(func() {
		for i, c := range b.Bytes() {
			b.Bytes()[i] = 'a' + c%26
		}
	})
	return b
}

// sought is what must be nowhere once everything is locked.
type sought struct {
	*scan.Set
	list [][]byte // of SLIP-39, by number
}

func newSought() *sought {
	s := &sought{Set: scan.NewSet()}
	for a := byte('a'); a <= 'z'; a++ {
		for _, w := range slip39.Complete([]byte{a}) {
			s.list = append(s.list, []byte(w))
		}
	}
	return s
}

func (s *sought) addKeys(t *testing.T, e *Engine) {
	t.Helper()
	ring, err := e.session.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range ring.Keys() {
		if err := k.Lend(func(key []byte) { s.AddKey(scan.PrivateKey, key) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := ring.LendFileKey(func(key []byte) { s.AddKey(scan.FileKey, key) }); err != nil {
		t.Fatal(err)
	}
}

// value is what stands in the words of a share or a sheet: 256 bits after the
// first four words, behind four bits of padding.
func (s *sought) value(words []byte) *secret.Buffer {
	value := secret.New(32)
	secret.Do(func() {
		bits, held, n := 0, -4, 0
		for i, w := range bytes.Fields(words) {
			if i < 4 || n == value.Len() {
				continue
			}
			at := slices.IndexFunc(s.list, func(l []byte) bool { return bytes.EqualFold(l, w) })
			bits, held = (bits<<10|at)&(1<<20-1), held+10
			for held >= 8 && n < value.Len() {
				held -= 8
				value.Bytes()[n] = byte(bits >> held)
				n++
			}
		}
	})
	return value
}

// expect searches all memory, that which is guarded too.
func (s *sought) expect(t *testing.T, when string, found bool) {
	t.Helper()
	secret.Settle()
	r, err := s.Own(t.Context())
	if err != nil || !r.Sees() {
		t.Fatalf("%s: %v, %v", when, r, err)
	}
	if got := r.Found()+r.Guarded > 0; got != found {
		t.Errorf("%s: %v, guarded %v", when, r, r.Kept)
	}
	t.Logf("%s: %d needles, %d MiB, %d hits, %d guarded", when, s.Len(), r.Bytes>>20, r.Found(), r.Guarded)
}

// wordsIn are the words in the text file of a share; the caller destroys text.
func wordsIn(text *secret.Buffer) []byte {
	return text.Bytes()[bytes.Index(text.Bytes(), []byte("\n\n")):]
}

// slurp reads a file into guarded memory.
func slurp(t *testing.T, path string) *secret.Buffer {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := secret.ReadAll(f, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// After a lock nothing is left of what recovery handled: restored roots, values
// of shares, the passphrases of backups and of what was restored.
func TestMemoryForgetsRecovery(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	set := newSought()
	defer set.Destroy()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	first, own, after := drawn(), drawn(), drawn()
	for _, p := range []*secret.Buffer{first, own, after} {
		set.AddText(scan.Passphrase, p.Bytes())
	}
	ownKey, afterKey := secret.Seal(own.Clone()), secret.Seal(after.Clone())
	own.Destroy()
	after.Destroy()
	again := func(k *secret.Key) (b *secret.Buffer) {
		if err := k.Open(func(p []byte) error { b = secret.New(len(p)); copy(b.Bytes(), p); return nil }); err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := e.Create(ctx, "Ana", first, nil); err != nil {
		t.Fatal(err)
	}
	set.addKeys(t, e)
	key := e.Keys()[0].ID
	backup, page := filepath.Join(dir, "backup.age"), filepath.Join(dir, "sheet.pdf")
	if err := e.MakeBackup(ctx, backup, again(ownKey), ""); err != nil {
		t.Fatal(err)
	}
	sheet, err := e.MakeSheet(ctx, key, page, labels(t))
	if err != nil {
		t.Fatal(err)
	}
	i, _ := sheet.Ask()
	sheet.Right(i, []byte("acid"))
	sheet.Close()
	shares, err := e.MakeShares(ctx, key, 2, 3, dir, labels(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{shares[1], shares[3], shares[5]} {
		text := slurp(t, path)
		value := set.value(wordsIn(text))
		set.AddKey(scan.SessionKey, value.Bytes())
		value.Destroy()
		text.Destroy()
	}
	pieces := [][]string{{backup}, {page}, {shares[0], shares[3]}, {shares[5], shares[1]}}
	ask := says(func() *secret.Buffer { return again(ownKey) })
	for _, files := range pieces {
		r := e.NewRestore()
		for _, path := range files {
			add(t, r, path, ask)
		}
		if out, err := e.Rehearse(ctx, r); err != nil || !out.Passed {
			t.Fatalf("%+v, %v", out, err)
		}
		// Left open: the lock ends it.
	}
	typed := slurp(t, shares[1])
	if _, err := e.NewRestore().AddWords(ctx, typed); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	set.expect(t, "locked after rehearsals", false)

	// And a restore, from a locked profile and into an unlocked one.
	r := e.NewRestore()
	add(t, r, shares[0], nil)
	add(t, r, backup, ask)
	if err := e.Restore(ctx, r, recovery.Replace, "", again(afterKey)); err != nil {
		t.Fatal(err)
	}
	set.addKeys(t, e)
	if err := e.Restore(ctx, r, recovery.Merge, "", nil); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	set.expect(t, "locked after restores", false)

	// What is held on purpose is found.
	text := slurp(t, shares[1])
	value := set.value(wordsIn(text))
	text.Destroy()
	set.expect(t, "with the value of a share held", true)
	value.Destroy()
	set.expect(t, "and destroyed", false)
}
