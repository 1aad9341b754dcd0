package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func guard(b []byte) *secret.Buffer { return secret.Take(bytes.Clone(b)) }

// hkdfByHand is RFC 5869 with one block of output, to have derive checked by
// something else than the library it uses.
func hkdfByHand(ikm []byte, info string) []byte {
	extract := hmac.New(sha256.New, make([]byte, 32))
	extract.Write(ikm)
	expand := hmac.New(sha256.New, extract.Sum(nil))
	expand.Write([]byte(info + "\x01"))
	return expand.Sum(nil)
}

// The derivation is a format: keys in use depend on these values for ever.
func TestDerivationNeverChanges(t *testing.T) {
	root := make([]byte, keySize)
	for i := range root {
		root[i] = byte(i)
	}
	k := must(newKeyPair(Hybrid, guard(root), Meta{Name: "Ana"}))
	defer k.Destroy()
	p := k.Public()
	got := map[string]string{
		"recipient": hex.EncodeToString(sum([]byte(p.Recipient.Text))),
		"classic":   p.Classic.Text,
		"signing":   hex.EncodeToString(p.Signing),
		"id":        p.ID,
	}
	for name, want := range map[string]string{
		"recipient": "e1704ce7caadaa4e436845c280d1527742f46a8af62d934c41b60c624e7cb185",
		"classic":   "age1fw7ftzhcfh44y2yqz6d8y7hzwdk9u37elgdjy6ufz2ar8xe43ftsj9udz6",
		"signing":   "e9c2a87cbd974c10bdc975616f9d459e195b28d4335e9476b2b14c9caa14c5fb",
		"id":        "e1704ce7caadaa4e",
	} {
		if got[name] != want {
			t.Errorf("%s is %s, was %s", name, got[name], want)
		}
	}
	scalar := hkdfByHand(root, "CryptoDesk v1: classic X25519 age key")
	text := appendBech32(nil, x25519Prefix, scalar)
	if classic := must(age.ParseX25519Identity(string(text))); classic.Recipient().String() != p.Classic.Text {
		t.Error("the classic key is not HKDF-SHA256 of the root")
	}
	seed := hkdfByHand(root, "CryptoDesk v1: Ed25519 signing key")
	if !bytes.Equal(ed25519.NewKeyFromSeed(seed)[32:], p.Signing) {
		t.Error("the signing key is not HKDF-SHA256 of the root")
	}
}

func sum(b []byte) []byte { s := sha256.Sum256(b); return s[:] }

func TestIdentityFileIsAges(t *testing.T) {
	for _, make := range []func(string) (*KeyPair, error){New, NewClassic} {
		k := must(make("Ana"))
		defer k.Destroy()
		p := k.Public()
		text := must(k.MarshalIdentity())
		ids, err := age.ParseIdentities(bytes.NewReader(text.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var recipients []string
		for _, id := range ids {
			switch id := id.(type) {
			case *age.HybridIdentity:
				recipients = append(recipients, id.Recipient().String())
			case *age.X25519Identity:
				recipients = append(recipients, id.Recipient().String())
			}
		}
		want := []string{p.Recipient.Text}
		if p.Kind == Hybrid {
			want = append(want, p.Classic.Text)
		}
		if len(recipients) != len(want) || recipients[0] != want[0] || recipients[len(want)-1] != want[len(want)-1] {
			t.Errorf("%s: age reads %d keys, or others", p.Kind, len(recipients))
		}
		back := must(ParseIdentityFile(text))
		if len(back) != 1 {
			t.Fatalf("%s: %d key pairs come back", p.Kind, len(back))
		}
		q := back[0].Public()
		if q.Name != p.Name || !q.Created.Equal(p.Created) || q.Recipient != p.Recipient || !bytes.Equal(q.Signing, p.Signing) {
			t.Errorf("%s comes back as %+v", p.Kind, q)
		}
		back[0].Destroy()
		text.Destroy()
	}
}

func TestStockKeygenBothWays(t *testing.T) {
	for _, args := range [][]string{{"-pq"}, nil} {
		text := run(t, nil, "age-keygen", args...)
		keys, err := ParseIdentityFile(guard(text))
		if err != nil {
			t.Fatal(err)
		}
		p := keys[0].Public()
		if time.Since(p.Created) > time.Hour {
			t.Errorf("created %v", p.Created)
		}
		if got := string(bytes.TrimSpace(run(t, text, "age-keygen", "-y"))); got != p.Recipient.Text {
			t.Errorf("another public key than age-keygen -y")
		}
		ours := must(keys[0].MarshalIdentity())
		if got := string(bytes.Fields(run(t, ours.Bytes(), "age-keygen", "-y"))[0]); got != p.Recipient.Text {
			t.Errorf("age-keygen reads another key in what we write")
		}
	}
}

// encrypt encrypts text with the age library.
func encrypt(t *testing.T, text string, to ...Recipient) []byte {
	t.Helper()
	var all []age.Recipient
	for _, r := range to {
		all = append(all, must(r.Age(nil)))
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, all...)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decrypt(file []byte, o *Opened) (string, error) {
	r, err := age.Decrypt(bytes.NewReader(file), o.Identities()...)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestOpensWhatIsForIt(t *testing.T) {
	hybrid, classic, other := must(New("a")), must(NewClassic("b")), must(New("c"))
	o := must(Open(hybrid, classic))
	defer o.Close()
	for name, to := range map[string][]Recipient{
		"hybrid":         {hybrid.Public().Recipient},
		"its classic":    {hybrid.Public().Classic},
		"classic":        {classic.Public().Recipient},
		"with others":    {other.Public().Recipient, hybrid.Public().Recipient},
		"classic, mixed": {other.Public().Classic, classic.Public().Recipient},
	} {
		if got, err := decrypt(encrypt(t, name, to...), o); err != nil || got != name {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	_, err := decrypt(encrypt(t, "x", other.Public().Recipient), o)
	if !errors.As(err, new(*age.NoIdentityMatchError)) {
		t.Errorf("a file for somebody else: %v", err)
	}
}

func TestClosedOpensNothing(t *testing.T) {
	k := must(New("a"))
	file := encrypt(t, "x", k.Public().Recipient)
	o := must(Open(k))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				text, err := decrypt(file, o)
				if fault.Of(err) == fault.Locked {
					return
				}
				if err != nil || text != "x" {
					t.Errorf("%q, %v", text, err)
					return
				}
			}
		})
	}
	if _, err := decrypt(file, o); err != nil {
		t.Error(err)
	}
	o.Close()
	o.Close()
	wg.Wait()
	if !o.Closed() {
		t.Error("not closed")
	}
	k.Destroy()
	if _, err := Open(k); fault.Of(err) != fault.Locked {
		t.Errorf("a destroyed key pair: %v", err)
	}
	if _, err := k.MarshalIdentity(); fault.Of(err) != fault.Locked {
		t.Errorf("a destroyed key pair is written: %v", err)
	}
	var none *Opened
	none.Close()
	(*KeyPair)(nil).Destroy()
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"Ana":                                  "Ana",
		"  Ana \t B  ":                         "Ana B",
		"\u1112\u1161\u11ab\u1100\u1173\u11af": "\ud55c\uae00", // Hangul, decomposed
		"👩\u200d💻":                             "👩\u200d💻",
	} {
		if got, err := CleanName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]fault.Kind{
		"": fault.NameMissing, " \n ": fault.NameMissing,
		"a\x00": fault.BadName, "a\u202eb": fault.BadName, "a\u200bb": fault.BadName, "\xff": fault.BadName,
		string(bytes.Repeat([]byte("a"), 201)): fault.BadName, "\ufffd": fault.BadName,
	} {
		if _, err := CleanName(in); fault.Of(err) != want {
			t.Errorf("%q: %v", in, err)
		}
	}
	if _, err := New(""); fault.Of(err) != fault.NameMissing {
		t.Errorf("a key pair without a name: %v", err)
	}
}
