package engine

import (
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
}

// People lists Me (every own key pair) and then the contacts; nil while locked.
func (e *Engine) People() []Person {
	var people []Person
	for _, k := range e.Keys() {
		people = append(people, Person{
			Name: k.Name, Me: true, ID: k.ID,
			Recipient: k.Recipient, Classic: k.Classic, Verified: true,
		})
	}
	for _, c := range e.Contacts() {
		people = append(people, Person{
			Name: c.Name, ID: c.Recipient.ID(),
			Recipient: c.Recipient, Classic: c.Classic, Verified: c.Verified,
		})
	}
	return people
}

// Find resolves names: "me" is the first own key pair, anything else the name
// of a contact or of an own key pair, in any case.
func (e *Engine) Find(names []string) ([]Person, error) {
	if !e.Unlocked() {
		return nil, fault.New(fault.Locked, "", nil)
	}
	all := e.People()
	var found []Person
	for _, name := range names {
		p, ok := match(all, name)
		if !ok {
			return nil, fault.New(fault.NoContact, name, nil)
		}
		found = append(found, p)
	}
	return found, nil
}

func match(people []Person, name string) (Person, bool) {
	for _, p := range people {
		if strings.EqualFold(p.Name, name) || p.Me && strings.EqualFold(name, "me") {
			return p, true
		}
	}
	return Person{}, false
}

// LooksLikeRecipient tells a public key from a name.
func LooksLikeRecipient(s string) bool {
	return strings.HasPrefix(s, "age1") || strings.HasPrefix(s, "ssh-")
}

// Audience turns people into recipients of one file. When post-quantum and
// classic keys would mix, it answers fault.MixedKeys with the names of those
// who have only a classic key, unless classic says to use everyone's classic
// key. The stock age program refuses such a mix too: the file would be only as
// strong as its weakest key.
func Audience(people []Person, classic bool) ([]identity.Recipient, error) {
	var to []identity.Recipient
	var weak, strong []string
	for _, p := range people {
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
	case len(weak) > 0 && len(strong) > 0 && classic:
		return nil, fault.New(fault.MixedKeys, strings.Join(strong, ", "), nil)
	case len(weak) > 0 && len(strong) > 0:
		return nil, fault.New(fault.MixedKeys, strings.Join(weak, ", "), nil)
	}
	return to, nil
}
