package witness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/creack/pty"
)

// letter is what the files say that a keyring must open.
const letter = "opened"

// build makes the stock program that go.mod pins, and answers its path.
func build(dir string) (string, error) {
	cmd := exec.Command("go", "build", "-o", dir, "filippo.io/age/cmd/age")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return filepath.Join(dir, "age"), nil
}

// headerOf is what age's header of raw is, byte for byte.
func headerOf(raw []byte) ([]byte, error) {
	end := bytes.Index(raw, []byte("\n--- "))
	if end < 0 {
		return nil, errors.New("not an age file")
	}
	last := bytes.IndexByte(raw[end+1:], '\n')
	if last < 0 {
		return nil, errors.New("the header is cut off")
	}
	return raw[:end+1+last+1], nil
}

// once unwraps with the first passphrase that fits, and remembers the file key:
// files with one header cost one scrypt.
type once struct {
	pass []string
	key  []byte
}

// Unwrap implements age.Identity.
func (o *once) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if o.key != nil {
		return o.key, nil
	}
	for _, pass := range o.pass {
		id, err := age.NewScryptIdentity(pass)
		if err != nil {
			return nil, err
		}
		if key, err := id.Unwrap(stanzas); err == nil {
			o.pass, o.key = []string{pass}, key
			return key, nil
		}
	}
	return nil, errors.New("no passphrase that the test is known to use opens it")
}

// opener opens what is under one header.
type opener struct {
	age, dir   string
	ring       *ring
	identities []string
	sealed     map[string][]byte // by who can open it
}

func (o *opener) open() error {
	if err := os.Mkdir(o.dir, 0o700); err != nil {
		return err
	}
	o.sealed = map[string][]byte{}
	with := &once{key: o.ring.key.plain()}
	for _, p := range o.ring.pass {
		with.pass = append(with.pass, string(p.plain()))
	}
	var last []age.Recipient
	for i, raw := range o.ring.files {
		var err error
		if last, err = o.library(raw, with); err != nil {
			return fmt.Errorf("file %d of %d: %w", i+1, len(o.ring.files), err)
		}
	}
	pass := ""
	if len(with.pass) > 0 {
		pass = with.pass[0]
	}
	return o.program(o.ring.files[len(o.ring.files)-1], pass, last)
}

// library opens one keyring, and with its keys a file for the last of them. It
// answers who that is; nil when only plugins and comments are in it.
func (o *opener) library(raw []byte, with age.Identity) ([]age.Recipient, error) {
	text, err := decrypt(raw, with)
	if err != nil {
		return nil, err
	}
	keys, last, err := parse(string(text))
	if err != nil || last == nil {
		return nil, err
	}
	for _, to := range last {
		sealed, err := o.sealedTo(to)
		if err != nil {
			return nil, err
		}
		if got, err := decrypt(sealed, keys...); err != nil || string(got) != letter {
			return nil, fmt.Errorf("with the keys in it, %q, %w", got, err)
		}
	}
	return last, nil
}

func decrypt(raw []byte, with ...age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(raw), with...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// parse reads an identity file as the stock program does (parseIdentities in
// its cmd/age), and says who the last key in it that needs no plugin belongs to.
func parse(text string) (keys []age.Identity, last []age.Recipient, err error) {
	for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		var key age.Identity
		switch {
		case line == "", strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "AGE-PLUGIN-"):
			_, err = plugin.NewIdentity(line, &plugin.ClientUI{})
		default:
			var ids []age.Identity
			if ids, err = age.ParseIdentities(strings.NewReader(line)); err == nil {
				key = ids[0]
			}
		}
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		switch key := key.(type) {
		case *age.HybridIdentity:
			last = []age.Recipient{key.Recipient()}
		case *age.X25519Identity:
			last = []age.Recipient{key.Recipient()}
		}
		if key != nil {
			keys = append(keys, key)
		}
	}
	return keys, last, nil
}

func (o *opener) sealedTo(to age.Recipient) ([]byte, error) {
	name := fmt.Sprint(to)
	if o.sealed[name] == nil {
		var sealed bytes.Buffer
		w, err := age.Encrypt(&sealed, to)
		if err != nil {
			return nil, err
		}
		_, _ = io.WriteString(w, letter) // into memory
		if err := w.Close(); err != nil {
			return nil, err
		}
		o.sealed[name] = sealed.Bytes()
	}
	return o.sealed[name], nil
}

// program has the stock program open a file with a keyring, or the keyring
// itself when it holds only keys that need a plugin.
func (o *opener) program(raw []byte, pass string, last []age.Recipient) error {
	keyring, file, out := filepath.Join(o.dir, "keyring.age"), filepath.Join(o.dir, "file.age"), filepath.Join(o.dir, "out")
	if err := os.WriteFile(keyring, raw, 0o600); err != nil {
		return err
	}
	if pass == "" { // for a key: what is in it, as age -d gives it, is an identity file
		by, text := filepath.Join(o.dir, "by"), filepath.Join(o.dir, "text")
		if err := os.WriteFile(by, []byte(strings.Join(o.identities, "\n")+"\n"), 0o600); err != nil {
			return err
		}
		if err := o.run("", "-d", "-i", by, "-o", text, keyring); err != nil {
			return err
		}
		keyring = text
	}
	if last == nil {
		if pass == "" {
			return nil
		}
		return o.run(pass, "-d", "-o", out, keyring)
	}
	for _, to := range last {
		sealed, err := o.sealedTo(to)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, sealed, 0o600); err != nil {
			return err
		}
		if err := o.run(pass, "-d", "-i", keyring, "-o", out, file); err != nil {
			return err
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != letter {
			return fmt.Errorf("it opens to %q, %w", got, err)
		}
	}
	return nil
}

// run runs the stock program on a terminal of its own, and types pass when it
// asks for one.
func (o *opener) run(pass string, args ...string) error {
	cmd := exec.Command(o.age, args...)
	terminal, err := pty.Start(cmd)
	if err != nil {
		return err
	}
	defer terminal.Close()
	var said bytes.Buffer
	asked := false
	for chunk := make([]byte, 4096); ; {
		n, err := terminal.Read(chunk) // ends when the program does
		said.Write(chunk[:n])
		if !asked && bytes.Contains(said.Bytes(), []byte("passphrase")) {
			asked = true
			if _, err := io.WriteString(terminal, pass+"\n"); err != nil {
				return err
			}
		}
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("age %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}
