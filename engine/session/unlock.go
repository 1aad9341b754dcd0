package session

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// Unlock opens the keyring. pass is taken over. Takes about a second (scrypt),
// after any other attempt. When unlocked already it does nothing and answers
// nil WITHOUT looking at pass: to ask whether somebody knows the passphrase,
// use Verify. It returns soon after ctx is cancelled, and wipes what comes of
// it later. Errors: WrongPassphrase, TooSoon, KeyringMissing, KeyringDamaged,
// KeyringTooNew, WorkFactor, Locked (Lock was called meanwhile), Cancelled.
func (s *Session) Unlock(ctx context.Context, pass *secret.Buffer) error {
	return s.enter(ctx, true, []*secret.Buffer{pass}, func() (*keyring.Keyring, error) {
		ring, err := keyring.Open(ctx, s.store, s.KeyringPath(), pass)
		if err == nil {
			s.restoreProfile(ring)
		}
		return ring, err
	})
}

// Create makes the keyring with a first key pair named after owner and unlocks
// it. imported, if not nil, is an identity file whose keys are taken in as
// well. Both buffers are taken over. Takes about a second. Errors:
// KeyringExists, NameMissing, BadName, those of identity.ParseIdentityFile
// and of writing, Locked, Cancelled.
func (s *Session) Create(ctx context.Context, owner string, pass, imported *secret.Buffer) error {
	return s.enter(ctx, false, []*secret.Buffer{pass, imported}, func() (*keyring.Keyring, error) {
		return s.create(ctx, owner, pass, imported)
	})
}

func (s *Session) create(ctx context.Context, owner string, pass, imported *secret.Buffer) (*keyring.Keyring, error) {
	if s.State() != New {
		return nil, fault.New(fault.KeyringExists, s.KeyringPath(), nil)
	}
	first, err := identity.New(owner)
	if err != nil {
		return nil, err
	}
	keys := []*identity.KeyPair{first}
	if imported != nil {
		others, err := identity.ParseIdentityFile(imported)
		if err != nil {
			first.Destroy()
			return nil, err
		}
		keys = append(keys, others...)
	}
	owner = first.Public().Name
	for _, k := range keys[1:] {
		if p := k.Public(); identity.SameName(p.Name, owner) {
			// Hex digits always make a valid name.
			_ = k.Rename("key " + p.ID[:8])
		}
	}
	// The name first: without a keyring it does no harm.
	if err := s.writeOwner(owner); err != nil {
		for _, k := range keys {
			k.Destroy()
		}
		return nil, err
	}
	return keyring.Create(ctx, s.store, s.KeyringPath(), pass, keys...)
}

// enter runs work, which ends in an open keyring, and unlocks the session.
func (s *Session) enter(ctx context.Context, counted bool, given []*secret.Buffer, work func() (*keyring.Keyring, error)) error {
	ready := s.mayUnlock
	if !counted {
		ready = func() (bool, error) { return s.unlocked(), nil }
	}
	// The news comes last: wiping scrypt's 256 MiB takes the time of a frame, which the window then has to itself.
	return s.inTurn(ctx, turn{given: given, ready: ready, counted: counted, then: s.changed, work: func(a *attempt) error {
		ring, err := work()
		if err != nil {
			return err
		}
		state, problem := s.disk.load(ring.Derive)
		if err := s.settle(a, ring, state); err != nil {
			state.discard()
			ring.Close()
			s.disk.tellLater(problem)
			return err
		}
		s.mu.Lock()
		s.problem = problem
		s.mu.Unlock()
		return nil
	}})
}
