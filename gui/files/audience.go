package files

import (
	"slices"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// audience is who a set of files is encrypted for.
type audience struct {
	people  []engine.Person // in the order they were added
	classic bool            // everyone's classic key, chosen by hand for these files only
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

func (a *audience) remove(id string) {
	a.people = slices.DeleteFunc(a.people, func(p engine.Person) bool { return p.ID == id })
	a.upgrade()
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
