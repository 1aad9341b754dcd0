package keyring

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strconv"
	"unicode/utf8"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// Merge takes in what c holds and the keyring does not, all or nothing. Nothing
// is there twice afterwards, and nothing that was there changes: a name that is
// taken gets a number, and people come as by TakeContacts, not verified, other
// keys under a known name as an offer. Ways and releases are added; who the
// agent is, is not changed by something from outside. c stays the caller's.
// Errors: TooMany, TooLarge, Locked, and those of writing.
func (k *Keyring) Merge(c *Content) error {
	copied, err := c.Clone()
	if err != nil {
		return err
	}
	next, spare := &book{}, &book{}
	err = k.change(func(b *book) error {
		next = b
		var err error
		spare, err = b.absorb(copied.book)
		return err
	})
	if err != nil {
		copied.Destroy()
		return err
	}
	spare.discard(next)
	return nil
}

// Merge is Keyring.Merge of two contents. On an error c is not to be used any
// more.
func (c *Content) Merge(other *Content) error {
	copied, err := other.Clone()
	if err != nil {
		return err
	}
	spare, err := c.book.absorb(copied.book)
	if err != nil {
		copied.Destroy()
		return err
	}
	spare.discard(c.book)
	return nil
}

// discard destroys what next does not hold.
func (b *book) discard(next *book) {
	next.forget(b.keys)
	for _, k := range b.kept {
		k.lines.Destroy()
	}
}

// absorb takes over what other holds and b does not. It answers what of both is
// not needed any more.
func (b *book) absorb(other *book) (spare *book, err error) {
	if len(b.keys)+len(other.keys) > maxKeys {
		return nil, fault.New(fault.TooMany, "", nil)
	}
	if err := b.numberNames(other.keys); err != nil {
		return nil, err
	}
	spare = &book{keys: b.addKeys(other.keys), kept: other.kept}
	if err := b.absorbPeople(other.contacts); err != nil {
		return nil, err
	}
	if err := b.absorbGroups(other.groups); err != nil {
		return nil, err
	}
	for _, tag := range []string{WayTag, ReleaseTag} {
		records := slices.Clone(b.records[tag])
		for _, r := range other.records[tag] {
			if id := recordID(r); !slices.ContainsFunc(b.records[tag], func(o string) bool { return o == r || id != "" && recordID(o) == id }) {
				records = append(records, r)
			}
		}
		// Those that came last are those that count.
		if err := b.setRecords(tag, records[max(0, len(records)-maxRecords):]); err != nil {
			return nil, err
		}
	}
	b.absorbComments(other.kept)
	return spare, nil
}

// numberNames gives key pairs that are new to b names that are free. One
// without a name gets one later.
func (b *book) numberNames(keys []*identity.KeyPair) error {
	known, taken := make(map[string]bool), make(map[string]bool)
	for _, k := range b.keys {
		p := k.Public()
		known[p.ID], known[p.Classic.ID()] = true, true
		taken[identity.FoldName(p.Name)] = true
	}
	for _, g := range b.groups {
		taken[identity.FoldName(g.Name)] = true
	}
	for _, k := range keys {
		p := k.Public()
		if known[p.ID] || p.Name == "" {
			continue
		}
		name := freeName(p.Name, func(name string) bool { return taken[identity.FoldName(name)] })
		if err := k.Rename(name); err != nil {
			return err
		}
		known[p.ID], taken[identity.FoldName(name)] = true, true
	}
	return nil
}

// freeName is name, or name with the first number that is free.
func freeName(name string, taken func(string) bool) string {
	free := name
	for n := 2; taken(free); n++ {
		tail := " (" + strconv.Itoa(n) + ")"
		for stem := name; ; {
			var err error
			if free, err = identity.CleanName(stem + tail); err == nil {
				break
			}
			_, size := utf8.DecodeLastRuneInString(stem)
			stem = stem[:len(stem)-size]
		}
	}
	return free
}

func (b *book) absorbPeople(people []identity.Contact) error {
	d := directoryOf(b.contacts)
	for _, c := range people {
		offer := c.Offered
		if _, known := d.find(c); !known {
			c.Name = freeName(c.Name, func(name string) bool { return b.notAGroup(name) != nil })
		}
		if err := b.takeContact(d, c); err != nil {
			return err
		}
		if offer == nil {
			continue
		}
		// In doubt there, in doubt here.
		c.Offered = offer
		if err := b.takeContact(d, c.Accept()); err != nil {
			return err
		}
	}
	b.sortContacts()
	return nil
}

// absorbGroups adds groups. One of a known name brings nobody into the group
// that is there: files would go to people that nobody chose.
func (b *book) absorbGroups(groups []Group) error {
	for _, g := range groups {
		known := false
		name := freeName(g.Name, func(name string) bool {
			if known = b.holdsGroup(name, g.Members); known {
				return false
			}
			return b.groupNameTaken(name, -1) != nil
		})
		if known {
			continue
		}
		if len(b.groups) == maxGroups {
			return fault.New(fault.TooMany, "", nil)
		}
		b.groups = append(b.groups, Group{name, distinct(g.Members)})
	}
	b.sortGroups()
	return nil
}

// holdsGroup says whether there is a group of that name with all of members.
func (b *book) holdsGroup(name string, members []string) bool {
	at := b.findGroup(name)
	return at >= 0 && !slices.ContainsFunc(members, func(id string) bool { return !slices.Contains(b.groups[at].Members, id) })
}

// absorbComments copies the lines that b does not have. A comment for a key
// stays before it.
func (b *book) absorbComments(theirs []kept) {
	seen := make(map[[sha256.Size]byte]bool)
	for _, k := range b.kept {
		secret.Do(func() {
			for line := range bytes.Lines(k.lines.Bytes()) {
				seen[sha256.Sum256(line)] = true
			}
		})
	}
	for _, k := range theirs {
		secret.Do(func() {
			fresh := secret.New(k.lines.Len())
			defer fresh.Destroy()
			to := fresh.Bytes()[:0]
			for line := range bytes.Lines(k.lines.Bytes()) {
				if !seen[sha256.Sum256(line)] {
					to = append(to, line...)
				}
			}
			if len(to) > 0 {
				lines := secret.New(len(to))
				copy(lines.Bytes(), to)
				b.kept = append(b.kept, kept{k.before, lines})
			}
		})
	}
}
