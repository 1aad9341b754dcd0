package engine

import (
	"slices"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// Person is somebody files can be encrypted for.
type Person struct {
	Name      string
	Me        bool               // one of one's own key pairs
	ID        string             // stable while the profile is open
	Recipient identity.Recipient // what a file is encrypted to by default
	Classic   identity.Recipient // the same person without post-quantum; zero if none
	Verified  bool
	Changed   bool // other keys came under the contact's name: nothing is encrypted to them
	Plugin    bool // one's own, and a plugin keeps the private key, whatever the public one looks like
}

// Hardware says that the person's key lives on a device that can be lost.
func (p Person) Hardware() bool { return p.Plugin || p.Recipient.Kind.Hardware() }

// HardwareOnly says that everyone a file would be encrypted to has their key
// on a device: when the devices are lost, so is the file.
func HardwareOnly(to []identity.Recipient) bool {
	for _, r := range to {
		if !r.Kind.Hardware() {
			return false
		}
	}
	return len(to) > 0
}

// People lists Me (every own key pair that can be encrypted to: a plugin's may
// only open) and then the contacts; nil while locked.
func (e *Engine) People() []Person {
	var people []Person
	for _, k := range e.Keys() {
		if k.Recipient.IsZero() {
			continue
		}
		people = append(people, Person{
			Name: k.Name, Me: true, ID: k.ID,
			Recipient: k.Recipient, Classic: k.Classic, Verified: true, Plugin: k.Kind == identity.Plugin,
		})
	}
	for _, c := range e.Contacts() {
		people = append(people, personOf(c))
	}
	return people
}

func personOf(c identity.Contact) Person {
	return Person{
		Name: c.Name, ID: c.Recipient.ID(),
		Recipient: c.Recipient, Classic: c.Classic, Verified: c.Verified, Changed: c.Changed(),
	}
}

// Find resolves names: "me" is the first own key pair, anything else the name
// of a contact, of an own key pair or of a group, in any case. Nobody comes twice.
func (e *Engine) Find(names []string) ([]Person, error) {
	if !e.Unlocked() {
		return nil, fault.New(fault.Locked, "", nil)
	}
	all := e.People()
	var found []Person
	for _, name := range names {
		these := e.match(all, name)
		if len(these) == 0 {
			return nil, fault.New(fault.NoContact, name, nil)
		}
		for _, p := range these {
			if !slices.ContainsFunc(found, func(f Person) bool { return f.ID == p.ID }) {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// match answers one person, or the members of a group.
func (e *Engine) match(all []Person, name string) []Person {
	for _, p := range all {
		if identity.SameName(p.Name, name) || p.Me && strings.EqualFold(name, "me") {
			return []Person{p}
		}
	}
	var members []Person
	for _, g := range e.Groups() {
		if !identity.SameName(g.Name, name) {
			continue
		}
		for _, p := range all {
			if !p.Me && slices.Contains(g.Members, p.ID) {
				members = append(members, p)
			}
		}
	}
	return members
}

// LooksLikeRecipient tells a public key from a name.
func LooksLikeRecipient(s string) bool {
	return strings.HasPrefix(s, "age1") || strings.HasPrefix(s, "ssh-")
}

// Audience turns people into recipients of one file. When post-quantum and
// classic keys would mix, it answers fault.MixedKeys with the names of those
// who have only a classic key, unless classic says to use everyone's classic
// key. A contact whose key changed is fault.ContactChanged. The stock age
// program refuses such a mix too: the file would be only as strong as its
// weakest key. A plugin's key counts as classic, since nothing says otherwise
// before the plugin runs; the job has the last word by what it then says.
func Audience(people []Person, classic bool) ([]identity.Recipient, error) {
	var to []identity.Recipient
	var weak, strong, changed []string
	for _, p := range people {
		if p.Changed {
			changed = append(changed, p.Name)
		}
		r := p.Recipient
		if classic && p.Classic.Text != "" {
			r = p.Classic
		}
		if r.PostQuantum() {
			strong = append(strong, p.Name)
		} else {
			weak = append(weak, p.Name)
		}
		to = append(to, r)
	}
	switch {
	case len(to) == 0:
		return nil, fault.New(fault.NoRecipients, "", nil)
	case len(changed) > 0:
		return nil, fault.New(fault.ContactChanged, strings.Join(changed, ", "), nil)
	case len(weak) > 0 && len(strong) > 0 && classic:
		return nil, fault.New(fault.MixedKeys, strings.Join(strong, ", "), nil)
	case len(weak) > 0 && len(strong) > 0:
		return nil, fault.New(fault.MixedKeys, strings.Join(weak, ", "), nil)
	}
	return to, nil
}
