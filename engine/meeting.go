package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/transfer"
)

// HostMeeting waits at address (":0" is any port) for somebody to become a
// contact of, on this network: see transfer.Host. The caller closes it. Errors:
// Locked, KeyMissing, NoListen.
func (e *Engine) HostMeeting(ctx context.Context, address string) (*transfer.Host, error) {
	var host *transfer.Host
	err := e.asMe(func(me *transfer.Me, card []byte) (err error) {
		host, err = transfer.NewHost(ctx, address, me, card)
		return err
	})
	return host, err
}

// Meet connects to somebody who waits with HostMeeting. Errors: Locked,
// KeyMissing, and those of transfer.Meet.
func (e *Engine) Meet(ctx context.Context, address string) (*transfer.Meeting, error) {
	var m *transfer.Meeting
	err := e.asMe(func(me *transfer.Me, card []byte) (err error) {
		m, err = transfer.Meet(ctx, address, me, card)
		return err
	})
	return m, err
}

// Hear ends a meeting with the words that the other person read out: when they
// are right on both sides, the other is a verified contact. Somebody whose name
// is taken by other keys makes that contact Changed, to be decided about.
// Errors: those of Meeting.Hear, and those of saving.
func (e *Engine) Hear(ctx context.Context, m *transfer.Meeting, words [2]string) (identity.Contact, error) {
	c, err := m.Hear(ctx, words)
	if err != nil {
		return c, err
	}
	err = e.change(func(ring *keyring.Keyring) error { return ring.TakeContacts(c) })
	if err != nil {
		return c, err
	}
	known, err := e.Contact(c.ID())
	if fault.Of(err) == fault.NoContact || err == nil && known.Changed() {
		return c, nil
	}
	if err == nil && !known.Verified {
		err = e.VerifyContact(ctx, known.ID(), true)
	}
	return c, err
}

// asMe lends the key that proves who one is, and its card.
func (e *Engine) asMe(f func(me *transfer.Me, card []byte) error) error {
	key, err := e.signer()
	if err != nil {
		return err
	}
	public, ok := e.me()
	if !ok {
		key.Destroy()
		return fault.New(fault.Locked, "", nil)
	}
	card, err := e.Card(public.ID)
	if err != nil {
		key.Destroy()
		return err
	}
	me, err := transfer.NewMe(key)
	if err != nil {
		key.Destroy()
		return err
	}
	return f(me, card)
}
