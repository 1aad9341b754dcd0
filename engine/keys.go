package engine

import (
	"context"
	"image"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/qr"
	"cryptodesk/engine/secret"
)

// Keys lists one's own key pairs, oldest first; nil while locked.
func (e *Engine) Keys() []identity.Public {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil
	}
	var keys []identity.Public
	for _, k := range ring.Keys() {
		keys = append(keys, k.Public())
	}
	return keys
}

// Key is the own key pair of that name; with an empty name, the first.
func (e *Engine) Key(name string) (identity.Public, error) {
	if !e.Unlocked() {
		return identity.Public{}, fault.New(fault.Locked, "", nil)
	}
	for _, k := range e.Keys() {
		if name == "" || identity.SameName(k.Name, name) {
			return k, nil
		}
	}
	return identity.Public{}, fault.New(fault.KeyMissing, name, nil)
}

// NewKey makes a key pair (identity.Hybrid or identity.X25519) and saves it.
func (e *Engine) NewKey(ctx context.Context, name string, kind identity.Kind) (identity.Public, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return identity.Public{}, err
	}
	make := identity.New
	if kind == identity.X25519 {
		make = identity.NewClassic
	}
	k, err := make(name)
	if err != nil {
		return identity.Public{}, err
	}
	public := k.Public()
	return public, e.change(func(*keyring.Keyring) error { return ring.AddKey(k) })
}

// RenameKey changes what an own key pair is called. Errors: KeyMissing,
// NameTaken, those of identity.CleanName.
func (e *Engine) RenameKey(ctx context.Context, id, name string) error {
	return e.change(func(ring *keyring.Keyring) error { return ring.RenameKey(id, name) })
}

// DeleteKey forgets an own key pair for ever: what is encrypted only to it can
// never be opened again. Errors: KeyMissing, LastKey.
func (e *Engine) DeleteKey(ctx context.Context, id string) error {
	return e.change(func(ring *keyring.Keyring) error {
		if len(ring.Keys()) == 1 {
			return fault.New(fault.LastKey, "", nil)
		}
		return ring.RemoveKey(id)
	})
}

// ExportKey writes a private key to path, which must be free, protected by
// fresh, or by the keyring's passphrase when fresh is nil: an age file, or for
// an SSH key an OpenSSH file. pass is the keyring's passphrase, asked again.
// Both buffers are taken over. Errors: WrongPassphrase, TooSoon, KeyMissing,
// Exists.
func (e *Engine) ExportKey(ctx context.Context, id string, pass, fresh *secret.Buffer, path string) error {
	defer fresh.Destroy()
	if fresh == nil {
		fresh = pass.Clone()
		defer fresh.Destroy()
	}
	if err := e.session.Verify(ctx, pass); err != nil {
		return err
	}
	k, err := e.keyPair(id)
	if err != nil {
		return err
	}
	return exportKey(ctx, e.store, k, fresh, path)
}

// Card is the contact card of one's own key pair with that ID: public text.
func (e *Engine) Card(id string) ([]byte, error) {
	k, err := e.keyPair(id)
	if err != nil {
		return nil, err
	}
	return identity.MarshalCard(k)
}

// CardCode is the contact card as a QR code, a pixel a module.
func (e *Engine) CardCode(id string) (image.Image, error) {
	card, err := e.Card(id)
	if err != nil {
		return nil, err
	}
	code, err := identity.MarshalCode(card)
	if err != nil {
		return nil, err
	}
	return qr.Encode(code)
}

// SaveBackup writes a copy of the keyring, which opens with the same
// passphrase, to path, and reads it back. It replaces nothing. It is noted as a
// way back for who loses the keyring, which is none for who forgets the
// passphrase: that is MakeBackup.
func (e *Engine) SaveBackup(ctx context.Context, path string) error {
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	if err := ring.SaveCopy(path); err != nil {
		return err
	}
	return e.noteBackup(path, e.keyIDs(), true)
}

func (e *Engine) keyPair(id string) (*identity.KeyPair, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil, err
	}
	for _, k := range ring.Keys() {
		if k.Public().ID == id {
			return k, nil
		}
	}
	return nil, fault.New(fault.KeyMissing, id, nil)
}

// change changes the open keyring and tells about it.
func (e *Engine) change(f func(*keyring.Keyring) error) error {
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	if err := f(ring); err != nil {
		return err
	}
	_, agent := ring.Agent() // which may have gone with a contact
	_ = e.session.NoteAgent(agent)
	e.exchange.Renew()
	secret.Settle()
	e.changes.tell()
	return nil
}
