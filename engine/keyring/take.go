package keyring

import (
	"bytes"

	"cryptodesk/engine/identity"
)

// TakeContacts is AddContact for people who came from outside, on a card or as
// a public key. Who is known with the same keys stays as they are. Other keys
// under a known name are an offer: the contact is Changed until somebody
// decides, and a later offer takes the place of an earlier one. The same main
// key with other or further keys beside it is an offer too, never an addition:
// a card is signed by the signing key it names itself, so anybody can make one
// that names somebody's main key and their own classic one; and who holds the
// signing key that is known derives the classic key from the same root, so
// that it cannot honestly change. Two of one name in one call are an offer to
// the first. Errors: TooMany,
// NameTaken (by a group), those of identity.CleanName.
func (k *Keyring) TakeContacts(people ...identity.Contact) error {
	return k.change(func(b *book) error {
		for _, c := range people {
			if err := b.takeContact(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Meet says what TakeContacts would do with c: nothing, because c is known, or
// make an offer to the contact old; otherwise old has no name, and c is new.
func (k *Keyring) Meet(c identity.Contact) (known bool, old identity.Contact) {
	b, _, err := k.now()
	if err != nil {
		return false, identity.Contact{}
	}
	switch at, known := b.meet(c); {
	case known:
		return true, identity.Contact{}
	case at >= 0:
		return false, b.contacts[at]
	}
	return false, identity.Contact{}
}

func (b *book) takeContact(c identity.Contact) error {
	name, err := identity.CleanName(c.Name)
	if err != nil {
		return err
	}
	c.Name, c.Verified, c.Offered = name, false, nil
	at, known := b.meet(c)
	switch {
	case known:
		return nil
	case at < 0:
		return b.setContact(-1, c)
	}
	offered := b.contacts[at].Offer(c)
	if was := b.contacts[at]; was.Changed() && sameKeys(was.Accept(), offered.Accept()) {
		return nil // it waits already, since then
	}
	b.contacts[at] = offered
	return nil
}

// meet finds the contact that has c's main key, or else c's name; at is -1 when
// there is none. known says that c brings nothing that is not there.
func (b *book) meet(c identity.Contact) (at int, known bool) {
	at = -1
	for i, old := range b.contacts {
		if old.Recipient == c.Recipient {
			return i, !brings(old, c)
		}
		if at < 0 && identity.SameName(old.Name, c.Name) {
			at = i
		}
	}
	// A bare classic key says nothing new of who has it beside a stronger one.
	known = at >= 0 && b.contacts[at].Classic == c.Recipient && c.Classic.IsZero() && len(c.Signing) == 0
	return at, known
}

// brings says that of two with one main key, c has a key that old has not.
func brings(old, c identity.Contact) bool {
	return !c.Classic.IsZero() && c.Classic != old.Classic ||
		len(c.Signing) != 0 && !bytes.Equal(c.Signing, old.Signing)
}
