package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/secret"
)

// Deposit writes everything in the keyring to path, which must be free,
// encrypted for the contact with that ID: they can give it back when all else
// is lost. Errors: NoContact, NotVerified, NotPostQuantum, ContactChanged,
// Exists, and others of escrow.Deposit.
func (e *Engine) Deposit(ctx context.Context, contactID, path string, terms escrow.Terms) error {
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	for _, c := range ring.Contacts() {
		if c.ID() == contactID {
			return e.change(func(*keyring.Keyring) error {
				if err := escrow.Deposit(ctx, e.store, ring, c, path, terms, e.now()); err != nil {
					return err
				}
				return e.noteDeposit(path, c)
			})
		}
	}
	return fault.New(fault.NoContact, contactID, nil)
}

// MakeRequest writes a request for what was deposited before these keys were
// made to path, which must be free. It answers the four words that are to be
// read to the depositary. Takes half a second.
func (e *Engine) MakeRequest(ctx context.Context, path string) (code []string, err error) {
	return code, e.change(func(ring *keyring.Keyring) (err error) {
		code, err = escrow.Ask(ctx, e.store, ring, path, e.now())
		return err
	})
}

// ReadRelease lays a deposit and a request before the depositary. Nothing is
// released yet. See escrow.ReadCase for what is refused.
func (e *Engine) ReadRelease(ctx context.Context, deposit, request string) (c *escrow.Case, err error) {
	err = e.lend(func(keys *identity.Opened, ring *keyring.Keyring) error {
		c, err = escrow.ReadCase(ctx, keys, ring, deposit, request, e.now())
		return err
	})
	return c, err
}

// Release encrypts the deposit of c for the key that asks, to path, which must
// be free, if code is what the person read out. It answers the four words that
// are to be read to them. Takes a second. Errors: WrongCode, BadCode,
// CodeSpent, and others of escrow.Release.
func (e *Engine) Release(ctx context.Context, c *escrow.Case, code, path string) (answer []string, err error) {
	err = e.lend(func(keys *identity.Opened, ring *keyring.Keyring) error {
		answer, err = escrow.Release(ctx, e.store, keys, ring, c, code, e.Owner(), path, e.now())
		return err
	})
	e.changes.tell() // a wrong code is noted too
	return answer, err
}

// Releases lists what was asked for, released and taken in, the latest first;
// nil while locked.
func (e *Engine) Releases() []escrow.Entry {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil
	}
	return escrow.Log(ring)
}

// Escrow says what the file at path can be: a deposit, a request, a release, or
// none of them. See escrow.Look.
func (e *Engine) Escrow(path string) escrow.Sort { return escrow.Look(path) }

// StartAnew makes a keyring with a new key pair named after owner, under the
// passphrase fresh, and unlocks it: for who has nothing but a deposit to ask
// for. A keyring that is there is put aside, as by Restore. fresh is taken
// over. Takes seconds.
func (e *Engine) StartAnew(ctx context.Context, owner string, fresh *secret.Buffer) error {
	if !e.HasKeyring() {
		return e.Create(ctx, owner, fresh, nil)
	}
	k, err := identity.New(owner)
	if err != nil {
		fresh.Destroy()
		return err
	}
	r := e.NewRestore()
	defer r.Close()
	return e.replace(ctx, r, keyring.ContentOf(k), k.Public().Name, fresh)
}

// lend lends f all of one's private keys.
func (e *Engine) lend(f func(keys *identity.Opened, ring *keyring.Keyring) error) error {
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	keys, err := e.session.Lease()
	if err != nil {
		return err
	}
	defer keys.Close()
	keys.SetPrompter(e.prompter())
	return f(keys, ring)
}
