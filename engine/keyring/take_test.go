package keyring

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// bare is a contact of which only a public key is known.
func bare(name string, to identity.Recipient) identity.Contact {
	return identity.Contact{Name: name, Recipient: to, Added: day}
}

// What comes from outside never changes the keys of somebody who is known.
func TestTakeContacts(t *testing.T) {
	ben, other := contact("Ben"), contact("Ben")
	classic := must(identity.NewClassic("Ben")).Public()
	mallory := contact("Mallory")
	// What anybody can sign: Ben's main key, and keys of their own.
	forged := ben
	forged.Classic, forged.Signing = mallory.Classic, mallory.Signing
	halfForged, otherSigner := ben, ben
	halfForged.Classic, otherSigner.Signing = mallory.Classic, mallory.Signing
	called := func(c identity.Contact, name string) identity.Contact { c.Name = name; return c }
	verified := ben
	verified.Verified = true
	for _, c := range []struct {
		name    string
		have    []identity.Contact
		takes   identity.Contact
		people  int
		changed bool
	}{
		{"new", nil, ben, 1, false},
		{"the same card", []identity.Contact{verified}, ben, 1, false},
		{"the same card under another name", []identity.Contact{verified}, called(ben, "Benjamin"), 1, false},
		{"the bare main key", []identity.Contact{verified}, bare("x", ben.Recipient), 1, false},
		{"the bare classic key", []identity.Contact{verified}, bare("BEN", ben.Classic), 1, false},
		{"the bare classic key under another name", []identity.Contact{verified}, bare("Benny", ben.Classic), 2, false},
		{"other keys", []identity.Contact{verified}, other, 1, true},
		{"other keys, other case", []identity.Contact{verified}, called(other, "bEN"), 1, true},
		{"other keys, other name", []identity.Contact{verified}, called(other, "Carl"), 2, false},
		{"a bare other key", []identity.Contact{verified}, bare("Ben", classic.Recipient), 1, true},
		{"a card for a bare key", []identity.Contact{bare("Ben", ben.Recipient)}, ben, 1, true},
		{"a forged card for a bare key", []identity.Contact{bare("Ben", ben.Recipient)}, forged, 1, true},
		{"a forged card", []identity.Contact{verified}, forged, 1, true},
		{"a forged card under another name", []identity.Contact{verified}, called(forged, "Mallory"), 1, true},
		{"the signing key with another classic one", []identity.Contact{verified}, halfForged, 1, true},
		{"another signing key alone", []identity.Contact{verified}, otherSigner, 1, true},
		{"the name of one, the key of another", []identity.Contact{verified, mallory}, called(mallory, "Ben"), 2, false},
	} {
		store, path := storeIn(t)
		k := quick(t, store, path, must(identity.New("Ana")))
		if err := k.AddContact(c.have...); err != nil {
			t.Fatal(err)
		}
		known, old := k.Directory().Meet(c.takes)
		if err := k.TakeContacts(c.takes); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		people := must(again(t, store, path)).Contacts()
		changed := false
		for _, p := range people {
			changed = changed || p.Changed()
			if i := slices.IndexFunc(c.have, func(h identity.Contact) bool { return h.Name == p.Name }); i >= 0 &&
				(!sameKeys(c.have[i], p) || c.have[i].Verified != p.Verified) {
				t.Errorf("%s: %s is now %+v", c.name, p.Name, p)
			}
		}
		if len(people) != c.people || changed != c.changed {
			t.Errorf("%s: %d people, changed %v", c.name, len(people), changed)
		}
		if (old.Name != "") != c.changed || known != (!c.changed && len(people) == len(c.have)) {
			t.Errorf("%s: was said to be known %v, of %q", c.name, known, old.Name)
		}
	}
}

// An offer stays until somebody decides; a later one takes its place.
func TestOffers(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	ben, second, third := contact("Ben"), contact("Ben"), contact("Ben")
	ben.Verified = true
	second.Added, third.Added = day, day.AddDate(0, 0, 1)
	if err := k.AddContact(ben); err != nil {
		t.Fatal(err)
	}
	offered := func(step string, want *identity.Contact) {
		t.Helper()
		for _, ring := range []*Keyring{k, must(again(t, store, path))} {
			c := ring.Contacts()[0]
			if !sameKeys(c, ben) || c.Changed() != (want != nil) || want != nil && (!sameKeys(c.Accept(), *want) || !c.Offered.Since.Equal(want.Added)) {
				t.Fatalf("%s: %+v", step, c)
			}
		}
	}
	take := func(c identity.Contact) {
		t.Helper()
		if err := k.TakeContacts(c); err != nil {
			t.Fatal(err)
		}
	}
	take(second)
	offered("one", &second)
	later := second
	later.Added = day.AddDate(1, 0, 0)
	take(later)
	offered("the same again", &second)
	take(ben)
	offered("the keys it has", &second)
	take(third)
	offered("another", &third)
	if err := k.UpdateContact(ben.ID(), ben.Offer(ben)); err != nil {
		t.Fatal(err)
	}
	offered("of what is there", nil)
	take(third)
	lost := must(identity.New("Zoe"))
	err := k.TakeContacts(contact("Carl"), bare("", lost.Public().Recipient))
	if fault.Of(err) != fault.NameMissing || len(k.Contacts()) != 1 {
		t.Errorf("half of it was taken: %v, %d people", err, len(k.Contacts()))
	}
	// The decision, seen from another program that knew of no offer yet.
	if err := k.DecideContact(ben.ID(), func(c identity.Contact) (identity.Contact, error) { return c.Accept(), nil }); err != nil {
		t.Fatal(err)
	}
	if c := k.Contacts()[0]; c.Verified || c.Changed() || !sameKeys(c, third) {
		t.Errorf("accepted: %+v", c)
	}
}

// Another program's offer is not lost, and not accepted unseen.
func TestOffersOfAnotherProgram(t *testing.T) {
	store, path := storeIn(t)
	a := quick(t, store, path, must(identity.New("Ana")))
	ben, second := contact("Ben"), contact("Ben")
	if err := a.AddContact(ben); err != nil {
		t.Fatal(err)
	}
	b := must(again(t, store, path))
	if err := b.TakeContacts(second); err != nil {
		t.Fatal(err)
	}
	accept := func(c identity.Contact) (identity.Contact, error) { c = c.Accept(); c.Verified = true; return c, nil }
	if err := a.DecideContact(ben.ID(), accept); fault.Of(err) != fault.ContactChanged {
		t.Errorf("decided about what was not seen: %v", err)
	}
	if c := a.Contacts()[0]; !c.Changed() || c.Verified {
		t.Errorf("now it is to be seen: %+v", c)
	}
	c := must(again(t, store, path))
	if err := b.DecideContact(ben.ID(), accept); err != nil {
		t.Fatal(err)
	}
	if err := c.DecideContact(ben.ID(), accept); fault.Of(err) != fault.NoContact {
		t.Errorf("accepted twice: %v", err)
	}
	d, e := must(again(t, store, path)), must(again(t, store, path))
	if err := d.TakeContacts(ben); err != nil {
		t.Fatal(err)
	}
	err := e.ChangeContact(second.ID(), func(c identity.Contact) (identity.Contact, error) { c.Name = "Benjamin"; return c, nil })
	if err != nil {
		t.Fatal(err)
	}
	if c := must(again(t, store, path)).Contacts()[0]; c.Name != "Benjamin" || !c.Changed() {
		t.Errorf("the offer was lost with the name: %+v", c)
	}
}

func TestGroups(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	ben, carl := contact("Ben"), contact("Carl")
	if err := k.AddContact(ben, carl); err != nil {
		t.Fatal(err)
	}
	both := []string{carl.ID(), ben.ID(), carl.ID()}
	steps := []struct {
		name string
		kind fault.Kind
		do   func() error
	}{
		{"add", "", func() error { return k.SetGroup("", Group{"  Friends ", both}) }},
		{"again", fault.NameTaken, func() error { return k.SetGroup("", Group{"FRIENDS", nil}) }},
		{"a contact's name", fault.NameTaken, func() error { return k.SetGroup("", Group{"ben", nil}) }},
		{"a key pair's name", fault.NameTaken, func() error { return k.SetGroup("", Group{"ANA", nil}) }},
		{"me", fault.NameTaken, func() error { return k.SetGroup("", Group{"Me", nil}) }},
		{"no name", fault.NameMissing, func() error { return k.SetGroup("", Group{" ", nil}) }},
		{"a stranger", fault.NoContact, func() error { return k.SetGroup("", Group{"Others", []string{"0123456789abcdef"}}) }},
		{"none of that name", fault.GroupMissing, func() error { return k.SetGroup("Others", Group{"Others", nil}) }},
		{"an empty one", "", func() error { return k.SetGroup("", Group{"Others", nil}) }},
		{"rename to taken", fault.NameTaken, func() error { return k.SetGroup("Others", Group{"friends", nil}) }},
		{"rename", "", func() error { return k.SetGroup("others", Group{"Work", []string{ben.ID()}}) }},
		{"a contact called as a group", fault.NameTaken, func() error { return k.AddContact(contact("work")) }},
		{"a contact taken in", fault.NameTaken, func() error { return k.TakeContacts(contact("work")) }},
		{"a contact renamed", fault.NameTaken, func() error {
			c := ben
			c.Name = "Work"
			return k.UpdateContact(ben.ID(), c)
		}},
		{"a key pair called as a group", fault.NameTaken, func() error { return k.AddKey(must(identity.NewClassic("work"))) }},
		{"a key pair renamed", fault.NameTaken, func() error { return k.RenameKey(k.Keys()[0].Public().ID, "work") }},
		{"other keys", "", func() error {
			c := contact("Ben")
			return k.UpdateContact(ben.ID(), ben.Offer(c).Accept())
		}},
		{"a member goes", "", func() error { return k.RemoveContact(carl.ID()) }},
		{"remove none", fault.GroupMissing, func() error { return k.RemoveGroup("x") }},
	}
	for _, s := range steps {
		if err := s.do(); fault.Of(err) != s.kind {
			t.Fatalf("%s: %v", s.name, err)
		}
		if mine, disk := k.Groups(), must(again(t, store, path)).Groups(); !slices.EqualFunc(mine, disk, sameGroup) {
			t.Fatalf("%s: memory has %v, the disk %v", s.name, mine, disk)
		}
	}
	id := k.Contacts()[0].ID()
	if g := k.Groups(); len(g) != 2 || !sameGroup(g[0], Group{"Friends", []string{id}}) || !sameGroup(g[1], Group{"Work", []string{id}}) {
		t.Errorf("%v", g)
	}
	if err := k.RemoveGroup("WORK"); err != nil || len(k.Groups()) != 1 || len(k.Contacts()) != 1 {
		t.Errorf("%v, %v", err, k.Groups())
	}
	// What is answered is the caller's.
	k.Groups()[0].Members[0] = "x"
	if k.Groups()[0].Members[0] != id {
		t.Error("the answer is the state itself")
	}
	k.Close()
	if k.Groups() != nil || fault.Of(k.SetGroup("", Group{"x", nil})) != fault.Locked || fault.Of(k.RemoveGroup("Friends")) != fault.Locked {
		t.Error("closed, it answers")
	}
}

func sameGroup(a, b Group) bool { return a.Name == b.Name && slices.Equal(a.Members, b.Members) }

// Two programs, and a file that failed: groups and offers behave as the rest.
func TestGroupsOfTwoPrograms(t *testing.T) {
	store, path := storeIn(t)
	a := quick(t, store, path, must(identity.New("Ana")))
	ben := contact("Ben")
	if err := a.AddContact(ben); err != nil {
		t.Fatal(err)
	}
	b := must(again(t, store, path))
	for ring, name := range map[*Keyring]string{a: "One", b: "Two"} {
		if err := ring.SetGroup("", Group{name, []string{ben.ID()}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.RemoveContact(ben.ID()); err != nil {
		t.Fatal(err)
	}
	if err := b.SetGroup("", Group{"Three", []string{ben.ID()}}); fault.Of(err) != fault.NoContact {
		t.Errorf("somebody who is gone: %v", err)
	}
	if g := must(again(t, store, path)).Groups(); len(g) != 2 || len(g[0].Members)+len(g[1].Members) != 0 {
		t.Errorf("%v", g)
	}
	was := read(t, path)
	if err := os.Mkdir(filepath.Join(filepath.Dir(path), "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(Previous(path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(filepath.Dir(path), "x"), Previous(path)); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{a.SetGroup("One", Group{"Other", nil}), a.RemoveGroup("One"), a.TakeContacts(contact("Eve"))} {
		if fault.Of(err) != fault.Exists {
			t.Errorf("%v", err)
		}
	}
	if g := a.Groups(); len(g) != 2 || g[0].Name != "One" || len(a.Contacts()) != 0 || !bytes.Equal(read(t, path), was) {
		t.Errorf("%v, %v", g, a.Contacts())
	}
}

// A program of before keeps the lines that it does not know: what that does to
// groups and offers. It is played by hand: its contact lines are the same.
func TestGroupsAndOffersThroughAnOlderProgram(t *testing.T) {
	ben, carl := contact("Ben"), contact("Carl")
	ben.Verified = true
	b := &book{contacts: []identity.Contact{ben.Offer(contact("Ben")), carl}, groups: []Group{{"Friends", []string{ben.ID(), carl.ID()}}}}
	lines := strings.SplitAfter(text(t, b), "\n")
	// The older one writes contacts first and all else after them, and has removed Carl.
	var contacts, unknown []string
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, contactTag) && !strings.Contains(line, "Carl"):
			contacts = append(contacts, line)
		case strings.HasPrefix(line, offerTag), strings.HasPrefix(line, groupTag):
			unknown = append(unknown, line)
		}
	}
	if len(contacts) != 1 || len(unknown) != 2 {
		t.Fatalf("%q", lines)
	}
	back := must(parseText(title + "\n" + strings.Join(contacts, "") + strings.Join(unknown, "")))
	if !back.contacts[0].Changed() || !back.contacts[0].Verified || len(back.groups) != 1 || len(back.kept) != 0 {
		t.Errorf("%+v", back)
	}
	// Nobody is called Carl; should a later version know who it is, he is still in.
	if out := text(t, back); !strings.Contains(out, carl.ID()) {
		t.Errorf("%s", out)
	}
	// An offer to somebody who is gone, a second one, and lines that are wrong stay as they are.
	offer := unknown[0]
	for _, wrong := range []string{
		strings.Replace(offer, ben.ID(), "0123456789abcdef", 1), offer + strings.Replace(offer, "\"since\":", "\"since\" :", 1),
		"# offer: {}\n", "# offer: {\"to\":\"x\"}\n", "# group: {}\n", "# group: {\"name\":\"a\",\"members\":[\"a b\"]}\n", "# group: {\"name\":\"\\u202e\"}\n",
	} {
		b := must(parseText(strings.Join(contacts, "") + wrong))
		out := text(t, b)
		for line := range strings.Lines(wrong) {
			if line != offer && !strings.Contains(out, line) {
				t.Errorf("%.60q is lost in\n%s", line, out)
			}
		}
		if text(t, must(parseText(out))) != out {
			t.Errorf("%.60q changes at every save", wrong)
		}
	}
}
