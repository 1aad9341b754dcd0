package legacy

import (
	"bytes"
	"context"
	"crypto/aes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/eax"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// written is a file that the real programs made: see testdata/make.py.
type written struct {
	Name       string `json:"name"`
	Data       []byte `json:"data"`
	Plain      []byte `json:"plain"`
	Format     Format `json:"format"`
	What       string `json:"what"`
	Passphrase []byte `json:"passphrase"`
	Key        []byte `json:"key"`
}

var names = []string{Key: "key", Text: "text", Bytes: "bytes", Noise: "noise"}

func cases(t testing.TB) []written {
	t.Helper()
	var file struct {
		Cases []written `json:"cases"`
	}
	raw, err := os.ReadFile("testdata/cases.json")
	if err == nil {
		err = json.Unmarshal(raw, &file)
	}
	if err != nil || len(file.Cases) < 60 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	return file.Cases
}

func guarded(b []byte) *secret.Buffer {
	if b == nil {
		return nil
	}
	return secret.Take(bytes.Clone(b))
}

func open(t testing.TB, data, passphrase, key []byte, how Format) ([]*Found, error) {
	t.Helper()
	d, with := guarded(data), Secrets{guarded(passphrase), guarded(key)}
	defer d.Destroy()
	defer with.Passphrase.Destroy()
	defer with.Key.Destroy()
	found, err := Open(t.Context(), d, how, with)
	t.Cleanup(func() { Close(found) })
	return found, err
}

// TestWhatTutorialsWrite opens every file, knowing only its passphrase or key, and has the right thing first.
func TestWhatTutorialsWrite(t *testing.T) {
	for _, c := range cases(t) {
		if !slices.ContainsFunc(Look(c.Data), func(g Guess) bool { return g.Format == c.Format }) {
			t.Errorf("%s: looks like %v", c.Name, Look(c.Data))
		}
		for _, how := range []Format{Any, c.Format} {
			found, err := open(t, c.Data, c.Passphrase, c.Key, how)
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			f := found[0]
			if !bytes.Equal(f.Plain.Bytes(), c.Plain) || f.Format != c.Format || names[f.What] != c.What {
				t.Errorf("%s: %s, %s (%s), %d bytes of %d", c.Name, f.Format, names[f.What], f.Detail, f.Plain.Len(), len(c.Plain))
			}
			if f.Authenticated != (f.Format != ECB && f.Format != PEM) {
				t.Errorf("%s is authenticated: %v", c.Name, f.Authenticated)
			}
			if f.Authenticated && len(found) > 1 {
				t.Errorf("%s: %d results, of which one is proved", c.Name, len(found))
			}
			if f.What == Key && !f.Material.Importable() {
				t.Errorf("%s: a key that is %q", c.Name, f.Material)
			}
			if f.Format != PEM && f.Detail == "" {
				t.Errorf("%s says nothing about itself", c.Name)
			}
		}
	}
}

// TestDetails: those who ask are told how it was.
func TestDetails(t *testing.T) {
	want := map[string]string{
		"ecb, zeros to 24":           "AES-192-ECB, passphrase + 00, padding PKCS#7",
		"ecb, 16 bytes, text, zeros": "AES-128-ECB, passphrase, padding 00",
		"ecb, cut to 32":             "AES-256-ECB, passphrase, cut, padding PKCS#7",
		"ecb, printed":               "AES-128-ECB, passphrase, padding PKCS#7, base64",
		"eax, key file of 24 in hex": "AES-192-EAX, key file (hex)",
		"oaep, 1024, SHA-256":        "RSA-1024-OAEP, SHA-256",
		"session, SHA-256, base64":   "RSA-2048-OAEP, SHA-256, AES-256-EAX, base64",
	}
	for _, c := range cases(t) {
		if detail := want[c.Name]; detail != "" {
			found, err := open(t, c.Data, c.Passphrase, c.Key, Any)
			if err != nil || found[0].Detail != detail {
				t.Errorf("%s: %q, %v", c.Name, found[0].Detail, err)
			}
			delete(want, c.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("no case %v", want)
	}
}

// TestWrongSecrets: nothing that looks like something, and never more than a bare key would be.
func TestWrongSecrets(t *testing.T) {
	other := cases(t)[slices.IndexFunc(cases(t), func(c written) bool { return c.Name == "session, 1024" })].Key
	for _, c := range cases(t) {
		pass, key := []byte("not the passphrase"), []byte(nil)
		switch {
		case c.Format == PEM:
			continue
		case c.Format.RSA() && len(c.Key) > 1000: // not that one itself
			pass, key = nil, other
		case c.Format.RSA():
			continue
		}
		found, err := open(t, c.Data, pass, key, Any)
		if len(found) > 0 && len(c.Data) > maxNoise+nonceSize || err != nil && fault.Of(err) != fault.LegacyNothing {
			t.Errorf("%s: %d results, %v", c.Name, len(found), err)
		}
		for _, f := range found {
			if f.What != Noise || f.Authenticated || f.Plain.Len() > maxNoise {
				t.Errorf("%s: %s came out, %d bytes", c.Name, names[f.What], f.Plain.Len())
			}
		}
	}
}

// TestDamaged: what is authenticated says nothing once a bit of it is another.
func TestDamaged(t *testing.T) {
	for _, c := range cases(t) {
		if c.Format != EAX && !c.Format.RSA() || c.Passphrase != nil && c.Format.RSA() || len(c.Data) > 600 {
			continue
		}
		form := forms(c.Data)[0]
		for at := range form.bytes {
			if at%7 != 0 && c.Format.RSA() {
				continue // each takes a private key's time
			}
			wrong := bytes.Clone(form.bytes)
			wrong[at] ^= 1 << (at % 8)
			if found, err := open(t, wrong, c.Passphrase, c.Key, c.Format); len(found) > 0 || fault.Of(err) != fault.LegacyNothing {
				t.Fatalf("%s, byte %d: %d results, %v", c.Name, at, len(found), err)
			}
		}
	}
}

func TestWhatIsMissing(t *testing.T) {
	one := map[string]written{}
	for _, c := range cases(t) {
		one[c.Name] = c
	}
	ecb, oaep, scrypt := one["ecb, 16 bytes, PEM"], one["oaep, 2048"], one["oaep, key in PKCS#8, scrypt"]
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name                  string
		data, passphrase, key []byte
		how                   Format
		want                  fault.Kind
	}{
		{"no passphrase", ecb.Data, nil, nil, Any, fault.NeedPassphrase},
		{"an empty one", ecb.Data, []byte{}, nil, Any, fault.NeedPassphrase},
		{"an empty key file", ecb.Data, nil, []byte{}, Any, fault.NeedPassphrase},
		{"only a private key opens it", oaep.Data, []byte("sixteen byte key"), nil, OAEP, fault.LegacyNeedKey},
		{"the key's passphrase", scrypt.Data, nil, scrypt.Key, Any, fault.NeedPassphrase},
		{"the right one of it", scrypt.Data, []byte("unguessable"), scrypt.Key, Any, fault.WrongPassphrase},
		{"a private key for AES", ecb.Data, nil, oaep.Key, ECB, fault.LegacyNothing},
		{"half a key", oaep.Data, nil, oaep.Key[:900], Any, fault.BadIdentity},
		{"not that format", ecb.Data, ecb.Passphrase, nil, OAEP, fault.LegacyUnknown},
		{"data", nil, []byte("sixteen byte key"), nil, Any, fault.LegacyUnknown},
		{"more data", []byte("x"), []byte("sixteen byte key"), nil, Any, fault.LegacyUnknown},
		{"less data", make([]byte, MaxFile+1), []byte("sixteen byte key"), nil, Any, fault.TooLarge},
		{"another format", []byte("age-encryption.org/v1\n-> X25519 abc\n"), []byte("x"), nil, Any, fault.LegacyUnknown},
	} {
		if found, err := open(t, c.data, c.passphrase, c.key, c.how); len(found) > 0 || fault.Of(err) != c.want {
			t.Errorf("%s: %d results, %v", c.name, len(found), err)
		}
	}
	data, with := guarded(ecb.Data), Secrets{Passphrase: guarded(ecb.Passphrase)}
	if found, err := Open(cancelled, data, Any, with); len(found) > 0 || fault.Of(err) != fault.Cancelled {
		t.Errorf("%d results, %v", len(found), err)
	}
	if data.Len() != len(ecb.Data) || with.Passphrase.Len() != len(ecb.Passphrase) {
		t.Error("what belongs to the caller is gone")
	}
}

// TestShortOrLongPassphrase: all lengths, against the only way that every length has.
func TestShortOrLongPassphrase(t *testing.T) {
	for n := 1; n <= 80; n++ {
		pass := bytes.Repeat([]byte{'x'}, n)
		for _, k := range keys(pass, nil) {
			if !slices.Contains(keySizes, len(k.bytes)) {
				t.Errorf("%d bytes, %s: a key of %d", n, k.made, len(k.bytes))
			}
		}
		if got := len(keys(pass, nil)); got == 0 || got > 16 {
			t.Errorf("%d bytes: %d keys", n, got)
		}
	}
}

func TestLook(t *testing.T) {
	for _, c := range []struct {
		data string
		want []Guess
	}{
		{"", nil},
		{strings.Repeat("\x80", 15), nil},
		{strings.Repeat("\x80", 16), []Guess{{ECB, Raw}}},
		{strings.Repeat("\x80", 33), []Guess{{EAX, Raw}}},
		{strings.Repeat("\x80", 128), []Guess{{OAEP, Raw}, {EAX, Raw}, {ECB, Raw}}},
		{strings.Repeat("\x80", 161), []Guess{{EAX, Raw}, {Session, Raw}}},
		{base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0x80}, 16)), []Guess{{ECB, Base64}}},
		{strings.Repeat("80", 16), []Guess{{ECB, Hex}}}, // 24 bytes of Base64 are none
		{"-----BEGIN RSA PRIVATE KEY-----\n", []Guess{{PEM, Raw}}},
		{"AGE-SECRET-KEY-1QQQ", []Guess{{PEM, Raw}}},
		{"age1qqq", nil},
		{"-----BEGIN AGE ENCRYPTED FILE-----\n", nil},
		{"\x89PNG\r\n\x1a\n", nil},
	} {
		if got := Look([]byte(c.data)); !slices.Equal(got, c.want) {
			t.Errorf("%.20q of %d bytes: %v", c.data, len(c.data), got)
		}
	}
}

// TestEAX are vectors of the paper (Bellare, Rogaway, Wagner, 2004, appendix), which have a header where scripts have none.
func TestEAX(t *testing.T) {
	raw := func(s string) []byte { b, err := hex.DecodeString(s); _ = err; return b }
	for _, v := range [][5]string{ // message, key, nonce, header, ciphertext
		{"", "233952DEE4D5ED5F9B9C6D6FF80FF478", "62EC67F9C3A4A407FCB2A8C49031A8B3", "6BFB914FD07EAE6B", "E037830E8389F27B025A2D6527E79D01"},
		{"F7FB", "91945D3F4DCBEE0BF45EF52255F095A4", "BECAF043B0A23D843194BA972C66DEBD", "FA3BFD4806EB53FA", "19DD5C4C9331049D0BDAB0277408F67967E5"},
		{"1A47CB4933", "01F74AD64077F2E704C0F60ADA3DD523", "70C3DB4F0D26368400A10ED05D2BFF5E", "234A3463C1264AC6", "D851D5BAE03A59F238A23E39199DC9266626C40F80"},
	} {
		block, err := aes.NewCipher(raw(v[1]))
		if err != nil {
			t.Fatal(err)
		}
		aead, err := eax.NewEAX(block)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := aead.Open(nil, raw(v[2]), raw(v[4]), raw(v[3]))
		if err != nil || !bytes.Equal(plain, raw(v[0])) {
			t.Errorf("%s: %x, %v", v[0], plain, err)
		}
	}
}

// TestFoundIsWiped: what is not shown is not kept, and what is shown ends with Close.
func TestFoundIsWiped(t *testing.T) {
	c := cases(t)[0]
	found, err := open(t, c.Data, c.Passphrase, c.Key, Any)
	if err != nil {
		t.Fatal(err)
	}
	plain := found[0].Plain
	Close(found)
	Close(found)
	if plain.Bytes() != nil {
		t.Error("not wiped")
	}
	(*Found)(nil).Close()
}

func TestReadable(t *testing.T) {
	for text, want := range map[string]bool{"": false, "hello\r\n\tWorld": true, "금고": true, "a\x00b": false, "\x1b[2J": false, "\xff": false, "\ufeffx": true, "🔑": true} {
		if readable([]byte(text)) != want {
			t.Errorf("%q", text)
		}
	}
	if m := identity.Recognise([]byte("금고")); m.Importable() {
		t.Error(m)
	}
}

func FuzzOpen(f *testing.F) {
	for _, c := range cases(f)[:20] {
		f.Add(c.Data, c.Passphrase, c.Key)
	}
	f.Add([]byte("b'AAAA'"), []byte("x"), []byte("00"))
	f.Fuzz(func(t *testing.T, data, passphrase, key []byte) {
		found, err := open(t, data, passphrase, key, Any)
		if fault.Of(err) == fault.Internal || err == nil && len(found) == 0 || err != nil && len(found) > 0 {
			t.Fatalf("%d results, %v", len(found), err)
		}
	})
}
