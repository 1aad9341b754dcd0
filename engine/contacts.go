package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
)

// Contacts lists the people in the keyring by name; nil while locked.
func (e *Engine) Contacts() []identity.Contact {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil
	}
	return ring.Contacts()
}

// Contact is the contact of that name, in any case, or with that ID.
func (e *Engine) Contact(name string) (identity.Contact, error) {
	if !e.Unlocked() {
		return identity.Contact{}, fault.New(fault.Locked, "", nil)
	}
	all := e.Contacts()
	for _, c := range all {
		if identity.SameName(c.Name, name) {
			return c, nil
		}
	}
	for _, c := range all {
		if c.ID() == name {
			return c, nil
		}
	}
	return identity.Contact{}, fault.New(fault.NoContact, name, nil)
}

// AddContact takes a contact card or a public key in text form and saves it.
// name may be empty when the card has one.
func (e *Engine) AddContact(ctx context.Context, name string, text []byte) (identity.Contact, error) {
	if !e.Unlocked() {
		return identity.Contact{}, fault.New(fault.Locked, "", nil)
	}
	c, err := identity.ParseContact(name, text)
	if err != nil {
		return identity.Contact{}, err
	}
	return c, e.change(func(ring *keyring.Keyring) error { return ring.AddContact(c) })
}

// RenameContact changes what a contact is called. Errors: NoContact, NameTaken,
// those of identity.CleanName.
func (e *Engine) RenameContact(ctx context.Context, id, name string) error {
	return e.changeContact(id, func(c identity.Contact) (identity.Contact, error) {
		c.Name = name
		return c, nil
	})
}

// DeleteContact forgets somebody. Errors: NoContact.
func (e *Engine) DeleteContact(ctx context.Context, id string) error {
	return e.change(func(ring *keyring.Keyring) error { return ring.RemoveContact(id) })
}

// SafetyWords are the words that the person with own key pair mine and the
// contact compare; nil when the contact's signing key is not known, and then
// there is only the fingerprint. Takes about 50 ms. Errors: KeyMissing, NoContact.
func (e *Engine) SafetyWords(mine, contact string) ([]string, error) {
	k, err := e.keyPair(mine)
	if err != nil {
		return nil, err
	}
	c, err := e.Contact(contact)
	if err != nil {
		return nil, err
	}
	return identity.SafetyWords(k.Public(), c), nil
}

// VerifyContact notes that the safety words or the fingerprint were compared,
// or that they no longer count. Errors: NoContact, ContactChanged.
func (e *Engine) VerifyContact(ctx context.Context, id string, verified bool) error {
	return e.decide(id, func(c identity.Contact) (identity.Contact, error) {
		if c.Changed() && verified {
			return c, fault.New(fault.ContactChanged, c.Name, nil)
		}
		c.Verified = verified
		return c, nil
	})
}

// AcceptChange takes the keys that came under a contact's name as theirs, not
// verified; the contact's ID changes with them. RefuseChange keeps the ones
// from before. Errors: NoContact; ContactChanged when another program has
// brought other keys meanwhile, which then are to be seen.
func (e *Engine) AcceptChange(ctx context.Context, id string) error {
	return e.decide(id, func(c identity.Contact) (identity.Contact, error) { return c.Accept(), nil })
}

// RefuseChange is AcceptChange's other answer.
func (e *Engine) RefuseChange(ctx context.Context, id string) error {
	return e.decide(id, func(c identity.Contact) (identity.Contact, error) { return c.Refuse(), nil })
}

func (e *Engine) changeContact(id string, f func(identity.Contact) (identity.Contact, error)) error {
	return e.change(func(ring *keyring.Keyring) error { return ring.ChangeContact(id, f) })
}

// decide is changeContact for what a person decided about the keys they saw.
func (e *Engine) decide(id string, f func(identity.Contact) (identity.Contact, error)) error {
	return e.change(func(ring *keyring.Keyring) error { return ring.DecideContact(id, f) })
}

// Groups lists groups of contacts by name; nil while locked.
func (e *Engine) Groups() []keyring.Group {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil
	}
	return ring.Groups()
}

// SetGroup replaces the group called old, or adds one when old is empty.
// Errors: GroupMissing, NameTaken, NoContact, those of identity.CleanName.
func (e *Engine) SetGroup(ctx context.Context, old string, g keyring.Group) error {
	return e.change(func(ring *keyring.Keyring) error { return ring.SetGroup(old, g) })
}

// DeleteGroup forgets a group; its members stay. Errors: GroupMissing.
func (e *Engine) DeleteGroup(ctx context.Context, name string) error {
	return e.change(func(ring *keyring.Keyring) error { return ring.RemoveGroup(name) })
}
