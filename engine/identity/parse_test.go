package identity

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

// TestParseContacts reads lists as programs and people write them.
func TestParseContacts(t *testing.T) {
	at, do := files(t)
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana@desk", "-f", "ed")
	do("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-C", "bo", "-m", "PEM", "-f", "rsa")
	do("ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", "short")
	do("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", "ec")
	do("openssl", "genpkey", "-algorithm", "ed25519", "-out", "ed8")
	ed, rsa := strings.TrimSpace(string(at("ed.pub"))), strings.TrimSpace(string(at("rsa.pub")))
	bare := strings.Join(strings.Fields(ed)[:2], " ")
	one, two := must(New("One")), must(New("Two"))
	pq, classic, other := one.Public().Recipient.Text, one.Public().Classic.Text, two.Public().Recipient.Text
	card, card2 := string(must(MarshalCard(one))), string(must(MarshalCard(two)))
	damaged, forged := strings.Replace(card, "signature: ", "signature: x", 1), strings.Replace(card, "name: One", "name: Onx", 1)
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for name, c := range map[string]struct {
		text  string
		names string // joined by "|"; "-" for one without
		err   fault.Kind
		about string
	}{
		"card":                     {card, "One", "", ""},
		"card in a mail":           {crlf("Hello,\n\nhere it is.\n\n> " + strings.ReplaceAll(card, "\n", "\n> ") + "\n-- \nOne\n"), "One", "", ""},
		"two cards":                {card + "\n" + card2, "One|Two", "", ""},
		"card, PowerShell":         {string(utf16File(crlf(card))), "One", "", ""},
		"card, damaged":            {damaged, "", fault.CardDamaged, ""},
		"card, cut":                {card[:len(card)-120], "", fault.CardDamaged, ""},
		"card, forged":             {forged, "", fault.CardForged, "Onx"},
		"card in a card":           {card[:100] + "\n" + card, "", fault.CardDamaged, ""},
		"card, newer":              {strings.Replace(card, "card v1", "card v2", 1), "", fault.TooNew, ""},
		"one key":                  {pq, "-", "", ""},
		"one key, commented":       {"# Ana\n" + pq, "Ana", "", ""},
		"age-keygen -y":            {"# created: 2026-01-01T00:00:00Z\n# public key: " + pq + "\n" + pq, "-", "", ""},
		"ssh":                      {ed + "\n", "ana@desk", "", ""},
		"ssh without a comment":    {bare, "-", "", ""},
		"in a mail":                {"Hi Bo,\r\nmy key is\r\n\r\n  " + pq + "\r\n\r\nBye", "-", "", ""},
		"pq and classic":           {pq + "\n" + classic, "-", "", ""},
		"classic and pq":           {"# Ana\n" + classic + "\n" + pq, "Ana", "", ""},
		"pq and classic, two":      {"# Ana\n" + pq + "\n# Bo\n" + classic, "Ana|Bo", "", ""},
		"recipients file":          {"# Team\n\n# Ana\n" + pq + "\n\n" + other + "\n# name: Cy\n" + ed, "Ana|contact 2|Cy", "", ""},
		"none named":               {pq + "\n" + other + "\n" + bare, "contact 1|contact 2|contact 3", "", ""},
		"the same name":            {"# Ana\n" + pq + "\n# ana\n" + other, "Ana|ana 2", "", ""},
		"a name like a number":     {"# contact 2\n" + pq + "\n\n" + other, "contact 2|contact 3", "", ""},
		"twice":                    {pq + "\n" + pq, "-", "", ""},
		"authorized_keys":          {"# mine\n" + ed + "\nrestrict,command=\"echo \\\"a b\\\" c\" " + rsa, "mine|bo", "", ""},
		"authorized_keys, ecdsa":   {ed + "\n\n" + string(at("ec.pub")), "", fault.BadRecipient, "line 3"},
		"authorized_keys, short":   {ed + "\n" + string(at("short.pub")), "", fault.BadRecipient, "line 2"},
		"authority":                {"cert-authority " + ed + "\n" + ed, "ana@desk", "", ""},
		"ecdsa alone":              {string(at("ec.pub")), "", fault.CannotImport, "otherPublic"},
		"short rsa alone":          {string(at("short.pub")), "", fault.CannotImport, "otherPublic"},
		"pem public rsa":           {string(do("openssl", "rsa", "-in", "rsa", "-pubout")), "-", "", ""},
		"pem public rsa, pkcs1":    {string(do("openssl", "rsa", "-in", "rsa", "-RSAPublicKey_out")), "-", "", ""},
		"pem public ed25519":       {string(do("openssl", "pkey", "-in", "ed8", "-pubout")), "-", "", ""},
		"der public":               {string(do("openssl", "rsa", "-in", "rsa", "-pubout", "-outform", "DER")), "-", "", ""},
		"ssh2 public":              {string(do("ssh-keygen", "-e", "-f", "rsa.pub")), "", "", ""},
		"ssh2 public, ecdsa":       {string(do("ssh-keygen", "-e", "-f", "ec.pub")), "", fault.CannotImport, "otherPublic"},
		"pem, cut":                 {"-----BEGIN PUBLIC KEY-----\nAAAA\n", "", fault.BadRecipient, "line 2"},
		"cut":                      {"# Ana\n" + pq[:900], "", fault.BadRecipient, "line 2"},
		"good, then cut":           {pq + "\n" + other[7:], "", fault.BadRecipient, "line 2"},
		"wrong word":               {"age1 is new.", "", fault.BadRecipient, "line 1"},
		"a private key":            {secretLine(one), "", fault.CannotImport, "ageIdentity"},
		"a private key behind":     {pq + "\n" + secretLine(one), "", fault.CannotImport, "ageIdentity"},
		"a private key far behind": {pq + "\n" + strings.Repeat("# x\n", maxHead/4) + secretLine(one), "", fault.BadRecipient, "line 16386"},
		"an ssh private key":       {string(at("ed")), "", fault.CannotImport, "opensshPrivate"},
		"nothing":                  {"", "", fault.NoRecipients, ""},
		"comments":                 {"# a\n# b", "", fault.NoRecipients, ""},
		"a letter":                 {"Dear Ana, no key here.", "", fault.NoRecipients, ""},
		"many":                     {manyKeys(maxKeys + 1), "", fault.TooMany, ""},
		"large":                    {strings.Repeat("#\n", maxFile/2+1), "", fault.TooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			people, err := ParseContacts("", []byte(c.text))
			if f := fault.As(err); c.err != "" {
				if f == nil || f.Kind != c.err || f.Subject != c.about {
					t.Fatalf("%d, %v", len(people), err)
				}
				return
			}
			var got []string
			for _, p := range people {
				got = append(got, p.Name)
				if p.Verified || p.Added.IsZero() || must(p.Recipient.Age(nil)) == nil {
					t.Errorf("%+v", p)
				}
			}
			if want := strings.Split(strings.ReplaceAll(c.names, "-", ""), "|"); err != nil || c.names != "" && !slices.Equal(got, want) {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		})
	}
	people, err := ParseContacts(" Mum ", []byte(pq+"\n"+classic))
	if err != nil || len(people) != 1 || people[0].Name != "Mum" || people[0].Recipient.Text != pq || people[0].Classic.Text != classic {
		t.Errorf("%+v, %v", people, err)
	}
	if _, err := ParseContacts("\u202e", []byte(pq)); fault.Of(err) != fault.BadName {
		t.Errorf("a bad name: %v", err)
	}
}

// TestStockPublicForms has the real age decrypt what was encrypted to public
// keys in PEM form and in that of RFC 4716.
func TestStockPublicForms(t *testing.T) {
	_, do := files(t)
	do("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", "rsa")
	do("cp", "rsa", "pem")
	do("ssh-keygen", "-q", "-p", "-m", "PEM", "-N", "", "-f", "pem")
	key := write(t, "key", do("cat", "rsa"))
	for _, text := range [][]byte{do("openssl", "rsa", "-in", "pem", "-pubout"), do("ssh-keygen", "-e", "-f", "rsa.pub")} {
		people, err := ParseContacts("", text)
		if err != nil || len(people) != 1 {
			t.Fatal(err)
		}
		if got := run(t, []byte(encrypt(t, "hello", people[0].Recipient)), "age", "-d", "-i", key); string(got) != "hello" {
			t.Errorf("age reads %q", got)
		}
	}
}

func manyKeys(n int) string {
	var text strings.Builder
	line := must(New("x")).Public().Classic.Text
	for i := range n {
		fmt.Fprintf(&text, "# %d\n%s\n", i, line)
	}
	return text.String()
}

func FuzzParseContacts(f *testing.F) {
	k := must(newKeyPair(Hybrid, guard(bytes.Repeat([]byte{1}, keySize)), Meta{Name: "Ana"}))
	card := must(MarshalCard(k))
	f.Add(card)
	f.Add([]byte("> " + strings.ReplaceAll(string(card), "\n", "\r\n> ")))
	f.Add([]byte("# Ana\n" + k.Public().Recipient.Text + "\n" + k.Public().Classic.Text + "\n"))
	f.Add([]byte("restrict,command=\"a\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyzJZQ0wO5IUuu7ArxXoyvFpOjs4ZZ1Sf4ndkLrqF4w a b\n"))
	f.Add([]byte("---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"a\\\nb\"\nAAAAC3NzaC1lZDI1NTE5AAAAIJyzJZQ0wO5IUuu7ArxXoyvFpOjs4ZZ1Sf4ndkLrqF4w\n---- END SSH2 PUBLIC KEY ----\n"))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"))
	f.Add([]byte("\xff\xfe#\x00a\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		people, err := ParseContacts("", text)
		if (err == nil) != (len(people) > 0) {
			t.Fatalf("%d, %v", len(people), err)
		}
		names := map[string]bool{}
		for _, c := range people {
			if _, err := c.Recipient.Age(nil); err != nil {
				t.Fatal(err)
			}
			if name, err := CleanName(c.Name); c.Name != "" && (err != nil || name != c.Name) {
				t.Fatalf("name %q", c.Name)
			}
			if len(people) > 1 && (c.Name == "" || names[strings.ToLower(c.Name)]) && !IsCard(text) && Recognise(text) != Card {
				t.Fatalf("name %q twice", c.Name)
			}
			names[strings.ToLower(c.Name)] = true
		}
	})
}

// FuzzImportKeys: whatever a file holds, it is read or refused, soon, and what
// was read can be written and read again.
func FuzzImportKeys(f *testing.F) {
	k := must(newKeyPair(X25519, guard(bytes.Repeat([]byte{1}, keySize)), Meta{Name: "Ana"}))
	f.Add(bytes.Clone(must(k.MarshalIdentity()).Bytes()), []byte("x"))
	f.Add([]byte(edFile), []byte(""))
	f.Add([]byte(edPKCS8), []byte("x"))
	f.Add([]byte(edProtected), []byte(filePass))
	f.Add([]byte("\xff\xfeA\x00G\x00E\x00-\x00"), []byte("x"))
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAAAAAAAAAAAAAAAAAAAA==\n-----END RSA PRIVATE KEY-----\n"), []byte("x"))
	f.Fuzz(func(t *testing.T, text, pass []byte) {
		if bytes.Contains(text, []byte("BEGIN ENC")) && len(text) > 1000 {
			return // a passphrase that costs seconds, within bounds
		}
		b := guard(text)
		defer b.Destroy()
		Recognise(text)
		keys, err := ImportKeys(b, typing(t, string(pass)))
		if (err == nil) != (len(keys) > 0) {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			out := must(k.MarshalIdentity())
			back := must(ImportKeys(out, nil))
			if len(back) != 1 || back[0].Public().Recipient != k.Public().Recipient {
				t.Fatal("does not come back")
			}
			destroyAll(back)
			out.Destroy()
		}
		destroyAll(keys)
	})
}
