package keyring

import (
	"bytes"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// A text that says anything but what the keyring holds is not written.
func TestReadsBackNoticesEverything(t *testing.T) {
	ben := contact("Ben")
	ben.Added = day
	_, plugin := probeKey("one")
	b := &book{
		keys: []*identity.KeyPair{must(identity.New("Ana")), imported(t, sshText(t)), must(identity.NewClassic("old")),
			must(identity.ReadKey([]byte(plugin), identity.Meta{Name: "Device"}))},
		contacts: []identity.Contact{ben.Offer(contact("Ben")), contact("Carl")},
		groups:   []Group{{"All", []string{ben.ID()}}},
		kept:     []kept{{"", guard("# a note\n")}},
		records:  map[string][]string{WayTag: {`{"id":"1"}`}, AgentTag: {`{"to":"x"}`}},
	}
	if err := b.keys[1].Rename("ssh"); err != nil {
		t.Fatal(err)
	}
	good := text(t, b)
	if err := b.readsBack([]byte(good)); err != nil {
		t.Fatal(err)
	}
	if err := must(parseText(good)).readsBack([]byte(good)); err != nil {
		t.Error("key pairs that were read, not the same objects:", err)
	}
	// Every line is missed, and every line that is there twice is noticed.
	lines := strings.SplitAfter(good, "\n")
	for i, line := range lines {
		if line == "\n" || line == "" || line == title+"\n" || line == hint+"\n" || identity.IsPublicKeyComment([]byte(line)) {
			continue
		}
		without := strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "")
		if fault.Of(b.readsBack([]byte(without))) != fault.Internal {
			t.Errorf("without %.30q", line)
		}
		if strings.HasPrefix(line, "# name") || strings.HasPrefix(line, "# created") {
			continue // the same thing said twice
		}
		if fault.Of(b.readsBack([]byte(without+line+line))) != fault.Internal {
			t.Errorf("%.30q twice", line)
		}
	}
	other := must(identity.New("Ana"))
	file := must(other.MarshalIdentity())
	defer file.Destroy()
	secretLine := func(text string) string {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "AGE-SECRET-KEY-PQ-") {
				return line
			}
		}
		return ""
	}
	for name, changed := range map[string]string{
		"another private key": strings.Replace(good, secretLine(good), secretLine(string(bytes.Clone(file.Bytes()))), 1),
		"another name":        strings.Replace(good, "# name: Ana", "# name: Anna", 1),
		"another date":        strings.Replace(good, "# created: 2", "# created: 1", 1),
		"verified":            strings.Replace(good, "\"added\"", "\"verified\":true,\"added\"", 1),
		"another contact":     strings.Replace(good, "\"Carl\"", "\"Karl\"", 1),
		"another group":       strings.Replace(good, "\"All\"", "\"Any\"", 1),
		"another way":         strings.Replace(good, `"id":"1"`, `"id":"2"`, 1),
		"a longer note":       strings.Replace(good, "# a note", "# a notes", 1),
		"empty":               "",
	} {
		if changed == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if fault.Of(b.readsBack([]byte(changed))) != fault.Internal {
			t.Errorf("%s is not noticed", name)
		}
	}
}
