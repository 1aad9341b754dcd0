package files

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/widget"
)

var (
	cho  = engine.Person{Name: "Cho", ID: "cho", Recipient: hybrid("cho"), Classic: classic("cho")}
	evil = engine.Person{Name: "Dan", ID: "dan", Recipient: hybrid("dan"), Changed: true}
)

func ids(people []engine.Person) []string {
	var out []string
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out
}

func TestGroupsInAnAudience(t *testing.T) {
	everyone := []engine.Person{me, ana, bo, cho}
	family := keyring.Group{Name: "Family", Members: []string{"ana", "cho", "gone"}}
	work := keyring.Group{Name: "Work", Members: []string{"cho"}}
	for _, c := range []struct {
		name    string
		do      func(a *audience)
		people  []string
		circles []string
	}{
		{"a group brings its members, once", func(a *audience) { a.addGroup(family, everyone); a.addGroup(family, everyone) },
			[]string{"me", "ana", "cho"}, []string{"Family"}},
		{"and takes them away again", func(a *audience) { a.addGroup(family, everyone); a.removeGroup("Family") },
			[]string{"me"}, nil},
		{"but not who was there before", func(a *audience) { a.add(ana); a.addGroup(family, everyone); a.removeGroup("Family") },
			[]string{"me", "ana"}, nil},
		{"nor whom another group has", func(a *audience) {
			a.addGroup(family, everyone)
			a.addGroup(work, everyone)
			a.removeGroup("Family")
		}, []string{"me", "cho"}, []string{"Work"}},
		{"one taken out ends the group", func(a *audience) { a.addGroup(family, everyone); a.remove("ana") },
			[]string{"me", "cho"}, nil},
		{"a group of nobody is none", func(a *audience) { a.addGroup(keyring.Group{Name: "X", Members: []string{"gone"}}, everyone) },
			[]string{"me"}, nil},
	} {
		a := audience{people: []engine.Person{me}}
		c.do(&a)
		var circles []string
		for _, g := range a.circles {
			circles = append(circles, g.name)
		}
		if !slices.Equal(ids(a.people), c.people) || !slices.Equal(circles, c.circles) {
			t.Errorf("%s: %v, groups %v", c.name, ids(a.people), circles)
		}
	}
}

func TestPickAGroup(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf"), people: []engine.Person{me, ana, bo, cho},
		groups: []keyring.Group{{Name: "Family", Members: []string{"ana", "cho"}}}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	press(t, w, "Add people")
	wants(t, w, "Family", "Group, 2 people")
	test.Type(w.Canvas().Focused(), "fam")
	key(w, fyne.KeyReturn)
	key(w, fyne.KeyReturn)
	wants(t, w, "Family (2)")
	lacks(t, w, "Ana")
	press(t, w, "Encrypt")
	want := []identity.Recipient{me.Recipient, ana.Recipient, cho.Recipient}
	if got := f.encrypted[0].To; !slices.Equal(got, want) {
		t.Errorf("encrypted to %v", got)
	}
	if who := s.board.runs[0].who; who != "Me, Family (2)" {
		t.Errorf("the row says %q", who)
	}
}

func TestNobodyPicksAChangedContact(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf"), people: []engine.Person{me, evil}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	press(t, w, "Add people")
	wants(t, w, "Dan", "Another key came")
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if c, ok := o.(*widget.Check); ok && c.Label() == "Dan" {
			if !c.Disabled() {
				t.Error("the box is open")
			}
			test.Tap(c)
		}
	})
	search := find[*widget.Field](t, w)
	w.Canvas().Focus(search)
	test.Type(search, "dan")
	key(w, fyne.KeyReturn)
	if s.plan.people.who.has("dan") {
		t.Error("was chosen all the same")
	}
}

func TestAGroupWithAChangedContact(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf"), people: []engine.Person{me, ana, evil},
		groups: []keyring.Group{{Name: "All", Members: []string{"ana", "dan"}}}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	s.plan.people.who.addGroup(f.groups[0], f.people)
	s.plan.people.build()
	wants(t, w, "Another key came for Dan")
	if !button(t, w, "Encrypt").Disabled() {
		t.Fatal("encrypts although a key is in doubt")
	}
	press(t, w, "Leave Dan out")
	wants(t, w, "Ana") // the rest of the group, by name
	lacks(t, w, "All (2)")
	press(t, w, "Encrypt")
	if got := f.encrypted[0].To; !slices.Equal(got, []identity.Recipient{me.Recipient, ana.Recipient}) {
		t.Errorf("encrypted to %v", got)
	}
}

func TestKeyringChangesWhileThePlanIsShown(t *testing.T) {
	for _, c := range []struct {
		name string
		now  []engine.Person
		says string
	}{
		{"another key came", []engine.Person{me, {Name: "Ana", ID: "ana", Recipient: ana.Recipient, Changed: true}}, "Another key came for Ana"},
		{"the contact is gone", []engine.Person{me}, "was removed or has another key now"},
	} {
		s, w, _ := planFor(t, me, ana)
		f := s.engine.(*fake)
		f.people = c.now
		press(t, w, "Encrypt") // as it was on screen
		if len(f.encrypted) > 0 {
			t.Errorf("%s: encrypted for whom nobody saw", c.name)
		}
		wants(t, w, c.says)
	}
}

func TestLockedMeanwhileKeepsTheAudience(t *testing.T) {
	a := audience{people: []engine.Person{me, ana}}
	if altered, _ := a.renew(nil, keeper{}); altered || len(a.people) != 2 {
		t.Errorf("a locked keyring took %v away", ids(a.people))
	}
}

func TestPickAmongAThousand(t *testing.T) {
	everyone := []engine.Person{me}
	for i := range 1000 {
		n := string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		everyone = append(everyone, engine.Person{Name: "P " + n, ID: n, Recipient: hybrid(n)})
	}
	f := &counting{fake: &fake{plan: encryptPlan("report.pdf"), people: everyone}}
	s, w, _ := screen(t, f.fake)
	s.engine = f
	s.Drop(touch(t, "report.pdf"))
	f.asked = 0
	press(t, w, "Add people")
	if f.asked > 3 {
		t.Errorf("asked the keyring %d times to list its people once", f.asked)
	}
	wants(t, w, "Only the first 50 are shown")
}

// counting counts how often everyone is asked for, which costs milliseconds
// with a thousand contacts.
type counting struct {
	*fake
	asked int
}

func (c *counting) People() []engine.Person { c.asked++; return c.people }

func TestUntickOneOfAGroup(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf"), people: []engine.Person{me, ana, cho},
		groups: []keyring.Group{{Name: "Family", Members: []string{"ana", "cho"}}}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	press(t, w, "Add people")
	box := func(name string) *widget.Check {
		var found *widget.Check
		walk(onScreen(w), func(o fyne.CanvasObject) {
			if c, ok := o.(*widget.Check); ok && c.Label() == name {
				found = c
			}
		})
		return found
	}
	test.Tap(box("Family"))
	if !box("Ana").On() || !box("Cho").On() {
		t.Fatal("the members are not ticked")
	}
	test.Tap(box("Ana"))
	if box("Family").On() || !box("Cho").On() || box("Ana").On() {
		t.Error("the group is still ticked without one of its members")
	}
}
