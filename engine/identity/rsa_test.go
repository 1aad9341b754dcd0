package identity

import (
	"crypto/rsa"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
)

// TestLendRSA: of every file that a real program wrote, the RSA key that was
// meant, after a wrong passphrase if there is one.
func TestLendRSA(t *testing.T) {
	lent := 0
	for _, f := range keyFiles(t) {
		b := guard(f.text)
		defer b.Destroy()
		var ask Ask
		if f.protected {
			if err := LendRSA(b, nil, nil); strings.HasPrefix(f.public, "ssh-rsa") && fault.Of(err) != fault.NeedPassphrase {
				t.Errorf("%s without a passphrase: %v", f.name, err)
			}
			ask = typing(t, "wrong", filePass)
		}
		var n *big.Int
		err := LendRSA(b, ask, func(key *rsa.PrivateKey) error { n = key.N; return nil })
		if !strings.HasPrefix(f.public, "ssh-rsa") {
			if kind := fault.Of(err); kind != fault.CannotImport && kind != fault.BadIdentity {
				t.Errorf("%s: %v", f.name, err)
			}
			continue
		}
		public, _, _, _, _ := ssh.ParseAuthorizedKey([]byte(f.public))
		if err != nil || n.Cmp(public.(ssh.CryptoPublicKey).CryptoPublicKey().(*rsa.PublicKey).N) != 0 {
			t.Errorf("%s: %v", f.name, err)
		}
		lent++
	}
	if lent < 15 {
		t.Errorf("only %d of the files hold an RSA key", lent)
	}
}

// TestLendRSAOfOldKeys: short ones, which are not taken in, and what is none.
func TestLendRSAOfOldKeys(t *testing.T) {
	dir := t.TempDir()
	for bits, kind := range map[string]fault.Kind{"1024": "", "1536": "", "512": fault.CannotImport} {
		tool(t, dir, "openssl", "genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:"+bits, "-out", "key")
		for _, form := range [][]string{{"rsa", "-traditional"}, {"pkcs8", "-topk8", "-nocrypt"}, {"rsa", "-traditional", "-outform", "DER"}} {
			b := guard(tool(t, dir, "openssl", append(form, "-in", "key")...))
			used := false
			err := LendRSA(b, nil, func(*rsa.PrivateKey) error { used = true; return nil })
			if fault.Of(err) != kind || used != (kind == "") {
				t.Errorf("%s bits, %v: %v", bits, form, err)
			}
			mine := errors.New("mine")
			if err := LendRSA(b, nil, func(*rsa.PrivateKey) error { return mine }); kind == "" && err != mine {
				t.Error(err)
			}
			b.Destroy()
		}
	}
	whole := must(os.ReadFile(filepath.Join(dir, "key")))
	for name, text := range map[string]string{"nothing": "", "half": string(whole[:len(whole)/2]), "prose": "Dear Ada,\n", "not base64": "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n",
		"not DER": "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"} {
		b := guard([]byte(text))
		if err := LendRSA(b, nil, nil); fault.Of(err) != fault.BadIdentity {
			t.Errorf("%s: %v", name, err)
		}
		b.Destroy()
	}
}
