package session

import (
	"context"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// guess is an attempt that costs no scrypt.
func guess(s *Session, ctx context.Context, outcome error) error {
	return s.enter(ctx, true, nil, func() (*keyring.Keyring, error) { return nil, outcome })
}

var wrong = fault.New(fault.WrongPassphrase, "", nil)

func TestWrongPassphrasesSlowDown(t *testing.T) {
	clock := &fakeClock{}
	s := openOn(t, t.TempDir(), Options{Clock: clock})
	for i, seconds := range []int{0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30} {
		want := time.Duration(seconds) * time.Second
		if err := guess(s, ctx, wrong); fault.Of(err) != fault.WrongPassphrase {
			t.Fatalf("attempt %d: %v", i+1, err)
		}
		if got := s.Wait(); got != want {
			t.Errorf("after wrong attempt %d: %v, want %v", i+1, got, want)
		}
		if want == 0 {
			continue
		}
		clock.pass(want - 1)
		for range 5 { // too soon does not count, whatever was typed
			if err := guess(s, ctx, nil); fault.Of(err) != fault.TooSoon {
				t.Fatalf("%v", err)
			}
		}
		if err := s.Verify(ctx, guard("x")); fault.Of(err) != fault.Locked {
			t.Errorf("%v", err)
		}
		clock.pass(1)
		if s.Wait() != 0 {
			t.Errorf("still %v", s.Wait())
		}
	}
	// What is no verdict on a passphrase changes nothing.
	if err := guess(s, ctx, fault.New(fault.KeyringDamaged, "", nil)); fault.Of(err) != fault.KeyringDamaged || s.Wait() != 0 {
		t.Errorf("%v, %v", err, s.Wait())
	}
	if guess(s, ctx, wrong); s.Wait() != longestWait {
		t.Errorf("%v", s.Wait())
	}
	clock.pass(longestWait)
	unlockWith(t, s, closedRing(t))
	s.Lock()
	for range freeAttempts {
		if guess(s, ctx, wrong); s.Wait() != 0 {
			t.Errorf("after success: %v", s.Wait())
		}
	}
	if guess(s, ctx, wrong); s.Wait() != time.Second {
		t.Errorf("%v", s.Wait())
	}
}

// Cancelling is no way round the wait, also when the passphrase was right.
func TestCancelledAttemptsCount(t *testing.T) {
	for name, outcome := range map[string]error{"wrong": wrong, "right": nil, "noticed": fault.New(fault.Cancelled, "", nil)} {
		t.Run(name, func(t *testing.T) {
			s := openOn(t, t.TempDir(), Options{Clock: &fakeClock{}})
			ring := closedRing(t)
			for range freeAttempts + 1 {
				gone, cancel := context.WithCancel(ctx)
				begun, gate := make(chan struct{}), make(chan struct{})
				answer := make(chan error, 1)
				go func() {
					answer <- s.enter(gone, true, nil, func() (*keyring.Keyring, error) {
						close(begun)
						<-gate
						return ring, outcome
					})
				}()
				<-begun
				cancel()
				if err := <-answer; fault.Of(err) != fault.Cancelled {
					t.Fatal(err)
				}
				close(gate)
				s.turn <- struct{}{} // until the work is over
				<-s.turn
			}
			if s.Wait() != time.Second || s.unlocked() {
				t.Errorf("%v", s.Wait())
			}
		})
	}
	// One that never began does not.
	s := openOn(t, t.TempDir(), Options{Clock: &fakeClock{}})
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 10 {
		guess(s, gone, fault.New(fault.Cancelled, "", nil))
	}
	if s.tried.wrong != 0 {
		t.Errorf("%d count", s.tried.wrong)
	}
}

// One more scrypt a line: with a real keyring, what Verify and a change answer.
func TestVerifyAndChangePassphrase(t *testing.T) {
	clock, home := &fakeClock{}, t.TempDir()
	s := openOn(t, home, Options{Clock: clock})
	for name, err := range map[string]error{
		"verify": s.Verify(ctx, guard("x")),
		"change": s.ChangePassphrase(ctx, guard("x"), guard("y")),
	} {
		if fault.Of(err) != fault.Locked {
			t.Errorf("%s while locked: %v", name, err)
		}
	}
	if err := s.Create(ctx, "Ana", guard("one"), nil); err != nil {
		t.Fatal(err)
	}
	s.Put("files", []byte("a list"))
	if err := s.Verify(ctx, guard("one")); err != nil {
		t.Errorf("%v", err)
	}
	old, fresh := guard("zwei"), guard("two")
	if err := s.ChangePassphrase(ctx, old, fresh); fault.Of(err) != fault.WrongPassphrase || old.Bytes() != nil || fresh.Bytes() != nil {
		t.Errorf("%v", err)
	}
	if err := s.ChangePassphrase(ctx, guard("one"), secret.New(0)); fault.Of(err) != fault.NeedPassphrase {
		t.Errorf("%v", err)
	}
	if s.tried.wrong != 1 {
		t.Errorf("%d wrong ones", s.tried.wrong)
	}
	s.tried.wrong, s.tried.until = 9, clock.Read().Mono+time.Second
	if err := s.Verify(ctx, guard("one")); fault.Of(err) != fault.TooSoon {
		t.Errorf("%v", err)
	}
	if err := s.ChangePassphrase(ctx, guard("one"), guard("two")); fault.Of(err) != fault.TooSoon {
		t.Errorf("%v", err)
	}
	clock.pass(time.Second)
	if err := s.ChangePassphrase(ctx, guard("one"), guard("two")); err != nil || s.Wait() != 0 || s.tried.wrong != 0 {
		t.Fatalf("%v, %v", err, s.tried)
	}
	// A crash right after it: the state is under the new passphrase already.
	s.disk.close()
	again := openOn(t, home, Options{})
	if err := again.Unlock(ctx, guard("one")); fault.Of(err) != fault.WrongPassphrase {
		t.Errorf("the old one: %v", err)
	}
	if err := again.Unlock(ctx, guard("two")); err != nil || again.StateProblem() != nil || string(again.Get("files")) != "a list" {
		t.Errorf("%v, %v, %q", err, again.StateProblem(), again.Get("files"))
	}
}
