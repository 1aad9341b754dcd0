package session

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// Regain is for who found their passphrase by trying: it gives the locked
// keyring that found opens the passphrase fresh, seals the state anew, and only
// then unlocks. Both buffers are taken over. Takes some seconds. Once found was
// right it is carried to its end although ctx is cancelled. When unlocked
// already it is ChangePassphrase. Errors: as Unlock and ChangePassphrase; then
// the old passphrase still holds and the session is as it was.
func (s *Session) Regain(ctx context.Context, found, fresh *secret.Buffer) error {
	if fresh.Len() == 0 || s.unlocked() {
		return s.ChangePassphrase(ctx, found, fresh)
	}
	return s.inTurn(ctx, turn{
		given:   []*secret.Buffer{found, fresh},
		ready:   s.mayRegain,
		counted: true,
		work: func(a *attempt) error {
			ring, err := keyring.Open(ctx, s.store, s.KeyringPath(), found)
			if err != nil {
				return err
			}
			state, problem := s.disk.load(ring.Derive)
			if err = s.settle(a, nil, nil); err == nil {
				err = ring.ChangePassphrase(context.Background(), fresh)
			}
			if err != nil {
				state.discard()
				ring.Close()
				s.disk.tellLater(problem)
				return err
			}
			if state != nil {
				state.reseal()
			}
			s.restoreProfile(ring)
			s.begin(a, ring, state, problem)
			return nil
		},
	})
}

// mayRegain refuses what came too soon, and a session that was unlocked
// meanwhile.
func (s *Session) mayRegain() (done bool, err error) {
	if done, err = s.mayUnlock(); done && err == nil {
		err = fault.New(fault.Cancelled, "", nil)
	}
	return done, err
}
