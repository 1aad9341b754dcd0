package files

import (
	"slices"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
)

// audience is who a set of files is encrypted for.
type audience struct {
	people  []engine.Person // in the order they were added
	circles []circle        // groups whose members, all among people, are shown as one
	classic bool            // everyone's classic key, chosen by hand for these files only
	agent   keeper          // who can open everything; nobody if none is set
	alone   bool            // the agent is left out, by hand, of these files only
}

// circle is a group that was chosen as one.
type circle struct {
	name    string
	members []string // IDs
	brought []string // those of them who came with the group
}

// onlyMe is the audience one begins with: one's own key pairs, those that can
// be together in one file. An own classic key is left out beside a
// post-quantum one; it can be added by hand.
func onlyMe(everyone []engine.Person) audience {
	var a audience
	for _, p := range everyone {
		if p.Me && (len(a.people) == 0 || p.Recipient.PostQuantum() == a.people[0].Recipient.PostQuantum()) {
			a.people = append(a.people, p)
		}
	}
	return a
}

func (a *audience) add(p engine.Person) {
	if !a.has(p.ID) {
		a.people = append(a.people, p)
	}
	a.upgrade()
}

// remove takes one person out. A group they are in is then its other members,
// one by one: under its name it would say more than is true.
func (a *audience) remove(id string) {
	a.people = slices.DeleteFunc(a.people, func(p engine.Person) bool { return p.ID == id })
	a.circles = slices.DeleteFunc(a.circles, func(c circle) bool { return slices.Contains(c.members, id) })
	a.upgrade()
}

// addGroup adds all members of a group, as one.
func (a *audience) addGroup(g keyring.Group, everyone []engine.Person) {
	if a.hasGroup(g.Name) {
		return
	}
	c := circle{name: g.Name}
	for _, p := range everyone {
		if p.Me || !slices.Contains(g.Members, p.ID) {
			continue
		}
		c.members = append(c.members, p.ID)
		if !a.has(p.ID) {
			c.brought = append(c.brought, p.ID)
			a.people = append(a.people, p)
		}
	}
	if len(c.members) > 0 {
		a.circles = append(a.circles, c)
	}
	a.upgrade()
}

// removeGroup takes out who came with a group, unless another group has them.
func (a *audience) removeGroup(name string) {
	i := slices.IndexFunc(a.circles, func(c circle) bool { return c.name == name })
	if i < 0 {
		return
	}
	gone := a.circles[i]
	a.circles = slices.Delete(a.circles, i, i+1)
	a.people = slices.DeleteFunc(a.people, func(p engine.Person) bool {
		return slices.Contains(gone.brought, p.ID) && !a.inGroup(p.ID)
	})
	a.upgrade()
}

func (a *audience) hasGroup(name string) bool {
	return slices.ContainsFunc(a.circles, func(c circle) bool { return c.name == name })
}

// inGroup says whether a person is shown as part of a group.
func (a *audience) inGroup(id string) bool {
	return slices.ContainsFunc(a.circles, func(c circle) bool { return slices.Contains(c.members, id) })
}

// renew brings the people up to date with the keyring, and says whether
// anything is different: a key may have changed, or somebody was deleted, while
// a plan was on screen. gone says that somebody is no longer among them.
func (a *audience) renew(everyone []engine.Person, agent keeper) (altered, gone bool) {
	if len(everyone) == 0 {
		return false, false // locked
	}
	altered = agent != a.agent
	a.agent = agent
	now := make(map[string]engine.Person, len(everyone))
	for _, p := range everyone {
		now[p.ID] = p
	}
	for _, old := range slices.Clone(a.people) {
		p, there := now[old.ID]
		switch {
		case !there:
			a.remove(old.ID)
			altered, gone = true, true
		case p != old:
			a.people[slices.IndexFunc(a.people, func(o engine.Person) bool { return o.ID == old.ID })] = p
			altered = true
		}
	}
	return altered, gone
}

// changed lists those whose key is in doubt: nothing can be encrypted to them.
func (a *audience) changed() []engine.Person {
	var out []engine.Person
	for _, p := range a.people {
		if p.Changed {
			out = append(out, p)
		}
	}
	return out
}

func (a *audience) has(id string) bool {
	return slices.ContainsFunc(a.people, func(p engine.Person) bool { return p.ID == id })
}

// withMe says whether one can open the result oneself.
func (a *audience) withMe() bool {
	return slices.ContainsFunc(a.people, func(p engine.Person) bool { return p.Me })
}

// classicOnly lists those who have no post-quantum key.
func (a *audience) classicOnly() []engine.Person {
	var out []engine.Person
	for _, p := range a.people {
		if !p.Recipient.PostQuantum() {
			out = append(out, p)
		}
	}
	return out
}

// leaveOut removes those who have no post-quantum key.
func (a *audience) leaveOut() {
	for _, p := range a.classicOnly() {
		a.remove(p.ID)
	}
}

// upgrade forgets the choice of classic keys as soon as nobody needs it, so
// that a downgrade never outlives its reason.
func (a *audience) upgrade() {
	if len(a.classicOnly()) == 0 {
		a.classic = false
	}
}

// recipients resolves the people; the error is the engine's.
func (a *audience) recipients() ([]identity.Recipient, error) {
	return engine.Audience(a.people, a.classic)
}

// mixed says whether post-quantum and classic keys would meet in one file.
func (a *audience) mixed() bool {
	_, err := a.recipients()
	return fault.Of(err) == fault.MixedKeys
}

// canAllBeClassic says whether every one of them has a classic key.
func (a *audience) canAllBeClassic() bool {
	_, err := engine.Audience(a.people, true)
	return err == nil
}
