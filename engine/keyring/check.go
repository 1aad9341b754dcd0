package keyring

import (
	"errors"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

var errText = errors.New("keyring text does not read back")

// readsBack says whether text, which is about to be written, is read as what b
// holds: every private key bit for bit, with its name and date, every person,
// group, offer and record, and as many other comments. It goes through the same parser
// as opening does, except that it derives no public key again: of a private key
// that is the same, the public one is, too. Errors: Internal.
func (b *book) readsBack(text []byte) error {
	p := &parser{known: b}
	if err := p.read(text); err != nil {
		return fault.New(fault.Internal, "", err)
	}
	defer p.destroy()
	read := &book{contacts: p.contacts(), groups: p.groups.groups}
	p.placeOffers(read)
	read.sortContacts()
	read.sortGroups()
	if !p.sameKeys(b) || !sameRecords(p.records, b.records) || p.left() != b.keptSize() ||
		!slices.EqualFunc(read.contacts, b.contacts, sameContact) ||
		!slices.EqualFunc(read.groups, b.groups, func(x, y Group) bool { return x.Name == y.Name && slices.Equal(x.Members, y.Members) }) {
		return fault.New(fault.Internal, "", errText)
	}
	return nil
}

// sameKeys compares the keys that were read, in order.
func (p *parser) sameKeys(b *book) bool {
	rest := p.keys
	next := func() *found {
		if len(rest) == 0 {
			return &found{}
		}
		f := rest[0]
		rest = rest[1:]
		return f
	}
	for _, key := range b.keys {
		public, f := key.Public(), next()
		if f.meta.Name != public.Name || !f.meta.Created.Equal(public.Created) {
			return false
		}
		switch public.Kind {
		case identity.Hybrid:
			if half := next(); f.held != key || f.classic || half.held != key || !half.classic {
				return false
			}
		case identity.X25519:
			if f.held != key {
				return false
			}
		default:
			if f.pair == nil || f.pair.Public().ID != public.ID || f.pair.Public().Recipient != public.Recipient {
				return false
			}
		}
	}
	return len(rest) == 0
}

// left is how many bytes of comments nobody understood.
func (p *parser) left() (size int) {
	count := func(comments []*comment) {
		for _, c := range comments {
			size += c.size()
		}
	}
	for _, f := range p.keys {
		count(f.before)
	}
	count(p.stray)
	return size
}

func (b *book) keptSize() (size int) {
	for _, k := range b.kept {
		size += k.lines.Len()
	}
	return size
}

func sameContact(a, b identity.Contact) bool {
	if a.Name != b.Name || a.Verified != b.Verified || !a.Added.Equal(b.Added) || !sameKeys(a, b) || a.Changed() != b.Changed() {
		return false
	}
	return !a.Changed() || a.Offered.Since.Equal(b.Offered.Since) && sameKeys(a.Accept(), b.Accept())
}

// natives are b's key pairs by the lines of private keys that they make.
func (b *book) natives() (lines []*identity.KeyPair) {
	if b == nil {
		return nil
	}
	for _, key := range b.keys {
		switch key.Public().Kind {
		case identity.Hybrid:
			lines = append(lines, key, key)
		case identity.X25519:
			lines = append(lines, key)
		}
	}
	return lines
}

// recipients are the public keys of b's people, which were checked when they
// came.
func (b *book) recipients() map[string]identity.Recipient {
	if b == nil {
		return nil
	}
	checked := make(map[string]identity.Recipient, 2*len(b.contacts))
	add := func(all ...identity.Recipient) {
		for _, r := range all {
			checked[r.Text] = r
		}
	}
	for _, c := range b.contacts {
		add(c.Recipient, c.Classic)
		if c.Offered != nil {
			add(c.Offered.Recipient, c.Offered.Classic)
		}
	}
	delete(checked, "")
	return checked
}
