package session

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// attempt is one Unlock or Create under way.
type attempt struct {
	locks     int  // Session.locks when it began
	over      bool // its outcome is settled
	abandoned bool // its caller has gone
}

// Unlock opens the keyring. pass is taken over. Takes about a second (scrypt),
// after any other attempt; does nothing when unlocked already. It returns soon
// after ctx is cancelled, and wipes what comes of it later. Errors:
// WrongPassphrase, KeyringMissing, KeyringDamaged, KeyringTooNew, WorkFactor,
// Locked (Lock was called meanwhile), Cancelled.
func (s *Session) Unlock(ctx context.Context, pass *secret.Buffer) error {
	return s.try(ctx, []*secret.Buffer{pass}, func() (*keyring.Keyring, error) {
		ring, err := keyring.Open(ctx, s.store, s.KeyringPath(), pass)
		if err == nil {
			s.restoreOwner(ring)
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
	return s.try(ctx, []*secret.Buffer{pass, imported}, func() (*keyring.Keyring, error) {
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

// try runs work, which ends in an open keyring, so that a cancelled context
// gets its caller back at once, and destroys what it was given.
func (s *Session) try(ctx context.Context, given []*secret.Buffer, work func() (*keyring.Keyring, error)) error {
	forget := func() {
		for _, b := range given {
			b.Destroy()
		}
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		forget()
		return fault.New(fault.Cancelled, "", ctx.Err())
	}
	s.mu.Lock()
	a := &attempt{locks: s.locks}
	unlocked := s.ring != nil
	s.mu.Unlock()
	if unlocked {
		forget()
		<-s.turn
		return nil
	}
	done := make(chan error, 1)
	go func() {
		ring, err := work()
		forget()
		if err == nil {
			err = s.settle(a, ring)
		}
		if err == nil {
			s.changed()
		}
		secret.Settle()
		<-s.turn
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	s.mu.Lock()
	a.abandoned = true
	over := a.over
	s.mu.Unlock()
	if over {
		return <-done
	}
	return fault.New(fault.Cancelled, "", ctx.Err())
}

// settle makes ring the open one, unless somebody locked or left meanwhile.
func (s *Session) settle(a *attempt, ring *keyring.Keyring) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.over = true
	switch {
	case a.abandoned:
		ring.Close()
		return fault.New(fault.Cancelled, "", context.Canceled)
	case a.locks != s.locks:
		ring.Close()
		return fault.New(fault.Locked, "", nil)
	}
	s.ring = ring
	return nil
}
