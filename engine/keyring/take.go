package keyring

import (
	"bytes"

	"cryptodesk/engine/fault"
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
		d := directoryOf(b.contacts)
		for _, c := range people {
			if err := b.takeContact(d, c); err != nil {
				return err
			}
		}
		b.sortContacts()
		return nil
	})
}

func (b *book) takeContact(d *Directory, c identity.Contact) error {
	name, err := identity.CleanName(c.Name)
	if err != nil {
		return err
	}
	c.Name, c.Verified, c.Offered = name, false, nil
	at, known := d.find(c)
	switch {
	case known:
		return nil
	case at < 0:
		return b.takeNew(d, c)
	}
	offered := b.contacts[at].Offer(c)
	if was := b.contacts[at]; was.Changed() && sameKeys(was.Accept(), offered.Accept()) {
		return nil // it waits already, since then
	}
	b.contacts[at] = offered
	return nil
}

// takeNew adds somebody whose name and main key nobody in d has.
func (b *book) takeNew(d *Directory, c identity.Contact) error {
	if err := b.notAGroup(c.Name); err != nil {
		return err
	}
	if len(b.contacts) == maxContacts {
		return fault.New(fault.TooMany, "", nil)
	}
	b.contacts = append(b.contacts, c)
	d.add(c)
	return nil
}

// Directory finds contacts by name and main key, as they were when it was
// made, without looking at each: thousands can be asked for. Not safe for
// concurrent use.
type Directory struct {
	contacts      []identity.Contact
	byName, byKey map[string]int
}

// Directory is that of the contacts now; an empty one when closed.
func (k *Keyring) Directory() *Directory {
	b, _, err := k.now()
	if err != nil {
		return directoryOf(nil)
	}
	return directoryOf(b.contacts)
}

func directoryOf(contacts []identity.Contact) *Directory {
	d := &Directory{byName: make(map[string]int, len(contacts)), byKey: make(map[string]int, len(contacts))}
	for _, c := range contacts {
		d.add(c)
	}
	return d
}

func (d *Directory) add(c identity.Contact) {
	d.byKey[c.Recipient.Text] = len(d.contacts)
	if name := identity.FoldName(c.Name); !d.hasName(name) {
		d.byName[name] = len(d.contacts)
	}
	d.contacts = append(d.contacts, c)
}

func (d *Directory) hasName(folded string) bool {
	_, ok := d.byName[folded]
	return ok
}

// Meet says what TakeContacts would do with c: nothing, because c is known, or
// make an offer to the contact old; otherwise old has no name, and c is new.
func (d *Directory) Meet(c identity.Contact) (known bool, old identity.Contact) {
	switch at, known := d.find(c); {
	case known:
		return true, identity.Contact{}
	case at >= 0:
		return false, d.contacts[at]
	}
	return false, identity.Contact{}
}

// find answers the contact that has c's main key, or else c's name; at is -1
// when there is none. known says that c brings nothing that is not there.
func (d *Directory) find(c identity.Contact) (at int, known bool) {
	if at, ok := d.byKey[c.Recipient.Text]; ok {
		return at, !brings(d.contacts[at], c)
	}
	at, ok := d.byName[identity.FoldName(c.Name)]
	if !ok {
		return -1, false
	}
	// A bare classic key says nothing new of who has it beside a stronger one.
	return at, d.contacts[at].Classic == c.Recipient && c.Classic.IsZero() && len(c.Signing) == 0
}

// brings says that of two with one main key, c has a key that old has not.
func brings(old, c identity.Contact) bool {
	return !c.Classic.IsZero() && c.Classic != old.Classic ||
		len(c.Signing) != 0 && !bytes.Equal(c.Signing, old.Signing)
}
