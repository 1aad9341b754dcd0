package keyring

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// book is what a keyring holds. A change works on a copy.
type book struct {
	keys     []*identity.KeyPair
	contacts []identity.Contact  // by name
	groups   []Group             // by name; what a Members holds is never changed, only replaced
	kept     []kept              // in the order of the file
	records  map[string][]string // by tag; what it holds is never changed, only replaced
}

// kept are comment lines that this version does not know, each ending in a line
// feed, in guarded memory: nobody knows what somebody wrote there.
type kept struct {
	before string // ID of the key pair they stand before; "" at the end
	lines  *secret.Buffer
}

func (b *book) clone() *book {
	return &book{slices.Clone(b.keys), slices.Clone(b.contacts), slices.Clone(b.groups), slices.Clone(b.kept), maps.Clone(b.records)}
}

func (b *book) destroy() {
	for _, k := range b.keys {
		k.Destroy()
	}
	for _, k := range b.kept {
		k.lines.Destroy()
	}
}

func (b *book) findKey(id string) int {
	return slices.IndexFunc(b.keys, func(k *identity.KeyPair) bool { return k.Public().ID == id })
}

func (b *book) findContact(id string) int {
	return slices.IndexFunc(b.contacts, func(c identity.Contact) bool { return c.ID() == id })
}

func (b *book) contactIDs() map[string]bool {
	ids := make(map[string]bool, len(b.contacts))
	for _, c := range b.contacts {
		ids[c.ID()] = true
	}
	return ids
}

// addKeys appends and drops doubles, which it answers. A key pair that came
// without a name gets one that can be told apart. Those of plugins come last:
// reading a keyring with a passphrase, the stock program tries one key after
// the other and gives up at a plugin that is not installed.
func (b *book) addKeys(keys []*identity.KeyPair) (dropped []*identity.KeyPair) {
	b.keys, dropped = identity.Distinct(slices.Concat(b.keys, keys))
	slices.SortStableFunc(b.keys, func(x, y *identity.KeyPair) int { return cmp.Compare(late(x), late(y)) })
	for _, k := range b.keys {
		if p := k.Public(); p.Name == "" {
			// Hex digits always make a valid name.
			_ = k.Rename("key " + p.ID[:8])
		}
	}
	return dropped
}

func late(k *identity.KeyPair) int {
	if k.Public().Kind == identity.Plugin {
		return 1
	}
	return 0
}

// forget destroys key pairs, but none that b still holds.
func (b *book) forget(keys []*identity.KeyPair) {
	for _, k := range keys {
		if !slices.Contains(b.keys, k) {
			k.Destroy()
		}
	}
}

func (b *book) keyNameTaken(name, exceptID string) error {
	for _, k := range b.keys {
		if p := k.Public(); p.ID != exceptID && identity.SameName(p.Name, name) {
			return fault.New(fault.NameTaken, p.Name, nil)
		}
	}
	return nil
}

// keyNameFree is keyNameTaken, of groups as well.
func (b *book) keyNameFree(name, exceptID string) error {
	if err := b.keyNameTaken(name, exceptID); err != nil {
		return err
	}
	return b.notAGroup(name)
}

// keyNamesDiffer checks the names of those of keys that were taken in.
func (b *book) keyNamesDiffer(keys []*identity.KeyPair) error {
	for _, k := range keys {
		if p := k.Public(); slices.Contains(b.keys, k) {
			if err := b.keyNameFree(p.Name, p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// setContact adds c, or puts it in the place of the contact at, if that is not
// -1. Contacts are to be sorted afterwards, once for all.
func (b *book) setContact(at int, c identity.Contact) error {
	name, err := identity.CleanName(c.Name)
	if err != nil {
		return err
	}
	c.Name = name
	dropEmptyOffer(&c)
	for i, other := range b.contacts {
		if i != at && (identity.SameName(other.Name, c.Name) || other.Recipient == c.Recipient) {
			return fault.New(fault.NameTaken, other.Name, nil)
		}
	}
	// A clash from elsewhere must not make the contact immutable.
	if at < 0 || !identity.SameName(b.contacts[at].Name, c.Name) {
		if err := b.notAGroup(c.Name); err != nil {
			return err
		}
	}
	if at >= 0 {
		b.follow(b.contacts[at].ID(), c.ID())
		b.agentFollows(b.contacts[at], &c)
		b.contacts = slices.Delete(b.contacts, at, at+1)
	} else if len(b.contacts) == maxContacts {
		return fault.New(fault.TooMany, "", nil)
	}
	b.contacts = append(b.contacts, c)
	return nil
}

func (b *book) sortContacts() {
	slices.SortStableFunc(b.contacts, func(x, y identity.Contact) int {
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
}
