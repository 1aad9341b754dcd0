package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/creack/pty"
	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const filePass = "correct horse"

// tool runs a program of the system in dir.
func tool(t *testing.T, dir, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, stderr.Bytes())
	}
	return out
}

// keyFile is a private key as some program wrote it.
type keyFile struct {
	name      string
	text      []byte
	public    string // as age takes it
	protected bool
}

// keyFiles are made by the real programs: age-keygen, ssh-keygen, openssl.
func keyFiles(t *testing.T) []keyFile {
	dir := t.TempDir()
	at := func(name string) []byte { return must(os.ReadFile(filepath.Join(dir, name))) }
	var all []keyFile
	add := func(name, public string, text []byte) {
		all = append(all, keyFile{name, text, strings.TrimSpace(public), strings.Contains(name, "protected")})
	}

	classic := run(t, nil, "age-keygen")
	public := string(run(t, classic, "age-keygen", "-y"))
	add("age", public, classic)
	add("age, CRLF and BOM", public, []byte("\xef\xbb\xbf\r\n\r\n"+strings.ReplaceAll(string(classic), "\n", "\r\n")))
	add("age, UTF-16 from PowerShell", public, utf16File(string(classic)))
	add("age, quoted in a mail", public, []byte("Hi,\r\nhere is my key. Keep it safe:\r\n\r\n> "+strings.ReplaceAll(string(classic), "\n", "\r\n> ")+"\r\n-- \r\nAna\r\n"))
	hybrid := run(t, nil, "age-keygen", "-pq")
	add("age post-quantum", string(run(t, hybrid, "age-keygen", "-y")), hybrid)

	tool(t, dir, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana@desk", "-f", "ed")
	add("openssh ed25519", string(at("ed.pub")), at("ed"))
	add("openssh ed25519 in a mail", string(at("ed.pub")), []byte("My key:\r\n\r\n"+strings.ReplaceAll(string(at("ed")), "\n", "\r\n")+"\r\nBye"))
	for name, args := range map[string][]string{
		"":                  {},
		" with aes256-cbc":  {"-Z", "aes256-cbc"},
		" with more rounds": {"-a", "40"},
	} {
		os.WriteFile(filepath.Join(dir, "ed2"), at("ed"), 0o600)
		tool(t, dir, "ssh-keygen", append([]string{"-q", "-p", "-f", "ed2", "-P", "", "-N", filePass}, args...)...)
		add("openssh ed25519 protected"+name, string(at("ed.pub")), at("ed2"))
	}

	tool(t, dir, "openssl", "genpkey", "-algorithm", "ed25519", "-out", "ed8")
	edPublic := edLine(t, tool(t, dir, "openssl", "pkey", "-in", "ed8", "-pubout"))
	add("pkcs8 ed25519", edPublic, at("ed8"))
	add("pkcs8 ed25519 protected", edPublic, tool(t, dir, "openssl", "pkcs8", "-topk8", "-in", "ed8", "-passout", "pass:"+filePass))

	tool(t, dir, "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", "rsa")
	rsaPublic := string(at("rsa.pub"))
	add("openssh rsa", rsaPublic, at("rsa"))
	os.WriteFile(filepath.Join(dir, "rsa2"), at("rsa"), 0o600)
	tool(t, dir, "ssh-keygen", "-q", "-p", "-f", "rsa2", "-P", "", "-N", filePass)
	add("openssh rsa protected", rsaPublic, at("rsa2"))
	for _, format := range []string{"PEM", "PKCS8"} {
		os.WriteFile(filepath.Join(dir, "rsa3"), at("rsa"), 0o600)
		tool(t, dir, "ssh-keygen", "-q", "-p", "-m", format, "-f", "rsa3", "-P", "", "-N", filePass)
		add("ssh-keygen -m "+format+" protected", rsaPublic, at("rsa3"))
		tool(t, dir, "ssh-keygen", "-q", "-p", "-m", format, "-f", "rsa3", "-P", filePass, "-N", "")
		add("ssh-keygen -m "+format, rsaPublic, at("rsa3"))
	}
	openssl := func(name string, args ...string) {
		args = append(args, "-in", "rsa3")
		if strings.Contains(name, "protected") {
			args = append(args, "-passout", "pass:"+filePass)
		}
		add("openssl "+name, rsaPublic, tool(t, dir, "openssl", args...))
	}
	openssl("pkcs1", "rsa", "-traditional")
	openssl("pkcs1 der", "rsa", "-traditional", "-outform", "DER")
	openssl("pkcs8 der", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER")
	openssl("pkcs8 der protected", "pkcs8", "-topk8", "-outform", "DER")
	for _, cipher := range []string{"-aes128", "-aes192", "-aes256", "-des3"} {
		openssl("pkcs1 protected "+cipher, "rsa", "-traditional", cipher)
	}
	for _, cipher := range []string{"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3"} {
		openssl("pkcs8 protected "+cipher, "pkcs8", "-topk8", "-v2", cipher)
	}
	for _, prf := range []string{"SHA1", "SHA224", "SHA256", "SHA384", "SHA512"} {
		openssl("pkcs8 protected "+prf, "pkcs8", "-topk8", "-v2prf", "hmacWith"+prf)
	}
	openssl("pkcs8 protected scrypt", "pkcs8", "-topk8", "-scrypt")
	openssl("pkcs8 protected 100000", "pkcs8", "-topk8", "-iter", "100000")
	for _, old := range []string{"PBE-MD5-DES", "PBE-SHA1-DES", "PBE-SHA1-3DES", "PBE-SHA1-2DES"} {
		openssl("pkcs8 protected "+old, "pkcs8", "-topk8", "-v1", old, "-provider", "legacy", "-provider", "default")
	}
	tool(t, dir, "openssl", "req", "-x509", "-new", "-key", "rsa3", "-subj", "/CN=a", "-out", "cert")
	add("with a certificate", rsaPublic, append(at("cert"), at("rsa3")...))
	tool(t, dir, "openssl", "pkcs12", "-export", "-in", "cert", "-inkey", "rsa3", "-passout", "pass:x", "-out", "p12")
	add("openssl pkcs12 -nodes", rsaPublic, tool(t, dir, "openssl", "pkcs12", "-in", "p12", "-nodes", "-passin", "pass:x"))
	return all
}

func utf16File(text string) []byte {
	out := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func edLine(t *testing.T, spki []byte) string {
	block, _ := pem.Decode(spki)
	key := must(x509.ParsePKIXPublicKey(block.Bytes)).(ed25519.PublicKey)
	return sshText(must(ssh.NewPublicKey(key)))
}

// typing answers ask with these in order, and gives up after the last.
func typing(t *testing.T, words ...string) Ask {
	n := 0
	return func(again bool) (*secret.Buffer, error) {
		if again != (n > 0) {
			t.Errorf("asked with again %v after %d answers", again, n)
		}
		if n++; n > len(words) {
			return nil, fault.New(fault.Cancelled, "", nil)
		}
		return guard([]byte(words[n-1])), nil
	}
}

// TestStockKeyFiles imports what every real program writes, after a wrong
// passphrase if there is one; opens what the real age encrypted to it; and has
// the real age and ssh-keygen open it as it is kept and as it is exported.
func TestStockKeyFiles(t *testing.T) {
	for _, f := range keyFiles(t) {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			file := run(t, []byte("hello"), "age", "-r", f.public)
			b := guard(f.text)
			defer b.Destroy()
			if m := Recognise(f.text); !m.Private() || !m.Importable() {
				t.Fatalf("recognised as %s", m)
			}
			var ask Ask
			if f.protected {
				if _, err := ImportKeys(b, nil); fault.Of(err) != fault.NeedPassphrase {
					t.Errorf("without a passphrase: %v", err)
				}
				if _, err := ImportKeys(b, typing(t, "wrong", "", "Correct horse")); fault.Of(err) != fault.Cancelled {
					t.Errorf("gave up: %v", err)
				}
				ask = typing(t, "wrong", "", filePass)
			}
			keys, err := ImportKeys(b, ask)
			if err != nil || len(keys) != 1 {
				t.Fatalf("%d keys, %v", len(keys), err)
			}
			k := keys[0]
			defer k.Destroy()
			o := must(Open(k))
			defer o.Close()
			if got, err := decrypt(file, o); got != "hello" || err != nil {
				t.Fatalf("ours reads %q, %v", got, err)
			}
			kept := must(k.MarshalIdentity())
			defer kept.Destroy()
			if got := run(t, file, "age", "-d", "-i", write(t, "kept", kept.Bytes())); string(got) != "hello" {
				t.Errorf("age reads %q with what is kept", got)
			}
			checkExport(t, k, file, f.public)
		})
	}
}

// checkExport has the stock programs open an exported key.
func checkExport(t *testing.T, k *KeyPair, file []byte, public string) {
	pass := guard([]byte("another one"))
	defer pass.Destroy()
	if _, ssh := strings.CutPrefix(public, "ssh-"); !ssh {
		out, plain, err := k.Export(nil)
		if err != nil || !plain {
			t.Fatalf("plain %v, %v", plain, err)
		}
		defer out.Destroy()
		if got := run(t, file, "age", "-d", "-i", write(t, "key", out.Bytes())); string(got) != "hello" {
			t.Errorf("age reads %q with what is exported", got)
		}
		return
	}
	if _, _, err := k.Export(nil); fault.Of(err) != fault.NeedPassphrase {
		t.Errorf("exported without a passphrase: %v", err)
	}
	out, plain, err := k.Export(pass)
	if err != nil || plain {
		t.Fatalf("plain %v, %v", plain, err)
	}
	defer out.Destroy()
	path := write(t, "key", out.Bytes())
	if exec.Command("ssh-keygen", "-y", "-P", "", "-f", path).Run() == nil {
		t.Error("it opens without a passphrase")
	}
	got := strings.Fields(string(tool(t, t.TempDir(), "ssh-keygen", "-y", "-P", "another one", "-f", path)))
	if want := strings.Fields(public); got[0] != want[0] || got[1] != want[1] {
		t.Errorf("ssh-keygen reads another key: %v", got)
	}
	if got := typed(t, "another one", "age", "-d", "-i", path, write(t, "file", file)); !strings.HasSuffix(got, "hello") {
		t.Errorf("age reads %q with the protected key", got)
	}
}

// typed runs a stock program on a terminal and types a passphrase when asked.
func typed(t *testing.T, pass, program string, args ...string) string {
	t.Helper()
	dir, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	tty, err := pty.Start(exec.Command(filepath.Join(dir, program), args...))
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	var out bytes.Buffer
	asked := false
	for chunk := make([]byte, 1024); ; {
		n, err := tty.Read(chunk)
		out.Write(chunk[:n])
		if !asked && bytes.Contains(out.Bytes(), []byte("nter passphrase")) {
			asked = true
			tty.WriteString(pass + "\n")
		}
		if err != nil {
			return strings.TrimSpace(out.String())
		}
	}
}
