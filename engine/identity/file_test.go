package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

func TestIdentityFiles(t *testing.T) {
	hybrid := must(age.GenerateHybridIdentity()).String()
	classic := must(age.GenerateX25519Identity()).String()
	whole := must(New("Ana"))
	both := must(whole.MarshalIdentity())
	pair := string(both.Bytes())
	lines := strings.Split(strings.TrimSpace(pair), "\n")
	derived := lines[len(lines)-1]
	for name, c := range map[string]struct {
		text string
		keys int
		kind fault.Kind
	}{
		"one":                  {classic, 1, ""},
		"two":                  {"# a\n\n" + hybrid + "\n#b\n" + classic + "\n", 2, ""},
		"crlf, spaces, bom":    {"\xef\xbb\xbf# x\r\n\r\n  " + hybrid + "\t\r\n", 1, ""},
		"twice":                {classic + "\n" + classic, 1, ""},
		"pair":                 {pair, 1, ""},
		"derived first":        {derived + "\n" + pair, 1, ""},
		"derived alone":        {derived, 1, ""},
		"empty":                {"", 0, fault.BadIdentity},
		"comments":             {"# only\n#comments\n", 0, fault.BadIdentity},
		"lower case":           {strings.ToLower(classic), 0, fault.BadIdentity},
		"cut":                  {hybrid[:40], 0, fault.BadIdentity},
		"good, then bad":       {classic + "\n" + hybrid[:40], 0, fault.BadIdentity},
		"public key":           {whole.Public().Recipient.Text, 0, fault.BadIdentity},
		"plugin":               {"AGE-PLUGIN-YUBIKEY-1XYZ", 0, fault.BadIdentity},
		"binary":               {"\x00\xff\x00\xff", 0, fault.BadIdentity},
		"encrypted":            {"age-encryption.org/v1\n-> scrypt x 18\n", 0, fault.NeedPassphrase},
		"encrypted, armored":   {"-----BEGIN AGE ENCRYPTED FILE-----\nabcd\n", 0, fault.NeedPassphrase},
		"not a key in pem":     {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0, fault.CannotImport},
		"too many":             {strings.Repeat(classic+"\n", maxKeys+1), 0, fault.TooMany},
		"too large":            {strings.Repeat("#\n", maxFile/2) + "\n", 0, fault.TooLarge},
		"no key in a long one": {strings.Repeat("A", 1<<20), 0, fault.BadIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			b := guard([]byte(c.text))
			defer b.Destroy()
			keys, err := ParseIdentityFile(b)
			if len(keys) != c.keys || fault.Of(err) != c.kind {
				t.Fatalf("%d keys, %v", len(keys), err)
			}
			destroyAll(keys)
			if err != nil && len(c.text) > 20 && strings.Contains(err.Error(), c.text[:20]) {
				t.Error("the error repeats the file")
			}
		})
	}
	if _, err := ParseIdentityFile(nil); fault.Of(err) != fault.BadIdentity {
		t.Errorf("nil: %v", err)
	}
}

// sshKey is a private key as OpenSSH writes it.
func sshKey(t *testing.T, key any, passphrase string) *secret.Buffer {
	t.Helper()
	var block *pem.Block
	var err error
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "ana@desk")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "ana@desk", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return guard(pem.EncodeToMemory(block))
}

func TestSSHKeys(t *testing.T) {
	_, ed, _ := ed25519.GenerateKey(nil)
	for kind, key := range map[Kind]any{SSHEd25519: ed, SSHRSA: must(rsa.GenerateKey(rand.Reader, 2048))} {
		text := sshKey(t, key, "")
		keys, err := ParseIdentityFile(text)
		if err != nil {
			t.Fatal(kind, err)
		}
		k := keys[0]
		p := k.Public()
		if p.Kind != kind || p.Recipient.Kind != kind || p.Signing != nil || !p.Classic.IsZero() {
			t.Errorf("%s is %+v", kind, p)
		}
		if !strings.HasPrefix(p.Fingerprint, "SHA256:") {
			t.Errorf("%s: fingerprint %s", kind, p.Fingerprint)
		}
		file := encrypt(t, "hello", p.Recipient)
		o := must(Open(must(New("x")), k))
		if got, err := decrypt(file, o); got != "hello" || err != nil {
			t.Errorf("%s: %q, %v", kind, got, err)
		}
		o.Close()
		// The stock program opens it with what we write out.
		back := must(k.MarshalIdentity())
		if !back.Equal(text) {
			t.Errorf("%s: written differently", kind)
		}
		if got := run(t, file, "age", "-d", "-i", write(t, "key", back.Bytes())); string(got) != "hello" {
			t.Errorf("%s: age reads %q", kind, got)
		}
		if _, err := k.Sign(nil); fault.Of(err) != fault.BadIdentity {
			t.Errorf("%s signs: %v", kind, err)
		}
		if _, err := MarshalCard(k); fault.Of(err) != fault.BadIdentity {
			t.Errorf("%s has a card: %v", kind, err)
		}
	}
	if _, err := ParseIdentityFile(sshKey(t, ed, "secret")); fault.Of(err) != fault.NeedPassphrase {
		t.Errorf("encrypted: %v", err)
	}
}

func TestParseRecipient(t *testing.T) {
	k := must(New("a"))
	hybrid, classic := k.Public().Recipient.Text, k.Public().Classic.Text
	_, ed, _ := ed25519.GenerateKey(nil)
	edLine := sshText(must(ssh.NewPublicKey(ed.Public())))
	short := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(3), 1022), E: 65537}
	for text, kind := range map[string]Kind{
		hybrid: Hybrid, classic: X25519, " " + classic + "\n": X25519, edLine: SSHEd25519, edLine + " ana@desk": SSHEd25519,
	} {
		r, err := ParseRecipient(text)
		if err != nil || r.Kind != kind {
			t.Errorf("%.20q: %v, %v", text, r.Kind, err)
			continue
		}
		if _, err := r.Age(nil); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if again, err := ParseRecipient(r.Text); err != nil || again != r {
			t.Errorf("%s: its own text reads differently", kind)
		}
		if r.PostQuantum() != (kind == Hybrid || kind == TagPQ) {
			t.Errorf("%s: post-quantum %v", kind, r.PostQuantum())
		}
	}
	private := must(age.GenerateX25519Identity()).String()
	for _, text := range []string{
		"", "x", private, strings.ToLower(private), "age1", hybrid[:100], classic + "q", classic + " " + classic,
		"age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu3hyfumptu",
		sshText(must(ssh.NewPublicKey(short))), "ssh-ed25519 AAAA", edLine + "\n" + private, "ssh-dss AAAA",
		"age1" + strings.Repeat("q", maxRecipient), strings.ToUpper(classic), "# " + classic,
	} {
		r, err := ParseRecipient(text)
		if fault.Of(err) != fault.BadRecipient || !r.IsZero() {
			t.Errorf("%.20q: %v, %v", text, r.Kind, err)
		}
		if len(text) > 12 && strings.Contains(err.Error(), text[4:12]) {
			t.Errorf("the error repeats %.20q", text)
		}
	}
	if _, err := (Recipient{}).Age(nil); fault.Of(err) != fault.BadRecipient {
		t.Errorf("nobody: %v", err)
	}
}

func TestTagRecipients(t *testing.T) {
	for kind, text := range tagged(t) {
		r, err := ParseRecipient(text)
		if err != nil || r.Kind != kind {
			t.Fatalf("%s: %v, %v", kind, r.Kind, err)
		}
		var out bytes.Buffer
		w, err := age.Encrypt(&out, must(r.Age(nil)))
		if err != nil || w.Close() != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestParseRecipients(t *testing.T) {
	a, b := must(New("a")).Public(), must(New("b")).Public()
	got, err := ParseRecipients(strings.NewReader("\ufeff# people\r\n" + a.Recipient.Text + "\r\n\n" + b.Recipient.Text))
	if err != nil || len(got) != 2 || got[0] != a.Recipient || got[1] != b.Recipient {
		t.Errorf("%d, %v", len(got), err)
	}
	for text, kind := range map[string]fault.Kind{
		"":                          fault.NoRecipients,
		"# nobody\n":                fault.NoRecipients,
		a.Recipient.Text + "\nx\n":  fault.BadRecipient,
		strings.Repeat("a", 70_000): fault.BadRecipient,
		strings.Repeat(a.Classic.Text+"\n", maxKeys+1): fault.TooMany,
		strings.Repeat("#\n", maxFile/2+1):             fault.TooLarge,
	} {
		if _, err := ParseRecipients(strings.NewReader(text)); fault.Of(err) != kind {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := ParseRecipients(failing{}); fault.Of(err) != fault.Internal {
		t.Errorf("a failing reader: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no") }
