package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// OfflineKey is a key pair that is made to be the recovery agent and to be kept
// nowhere but in what is written of it: a file under a passphrase, a sheet,
// shares. Its private half is in guarded memory until Close. Not safe for
// concurrent use.
type OfflineKey struct {
	e       *Engine
	pair    *identity.KeyPair
	written bool // something brings it back, and was read back
}

// NewOfflineKey makes one. Nothing of it is kept until AdoptAgent. The caller
// closes it. Errors: Locked, NameTaken, those of identity.CleanName.
func (e *Engine) NewOfflineKey(name string) (*OfflineKey, error) {
	name, err := identity.CleanName(name)
	if err != nil {
		return nil, err
	}
	if !e.Unlocked() {
		return nil, fault.New(fault.Locked, "", nil)
	}
	if found, err := e.Find([]string{name}); err == nil && len(found) > 0 {
		return nil, fault.New(fault.NameTaken, name, nil)
	}
	pair, err := identity.New(name)
	if err != nil {
		return nil, err
	}
	secret.Settle()
	return &OfflineKey{e: e, pair: pair}, nil
}

// Public is what may be known of it.
func (k *OfflineKey) Public() identity.Public { return k.pair.Public() }

// SaveFile writes it under a passphrase to path, which must be free, and reads
// that back: `age -d -i` takes the file. pass is taken over. Takes some seconds.
// Errors: Exists, NeedPassphrase, Cancelled, and those of writing.
func (k *OfflineKey) SaveFile(ctx context.Context, path string, pass *secret.Buffer) error {
	defer secret.Settle()
	defer pass.Destroy()
	if pass.Len() == 0 {
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	if err := exportKey(ctx, k.e.store, k.pair, pass, path); err != nil {
		return err
	}
	in, err := k.e.readFile(ctx, path, func(again bool) (*secret.Buffer, error) {
		if again {
			return nil, fault.New(fault.WrongPassphrase, path, nil)
		}
		return pass.Clone(), nil
	})
	if err != nil {
		return err
	}
	defer in.Close()
	// The public key follows from the private one.
	if len(in.pairs) != 1 || in.pairs[0].Public().Recipient != k.pair.Public().Recipient {
		return fault.New(fault.DiskError, path, nil)
	}
	k.written = true
	return nil
}

// Close wipes the private half. Nil-safe, idempotent.
func (k *OfflineKey) Close() {
	if k != nil {
		k.pair.Destroy()
		secret.Settle()
	}
}

// AdoptAgent makes the key a contact, verified because it was made here, and the
// recovery agent. Its private half is wiped. Errors: AgentUnwritten, when
// nothing was written that brings it back; NameTaken; those of SetAgent.
func (e *Engine) AdoptAgent(ctx context.Context, k *OfflineKey) error {
	if !k.written {
		return fault.New(fault.AgentUnwritten, k.Public().Name, nil)
	}
	card, err := identity.MarshalCard(k.pair)
	if err != nil {
		return err
	}
	k.Close()
	c, err := identity.ParseCard(card)
	if err != nil {
		return err
	}
	c.Verified = true
	if err := e.change(func(ring *keyring.Keyring) error { return ring.AddContact(c) }); err != nil {
		return err
	}
	return e.SetAgent(ctx, c.ID())
}
