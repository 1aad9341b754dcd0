package session

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
)

// replacing answers what Restore is to put in the place of s's keyring.
func (s *Session) replacing(t *testing.T, name string) func() (Replacement, error) {
	return func() (Replacement, error) {
		c := keyring.ContentOf(must(identity.New(name)))
		defer c.Destroy()
		next, err := keyring.Replace(ctx, s.store, s.KeyringPath(), guard("after"), c)
		if err != nil {
			return nil, err
		}
		return next, nil
	}
}

func ringFile(t *testing.T, s *Session) []byte {
	t.Helper()
	b, err := os.ReadFile(s.KeyringPath())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return b
}

func TestRestoreInEveryState(t *testing.T) {
	ended := 0
	after := func() { ended++ }
	s := open(t, filepath.Join(t.TempDir(), "home"))
	if err := s.Restore(ctx, "Ana", s.replacing(t, "first"), after); err != nil {
		t.Fatal(err)
	}
	if s.State() != Unlocked || s.Owner() != "Ana" || must(s.Keyring()).Keys()[0].Public().Name != "first" || ended != 1 {
		t.Errorf("%v, %q, ended %d", s.State(), s.Owner(), ended)
	}
	s.Put("x", []byte("remembered"))
	old := must(s.Keyring())
	lease := must(s.Lease())
	var told []State
	defer s.OnChange(func(st State) { told = append(told, st) })()
	if err := s.Restore(ctx, "", s.replacing(t, "second"), after); err != nil {
		t.Fatal(err)
	}
	if s.State() != Unlocked || s.Owner() != "Ana" || must(s.Keyring()).Keys()[0].Public().Name != "second" {
		t.Errorf("%v, %q", s.State(), s.Owner())
	}
	if len(told) != 1 || told[0] != Unlocked {
		t.Errorf("told %v", told)
	}
	if err := old.Save(); fault.Of(err) != fault.Locked || !lease.Closed() {
		t.Errorf("the old keyring lives on: %v", err)
	}
	// What was sealed under the old one is not of this one, and not an alarm for ever.
	if fault.Of(s.StateProblem()) != fault.StateForeign || s.Get("x") != nil {
		t.Errorf("%v", s.StateProblem())
	}
	s.Put("x", []byte("new"))
	s.Lock()
	if err := s.Unlock(ctx, guard("after")); err != nil || s.StateProblem() != nil || string(s.Get("x")) != "new" {
		t.Errorf("%v, %v", err, s.StateProblem())
	}
	s.Lock()
	if err := s.Restore(ctx, "Ben", s.replacing(t, "third"), after); err != nil || s.State() != Unlocked || s.Owner() != "Ben" || ended != 3 {
		t.Errorf("while locked: %v, %v, %q", err, s.State(), s.Owner())
	}
}

// Until everything is ready, a lock, a cancel and a failure change nothing.
func TestRestoreGivenUp(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Create(ctx, "Ana", guard("before"), nil); err != nil {
		t.Fatal(err)
	}
	before := ringFile(t, s)
	unchanged := func(when string, want State) {
		t.Helper()
		if !bytes.Equal(ringFile(t, s), before) || s.State() != want {
			t.Errorf("%s: the keyring changed, or it is %v", when, s.State())
		}
		if aside, _ := filepath.Glob(s.KeyringPath() + ".*.aside"); len(aside) > 0 {
			t.Errorf("%s: %v", when, aside)
		}
	}
	boom := errors.New("boom")
	if err := s.Restore(ctx, "", func() (Replacement, error) { return nil, boom }, nil); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
	unchanged("a failure", Unlocked)
	err := s.Restore(ctx, "", func() (Replacement, error) {
		defer s.Lock()
		return s.replacing(t, "x")()
	}, nil)
	if fault.Of(err) != fault.Locked {
		t.Errorf("locked meanwhile: %v", err)
	}
	unchanged("a lock", Locked)
	gone, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	err = s.Restore(gone, "", func() (Replacement, error) {
		cancel()
		return s.replacing(t, "x")()
	}, func() { close(done) })
	if fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
	<-done
	if err := s.Unlock(ctx, guard("before")); err != nil { // after the turn of the one that was cancelled
		t.Error(err)
	}
	unchanged("a cancel", Unlocked)
	if err := s.Restore(gone, "", s.replacing(t, "x"), nil); fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled before: %v", err)
	}
	unchanged("a cancel before", Unlocked)
}

// late commits, and is cancelled and locked while it does.
type late struct {
	Replacement
	meanwhile func()
}

func (l late) Commit() (*keyring.Keyring, error) {
	l.meanwhile()
	return l.Replacement.Commit()
}

// Once it is being put in its place, it gets there, and the answer is true.
func TestRestoreIsCarriedToItsEnd(t *testing.T) {
	for name, lock := range map[string]bool{"cancelled": false, "locked": true} {
		s := open(t, t.TempDir())
		gone, cancel := context.WithCancel(ctx)
		err := s.Restore(gone, "Ana", func() (Replacement, error) {
			next, err := s.replacing(t, "x")()
			return late{next, func() {
				cancel()
				if lock {
					s.Lock()
				}
			}}, err
		}, nil)
		want := Unlocked
		if lock {
			want = Locked
		}
		if err != nil || s.State() != want {
			t.Errorf("%s: %v, %v", name, err, s.State())
		}
		s.Lock()
		if err := s.Unlock(ctx, guard("after")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
