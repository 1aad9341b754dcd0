package keys

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// mina is an own key pair that can sign.
func mina(id string) identity.Public {
	return identity.Public{ID: id, Name: id, Kind: identity.Hybrid, Recipient: pq(id), Signing: []byte(id)}
}

func TestTheWordsMatch(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{person("Ana", "ana")}}}
	s, w := stand(t, d)
	s.verify(d.contacts[0])
	wants(t, w, "1\nabandon\n", "12\nHome") // the last word of the fake is the own key's name
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(d.decided) > 0 {
		t.Fatal("a stray Enter verified somebody")
	}
	widget.DismissAll(w.Canvas())
	s.verify(d.contacts[0])
	press(t, w, "They match")
	if !d.contacts[0].Verified || w.Canvas().Overlays().Top() != nil {
		t.Errorf("decided %q", d.decided)
	}
	s.verify(d.contacts[0])
	wants(t, w, "Ana is verified")
	press(t, w, "Not verified any more")
	if d.contacts[0].Verified {
		t.Error("still verified")
	}
}

func TestTheWordsDiffer(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{person("Ana", "ana")}}}
	s, w := stand(t, d)
	s.verify(d.contacts[0])
	press(t, w, "They differ")
	wants(t, w, "Ana stays unverified", "new contact card")
	press(t, w, "Compare again")
	wants(t, w, "They match")
	press(t, w, "They differ")
	press(t, w, "I understand")
	if len(d.decided) > 0 || w.Canvas().Overlays().Top() != nil {
		t.Errorf("decided %q", d.decided)
	}
}

func TestWordsOfAnotherKeyPair(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{{ID: "ssh", Name: "ssh"}, mina("Home"), mina("Work")}, contacts: []identity.Contact{person("Ana", "ana")}}}
	s, w := stand(t, d)
	s.verify(d.contacts[0])
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if c, ok := o.(*widget.Choice); ok {
			c.Choose(1)
		}
	})
	if !slices.Equal(d.asked, []string{"Home", "Work"}) {
		t.Errorf("words of %q", d.asked)
	}
	wants(t, w, "12\nWork")
}

// The words of the first key pair come after those of the second were asked
// for: they must not be shown under its name.
func TestLateWordsAreNotShown(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home"), mina("Work")}, contacts: []identity.Contact{person("Ana", "ana")}}}
	s, w := stand(t, d)
	var late []func()
	before := away
	t.Cleanup(func() { away = before })
	away = func(work, done func()) { late = append(late, func() { work(); done() }) }
	s.verify(d.contacts[0])
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if c, ok := o.(*widget.Choice); ok {
			c.Choose(1)
		}
	})
	late[1]()
	late[0]()
	wants(t, w, "12\nWork")
	lacks(t, w, "12\nHome")
}

func TestKeysThatChangeWhileTheWordsAreRead(t *testing.T) {
	for _, now := range []identity.Contact{
		{Name: "Ana", Recipient: pq("ana"), Signing: []byte("another")},
		{Name: "Ana", Recipient: pq("ana"), Classic: pq("older"), Signing: []byte("ana")},
		person("Ana", "other"),
	} {
		d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{person("Ana", "ana")}}}
		s, w := stand(t, d)
		s.verify(d.contacts[0])
		d.contacts[0] = now
		press(t, w, "They match")
		if len(d.decided) > 0 {
			t.Errorf("%+v was verified, whose words nobody saw", now)
		}
		what, _ := text.FaultOf(fault.New(fault.ContactChanged, "Ana", nil))
		wants(t, w, what)
	}
}

func TestLockWhileTheWordsAreMade(t *testing.T) {
	q := live(t)
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{person("Ana", "ana")}}}
	goOn := make(chan bool)
	d.during = func() { <-goOn }
	s, w := stand(t, d)
	s.verify(d.contacts[0])
	widget.DismissAll(w.Canvas())
	goOn <- true
	(<-q)()
	if w.Canvas().Overlays().Top() != nil {
		t.Error("something lies over the lock")
	}
}

func TestFingerprintInsteadOfWords(t *testing.T) {
	bare := identity.Contact{Name: "Ana", Recipient: pq("ana")}
	ssh := identity.Contact{Name: "Server", Recipient: identity.Recipient{Kind: identity.SSHEd25519, Text: "ssh-ed25519 x"}}
	for _, c := range []struct {
		contact identity.Contact
		mine    identity.Public
		says    string
	}{
		{bare, mina("Home"), "Only the public key of Ana is known"},
		{ssh, mina("Home"), "ssh-keygen -l"},
		{person("Ana", "ana"), identity.Public{ID: "ssh", Kind: identity.SSHRSA}, "None of your own key pairs"},
	} {
		d := &desk{fake: &fake{keys: []identity.Public{c.mine}, contacts: []identity.Contact{c.contact}}}
		s, w := stand(t, d)
		s.verify(c.contact)
		wants(t, w, c.says, c.contact.Recipient.Fingerprint())
		press(t, w, "Copy")
		if got := fyne.CurrentApp().Clipboard().Content(); got != c.contact.Recipient.Fingerprint() {
			t.Errorf("copied %q", got)
		}
		press(t, w, "They match")
		if !d.contacts[0].Verified {
			t.Errorf("%s is not verified", c.contact.Name)
		}
	}
}

func changedAna() identity.Contact { return person("Ana", "old").Offer(person("Ana", "new")) }

func TestKeepTheOldKey(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{changedAna()}}}
	s, w := stand(t, d)
	s.verify(d.contacts[0]) // leads to the decision
	c := d.contacts[0]
	wants(t, w, "Until you decide, nothing is encrypted for Ana.", c.Recipient.Fingerprint(), c.Offered.Recipient.Fingerprint())
	press(t, w, "Keep the old key")
	if d.contacts[0].Changed() || d.contacts[0].Recipient != pq("old") || w.Canvas().Overlays().Top() != nil {
		t.Errorf("%q, %+v", d.decided, d.contacts[0])
	}
}

func TestUseTheNewKey(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{changedAna()}}}
	s, w := stand(t, d)
	s.resolve(d.contacts[0])
	press(t, w, "Use the new key…")
	wants(t, w, "Did Ana tell you")
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // goes back
	wants(t, w, "Keep the old key")
	press(t, w, "Use the new key…")
	press(t, w, "Use the new key")
	if d.contacts[0].Recipient != pq("new") || d.contacts[0].Verified {
		t.Errorf("%q, %+v", d.decided, d.contacts[0])
	}
	wants(t, w, "Is it really the key of Ana?", "They match")
}

func TestAThirdKeyComesMeanwhile(t *testing.T) {
	d := &desk{fake: &fake{contacts: []identity.Contact{changedAna()}}}
	s, w := stand(t, d)
	s.resolve(d.contacts[0])
	press(t, w, "Use the new key…")
	d.contacts[0] = person("Ana", "old").Offer(person("Ana", "third"))
	press(t, w, "Use the new key")
	if len(d.decided) > 0 {
		t.Error("accepted a key that nobody saw")
	}
	what, _ := text.FaultOf(fault.New(fault.ContactChanged, "Ana", nil))
	wants(t, w, what)
}

func TestDecisionThatFails(t *testing.T) {
	full := fault.New(fault.NoSpace, "", nil)
	d := &desk{fake: &fake{contacts: []identity.Contact{changedAna()}, err: full}}
	s, w := stand(t, d)
	s.resolve(d.contacts[0])
	press(t, w, "Keep the old key")
	what, do := text.FaultOf(full)
	wants(t, w, what, do, "Keep the old key")
	test.Tap(onScreen(w).(*widget.Sheet)) // beside it: closes
}
