package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret"
)

// rootWords are the shares of a root that was never anywhere else.
func rootWords(t *testing.T, need, of int) []*secret.Buffer {
	t.Helper()
	root := secret.New(32)
	defer root.Destroy()
	secret.Random(root.Bytes())
	words, err := slip39.Split(root.Bytes(), need, of)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, w := range words {
			w.Destroy()
		}
	})
	return words
}

func typed(t *testing.T, r *recovery.Restore, words *secret.Buffer) recovery.Piece {
	t.Helper()
	p, err := r.AddWords(context.Background(), words.Clone())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Somebody may add, take away and look at the same time, and close.
func TestDeskIsSafeForSeveral(t *testing.T) {
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	r := e.NewRestore()
	var all sync.WaitGroup
	added := make(chan struct{}, 24)
	for i := range 4 {
		words := rootWords(t, 2, 3)
		all.Go(func() {
			for n := range 6 {
				if _, err := r.AddWords(context.Background(), words[n%3].Clone()); err != nil && fault.Of(err) != fault.Cancelled {
					t.Error(err)
				}
				added <- struct{}{}
				r.Drop(n + i)
			}
		})
		all.Go(func() {
			for range 20 {
				r.Pieces()
				r.Found()
				if c, err := r.Content("x"); err == nil {
					c.Destroy()
				}
			}
		})
	}
	all.Go(func() {
		for range 3 { // they are at it
			<-added
		}
		r.Close()
	})
	all.Wait()
	if len(r.Pieces()) != 0 || r.Found().Ready {
		t.Error("closed, it still holds something")
	}
}

// Two sets that are both there are two keys; of two that are not, the one that
// lacks least is meant.
func TestSharesOfSeveralSets(t *testing.T) {
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	r := e.NewRestore()
	defer r.Close()
	three, two := rootWords(t, 3, 4), rootWords(t, 2, 2)
	foreign := func(want ...bool) {
		t.Helper()
		for i, p := range r.Pieces() {
			if got := p.Problem != nil && p.Problem.Kind == fault.ShareForeign; got != want[i] {
				t.Errorf("piece %d of %d: %v", i, len(want), p.Problem)
			}
		}
	}
	typed(t, r, three[0])
	foreign(false)
	typed(t, r, two[1])
	foreign(true, false)
	if f := r.Found(); len(f.Missing) != 1 || f.Missing[0].Need != 2 || f.Missing[0].Lacks() != 1 {
		t.Errorf("%+v", f.Missing)
	}
	typed(t, r, three[1])
	foreign(false, true, false)
	typed(t, r, two[0])
	foreign(true, false, true, false)
	if f := r.Found(); !f.Ready || len(f.Keys) != 1 {
		t.Errorf("%+v", f)
	}
	typed(t, r, three[3])
	foreign(false, false, false, false, false)
	if f := r.Found(); len(f.Keys) != 2 || len(f.Missing) != 0 {
		t.Errorf("%+v", f)
	}
	if p := typed(t, r, three[3]); p.Problem == nil || p.Problem.Kind != fault.ShareRepeated {
		t.Errorf("%v", p.Problem)
	}
	// One more than needed, which does not agree, is told from those that do.
	ctx := context.Background()
	altered := slipOf(t, three[2], rootWords(t, 3, 4)[2])
	if p, err := r.AddWords(ctx, altered); err != nil || p.Problem == nil {
		t.Errorf("%+v, %v", p, err)
	}
	if f := r.Found(); len(f.Keys) != 2 {
		t.Errorf("%+v", f)
	}
}

// slipOf is a share with the head of one and words of another that is not of
// its set, so that its checksum is wrong.
func slipOf(t *testing.T, head, rest *secret.Buffer) *secret.Buffer {
	t.Helper()
	a, b := bytes.Fields(head.Bytes()), bytes.Fields(rest.Bytes())
	return secret.Take(bytes.Join(append(append([][]byte{}, a[:4]...), b[4:]...), []byte(" ")))
}

// Cancelled or locked at any moment, the keyring is the one that was there.
func TestReplaceCancelledAndLocked(t *testing.T) {
	for _, wait := range []time.Duration{-1, 0, time.Millisecond, 3 * time.Millisecond, 9 * time.Millisecond, 30 * time.Millisecond} {
		for _, lock := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %v, lock %v", wait, lock), func(t *testing.T) { replaceStopped(t, wait, lock) })
		}
	}
}

// replaceStopped stops a replacement after a while, or before it begins when
// that is negative. The keyring is the old one or, if it said that all went
// well, the new one.
func replaceStopped(t *testing.T, wait time.Duration, lock bool) {
	e := ana(t)
	path := filepath.Join(e.Home(), "keyring.age")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Unlock(context.Background(), pass()); err != nil {
		t.Fatal(err)
	}
	r := e.NewRestore()
	defer r.Close()
	typed(t, r, rootWords(t, 1, 1)[0])
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop, want := cancel, fault.Cancelled
	if lock {
		stop, want = e.Lock, fault.Locked
	}
	if wait < 0 {
		stop()
	} else {
		time.AfterFunc(wait, stop)
	}
	err = e.Restore(ctx, r, recovery.Replace, "Ana", fresh())
	if lock && fault.Of(err) == fault.NoPiece {
		err = fault.New(fault.Locked, "", nil) // the lock came first, and took what lay there
	}
	opens := pass()
	if err == nil && wait >= 0 {
		opens = fresh() // it came too late
	} else if fault.Of(err) != want {
		t.Errorf("%v", err)
	}
	now, readErr := os.ReadFile(path)
	if readErr != nil || bytes.Equal(now, before) != (err != nil) {
		t.Fatalf("%v, and the keyring changed: %v, %v", err, !bytes.Equal(now, before), readErr)
	}
	e.Lock()
	if err := e.Unlock(context.Background(), opens); err != nil {
		t.Error(err)
	}
	left, _ := os.ReadDir(e.Home())
	for _, f := range left {
		if ext := filepath.Ext(f.Name()); err != nil && (ext == ".aside" || ext == ".part") {
			t.Errorf("%s is left", f.Name())
		}
	}
}

// What comes back from several pieces at once is one keyring.
func TestRestoreFromSeveral(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	from := ana(t)
	if _, err := from.AddContact(ctx, "", cardOf(t, "Ben")); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(dir, "backup.age")
	if err := from.MakeBackup(ctx, backup, other(), ""); err != nil {
		t.Fatal(err)
	}
	ssh := newPair(t, "Old", identity.NewClassic)
	keys := write(t, filepath.Join(dir, "keys.txt"), []byte(identityText(t, ssh)))
	to := openAt(t, filepath.Join(t.TempDir(), "home"))
	r := to.NewRestore()
	defer r.Close()
	add(t, r, keys, nil)
	typed(t, r, rootWords(t, 1, 1)[0])
	add(t, r, backup, says(other))
	if f := r.Found(); len(f.Keys) != 3 || f.Contacts != 1 {
		t.Errorf("%+v", f)
	}
	if err := to.Restore(ctx, r, recovery.Replace, "", fresh()); err != nil {
		t.Fatal(err)
	}
	if got := names(to.Keys()); len(got) != 3 || got[0] != "Ana" || to.Owner() != "Ana" {
		t.Errorf("%q, %q", got, to.Owner())
	}
	if c := to.Contacts(); len(c) != 1 || c[0].Name != "Ben" {
		t.Errorf("%+v", c)
	}
	// The same again into it is nothing new.
	again := to.NewRestore()
	defer again.Close()
	add(t, again, backup, says(other))
	if f := again.Found(); len(f.Keys) != 1 || !f.Keys[0].Known || f.Contacts != 0 {
		t.Errorf("%+v", f)
	}
	if err := to.Restore(ctx, again, recovery.Merge, "", nil); err != nil || len(to.Keys()) != 3 || len(to.Contacts()) != 1 {
		t.Errorf("%v, %d keys", err, len(to.Keys()))
	}
}
