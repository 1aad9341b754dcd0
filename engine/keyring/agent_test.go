package keyring

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

func TestAgent(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	safe, ben, changed := contact("Family safe"), contact("Ben"), contact("Carl")
	half := contact("Half")
	half.Classic = identity.Recipient{}
	old := contact("Old")
	old.Recipient, old.Classic = old.Classic, identity.Recipient{}
	if err := k.AddContact(safe, ben, changed.Offer(contact("x")), half, old); err != nil {
		t.Fatal(err)
	}
	for id, kind := range map[string]fault.Kind{"none": fault.NoContact, changed.ID(): fault.ContactChanged, half.ID(): fault.AgentIncomplete, old.ID(): fault.AgentIncomplete} {
		if err := k.SetAgent(id); fault.Of(err) != kind {
			t.Errorf("%v, want %s", err, kind)
		}
	}
	if a, set := k.Agent(); set {
		t.Errorf("the agent is %v", a)
	}
	if err := errors.Join(k.SetAgent(ben.ID()), k.SetAgent(safe.ID())); err != nil {
		t.Fatal(err)
	}
	is := func(when string, want identity.Contact) Agent {
		t.Helper()
		here, set := k.Agent()
		there, again := must(again(t, store, path)).Agent()
		if !set || !again || here.To != want.ID() || here.Name != want.Name || there.To != here.To || there.Name != here.Name || !bytes.Equal(here.Notes, there.Notes) || len(here.Notes) != notesSize {
			t.Errorf("%s: %v and %v, want %s", when, here, there, want.Name)
		}
		return here
	}
	first := is("set", safe)
	if records := k.Records(AgentTag); len(records) != 1 {
		t.Errorf("%q", records)
	}

	// A name, and whatever a later version wrote, change nothing else.
	if err := k.ChangeRecords(AgentTag, func(all []string) ([]string, error) {
		return []string{strings.Replace(all[0], "{", `{"later":[1],`, 1)}, nil
	}); err != nil {
		t.Fatal(err)
	}
	safe.Name = "Our safe"
	if err := k.UpdateContact(first.To, safe); err != nil {
		t.Fatal(err)
	}
	if named := is("renamed", safe); !bytes.Equal(named.Notes, first.Notes) || !named.Since.Equal(first.Since) {
		t.Error("a name started the notes anew")
	}
	// Other keys: it is still them, and no file is theirs already.
	fresh := contact(safe.Name)
	if err := errors.Join(k.TakeContacts(fresh), k.DecideContact(safe.ID(), func(c identity.Contact) (identity.Contact, error) { return c.Accept(), nil })); err != nil {
		t.Fatal(err)
	}
	if now := is("with another key", fresh); bytes.Equal(now.Notes, first.Notes) {
		t.Error("files of the old key count as the new one's")
	}
	if !strings.Contains(k.Records(AgentTag)[0], `"later":[1]`) {
		t.Error("what a later version wrote is lost")
	}
	if err := k.RemoveContact(ben.ID()); err != nil {
		t.Fatal(err)
	}
	is("after somebody else went", fresh)
	if err := k.RemoveContact(fresh.ID()); err != nil {
		t.Fatal(err)
	}
	if a, set := k.Agent(); set {
		t.Errorf("deleted, the agent is %v", a)
	}
	if err := errors.Join(k.AddContact(ben), k.SetAgent(ben.ID()), k.ClearAgent()); err != nil {
		t.Fatal(err)
	}
	if a, set := must(again(t, store, path)).Agent(); set {
		t.Errorf("cleared, the agent is %v", a)
	}
	k.Close()
	if err := errors.Join(k.SetAgent(ben.ID())); fault.Of(err) != fault.Locked {
		t.Error(err)
	}
}

// What nobody understands is an agent who is nobody's contact, not no agent.
func TestAgentRecordsThatSayNobody(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	safe := contact("Safe")
	if err := k.AddContact(safe); err != nil {
		t.Fatal(err)
	}
	for _, record := range []string{"{}", `{"to":1}`, `{"to":""}`, `{"to":"two words"}`, `{"since":"x","to":"a"}`} {
		if err := k.ChangeRecords(AgentTag, func([]string) ([]string, error) { return []string{record, `{"to":"second"}`}, nil }); err != nil {
			t.Fatal(err)
		}
		if a, set := k.Agent(); !set || a.To != "" {
			t.Errorf("%s: %v, %v", record, a, set)
		}
		safe.Name += "."
		if err := k.UpdateContact(safe.ID(), safe); err != nil { // which looks at the record
			t.Error(err)
		}
	}
}
