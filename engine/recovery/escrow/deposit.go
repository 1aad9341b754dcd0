package escrow

import (
	"context"
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Terms are what the depositor decides.
type Terms struct {
	Note  string // what they want to be asked before anything is released; may be empty
	Check string // what to see to before releasing, in lines, for who reads the deposit without CryptoDesk

	Unverified bool // although the safety words were not compared
	Classic    bool // although the depositary has no post-quantum key
}

// Deposit writes everything in ring to path, which must be free, encrypted for
// the depositary to and nobody else. Errors: ContactChanged, NotVerified,
// NotPostQuantum, BadIdentity (no key pair of ring has a contact card), Locked,
// TooLarge, Cancelled, and those of writing.
func Deposit(ctx context.Context, store *safefile.Store, ring *keyring.Keyring, to identity.Contact, path string, terms Terms, now time.Time) error {
	switch {
	case to.Changed():
		return fault.New(fault.ContactChanged, to.Name, nil)
	case !to.Verified && !terms.Unverified:
		return fault.New(fault.NotVerified, to.Name, nil)
	case !to.Recipient.PostQuantum() && !terms.Classic:
		return fault.New(fault.NotPostQuantum, to.Name, nil)
	}
	recipient, err := to.Recipient.Age(nil)
	if err != nil {
		return err
	}
	plain, err := deposit(ring, to, terms, now)
	if err != nil {
		return err
	}
	defer secret.Settle()
	defer plain.Destroy()
	raw, err := agefile.SealBytes(plain, recipient)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Cancelled, path, err)
	}
	return publish(store, path, raw, 0o600, nil)
}

// deposit is the plaintext of a deposit.
func deposit(ring *keyring.Keyring, to identity.Contact, terms Terms, now time.Time) (*secret.Buffer, error) {
	mine, err := depositor(ring)
	if err != nil {
		return nil, err
	}
	card, err := identity.MarshalCard(mine)
	if err != nil {
		return nil, err
	}
	f := Form{Depositary: to.Name, Date: now, Words: identity.SafetyWords(mine.Public(), to)}
	if f.Depositor, err = identity.ParseCard(card); err != nil {
		return nil, err
	}
	if f.Note, err = Said(terms.Note); err != nil {
		return nil, err
	}
	if f.Check, err = Said(terms.Check); err != nil {
		return nil, err
	}
	keys, err := ring.Text()
	if err != nil {
		return nil, err
	}
	defer keys.Destroy()
	plain, err := join(f.marshal(card), keys)
	if err != nil {
		return nil, err
	}
	if _, _, err := open(plain, 0); err != nil {
		plain.Destroy()
		return nil, fault.New(fault.Internal, "", err)
	}
	return plain, nil
}

// depositor is the key pair that stands for the person: the first with a
// contact card, a post-quantum one if there is one.
func depositor(ring *keyring.Keyring) (*identity.KeyPair, error) {
	if mine, err := newest(ring); fault.Of(err) != fault.KeyMissing {
		return mine, err
	}
	for _, k := range ring.Keys() {
		if len(k.Public().Signing) > 0 {
			return k, nil
		}
	}
	return nil, fault.New(fault.BadIdentity, "", nil)
}

// join puts a public text before a secret one.
func join(top []byte, below *secret.Buffer) (*secret.Buffer, error) {
	size := len(top) + below.Len()
	if size > maxText {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	plain := secret.New(size)
	copy(plain.Bytes(), top)
	secret.Copy(plain.Bytes()[len(top):], below.Bytes())
	return plain, nil
}
