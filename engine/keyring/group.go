package keyring

import (
	"encoding/json"
	"slices"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

const (
	groupTag  = "# group: "
	maxGroups = 1_000
	maxMember = 64 // bytes of an ID, with room for longer ones than today's

	maxMembers = 3_000 // age reads no file with a line of 64 KiB
)

// Group is a name for several contacts.
type Group struct {
	Name    string
	Members []string // IDs of contacts, each once, in no order that matters
}

// circle is a group in the file, as JSON behind groupTag.
type circle struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// Groups lists them by name; nil when closed. Members who are no contacts are
// left out.
func (k *Keyring) Groups() []Group {
	b, _, err := k.now()
	if err != nil {
		return nil
	}
	known := b.contactIDs()
	groups := make([]Group, 0, len(b.groups))
	for _, g := range b.groups {
		here := slices.DeleteFunc(slices.Clone(g.Members), func(id string) bool { return !known[id] })
		groups = append(groups, Group{g.Name, here})
	}
	return groups
}

// SetGroup replaces the group called old, or adds one when old is empty. A
// group has no name of a contact, of an own key pair, of another group, or
// "me": names stand for somebody when files are encrypted. Errors:
// GroupMissing, NameTaken, NoContact, TooMany, those of identity.CleanName.
func (k *Keyring) SetGroup(old string, g Group) error {
	name, err := identity.CleanName(g.Name)
	if err != nil {
		return err
	}
	return k.change(func(b *book) error {
		at := -1
		if old != "" {
			if at = b.findGroup(old); at < 0 {
				return fault.New(fault.GroupMissing, old, nil)
			}
		}
		return b.setGroup(at, Group{name, g.Members})
	})
}

// RemoveGroup forgets a group; its members stay. Errors: GroupMissing.
func (k *Keyring) RemoveGroup(name string) error {
	return k.change(func(b *book) error {
		at := b.findGroup(name)
		if at < 0 {
			return fault.New(fault.GroupMissing, name, nil)
		}
		b.groups = slices.Delete(b.groups, at, at+1)
		return nil
	})
}

func (b *book) findGroup(name string) int {
	return slices.IndexFunc(b.groups, func(g Group) bool { return identity.SameName(g.Name, name) })
}

// setGroup puts g in its place by name; at is the group it replaces, or -1.
func (b *book) setGroup(at int, g Group) error {
	if err := b.groupNameTaken(g.Name, at); err != nil {
		return err
	}
	known := b.contactIDs()
	for _, id := range g.Members {
		if !known[id] {
			return fault.New(fault.NoContact, "", nil)
		}
	}
	if at < 0 && len(b.groups) == maxGroups || len(g.Members) > maxMembers {
		return fault.New(fault.TooMany, "", nil)
	}
	members := slices.Clone(g.Members)
	if at >= 0 {
		// Those without a contact were not shown: a later version's may be meant.
		for _, id := range b.groups[at].Members {
			if !known[id] {
				members = append(members, id)
			}
		}
		b.groups = slices.Delete(b.groups, at, at+1)
	}
	b.groups = append(b.groups, Group{g.Name, distinct(members)})
	b.sortGroups()
	return nil
}

// groupNameTaken keeps names apart that stand for somebody when files are
// encrypted. at is the group that is to have the name, or -1.
func (b *book) groupNameTaken(name string, at int) error {
	if identity.SameName(name, "me") {
		return fault.New(fault.NameTaken, name, nil)
	}
	if other := b.findGroup(name); other >= 0 {
		if other != at {
			return fault.New(fault.NameTaken, b.groups[other].Name, nil)
		}
		return nil // a clash that came from elsewhere must not freeze the group
	}
	for _, c := range b.contacts {
		if identity.SameName(c.Name, name) {
			return fault.New(fault.NameTaken, c.Name, nil)
		}
	}
	return b.keyNameTaken(name, "")
}

// notAGroup keeps names apart: a name stands for one person or for one group.
func (b *book) notAGroup(name string) error {
	if at := b.findGroup(name); at >= 0 {
		return fault.New(fault.NameTaken, b.groups[at].Name, nil)
	}
	return nil
}

// follow puts a contact's new ID, or nobody if that is empty, in the place of
// the old one in every group.
func (b *book) follow(from, to string) {
	for i, g := range b.groups {
		at := slices.Index(g.Members, from)
		if at < 0 || from == to {
			continue
		}
		members := slices.Delete(slices.Clone(g.Members), at, at+1)
		if to != "" {
			members = append(members, to)
		}
		b.groups[i].Members = distinct(members)
	}
}

func (b *book) sortGroups() {
	slices.SortStableFunc(b.groups, func(x, y Group) int {
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
}

// group reads a group; a line that is none stays a comment.
func (p *parser) group(line []byte) bool {
	var in circle
	if len(p.groups.groups) == maxGroups || json.Unmarshal(line, &in) != nil || len(in.Members) > maxContacts {
		return false
	}
	name, err := identity.CleanName(in.Name)
	if err != nil || p.groups.findGroup(name) >= 0 || slices.ContainsFunc(in.Members, notAnID) {
		return false
	}
	p.groups.groups = append(p.groups.groups, Group{name, distinct(in.Members)})
	return true
}

func notAnID(id string) bool {
	return id == "" || len(id) > maxMember || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// distinct sorts, so that the file does not change with every save.
func distinct(ids []string) []string {
	ids = append([]string{}, ids...)
	slices.Sort(ids)
	return slices.Compact(ids)
}
