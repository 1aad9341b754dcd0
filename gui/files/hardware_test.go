package files

import (
	"slices"
	"testing"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
)

var (
	yubi   = identity.Recipient{Kind: identity.Plugin, Text: "age1yubikey1x"}
	device = engine.Person{Name: "Key", Me: true, ID: "device", Recipient: yubi, Plugin: true}
	dana   = engine.Person{Name: "Dana", ID: "dana", Recipient: identity.Recipient{Kind: identity.TagPQ, Text: "age1tagpq1x"}}
	office = engine.Person{Name: "Work", Me: true, ID: "work", Recipient: classic("work")}
	fido   = engine.Person{Name: "Fido", Me: true, ID: "fido", Recipient: classic("fido"), Plugin: true}
)

const lost = "nobody can open these files"

func TestOnlyHardwareKeysWarns(t *testing.T) {
	t.Run("a second way of mine", func(t *testing.T) {
		s, w, _ := planFor(t, device, me, office)
		s.plan.people.who = audience{people: []engine.Person{device}}
		s.plan.people.build()
		wants(t, w, "If this device is lost or breaks, "+lost, "Add Me (Work) as well")
		if button(t, w, "Encrypt").Disabled() {
			t.Error("a warning is no reason to refuse")
		}
		press(t, w, "Add Me (Work) as well")
		lacks(t, w, lost)
		press(t, w, "Encrypt")
		if to := s.engine.(*fake).encrypted[0].To; !slices.Equal(to, []identity.Recipient{yubi, office.Recipient}) {
			t.Errorf("encrypted to %v", to)
		}
	})
	t.Run("never a silent downgrade", func(t *testing.T) {
		s, w, _ := planFor(t, device, me)
		s.plan.people.who = audience{people: []engine.Person{device}}
		s.plan.people.build()
		press(t, w, "Add Me (Mina) as well")
		lacks(t, w, lost)
		wants(t, w, "has only a classic key")
		if !button(t, w, "Encrypt").Disabled() {
			t.Error("open while keys do not mix")
		}
		press(t, w, "Everyone classic for this file")
		press(t, w, "Encrypt")
		if to := s.engine.(*fake).encrypted[0].To; !slices.Equal(to, []identity.Recipient{yubi, me.Classic}) {
			t.Errorf("encrypted to %v", to)
		}
	})
	t.Run("somebody else", func(t *testing.T) {
		s, w, _ := planFor(t, device, fido, bo)
		s.plan.people.who = audience{people: []engine.Person{device, fido}}
		s.plan.people.build()
		wants(t, w, "If these devices are lost or break, "+lost)
		press(t, w, "Add somebody else")
		wants(t, w, "Paste a contact card or public key")
	})
	t.Run("with others", func(t *testing.T) {
		_, w, _ := planFor(t, me, dana)
		lacks(t, w, lost)
	})
	t.Run("from the start", func(t *testing.T) {
		_, w, _ := planFor(t, device)
		wants(t, w, lost)
		if !slices.Equal(onlyMe([]engine.Person{me, device}).people, []engine.Person{me}) {
			t.Error("a device is among those of a post-quantum me")
		}
	})
}
