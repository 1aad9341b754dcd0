package session

import (
	"path/filepath"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
)

// openOn is a session on a clock of its own.
func openOn(t testing.TB, home string, opt Options) *Session {
	t.Helper()
	store := safefile.New(filepath.Join(home, "journal"))
	s, err := OpenWith(home, store, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		store.Close()
	})
	return s
}

// unlockWith unlocks with a ring that is open already, which costs nothing.
func unlockWith(t testing.TB, s *Session, ring *keyring.Keyring) {
	t.Helper()
	if err := s.enter(ctx, true, nil, func() (*keyring.Keyring, error) { return ring, nil }); err != nil || !s.unlocked() {
		t.Fatal(err)
	}
}

// closedRing stands for any keyring: nothing is done with it.
func closedRing(t testing.TB) *keyring.Keyring {
	t.Helper()
	dir := t.TempDir()
	store := safefile.New(filepath.Join(dir, "journal"))
	t.Cleanup(func() { store.Close() })
	ring, err := keyring.Create(ctx, store, filepath.Join(dir, "k.age"), guard("x"), must(identity.New("Ana")))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// locked waits for the lock that Touch starts on a goroutine.
func locked(s *Session) <-chan struct{} {
	told := make(chan struct{}, 1)
	s.OnChange(func(State) {
		select {
		case told <- struct{}{}:
		default:
		}
	})
	return told
}

func TestIdle(t *testing.T) {
	ring := closedRing(t)
	for name, c := range map[string]struct {
		limit time.Duration
		do    func(*fakeClock, *Session)
		want  Reason // "": still unlocked
	}{
		"nobody there":             {time.Minute, func(c *fakeClock, s *Session) { c.pass(time.Minute) }, Idle},
		"just before":              {time.Minute, func(c *fakeClock, s *Session) { c.pass(time.Minute - time.Millisecond) }, ""},
		"touched":                  {time.Minute, func(c *fakeClock, s *Session) { c.pass(59 * time.Second); s.Touch(); c.pass(59 * time.Second) }, ""},
		"touched, then nobody":     {time.Minute, func(c *fakeClock, s *Session) { c.pass(59 * time.Second); s.Touch(); c.pass(time.Minute) }, Idle},
		"never":                    {0, func(c *fakeClock, s *Session) { c.pass(1000 * time.Hour) }, ""},
		"a shorter limit":          {time.Hour, func(c *fakeClock, s *Session) { s.SetIdle(time.Second); c.pass(time.Second) }, Idle},
		"a longer limit":           {time.Minute, func(c *fakeClock, s *Session) { s.SetIdle(time.Hour); c.pass(59 * time.Minute) }, ""},
		"never after all":          {time.Minute, func(c *fakeClock, s *Session) { s.SetIdle(0); c.pass(time.Hour) }, ""},
		"asleep":                   {time.Hour, func(c *fakeClock, s *Session) { c.shift(time.Minute, time.Minute); c.pass(lookEvery) }, Suspended},
		"asleep, never idle":       {0, func(c *fakeClock, s *Session) { c.shift(time.Minute, time.Minute); c.pass(lookEvery) }, Suspended},
		"asleep, wall clock alone": {0, func(c *fakeClock, s *Session) { c.shift(61*time.Second, 0); c.pass(lookEvery) }, Suspended},
		"asleep, boot time alone":  {0, func(c *fakeClock, s *Session) { c.shift(0, 3*time.Second); c.pass(lookEvery) }, Suspended},
		"short sleeps add up": {0, func(c *fakeClock, s *Session) {
			c.shift(0, 2*time.Second)
			c.pass(lookEvery)
			c.shift(0, 1)
			c.pass(lookEvery)
		}, Suspended},
		"set back": {0, func(c *fakeClock, s *Session) { c.shift(-61*time.Second, 0); c.pass(lookEvery) }, Idle},
		"corrected by the network": {0, func(c *fakeClock, s *Session) {
			c.shift(-5*time.Second, 0)
			c.pass(lookEvery)
			c.shift(5*time.Second, 0)
			c.pass(lookEvery)
		}, ""},
		"a late timer":          {0, func(c *fakeClock, s *Session) { c.stuck = true; c.pass(time.Minute); c.stuck = false; c.pass(0) }, Idle},
		"a timer a little late": {0, func(c *fakeClock, s *Session) { c.stuck = true; c.pass(20 * time.Second); c.stuck = false; c.pass(0) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &fakeClock{}
			s := openOn(t, t.TempDir(), Options{Clock: clock})
			s.SetIdle(c.limit)
			unlockWith(t, s, ring)
			if s.LockedBy() != "" {
				t.Errorf("locked by %q before the first time", s.LockedBy())
			}
			c.do(clock, s)
			if locked := !s.unlocked(); s.LockedBy() != c.want || locked != (c.want != "") {
				t.Errorf("locked %v, by %q; want %q", locked, s.LockedBy(), c.want)
			}
			if _, ok := s.IdleLeft(); ok && c.want != "" {
				t.Error("locked, and time is left")
			}
		})
	}
}

// Who comes back too late does not get in by moving the mouse: the timer has
// not fired yet, or the computer has just woken up.
func TestTouchDoesNotReprieve(t *testing.T) {
	ring := closedRing(t)
	for name, c := range map[string]struct {
		do   func(*fakeClock)
		want Reason
	}{
		"too late":    {func(c *fakeClock) { c.stuck = true; c.pass(time.Minute) }, Idle},
		"just woken":  {func(c *fakeClock) { c.shift(time.Hour, time.Hour) }, Suspended},
		"clocks back": {func(c *fakeClock) { c.shift(-time.Hour, 0) }, Idle},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &fakeClock{}
			s := openOn(t, t.TempDir(), Options{Clock: clock})
			s.SetIdle(time.Minute)
			unlockWith(t, s, ring)
			told := locked(s)
			c.do(clock)
			if !s.unlocked() {
				t.Fatal("the test is wrong: it locked by itself")
			}
			s.Touch()
			<-told
			if s.unlocked() || s.LockedBy() != c.want {
				t.Errorf("locked by %q", s.LockedBy())
			}
		})
	}
}

func TestIdleLeft(t *testing.T) {
	clock := &fakeClock{}
	s := openOn(t, t.TempDir(), Options{Clock: clock})
	ring := closedRing(t)
	s.SetIdle(time.Minute)
	if _, ok := s.IdleLeft(); ok {
		t.Error("locked, and time is left")
	}
	unlockWith(t, s, ring)
	clock.pass(40 * time.Second)
	if left, ok := s.IdleLeft(); !ok || left != 20*time.Second {
		t.Errorf("%v, %v", left, ok)
	}
	s.Touch()
	if left, ok := s.IdleLeft(); !ok || left != time.Minute {
		t.Errorf("%v, %v", left, ok)
	}
	s.SetIdle(0)
	if _, ok := s.IdleLeft(); ok {
		t.Error("never, and time is left")
	}
	s.SetIdle(time.Minute)
	s.LockFor(Screen)
	if clock.waiting() != 0 || s.LockedBy() != Screen {
		t.Errorf("%d timers after the lock by %q", clock.waiting(), s.LockedBy())
	}
	// Locked it stays what it was locked by, and the next unlock starts anew.
	s.LockFor(Suspended)
	clock.pass(time.Hour)
	if s.LockedBy() != Screen {
		t.Errorf("%q", s.LockedBy())
	}
	unlockWith(t, s, ring)
	if left, ok := s.IdleLeft(); !ok || left != time.Minute {
		t.Errorf("%v, %v", left, ok)
	}
	clock.pass(time.Minute)
	if s.unlocked() || s.LockedBy() != Idle {
		t.Errorf("locked by %q", s.LockedBy())
	}
	// A lock under way is told apart from one that never was.
	if _, err := s.Lease(); fault.Of(err) != fault.Locked {
		t.Error(err)
	}
}

// A program without a window is not watched: its work outlives a sleep.
func TestVerbsAreNotWatched(t *testing.T) {
	clock := &fakeClock{}
	s := openOn(t, t.TempDir(), Options{Clock: clock})
	s.Headless()
	unlockWith(t, s, closedRing(t))
	clock.shift(time.Hour, time.Hour)
	clock.pass(time.Hour)
	s.Touch()
	if !s.unlocked() || clock.waiting() != 0 {
		t.Errorf("locked by %q, %d timers", s.LockedBy(), clock.waiting())
	}
}
