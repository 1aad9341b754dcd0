package identity

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

func files(t *testing.T) (at func(name string) []byte, do func(program string, args ...string) []byte) {
	dir := t.TempDir()
	at = func(name string) []byte { return must(os.ReadFile(filepath.Join(dir, name))) }
	return at, func(program string, args ...string) []byte { return tool(t, dir, program, args...) }
}

// TestRecogniseWhatCannotBeUsed has the real programs write keys that age has
// no use for: each is recognised, refused by what it is, and asks for no
// passphrase.
func TestRecogniseWhatCannotBeUsed(t *testing.T) {
	at, do := files(t)
	for _, kind := range []string{"ecdsa", "dsa"} {
		do("ssh-keygen", "-q", "-t", kind, "-N", filePass, "-f", kind)
	}
	do("ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", filePass, "-f", "short")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "ca")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "user")
	do("ssh-keygen", "-q", "-s", "ca", "-I", "x", "user.pub")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", filePass, "-Z", "aes256-gcm@openssh.com", "-f", "gcm")
	do("openssl", "genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "short.pem")
	do("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", "ec.pem")
	do("openssl", "req", "-x509", "-new", "-key", "ec.pem", "-subj", "/CN=a", "-out", "cert")
	for name, c := range map[string]struct {
		text []byte
		what Material // recognised as
		why  Material // refused as
	}{
		"openssh ecdsa":      {at("ecdsa"), OpenSSHPrivate, OtherPrivate},
		"openssh dsa":        {at("dsa"), OpenSSHPrivate, OtherPrivate},
		"openssh short rsa":  {at("short"), OpenSSHPrivate, OtherPrivate},
		"openssh gcm":        {at("gcm"), OpenSSHPrivate, OpenSSHPrivate},
		"security key":       {securityKey(), OpenSSHPrivate, OtherPrivate},
		"pkcs8 short rsa":    {at("short.pem"), PEMPrivate, OtherPrivate},
		"pkcs1 short rsa":    {do("openssl", "rsa", "-traditional", "-in", "short.pem"), PEMPrivate, OtherPrivate},
		"sec1 with params":   {at("ec.pem"), OtherPrivate, OtherPrivate},
		"sec1 protected":     {do("openssl", "ec", "-in", "ec.pem", "-aes128", "-passout", "pass:x"), OtherPrivate, OtherPrivate},
		"sec1 der":           {do("openssl", "ec", "-in", "ec.pem", "-outform", "DER"), OtherPrivate, OtherPrivate},
		"pkcs8 ec":           {do("openssl", "pkey", "-in", "ec.pem"), PEMPrivate, OtherPrivate},
		"pkcs8 x25519":       {do("openssl", "genpkey", "-algorithm", "x25519"), PEMPrivate, OtherPrivate},
		"pkcs8 ed448":        {do("openssl", "genpkey", "-algorithm", "ed448"), PEMPrivate, OtherPrivate},
		"pkcs8 rsa-pss":      {do("openssl", "genpkey", "-algorithm", "rsa-pss"), PEMPrivate, OtherPrivate},
		"pkcs8 camellia":     {do("openssl", "pkcs8", "-topk8", "-in", "short.pem", "-v2", "camellia-256-cbc", "-passout", "pass:x"), PEMPrivate, PEMPrivate},
		"certificate":        {at("cert"), Certificate, Certificate},
		"certificate der":    {do("openssl", "x509", "-in", "cert", "-outform", "DER"), Certificate, Certificate},
		"certificate, ec":    {append(at("cert"), at("ec.pem")...), OtherPrivate, OtherPrivate},
		"request":            {do("openssl", "req", "-new", "-key", "ec.pem", "-subj", "/CN=a"), Certificate, Certificate},
		"pkcs12":             {do("openssl", "pkcs12", "-export", "-in", "cert", "-inkey", "ec.pem", "-passout", "pass:x"), PKCS12, PKCS12},
		"ssh certificate":    {at("user-cert.pub"), Certificate, Certificate},
		"ecdsa public":       {at("ecdsa.pub"), OtherPublic, OtherPublic},
		"ec public":          {do("openssl", "ec", "-in", "ec.pem", "-pubout"), PublicKeys, ""},
		"pgp":                {[]byte("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----\n"), OpenPGP, OpenPGP},
		"pgp binary":         {[]byte("\x94\x58\x04\x65\x00\x00\x00\x16"), OpenPGP, OpenPGP},
		"pgp binary, new":    {[]byte("\xc6\x33\x04\x65\x00\x00\x00\x16"), OpenPGP, OpenPGP},
		"putty":              {[]byte("PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n"), PuTTY, PuTTY},
		"minisign":           {[]byte("untrusted comment: minisign public key 1\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"), Minisign, Minisign},
		"ssh.com":            {[]byte("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n"), OtherPrivate, OtherPrivate},
		"a letter":           {[]byte("Dear Ana,\nssh-rsa is old and age1 is new.\n"), Unknown, ""},
		"age1 at the margin": {[]byte("age1 is new.\n"), PublicKeys, ""},
		"noise":              {bytes.Repeat([]byte{7, 0, 200, 3}, 999), Unknown, ""},
		"nothing":            {nil, Unknown, ""},
		"png":                {[]byte("\x89PNG\r\n\x1a\n\x00"), Picture, ""},
		"age":                {[]byte("age-encryption.org/v1\n-> X"), AgeEncrypted, ""},
		"age, armored":       {[]byte("\r\n-----BEGIN AGE ENCRYPTED FILE-----\r\n"), AgeEncrypted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Recognise(c.text); got != c.what {
				t.Errorf("recognised as %s", got)
			}
			b := guard(c.text)
			defer b.Destroy()
			_, err := ImportKeys(b, typing(t))
			want := fault.CannotImport
			if c.why == "" {
				want = fault.BadIdentity
			}
			if f := fault.As(err); f == nil || f.Kind != want || want == fault.CannotImport && f.Subject != string(c.why) {
				t.Errorf("%v", err)
			}
			if people, err := ParseContacts("", c.text); err == nil {
				t.Errorf("%d contacts", len(people))
			}
		})
	}
}

// securityKey is the file of a key on a FIDO device, as PROTOCOL.key and
// PROTOCOL.u2f describe it: there is none here to make one.
func securityKey() []byte {
	public := ssh.Marshal(struct {
		Kind string
		Key  []byte
		App  string
	}{ssh.KeyAlgoSKED25519, make([]byte, 32), "ssh:"})
	file := ssh.Marshal(opensshFile{Cipher: "none", KDF: "none", Keys: 1, Public: public, Private: make([]byte, 64)})
	return pem.EncodeToMemory(&pem.Block{Type: opensshLabel, Bytes: append([]byte(opensshMagic), file...)})
}

// protectedED is an Ed25519 key whose passphrase costs that many rounds.
func protectedED(t *testing.T, rounds uint32) []byte {
	_, do := files(t)
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", filePass, "-f", "ed")
	at, _ := pem.Decode(do("cat", "ed"))
	var file opensshFile
	if err := ssh.Unmarshal(at.Bytes[len(opensshMagic):], &file); err != nil {
		t.Fatal(err)
	}
	var kdf struct {
		Salt   []byte
		Rounds uint32
	}
	ssh.Unmarshal(file.Options, &kdf)
	kdf.Rounds = rounds
	file.Options = ssh.Marshal(kdf)
	at.Bytes = append([]byte(opensshMagic), ssh.Marshal(file)...)
	return pem.EncodeToMemory(at)
}

// TestHostileKeys are files that would cost hours, gigabytes, or trust.
func TestHostileKeys(t *testing.T) {
	_, do := files(t)
	do("openssl", "genrsa", "-out", "rsa", "2048")
	rsaText := do("cat", "rsa")
	iterations := encryptedFile(t, oidPBKDF2, pbkdf2Params{Salt: []byte("salt salt"), Iterations: maxIterations + 1})
	other := must(New("x"))
	halves := swapped(t)
	for name, c := range map[string]struct {
		text []byte
		kind fault.Kind
	}{
		"bcrypt rounds":       {protectedED(t, maxRounds+1), fault.WorkFactor},
		"bcrypt, the maximum": {protectedED(t, 1<<32-1), fault.WorkFactor},
		"bcrypt, none":        {protectedED(t, 0), fault.BadIdentity},
		"iterations":          {iterations, fault.WorkFactor},
		"scrypt memory":       {scryptFile(t, 1<<21, 8, 1), fault.WorkFactor},
		"scrypt work":         {scryptFile(t, 1<<17, 8, 1000), fault.WorkFactor},
		"scrypt overflow":     {scryptFile(t, 1<<30, 1<<30, 1<<30), fault.WorkFactor},
		"scrypt, no power":    {scryptFile(t, 3, 8, 1), fault.BadIdentity},
		"scrypt, negative":    {scryptFile(t, -2, 8, 1), fault.BadIdentity},
		"another's half":      {halves, fault.BadIdentity},
		"cut":                 {rsaText[:len(rsaText)/2], fault.BadIdentity},
		"cut inside":          {append(bytes.Clone(rsaText[:500]), rsaText[600:]...), fault.BadIdentity},
		"good, then cut":      {append(bytes.Clone(rsaText), rsaText[:300]...), fault.BadIdentity},
		"another end":         {bytes.Replace(rsaText, []byte("END PRIVATE"), []byte("END RSA PRIVATE"), 1), fault.BadIdentity},
		"one letter":          {bytes.Replace(rsaText, rsaText[700:703], []byte("AAA"), 1), fault.BadIdentity},
		"empty block":         {[]byte("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"), fault.BadIdentity},
		"zeros":               {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: make([]byte, 99)}), fault.BadIdentity},
		"a long block":        {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: make([]byte, 1<<20)}), fault.BadIdentity},
		"many blocks":         {bytes.Repeat(rsaText, maxBlocks+1), fault.TooMany},
		"begin, begin":        {bytes.Repeat([]byte("-----BEGIN PRIVATE KEY-----\n"), 9999), fault.BadIdentity},
		"large":               {bytes.Repeat([]byte("#\n"), maxFile/2+1), fault.TooLarge},
		"an age key, cut":     {[]byte(secretLine(other)[:60]), fault.BadIdentity},
		"good, then cut, age": {[]byte(secretLine(other) + "\n" + secretLine(must(New("y")))[10:]), fault.BadIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			b := guard(c.text)
			defer b.Destroy()
			keys, err := ImportKeys(b, typing(t, "x"))
			if fault.Of(err) != c.kind || keys != nil {
				t.Errorf("%d keys, %v", len(keys), err)
			}
			if c.kind == fault.BadIdentity && len(c.text) > 300 && !strings.HasPrefix(fault.As(err).Subject, "line ") {
				t.Errorf("does not name the line: %v", err)
			}
		})
	}
}

// secretLine is an age key as text, which only tests may have.
func secretLine(k *KeyPair) string {
	for line := range strings.Lines(string(must(k.MarshalIdentity()).Bytes())) {
		if strings.HasPrefix(line, "AGE-") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// swapped is an Ed25519 key whose public half is somebody else's: who imports
// it would encrypt to them.
func swapped(t *testing.T) []byte {
	_, do := files(t)
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "a")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "b")
	a, _ := pem.Decode(do("cat", "a"))
	blob := func(name string) []byte {
		raw := must(base64.StdEncoding.DecodeString(strings.Fields(string(do("cat", name)))[1]))
		return raw[len(raw)-32:]
	}
	a.Bytes = bytes.ReplaceAll(a.Bytes, blob("a.pub"), blob("b.pub"))
	return pem.EncodeToMemory(a)
}

func scryptFile(t *testing.T, n, r, p int) []byte {
	return encryptedFile(t, oidScrypt, scryptParams{Salt: []byte("salt salt"), N: n, R: r, P: p})
}

// TestSeveralKeysInOneFile takes each private key, asks once for those with
// the same passphrase, and passes over one that cannot be used.
func TestSeveralKeysInOneFile(t *testing.T) {
	at, do := files(t)
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", filePass, "-f", "a")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", filePass, "-f", "b")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "another", "-f", "c")
	do("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", "ec")
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "Dora at home", "-f", "d")
	k := must(New("Ana"))
	text := slices.Concat(at("a"), at("ec"), at("b"), must(k.MarshalIdentity()).Bytes(), []byte("# name: Cy\n"), at("c"), at("a"), at("d"))
	b := guard(text)
	defer b.Destroy()
	asked := 0
	keys, err := ImportKeys(b, func(again bool) (*secret.Buffer, error) {
		asked++
		return guard([]byte([]string{filePass, "another", filePass}[asked-1])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer destroyAll(keys)
	var names []string
	for _, k := range keys {
		names = append(names, k.Public().Name)
	}
	// Asked for the first, for the third, and for the first one's double again.
	if !slices.Equal(names, []string{"", "", "Ana", "Cy", "Dora at home"}) || asked != 3 {
		t.Errorf("%q, asked %d times", names, asked)
	}
	one := guard(slices.Concat([]byte(secretLine(k)+"\n"), at("a")))
	defer one.Destroy()
	if _, err := ImportKeys(one, typing(t)); fault.Of(err) != fault.Cancelled {
		t.Errorf("gave up at the second: %v", err)
	}
}

// TestKeyringTextKeepsSSHKeys: a keyring has them in comments.
func TestKeyringTextKeepsSSHKeys(t *testing.T) {
	at, do := files(t)
	do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "a")
	line := func(b []byte) string { return sshComment + base64.StdEncoding.EncodeToString(b) + "\n" }
	b := guard([]byte("# CryptoDesk keyring v1\n# name: Ana\n" + line(at("a"))))
	keys, err := ImportKeys(b, nil)
	if err != nil || len(keys) != 1 || keys[0].Public().Name != "Ana" {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, bad := range []string{line([]byte("x")), line(at("a")[:99]), sshComment + "%%\n"} {
		if _, err := ImportKeys(guard([]byte(bad)), nil); fault.Of(err) != fault.BadIdentity {
			t.Errorf("%.30q: %v", bad, err)
		}
	}
}

// TestWrongPassphraseIsNeverDamage: these forms have no check of their own, and
// the padding is right by chance for one wrong passphrase in 256.
func TestWrongPassphraseIsNeverDamage(t *testing.T) {
	_, do := files(t)
	do("openssl", "genrsa", "-out", "rsa", "2048")
	for name, text := range map[string][]byte{
		"legacy": do("openssl", "rsa", "-traditional", "-in", "rsa", "-aes128", "-passout", "pass:x"),
		"pkcs8":  do("openssl", "pkcs8", "-topk8", "-in", "rsa", "-iter", "1", "-passout", "pass:x"),
	} {
		b := guard(text)
		defer b.Destroy()
		n := 0
		_, err := ImportKeys(b, func(bool) (*secret.Buffer, error) {
			if n++; n > 3000 {
				return nil, fault.New(fault.Cancelled, "", nil)
			}
			return guard([]byte(strconv.Itoa(n))), nil
		})
		if fault.Of(err) != fault.Cancelled {
			t.Errorf("%s: %v after %d", name, err, n)
		}
	}
}
