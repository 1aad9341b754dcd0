package engine

import (
	"context"
	"strconv"
	"sync/atomic"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
)

// OfflineKey is a key pair that is made to be the recovery agent and to be kept
// nowhere but in what is written of it: a file under a passphrase, a sheet,
// shares. Its private half is in guarded memory until Close, or until a lock.
type OfflineKey struct {
	e       *Engine
	pair    *identity.KeyPair
	written atomic.Bool // something brings it back, and was read back
	closed  atomic.Bool
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
	k := &OfflineKey{e: e, pair: pair}
	e.restores.add(k)
	if !e.Unlocked() { // locked meanwhile
		k.Close()
		return nil, fault.New(fault.Locked, "", nil)
	}
	return k, nil
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
	k.written.Store(true)
	return nil
}

// SaveSheet writes its recovery sheet to path, which must be free, and reads it
// back. The sheet answered asks two of its words back; the caller closes it.
// Errors: Exists, DiskError, Locked (closed), Cancelled, and those of writing.
func (k *OfflineKey) SaveSheet(ctx context.Context, path string, words recovery.Labels) (*recovery.Sheet, error) {
	sheet, err := recovery.WriteSheet(ctx, k.e.store, k.pair, path, words, k.e.now())
	if err == nil {
		k.written.Store(true)
	}
	return sheet, err
}

// SaveShares writes a page and a text file for each of of shares, any need of
// which bring the key back, into dir, and reads them back. It answers the files.
// Errors: SharePlan, DiskError, Locked (closed), Cancelled, and those of
// writing; then none of the files is left.
func (k *OfflineKey) SaveShares(ctx context.Context, need, of int, dir string, words recovery.Labels) ([]string, error) {
	if need < 2 {
		return nil, fault.New(fault.SharePlan, strconv.Itoa(need)+"/"+strconv.Itoa(of), nil) // that is a sheet
	}
	kit, err := recovery.WriteShares(ctx, k.e.store, k.pair, need, of, dir, words, k.e.now())
	if err != nil {
		return nil, err
	}
	k.written.Store(true)
	return kit.Paths, nil
}

// Close wipes the private half. Nil-safe, idempotent.
func (k *OfflineKey) Close() {
	if k != nil && !k.closed.Swap(true) {
		k.pair.Destroy()
		secret.Settle()
	}
}

// Closed says whether Close was called, or the session locked.
func (k *OfflineKey) Closed() bool { return k.closed.Load() }

// AdoptAgent makes the key a contact, verified because it was made here, and the
// recovery agent. Its private half is wiped. Errors: AgentUnwritten, when
// nothing was written that brings it back; NameTaken; those of SetAgent.
func (e *Engine) AdoptAgent(ctx context.Context, k *OfflineKey) error {
	if !k.written.Load() {
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
