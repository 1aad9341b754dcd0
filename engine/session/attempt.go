package session

import (
	"context"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	freeAttempts = 3 // wrong ones that cost no wait
	longestWait  = 30 * time.Second
)

// attempts counts wrong passphrases one after another. It slows somebody at the
// keyboard; who has the keyring file guesses elsewhere, and scrypt slows them.
// It ends with the process.
type attempts struct {
	wrong int
	until time.Duration // monotonic: the next one is taken then
}

// attempt is one passphrase being tried.
type attempt struct {
	locks     int  // Session.locks when it began
	over      bool // its outcome is settled
	abandoned bool // its caller has gone
}

// Wait is how long the next passphrase attempt must wait: zero for the first
// few, then doubling with each wrong one up to 30 s. An attempt before that is
// answered fault.TooSoon, and does not count.
func (s *Session) Wait() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wait()
}

func (s *Session) wait() time.Duration {
	if s.tried.wrong <= freeAttempts {
		return 0
	}
	return max(0, s.tried.until-s.clock.Read().Mono)
}

// count takes note of an outcome. begun says that the passphrase may have been
// tried: an attempt cancelled or locked out then counts like a wrong one, or
// that would be a way round the wait.
func (s *Session) count(a *attempt, err error, begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := a.abandoned && !a.over
	switch kind := fault.Of(err); {
	case kind == fault.WrongPassphrase, begun && (kind == fault.Cancelled || kind == fault.Locked || gone):
		s.tried.wrong++
		if n := s.tried.wrong - freeAttempts; n > 0 {
			s.tried.until = s.clock.Read().Mono + min(longestWait, time.Second<<min(n-1, 5))
		}
	case err == nil:
		s.tried = attempts{}
	}
}

// Verify checks the passphrase of the unlocked keyring, slowed like Unlock.
// pass is taken over. Errors: WrongPassphrase, TooSoon, Locked, Cancelled.
func (s *Session) Verify(ctx context.Context, pass *secret.Buffer) error {
	return s.inTurn(ctx, turn{
		given:   []*secret.Buffer{pass},
		ready:   s.mayVerify,
		counted: true,
		work:    func(*attempt) error { return s.check(ctx, pass) },
	})
}

// ChangePassphrase gives the keyring another passphrase, and seals the state
// anew. Both buffers are taken over. Once the old one was right it is carried
// to its end although ctx is cancelled, so that the answer is true. Errors:
// those of Verify, NeedPassphrase (an empty new one), and of writing.
func (s *Session) ChangePassphrase(ctx context.Context, old, fresh *secret.Buffer) error {
	if fresh.Len() == 0 {
		old.Destroy()
		fresh.Destroy()
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	var failed error // of the change, which is no attempt
	err := s.inTurn(ctx, turn{
		given:   []*secret.Buffer{old, fresh},
		ready:   s.mayVerify,
		counted: true,
		work: func(a *attempt) error {
			if err := s.check(ctx, old); err != nil {
				return err
			}
			if err := s.settle(a, nil, nil); err != nil {
				return err
			}
			failed = s.change(fresh)
			return nil
		},
	})
	if err != nil {
		return err
	}
	return failed
}

// change is the second half of ChangePassphrase. The state follows whatever
// comes of it: a change that failed late may still have happened.
func (s *Session) change(fresh *secret.Buffer) error {
	ring, err := s.Keyring()
	if err != nil {
		return err
	}
	err = ring.ChangePassphrase(context.Background(), fresh)
	if state := s.notes(); state != nil {
		state.reseal()
	}
	return err
}

func (s *Session) check(ctx context.Context, pass *secret.Buffer) error {
	ring, err := s.Keyring()
	if err != nil {
		return err
	}
	return ring.Check(ctx, pass)
}

func (s *Session) mayVerify() (done bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ring == nil:
		return true, fault.New(fault.Locked, "", nil)
	case s.wait() > 0:
		return true, fault.New(fault.TooSoon, "", nil)
	}
	return false, nil
}

func (s *Session) mayUnlock() (done bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ring != nil:
		return true, nil
	case s.wait() > 0:
		return true, fault.New(fault.TooSoon, "", nil)
	}
	return false, nil
}
