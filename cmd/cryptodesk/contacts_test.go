package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
)

// TestContactsAreComparedNeverSilently has two people verify each other, and
// somebody in between who cannot.
func TestContactsAreComparedNeverSilently(t *testing.T) {
	ada, bo, eve := newShell(t), newShell(t), newShell(t)
	bo.ok("keys", "rename", "Ada", "Bo B.")
	eve.ok("keys", "rename", "Ada", "Bo B.")
	ada.ok("contacts", "add", bo.file("bo", bo.ok("keys", "export", "--card")))
	bo.ok("contacts", "import", ada.file("ada", ada.ok("keys", "export", "--card")))
	eve.ok("contacts", "import", ada.path("ada"))

	seen := jsonLines[comparison](t, bo.ok("contacts", "verify", "Ada", "--json"))[0]
	if len(seen.Words) != 12 || seen.Verified || seen.Agrees != nil {
		t.Fatalf("%+v", seen)
	}
	quiet := ada.try(nil, nil, "", "contacts", "verify", "Bo", "B.")
	if quiet.kind != "" || !strings.Contains(quiet.err, "Nothing was marked") || !strings.Contains(quiet.out, strings.Join(seen.Words[:4], " ")) {
		t.Errorf("with nobody to ask: %+v", quiet)
	}
	if got := ada.ok("contacts", "list"); !strings.HasSuffix(got, "  not verified\n") {
		t.Errorf("verified silently: %q", got)
	}
	words := strings.ToUpper(strings.Join(seen.Words, ", "))
	if got := ada.ok("contacts", "verify", "bo b.", "--words", words); !strings.HasSuffix(got, "  verified\n") {
		t.Errorf("the same words: %q", got)
	}
	hers := jsonLines[comparison](t, eve.ok("contacts", "verify", "Ada", "--json"))[0]
	got := ada.not(fault.BadRecipient, "contacts", "verify", "Bo B.", "--words", strings.Join(hers.Words, " "))
	if !strings.Contains(got.err, "somebody may be in between") {
		t.Errorf("other words: %q", got.err)
	}
	if got := ada.ok("contacts", "list", "--json"); jsonLines[contactLine](t, got)[0].Verified {
		t.Error("still verified after the words differed")
	}
	for answer, want := range map[string]fault.Kind{"": fault.Cancelled, "n": fault.Cancelled, "yo": fault.Cancelled, "Y": ""} {
		if got := ada.try(nil, []string{answer}, "", "contacts", "verify", "Bo B."); got.kind != want {
			t.Errorf("answered %q: %s", answer, got.kind)
		}
	}
	ada.not(fault.NoContact, "contacts", "verify", "nobody")
	ada.not(fault.KeyMissing, "contacts", "verify", "Bo B.", "--mine", "nobody")
	// With a bare public key there is the fingerprint.
	ada.ok("contacts", "add", "--name", "Cy", bo.file("cy", eve.ok("keys", "export")))
	bare := jsonLines[comparison](t, ada.ok("contacts", "verify", "Cy", "--json"))[0]
	if len(bare.Words) != 0 || bare.Fingerprint == "" {
		t.Errorf("%+v", bare)
	}
	ada.not(fault.BadRecipient, "contacts", "verify", "Cy", "--words", seen.Fingerprint)
	ada.ok("contacts", "verify", "Cy", "--words", bare.Fingerprint)
}

// TestAChangedKeyBlocksUntilDecided: nothing is encrypted under a name that
// came with two keys.
func TestAChangedKeyBlocksUntilDecided(t *testing.T) {
	ada, bo, eve := newShell(t), newShell(t), newShell(t)
	letter := ada.file("letter", "hello")
	first := bo.file("1", "# name: Bo\n"+bo.ok("keys", "export"))
	second := bo.file("2", "# name: bo\n"+eve.ok("keys", "export"))
	ada.ok("contacts", "add", first)
	ada.ok("contacts", "group", "Team", "Bo")
	got := ada.not(fault.ContactChanged, "contacts", "add", second)
	if !strings.Contains(got.out, "KEY CHANGED") {
		t.Errorf("said %q", got.out)
	}
	line := jsonLines[contactLine](t, ada.ok("contacts", "list", "--json"))[0]
	if !line.Changed || line.Offered == "" || line.Offered == line.Recipient {
		t.Errorf("%+v", line)
	}
	for _, who := range []string{"bo", "team"} {
		got := ada.not(fault.ContactChanged, "encrypt", "-r", who, "-r", "me", letter)
		if !strings.Contains(got.err, "different key came under this contact's name") {
			t.Errorf("%s: said %q", who, got.err)
		}
	}
	if _, err := os.Lstat(letter + ".age"); err == nil {
		t.Error("it was encrypted")
	}
	ada.not(fault.ContactChanged, "contacts", "verify", "Bo")
	ada.not(fault.ContactChanged, "contacts", "card", "Bo")
	ada.ok("contacts", "refuse", "Bo")
	ada.not(fault.Usage, "contacts", "refuse", "Bo")
	if now := jsonLines[contactLine](t, ada.ok("contacts", "list", "--json"))[0]; now.Changed || now.Recipient != line.Recipient {
		t.Errorf("refused: %+v", now)
	}
	ada.not(fault.ContactChanged, "contacts", "add", second)
	ada.not(fault.Usage, "contacts", "accept", "Bo") // nobody said yes
	if got := ada.try(nil, []string{"no"}, "", "contacts", "accept", "Bo"); got.kind != fault.Cancelled {
		t.Errorf("said no: %s", got.kind)
	}
	if got := ada.try(nil, []string{"y"}, "", "contacts", "accept", "Bo"); got.kind != "" || strings.Count(got.err, "age1pq") != 0 && !strings.Contains(got.err, "+ ") {
		t.Errorf("%s: %s", got.kind, got.err)
	}
	now := jsonLines[contactLine](t, ada.ok("contacts", "list", "--json"))[0]
	if now.Changed || now.Verified || now.Recipient != line.Offered {
		t.Errorf("accepted: %+v", now)
	}
	ada.ok("encrypt", "-r", "team", letter) // the group went along
}

func TestContactsListsGroupsAndNames(t *testing.T) {
	s := newShell(t)
	s.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "dora@home", "-f", "id")
	s.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "emil", "-f", "id2")
	s.tool("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", "ec")
	s.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "file pass", "-f", "locked")
	read := func(name string) string { b, _ := os.ReadFile(s.path(name)); return string(b) }
	team := s.file("team", "# Dora D.\n"+read("id.pub")+"\n"+read("id2.pub"))
	s.not(fault.Usage, "contacts", "add", "--name", "X", team)
	if out := s.ok("contacts", "add", team); !strings.HasPrefix(out, "Dora D.  SSH Ed25519") || !strings.Contains(out, "\nemil  SSH") {
		t.Errorf("said %q", out)
	}
	if out := s.ok("contacts", "add", team); out != "Dora D. is there already.\nemil is there already.\n" {
		t.Errorf("again: %q", out)
	}
	for name, what := range map[string]string{"id": "import it as a key of your own", "locked": "import it as a key of your own", "ec": "A private key of another sort", "ec.pub": "A public key of another sort"} {
		if got := s.not(fault.CannotImport, "contacts", "add", s.path(name)); !strings.Contains(got.err, what) {
			t.Errorf("%s: %q", name, got.err)
		}
	}
	bad := s.file("bad", read("id.pub")+read("ec.pub"))
	if got := s.not(fault.BadRecipient, "contacts", "add", bad); !strings.Contains(got.err, "bad") {
		t.Errorf("said %q", got.err)
	}
	if out := s.ok("contacts", "group", "The family", "dora d.", "emil"); out != "The family: Dora D., emil\n" {
		t.Errorf("group: %q", out)
	}
	s.not(fault.NoContact, "contacts", "group", "Other", "nobody")
	s.not(fault.NameTaken, "contacts", "group", "emil", "emil")
	letter := s.file("letter", "hello")
	s.ok("encrypt", "-r", "the family", letter)
	for _, key := range []string{"id", "id2"} {
		s.ok("decrypt", "-i", s.path(key), "-o", s.path("out-"+key), letter+".age")
	}
	s.ok("contacts", "group", "the FAMILY", "emil")
	s.ok("contacts", "rename", "Dora D.", "Dora E.")
	s.not(fault.Usage, "contacts", "delete", "emil")
	if got := s.try(nil, []string{"no"}, "", "contacts", "delete", "emil"); got.kind != fault.Cancelled {
		t.Errorf("said no: %s", got.kind)
	}
	s.ok("contacts", "delete", "--yes", "emil")
	if out := s.ok("contacts", "groups", "--json"); out != `{"name":"The family","members":[]}`+"\n" {
		t.Errorf("groups: %s", out)
	}
	s.ok("contacts", "ungroup", "the family")
	s.not(fault.GroupMissing, "contacts", "ungroup", "the family")
	card := s.ok("contacts", "card", "Dora E.")
	if got := s.try(nil, nil, card, "contacts", "add", "-"); got.out != "Dora E. is there already.\n" {
		t.Errorf("%q: %q %s", card, got.out, got.err)
	}
}

// TestHardwareOnlyIsSaid: a device that is lost takes the file along.
func TestHardwareOnlyIsSaid(t *testing.T) {
	s := newShell(t)
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point := key.PublicKey().Bytes()
	tag := plugin.EncodeRecipient("tag", append([]byte{2 | point[64]&1}, point[1:33]...))
	s.ok("contacts", "add", "--name", "Key", s.file("tag", tag+"\n"))
	letter := s.file("letter", "hello")
	if got := s.try(nil, nil, "", "encrypt", "-r", "Key", letter); got.kind != "" || !strings.Contains(got.err, "Only hardware keys") {
		t.Errorf("%s: %s", got.kind, got.err)
	}
}

// TestACardGoesByPicture: what one draws, the other reads.
func TestACardGoesByPicture(t *testing.T) {
	ada, bo := newShell(t), newShell(t)
	bo.ok("keys", "rename", "Ada", "Bo")
	picture := ada.path("bo.png")
	bo.ok("keys", "export", "--qr", picture)
	bo.not(fault.Exists, "keys", "export", "--qr", picture)
	if out := ada.ok("contacts", "add", picture); !strings.HasPrefix(out, "Bo  post-quantum") {
		t.Errorf("read %q", out)
	}
	mine := jsonLines[keyLine](t, bo.ok("keys", "list", "--json"))[0]
	if theirs := jsonLines[contactLine](t, ada.ok("contacts", "list", "--json"))[0]; theirs.Recipient != mine.Recipient || theirs.Classic != mine.Classic {
		t.Errorf("%+v", theirs)
	}
	raw, _ := os.ReadFile(picture)
	if got := ada.try(nil, nil, string(raw), "contacts", "add", "-"); got.out != "Bo is there already.\n" {
		t.Errorf("from stdin: %s%s", got.out, got.err)
	}
	if got := ada.try(nil, nil, "", "keys", "import", picture); got.kind != fault.CannotImport || !strings.Contains(got.err, "A picture") {
		t.Errorf("as a key: %s %s", got.kind, got.err)
	}
}
