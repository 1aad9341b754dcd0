package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// card is the contact card of somebody made for a test, in a file.
func (s *shell) card(name string) (path string, k *identity.KeyPair) {
	s.t.Helper()
	k, err := identity.New(name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(k.Destroy)
	text, err := identity.MarshalCard(k)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.file(name+".card", string(text)), k
}

func (s *shell) entries(path string) int {
	s.t.Helper()
	info, err := agefile.Inspect(path)
	if err != nil || info.Problem != nil {
		s.t.Fatal(err, info.Problem)
	}
	return len(info.Stanzas)
}

func TestAgentVerbs(t *testing.T) {
	s := newShell(t)
	has := func(got string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in %q", w, got)
			}
		}
	}
	has(s.ok("recovery", "agent", "show"), "no recovery agent")
	if got := s.ok("recovery", "agent", "show", "--json"); strings.TrimSpace(got) != `{"agent":null}` {
		t.Errorf("%q", got)
	}
	has(s.ok("recovery", "agent", "clear"), "no recovery agent")
	before := s.file("before", "old")
	s.ok("encrypt", before)
	card, _ := s.card("Safe")
	s.ok("contacts", "add", card)
	for _, args := range [][]string{{}, {"no"}, {"agent"}, {"agent", "set"}, {"agent", "show", "x"}, {"agent", "new", "X"}, {"agent", "set", "Safe"}} {
		s.not(fault.Usage, append([]string{"recovery"}, args...)...)
	}
	s.not(fault.NoContact, "recovery", "agent", "set", "Nobody")
	s.not(fault.AgentMissing, "recovery", "agent", "add-to", s.dir)
	if got := s.try(nil, []string{"n"}, "", "recovery", "agent", "set", "Safe"); got.kind != fault.Cancelled {
		t.Errorf("%+v", got)
	}
	if got := s.try(nil, []string{"y"}, "", "recovery", "agent", "set", "safe"); got.kind != "" || !strings.Contains(got.err, "everything you encrypt") {
		t.Errorf("%+v", got)
	}
	has(s.ok("recovery", "agent", "show"), "Safe", "not verified")

	letter := s.file("letter", "Dear Bo")
	got := s.try(nil, nil, "", "encrypt", letter)
	has(got.err, "Safe can also open this.")
	if s.entries(letter+".age") != 2 {
		t.Error("the agent is left out")
	}
	var row struct{ Agent, State string }
	if err := json.Unmarshal([]byte(s.ok("encrypt", "--json", "--force", letter)), &row); err != nil || row.Agent != "Safe" || row.State != "done" {
		t.Errorf("%+v, %v", row, err)
	}
	got = s.try(nil, nil, "", "encrypt", "--force", "--no-agent", letter)
	if s.entries(letter+".age") != 1 || strings.Contains(got.err, "Safe") {
		t.Errorf("left out by hand: %+v", got)
	}
	s.ok("rewrap", "-r", "me", letter+".age")
	if s.entries(letter+".age") != 2 {
		t.Error("rewrap leaves the agent out")
	}
	s.ok("rewrap", "--no-agent", "-r", "me", letter+".age")
	if s.entries(letter+".age") != 1 {
		t.Error("rewrap does not leave the agent out")
	}
	got = s.try([]string{"a passphrase of the file 7"}, nil, "", "encrypt", "-p", "-o", s.path("phrase.age"), letter)
	has(got.err, "a recovery agent cannot be added")

	got = s.try(nil, nil, "", "recovery", "agent", "add-to", s.dir)
	has(got.out, "before.age -> ", "letter.age -> ")
	has(got.err, "phrase.age: A passphrase")
	if s.entries(before+".age") != 2 || s.entries(letter+".age") != 2 || got.kind != fault.PassphraseAlone {
		t.Errorf("%+v", got)
	}
	has(s.ok("recovery", "agent", "add-to", before+".age"), "open to the agent already")
	if s.entries(before+".age") != 2 {
		t.Error("added twice")
	}

	// Public keys need no keyring, but the agent is in it.
	s.close()
	_, bo := s.card("Bo")
	args := []string{"encrypt", "--force", "-r", bo.Public().Recipient.Text, letter}
	s.not(fault.NeedPassphrase, args...)
	if got := s.try([]string{testPass}, nil, "", args...); got.kind != "" || s.entries(letter+".age") != 2 {
		t.Errorf("%+v", got)
	}
	s.ok(append(args, "--no-agent")...)
	s.keep()

	got = s.try(nil, []string{"y"}, "", "contacts", "delete", "Safe")
	has(got.err, "Safe is your recovery agent")
	has(s.ok("recovery", "agent", "show"), "no recovery agent")
}

// An agent's own key is in its file alone, and the stock program opens with it.
func TestAgentNewVerb(t *testing.T) {
	s := newShell(t)
	file := s.path("safe key.age")
	got := s.try([]string{"another passphrase 88"}, nil, "", "recovery", "agent", "new", "Family", "safe", "-o", file)
	if got.kind != "" || !strings.Contains(got.out, "Family safe") || !strings.Contains(got.err, "safe key.age") {
		t.Fatalf("%+v", got)
	}
	if keys := s.ok("keys", "list"); strings.Contains(keys, "Family") {
		t.Errorf("it is among one's own keys: %s", keys)
	}
	s.not(fault.NameTaken, "recovery", "agent", "new", "Family safe", "-o", s.path("b"))
	letter := s.file("letter", "Dear Bo")
	s.ok("encrypt", letter)
	if err := os.Remove(letter); err != nil {
		t.Fatal(err)
	}
	if got := s.try([]string{"another passphrase 88"}, nil, "", "decrypt", "-i", file, letter+".age"); got.kind != "" {
		t.Errorf("%+v", got)
	}
	if text, err := os.ReadFile(letter); err != nil || string(text) != "Dear Bo" {
		t.Errorf("%q, %v", text, err)
	}
	if got := s.ok("recovery", "agent", "clear"); !strings.Contains(got, "Family safe") {
		t.Errorf("%q", got)
	}
}

// The same on a page and in shares, which bring the key back somewhere else.
func TestAgentNewOnPaper(t *testing.T) {
	s := newShell(t)
	letter := s.file("letter", "Dear Bo")
	for name, out := range map[string]string{"Page": s.path("page.pdf"), "Circle": t.TempDir()} {
		got := s.try(nil, nil, "", "recovery", "agent", "new", name, "-o", out, "--need", "2", "--of", "3")
		if got.kind != "" || !strings.Contains(got.err, "nowhere else") {
			t.Fatalf("%+v", got)
		}
		s.ok("encrypt", "--force", letter)
		pieces := []string{out}
		if name == "Circle" {
			entries, err := os.ReadDir(out)
			if err != nil || len(entries) != 6 {
				t.Fatalf("%v, %v", entries, err)
			}
			pieces = []string{filepath.Join(out, entries[0].Name()), filepath.Join(out, entries[5].Name())}
		}
		them := newShell(t)
		them.ok(append([]string{"recovery", "restore"}, pieces...)...)
		opened := filepath.Join(t.TempDir(), "opened")
		them.ok("decrypt", "-o", opened, letter+".age")
		if text, err := os.ReadFile(opened); err != nil || string(text) != "Dear Bo" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	s.not(fault.SharePlan, "recovery", "agent", "new", "One", "-o", t.TempDir(), "--need", "1")
	s.not(fault.Exists, "recovery", "agent", "new", "Another", "-o", s.path("page.pdf"))
}
