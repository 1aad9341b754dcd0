package session

import (
	"context"

	"cryptodesk/engine/keyring"
)

// Replacement is a keyring that was opened and checked, to be put in the place
// of the present one: a *keyring.Replacement.
type Replacement interface {
	Commit() (*keyring.Keyring, error)
	Discard()
}

// Restore puts the keyring that ready answers in the place of whatever is
// there, in any state, and unlocks it; owner is whose it is, or empty for whom
// it was or the name of its first key pair. ready may take
// seconds; until it is over, and after any error, what was there and what is
// unlocked stay as they are. Then it is carried to its end although ctx is
// cancelled. after is called in the end, which may be later than the answer of
// a cancelled one. What was sealed under the keyring
// from before is refused, as after any foreign change. Errors: those of ready
// and of Commit, Locked (Lock was called meanwhile), Cancelled.
func (s *Session) Restore(ctx context.Context, owner string, ready func() (Replacement, error), after func()) error {
	return s.inTurn(ctx, turn{
		after: after,
		ready: func() (bool, error) { return false, nil },
		work: func(a *attempt) error {
			next, err := ready()
			if err != nil {
				return err
			}
			defer next.Discard()
			if err := s.settle(a, nil, nil); err != nil {
				return err
			}
			ring, err := next.Commit()
			if err != nil {
				return err
			}
			if owner != "" {
				_ = s.writeOwner(owner) // only a greeting is lost if this fails
			}
			s.restoreProfile(ring)
			s.exchange(a, ring)
			return nil
		},
	})
}

// exchange unlocks ring in place of what is unlocked now, unless somebody
// locked since the attempt began.
func (s *Session) exchange(a *attempt, ring *keyring.Keyring) {
	s.mu.Lock()
	old, leases, notes := s.ring, s.leases, s.state
	s.ring, s.leases, s.state = nil, nil, nil
	s.idle.end()
	s.mu.Unlock()
	for _, l := range leases {
		l.Close()
	}
	if old != nil {
		old.Close()
		notes.close()
	}
	state, problem := s.disk.load(ring.Derive)
	s.begin(a, ring, state, problem)
}

// begin unlocks ring, with what the state of the session before has left,
// unless somebody locked since the attempt began.
func (s *Session) begin(a *attempt, ring *keyring.Keyring, state *notes, problem error) {
	s.mu.Lock()
	locked := a.locks != s.locks
	if !locked {
		s.ring, s.state, s.problem, s.tried = ring, state, problem, attempts{}
		s.idle.begin()
	}
	s.mu.Unlock()
	if locked {
		state.discard()
		ring.Close()
		s.disk.tellLater(problem)
	}
	s.changed()
}
