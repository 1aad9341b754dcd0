package keyring

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// known are the people and groups in k, as text.
func known(k *Keyring) (list []string) {
	for _, c := range k.Contacts() {
		text := c.Name
		if c.Verified {
			text += " verified"
		}
		if c.Changed() {
			text += " changed"
		}
		list = append(list, text)
	}
	return list
}

func TestMerge(t *testing.T) {
	store, path := storeIn(t)
	hybrid := must(identity.New("Ana"))
	k := quick(t, store, path, hybrid, must(identity.NewClassic("Work")))
	ben, carl := contact("Ben"), contact("Carl")
	ben.Verified = true
	if err := errors.Join(k.AddContact(ben, carl), k.SetGroup("", Group{"Both", []string{ben.ID(), carl.ID()}}),
		k.ChangeRecords(WayTag, add(`{"id":"1"}`)), k.ChangeRecords(AgentTag, add(`{"mine":1}`))); err != nil {
		t.Fatal(err)
	}
	k.book.kept = append(k.book.kept, kept{"", guard("# a note\n# later: 1\n")})
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}

	// A copy of itself is nothing new.
	before := text(t, k.book)
	same := must(k.Content())
	defer same.Destroy()
	if err := k.Merge(same); err != nil || text(t, k.book) != before {
		t.Errorf("a copy of itself changes it: %v", err)
	}

	dora, doubt := contact("Dora"), contact("Eva")
	dora.Verified = true
	other := &book{
		keys:     []*identity.KeyPair{must(identity.New("ana")), must(hybrid.Clone()), must(identity.New("Both")), imported(t, sshText(t))},
		contacts: []identity.Contact{ben.Offer(contact("Ben")), contact("carl"), doubt.Offer(contact("Eva")), dora},
		groups:   []Group{{"both", []string{ben.ID(), dora.ID()}}, {"Dora's", []string{dora.ID()}}, {"Both", []string{carl.ID()}}},
		kept:     []kept{{"", guard("# later: 1\n# later: 2\n")}},
		records:  map[string][]string{WayTag: {`{"id":"1","older":1}`, `{"id":"2"}`}, AgentTag: {`{"theirs":1}`}, ReleaseTag: {`{"id":"3"}`}},
	}
	other.sortContacts()
	c := &Content{other}
	defer c.Destroy()
	if err := k.Merge(c); err != nil {
		t.Fatal(err)
	}
	onDisk := must(again(t, store, path))
	for where, k := range map[string]*Keyring{"in memory": k, "on disk": onDisk} {
		keys, _ := names(k)
		if len(keys) != 5 || !slices.Equal(keys[:4], []string{"Ana", "Work", "ana (2)", "Both (2)"}) || !strings.HasPrefix(keys[4], "key ") {
			t.Errorf("%s: %q", where, keys)
		}
		if people := known(k); !slices.Equal(people, []string{"Ben verified changed", "Carl changed", "Dora", "Eva changed"}) {
			t.Errorf("%s: %q", where, people)
		}
		var groups []string
		for _, g := range k.Groups() {
			groups = append(groups, g.Name)
		}
		if !slices.Equal(groups, []string{"Both", "both (3)", "Dora's"}) {
			t.Errorf("%s: %q", where, groups)
		}
		if g := k.Groups()[0]; len(g.Members) != 2 {
			t.Errorf("%s: somebody came into a group that was there: %v", where, g)
		}
		if w, r, a := k.Records(WayTag), k.Records(ReleaseTag), k.Records(AgentTag); len(w) != 2 || len(r) != 1 || !slices.Equal(a, []string{`{"mine":1}`}) {
			t.Errorf("%s: %q, %q, %q", where, w, r, a)
		}
		if out := text(t, k.book); strings.Count(out, "# later: 1\n") != 1 || strings.Count(out, "# later: 2\n") != 1 {
			t.Errorf("%s: comments are lost, or there twice", where)
		}
	}
	// And again it is nothing new.
	merged := text(t, k.book)
	if err := k.Merge(c); err != nil || text(t, k.book) != merged {
		t.Errorf("the second time changes it: %v", err)
	}
	for _, key := range append(k.Keys(), c.Keys()...) {
		if key, err := key.Clone(); err != nil {
			t.Error(err)
		} else {
			key.Destroy()
		}
	}
}

// A post-quantum key pair takes the place of the classic one that derives from
// it, also when that was here first.
func TestMergeTakesTheWholeKey(t *testing.T) {
	store, path := storeIn(t)
	hybrid := must(identity.New("Ana"))
	file := must(hybrid.MarshalIdentity())
	defer file.Destroy()
	lines := strings.Fields(string(file.Bytes()))
	k := quick(t, store, path, imported(t, lines[len(lines)-1]))
	c := ContentOf(hybrid)
	defer c.Destroy()
	if err := k.Merge(c); err != nil {
		t.Fatal(err)
	}
	if keys := k.Keys(); len(keys) != 1 || keys[0].Public().Kind != identity.Hybrid {
		t.Errorf("%d keys", len(keys))
	}
}

func TestMergeFails(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	before := text(t, k.book)
	many := &book{}
	for i := range maxContacts + 1 {
		to := identity.Recipient{Kind: identity.X25519, Text: fmt.Sprint("age1", i)}
		many.contacts = append(many.contacts, identity.Contact{Name: fmt.Sprint(i), Recipient: to})
	}
	if err := k.Merge(&Content{many}); fault.Of(err) != fault.TooMany {
		t.Errorf("%v", err)
	}
	closed := contentNamed("x")
	closed.Destroy()
	if err := k.Merge(closed); fault.Of(err) != fault.Locked {
		t.Errorf("destroyed: %v", err)
	}
	if text(t, k.book) != before {
		t.Error("something changed")
	}
}

func TestContentsMerge(t *testing.T) {
	one, two := contentNamed("Ana"), contentNamed("Ana")
	defer one.Destroy()
	ben := contact("Ben")
	ben.Verified = true
	one.book.contacts, two.book.contacts = []identity.Contact{ben}, []identity.Contact{ben, contact("Carl")}
	if err := one.Merge(two); err != nil {
		t.Fatal(err)
	}
	two.Destroy()
	if keys := one.Keys(); len(keys) != 2 || keys[1].Public().Name != "Ana (2)" || len(one.Contacts()) != 2 || !one.Contacts()[0].Verified {
		t.Errorf("%d keys, %+v", len(keys), one.Contacts())
	}
	copied := must(one.Clone())
	one.Destroy()
	for _, key := range copied.Keys() {
		if _, err := key.MarshalIdentity(); err != nil {
			t.Errorf("a clone goes with its original: %v", err)
		}
	}
	copied.Destroy()
}

func TestFreeName(t *testing.T) {
	long := strings.Repeat("가", 66) // 198 bytes
	for name, want := range map[string]string{"Ana": "Ana (3)", long: strings.Repeat("가", 65) + " (3)", "x ": "x (3)"} {
		taken := 0
		if got := freeName(name, func(string) bool { taken++; return taken < 3 }); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// A text that comes from outside is bounded before it is read.
func TestParseIsBounded(t *testing.T) {
	for text, kind := range map[string]fault.Kind{
		strings.Repeat("#\n", maxLines+1):       fault.TooMany,
		strings.Repeat("x", maxPlain+1):         fault.TooLarge,
		"# CryptoDesk keyring v2\n":             fault.KeyringTooNew,
		"AGE-SECRET-KEY-1QQQ\n":                 fault.KeyringDamaged,
		"# only\n# comments\n":                  "",
		strings.Repeat("\n", maxLines) + "# \n": fault.TooMany,
	} {
		c, err := Parse(guard(text))
		if fault.Of(err) != kind {
			t.Errorf("%.20q: %v", text, err)
		}
		c.Destroy()
	}
}

// A group fits on a line that age reads past.
func TestGroupsAreBounded(t *testing.T) {
	b := &book{}
	var ids []string
	for i := range maxMembers + 1 {
		c := identity.Contact{Name: fmt.Sprint(i), Recipient: identity.Recipient{Kind: identity.X25519, Text: fmt.Sprint("age1", i)}}
		b.contacts, ids = append(b.contacts, c), append(ids, c.ID())
	}
	if err := b.setGroup(-1, Group{"All", ids}); fault.Of(err) != fault.TooMany {
		t.Errorf("%v", err)
	}
	if err := b.setGroup(-1, Group{strings.Repeat("\u0001", 200), ids[1:]}); err != nil {
		t.Fatal(err)
	}
	p := &parts{}
	if err := p.json(groupTag, circle(b.groups[0])); err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, piece := range p.pieces {
		size += len(piece.text)
	}
	if size >= 64<<10-1 {
		t.Errorf("a line of %d bytes", size)
	}
}
