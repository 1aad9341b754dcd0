package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// sealedTo writes a file that only to opens, and answers its path.
func sealedTo(t *testing.T, to identity.Recipient) string {
	t.Helper()
	var sealed bytes.Buffer
	w := must(age.Encrypt(&sealed, must(to.Age(nil))))
	io.WriteString(w, to.Text)
	path := filepath.Join(t.TempDir(), "file.age")
	if err := errors.Join(w.Close(), os.WriteFile(path, sealed.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// lastKeys are the public keys that the last private keys in a keyring open.
// Who can use those has read all that stands before.
func lastKeys(keys []*identity.KeyPair) (last []identity.Recipient) {
	for i := len(keys) - 1; i >= 0; i-- {
		switch p := keys[i].Public(); p.Kind {
		case identity.Hybrid:
			return []identity.Recipient{p.Recipient, p.Classic}
		case identity.X25519:
			return []identity.Recipient{p.Recipient}
		}
	}
	return nil
}

// stockReads runs the stock program over a keyring file that a test leaves
// behind, and over the one before it: their texts are identity files that open
// what they should. It is called for every keyring that quick makes. What a
// test damaged on purpose, which our own code does not open, is left out.
func stockReads(t *testing.T, path string) {
	dir, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	unlock, plain, out := filepath.Join(scratch, "unlock"), filepath.Join(scratch, "plain"), filepath.Join(scratch, "out")
	if err := os.WriteFile(unlock, []byte(unlocker.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		if said, err := exec.Command(filepath.Join(dir, "age"), args...).CombinedOutput(); err != nil {
			t.Errorf("%s: age %s: %v\n%s", filepath.Base(path), strings.Join(args, " "), err, said)
		}
	}
	for _, file := range []string{path, Previous(path)} {
		b := opened(file)
		if b == nil {
			continue
		}
		run("-d", "-i", unlock, "-o", plain, file)
		for _, to := range lastKeys(b.keys) {
			run("-d", "-i", plain, "-o", out, sealedTo(t, to))
			if got, err := os.ReadFile(out); err != nil || string(got) != to.Text {
				t.Errorf("%s opens to %.20q, %v", file, got, err)
			}
		}
		b.destroy()
	}
}

// opened is what is in a keyring file of quick's; nil if it is not right.
func opened(path string) *book {
	raw, err := readRaw(path)
	if err != nil {
		return nil
	}
	header, _, err := split(path, raw)
	if err != nil {
		return nil
	}
	key, err := agefile.OpenHeader(header, unlocker)
	if err != nil {
		return nil
	}
	s := &seal{header: header, key: secret.Seal(key)}
	defer s.destroy()
	b, err := s.open(path, raw)
	if err != nil {
		return nil
	}
	return b
}

// Bar 6: age -d -i keyring.age, with a passphrase typed, on a keyring with
// everything that there can be, by hand too.
func TestStockAgeOpensEveryKind(t *testing.T) {
	store, path := storeIn(t)
	hybrid, classic := must(identity.New("김영희")), must(identity.NewClassic("old"))
	_, plugin := probeKey("one")
	k, err := Create(ctx, store, path, guard("correct horse"), hybrid, imported(t, sshText(t)),
		must(identity.ReadKey([]byte(plugin), identity.Meta{Name: "Device"})), classic)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	var people []identity.Contact
	var ids []string
	for i := range 1000 {
		people = append(people, contact(fmt.Sprint("contact ", i)))
		ids = append(ids, people[i].ID())
	}
	offer := contact("contact 7")
	if err := errors.Join(k.AddContact(people...), k.SetGroup("", Group{"All \" of \\ them", ids}), k.TakeContacts(offer)); err != nil {
		t.Fatal(err)
	}
	// What a hand or a later version put there.
	k.book.kept = append(k.book.kept,
		kept{hybrid.Public().ID, guard("# a note\n#\n# contact: {\"name\":\n# later: {\"x\":1}\n")},
		kept{"", guard("# AGE-PLUGIN-YUBIKEY-1QQQ\n# 끝\n")})
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	for _, to := range []identity.Recipient{hybrid.Public().Recipient, hybrid.Public().Classic, classic.Public().Recipient} {
		if err := onTerminal(t, "correct horse", "-d", "-i", path, "-o", out, sealedTo(t, to)); err != nil {
			t.Fatalf("%.12s: %v", to.Text, err)
		}
		if string(read(t, out)) != to.Text {
			t.Errorf("%.12s: %.20q", to.Text, read(t, out))
		}
	}
	again, err := Open(ctx, store, path, guard("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if text(t, again.book) != text(t, k.book) {
		t.Error("it is not what was written")
	}
}
