package keyring

import (
	"crypto/ed25519"
	"encoding/pem"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

func sshText(t testing.TB) string {
	_, key, _ := ed25519.GenerateKey(nil)
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

func imported(t testing.TB, text string) *identity.KeyPair {
	keys, err := identity.ParseIdentityFile(guard(text))
	if err != nil {
		t.Fatal(err)
	}
	return keys[0]
}

func TestTextComesBack(t *testing.T) {
	ssh := imported(t, sshText(t))
	if err := ssh.Rename("work laptop"); err != nil {
		t.Fatal(err)
	}
	b := &book{keys: []*identity.KeyPair{must(identity.New("한글")), must(identity.NewClassic("old")), ssh}}
	for _, name := range []string{"Ben", "ana", "Carl \"C\" \u2028"} {
		c := contact("x")
		c.Name = name
		if err := b.setContact(-1, c); err != nil && name != "Carl \"C\" \u2028" {
			t.Fatal(err)
		}
	}
	bare := identity.Contact{Name: "Zoe", Recipient: ssh.Public().Recipient, Verified: true, Added: day}
	if err := b.setContact(-1, bare); err != nil {
		t.Fatal(err)
	}
	b.sortContacts()
	first := text(t, b)
	back, err := parseText(first)
	if err != nil {
		t.Fatal(err)
	}
	if second := text(t, back); second != first {
		t.Errorf("was\n%s\nis\n%s", first, second)
	}
	for i, k := range back.keys {
		p, q := k.Public(), b.keys[i].Public()
		if p.Name != q.Name || p.ID != q.ID || !p.Created.Equal(q.Created) || p.Kind != q.Kind {
			t.Errorf("key %d: %+v", i, p)
		}
	}
	if len(back.keys) != 3 || len(back.contacts) != 4 || back.contacts[0].Name != "ana" {
		t.Errorf("%d keys, %d contacts", len(back.keys), len(back.contacts))
	}
	if z := back.contacts[3]; !z.Verified || !z.Added.Equal(day) || z.Recipient != bare.Recipient || z.Signing != nil {
		t.Errorf("%+v", z)
	}
	// The stock library takes the whole text as an identity file.
	if ids, err := age.ParseIdentities(strings.NewReader(first)); err != nil || len(ids) != 3 {
		t.Errorf("age reads %d keys: %v", len(ids), err)
	}
}

func TestHandEditedTextLoads(t *testing.T) {
	classic := must(age.GenerateX25519Identity()).String()
	hybrid := must(age.GenerateHybridIdentity()).String()
	by := "# my notes, by hand\r\n" +
		"# created: 2021-01-02T15:30:45+01:00\n" + classic + "\r\n" +
		"\n#no space: here\n#\n# contact: {\"name\":\"broken\n# ssh key: %%%\n" +
		"# key for the archive\n# name:   Archive  \n   " + hybrid + "  \n" +
		"# the end\nAGE-PLUGIN-YUBIKEY-1QQQ\n"
	b, err := parseText(by)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.keys) != 2 {
		t.Fatalf("%d keys", len(b.keys))
	}
	if p := b.keys[0].Public(); !strings.HasPrefix(p.Name, "key ") || p.Created.Format("15:04") != "14:30" {
		t.Errorf("%+v", p)
	}
	if p := b.keys[1].Public(); p.Name != "Archive" || !p.Created.IsZero() {
		t.Errorf("%+v", p)
	}
	out := text(t, b)
	for _, line := range []string{"# my notes, by hand", "#no space: here", "#", "# contact: {\"name\":\"broken", "# ssh key: %%%", "# the end", "# AGE-PLUGIN-YUBIKEY-1QQQ"} {
		if strings.Count(out, "\n"+line+"\n") != 1 {
			t.Errorf("%q did not survive:\n%s", line, out)
		}
	}
	// Notes stay before the key they were written for.
	if strings.Index(out, "# key for the archive") > strings.Index(out, hybrid) || strings.Index(out, "# key for the archive") < strings.Index(out, classic) {
		t.Error("a note moved")
	}
	if again := text(t, must(parseText(out))); again != out {
		t.Errorf("changes at every save:\n%s", again)
	}
	// When the key goes, its notes stay.
	b.keys = b.keys[:1]
	if !strings.Contains(text(t, b), "# key for the archive\n") {
		t.Error("a note is lost with its key")
	}
}

func TestTextRefused(t *testing.T) {
	classic := must(age.GenerateX25519Identity()).String()
	for in, kind := range map[string]fault.Kind{
		"# CryptoDesk keyring v2\n" + classic: fault.KeyringTooNew,
		classic + "\n" + classic[:30] + "\n":  fault.KeyringDamaged,
		"hello":                               fault.KeyringDamaged,
		"\x00":                                fault.KeyringDamaged,
		strings.Repeat("#\n", maxPlain/2) + "#\n": fault.TooLarge,
	} {
		b, err := parseText(in)
		if fault.Of(err) != kind || b != nil {
			t.Errorf("%.30q: %v", in, err)
		}
		if err != nil && strings.Contains(err.Error(), classic[16:26]) {
			t.Error("the error repeats a key")
		}
	}
	if b, err := parseText(""); err != nil || len(b.keys) != 0 {
		t.Errorf("empty: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(title + "\n" + hint + "\n\n# name: Ana\n# created: 2026-11-20T00:00:00Z\n" + unlocker.String() + "\n"))
	f.Add([]byte("# contact: {\"name\":\"Ben\",\"key\":\"" + unlocker.Recipient().String() + "\",\"added\":\"2026-11-20T00:00:00Z\"}\n"))
	public := unlocker.Recipient().String()
	f.Add([]byte("# contact: {\"name\":\"Ben\",\"key\":\"" + public + "\",\"added\":\"9999-12-31T23:00:00-09:00\"}\n# offer: {\"to\":\"" +
		must(identity.ParseRecipient(public)).ID() + "\",\"key\":\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN\"}\n" +
		"# group: {\"name\":\"All\",\"members\":[\"x\"]}\n# created: 9999-12-31T23:00:00-09:00\n# name: x\n" + unlocker.String() + "\n"))
	f.Add([]byte("# contact: {}\n# ssh key: AAAA\n#\n# \nAGE-PLUGIN-X\n# CryptoDesk keyring v10\n"))
	f.Add([]byte("# way: {\"id\":\"1\"}\n# agent: {}\n# release: {}\n# way: {\n#way: {}\n# way: {} x\n" + unlocker.String() + "\n# way: {}\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := parseText(string(in))
		if err != nil {
			switch fault.Of(err) {
			case fault.KeyringDamaged, fault.KeyringTooNew, fault.TooLarge, fault.TooMany:
				return
			}
			t.Fatal(err)
		}
		defer b.destroy()
		first := text(t, b)
		if err := b.readsBack([]byte(first)); err != nil {
			t.Fatalf("%v:\n%s", err, first)
		}
		back, err := parseText(first)
		if err != nil {
			t.Fatalf("%v:\n%s", err, first)
		}
		defer back.destroy()
		if !sameRecords(back.records, b.records) || len(back.keys) != len(b.keys) || len(back.contacts) != len(b.contacts) || len(back.groups) != len(b.groups) {
			t.Fatalf("%d keys and %d contacts became %d and %d", len(b.keys), len(b.contacts), len(back.keys), len(back.contacts))
		}
		if second := text(t, back); second != first {
			t.Fatalf("changes at every save:\n%q\n%q", first, second)
		}
	})
}
