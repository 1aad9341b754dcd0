package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

const testPass = "Correct horse, battery staple 7!"

// shell runs verbs in this process, with a profile and a folder of their own.
type shell struct {
	t         *testing.T
	home, dir string
	kept      *engine.Engine // unlocked; an unlocking costs the better part of a second
}

// newShell has a keyring with a key pair called Ada.
func newShell(t *testing.T) *shell {
	t.Helper()
	return newNamedShell(t, "Ada")
}

func newNamedShell(t *testing.T, name string) *shell {
	t.Helper()
	text.Use(text.English)
	s := &shell{t, filepath.Join(t.TempDir(), "home"), t.TempDir(), nil}
	t.Cleanup(s.close)
	s.keep()
	s.try([]string{testPass}, nil, "", "keys", "new", name)
	return s
}

// keep opens the profile for the verbs to come.
func (s *shell) keep() {
	eng, err := engine.Open(s.home)
	if err != nil {
		s.t.Fatal(err)
	}
	if eng.HasKeyring() {
		if err := eng.Unlock(s.t.Context(), secret.Take([]byte(testPass))); err != nil {
			s.t.Fatal(err)
		}
	}
	s.kept = eng
}

// close has the verbs to come open the profile themselves.
func (s *shell) close() {
	if s.kept != nil {
		s.kept.Close()
		s.kept = nil
	}
}

// said is what a verb printed and how it ended.
type said struct {
	out, err string
	kind     fault.Kind
	subject  string
}

// try runs a verb: lines come on the passphrase descriptor; typed are the answers on the terminal, and nil is no terminal.
func (s *shell) try(lines []string, typed []string, in string, args ...string) said {
	s.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close()
	w.WriteString(strings.Join(append(lines, ""), "\n"))
	w.Close()
	var out, errs bytes.Buffer
	c := newCall()
	c.ctx, c.out, c.err, c.in = s.t.Context(), &out, &errs, strings.NewReader(in)
	c.passphraseFD, c.passphrases, c.kept = int(r.Fd()), r, s.kept
	if typed != nil {
		c.answer = func() (string, bool) {
			if len(typed) == 0 {
				s.t.Errorf("%q asked once more", args)
				return "", false
			}
			line := typed[0]
			typed = typed[1:]
			return line, true
		}
	}
	err = dispatch(c, append([]string{"--home", s.home}, args...))
	if err != nil && !errors.As(err, new(reported)) {
		c.fail(err)
	}
	if len(typed) > 0 {
		s.t.Errorf("%q did not ask for %q", args, typed)
	}
	result := said{out.String(), errs.String(), fault.Of(err), ""}
	if err != nil {
		result.subject = fault.As(err).Subject
	}
	if strings.Contains(result.out+result.err, "SECRET-KEY") || strings.Contains(result.out+result.err, testPass) {
		s.t.Errorf("%q told a secret: %s%s", args, result.out, result.err)
	}
	return result
}

// ok runs a verb that has to succeed.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	got := s.try(nil, nil, "", args...)
	if got.kind != "" {
		s.t.Fatalf("%q: %s %q\n%s%s", args, got.kind, got.subject, got.out, got.err)
	}
	return got.out
}

// not runs a verb that has to fail in that way.
func (s *shell) not(want fault.Kind, args ...string) said {
	s.t.Helper()
	got := s.try(nil, nil, "", args...)
	if got.kind != want {
		s.t.Errorf("%q: %s %q, want %s\n%s%s", args, got.kind, got.subject, want, got.out, got.err)
	}
	return got
}

func (s *shell) path(name string) string { return filepath.Join(s.dir, name) }

func (s *shell) file(name, content string) string {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.path(name)
}

// tool runs a program of the system.
func (s *shell) tool(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return string(out)
}

// lines decodes what --json printed.
func jsonLines[T any](t *testing.T, out string) []T {
	t.Helper()
	var all []T
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var v T
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		all = append(all, v)
	}
	return all
}

// TestKeysFromAnyFile: whatever somebody has, the answer is right, in a
// sentence, and one bad file does not keep the others out.
func TestKeysFromAnyFile(t *testing.T) {
	s := newShell(t)
	s.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana@desk", "-f", "id_ed25519")
	s.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "file pass", "-C", "x", "-f", "locked")
	s.tool("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", "ec")
	s.tool("openssl", "genrsa", "-out", "server.key", "2048")
	s.file("pgp", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----\n")
	s.file("letter", "Dear Ana,\nno key here.\n")
	got := s.try([]string{"file pass"}, nil, "", "keys", "import", s.path("id_ed25519"), s.path("locked"), s.path("ec"),
		s.path("server.key"), s.path("pgp"), s.path("letter"), s.path("id_ed25519.pub"), s.path("gone"))
	for _, line := range []string{"ana@desk  SSH Ed25519  SHA256:", "\nlocked  SSH Ed25519  SHA256:", "\nserver  SSH RSA  SHA256:"} {
		if !strings.Contains("\n"+got.out, line) {
			t.Errorf("no %q in\n%s", line, got.out)
		}
	}
	for name, why := range map[string]string{"ec": "A private key of another sort", "pgp": "An OpenPGP key", "letter": "Something that is not a key",
		"id_ed25519.pub": "Public keys", "gone": ""} {
		if !strings.Contains(got.err, s.path(name)+": "+why) {
			t.Errorf("no %q in\n%s", why, got.err)
		}
	}
	if got.kind.Exit() != 1 {
		t.Errorf("ended with %s", got.kind)
	}
	if out := s.ok("keys", "import", s.path("id_ed25519")); out != "ana@desk is there already.\n" {
		t.Errorf("again: %q", out)
	}
	if got := s.try([]string{"not it"}, nil, "", "keys", "import", s.path("locked")); got.kind != fault.WrongPassphrase {
		t.Errorf("a wrong passphrase: %s", got.kind)
	}
	raw, _ := os.ReadFile(s.path("server.key"))
	in := s.try(nil, nil, string(raw), "keys", "import", "-", "--json")
	if keys := jsonLines[keyLine](t, in.out); len(keys) != 1 || !keys[0].Known || keys[0].Name != "server" || keys[0].Path != "-" {
		t.Errorf("from stdin: %s%s", in.out, in.err)
	}
	bad := s.not(fault.CannotImport, "keys", "import", "--json", s.path("pgp"))
	if rows := jsonLines[result](t, bad.out); len(rows) != 1 || rows[0].Error == nil || rows[0].Error.Subject != "openpgp" || rows[0].Error.Do == "" {
		t.Errorf("json: %s", bad.out)
	}
}

func TestKeysAreNamedExportedAndForgotten(t *testing.T) {
	s := newShell(t)
	s.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "id")
	s.ok("keys", "import", "--name", "My work key", s.path("id"))
	if out := s.ok("keys", "rename", "my work key", "Old one"); !strings.HasPrefix(out, "Old one  SSH Ed25519") {
		t.Errorf("renamed: %q", out)
	}
	s.not(fault.NameTaken, "keys", "rename", "Old one", "ada")
	s.not(fault.KeyMissing, "keys", "rename", "nobody", "x")
	s.not(fault.Usage, "keys", "rename", "Old", "one", "x")

	out := s.path("private")
	s.not(fault.Usage, "keys", "export", "--private", "Old one")
	s.not(fault.Usage, "keys", "export", "--private", "--card", "-o", out, "Old one")
	s.not(fault.NeedPassphrase, "keys", "export", "--private", "-o", out, "Old one") // asked only once
	if got := s.try([]string{"wrong"}, nil, "", "keys", "export", "--private", "-o", out, "Old one"); got.kind != fault.WrongPassphrase {
		t.Errorf("a wrong passphrase: %s", got.kind)
	}
	if _, err := os.Lstat(out); err == nil {
		t.Fatal("a refused export left a file")
	}
	if got := s.try([]string{testPass, "another one"}, nil, "", "keys", "export", "--private", "--new-passphrase", "-o", out, "Old one"); got.kind != "" {
		t.Fatalf("%s: %s", got.kind, got.err)
	}
	if fi, err := os.Stat(out); err != nil || fi.Mode() != 0o600 {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
	public, _ := os.ReadFile(s.path("id.pub"))
	if got := s.tool("ssh-keygen", "-y", "-P", "another one", "-f", out); strings.Fields(got)[1] != strings.Fields(string(public))[1] {
		t.Errorf("ssh-keygen reads %q", got)
	}
	if got := s.try([]string{testPass}, nil, "", "keys", "export", "--private", "--force", "-o", out, "Ada"); got.kind != fault.Exists {
		t.Errorf("over a file: %s", got.kind)
	}

	got := s.not(fault.Usage, "keys", "delete", "Old one")
	if !strings.Contains(got.err, "never be opened again") || !strings.Contains(got.err, "--yes") {
		t.Errorf("said %q", got.err)
	}
	if got := s.try(nil, []string{"old one"}, "", "keys", "delete", "Old", "one"); got.kind != fault.Cancelled {
		t.Errorf("a name that is not quite it: %s", got.kind)
	}
	if got := s.try(nil, []string{" Old  one "}, "", "keys", "delete", "Old one"); got.kind != "" {
		t.Errorf("%s: %s", got.kind, got.err)
	}
	s.not(fault.KeyMissing, "keys", "export", "Old one")
	s.not(fault.LastKey, "keys", "delete", "--yes", "Ada")
	// It comes back from the file that was exported.
	if got := s.try([]string{"another one"}, nil, "", "keys", "import", out); !strings.HasPrefix(got.out, "private  SSH Ed25519") {
		t.Errorf("%s%s", got.out, got.err)
	}
}

func TestKeysPassphrase(t *testing.T) {
	s := newShell(t)
	s.close()
	const fresh = "quite another, longer one 9"
	if got := s.try([]string{"wrong", fresh}, nil, "", "keys", "passphrase"); got.kind != fault.WrongPassphrase {
		t.Errorf("%s: %s", got.kind, got.err)
	}
	if got := s.try([]string{testPass, fresh}, nil, "", "keys", "passphrase"); got.kind != "" {
		t.Fatalf("%s: %s", got.kind, got.err)
	}
	if got := s.try([]string{testPass}, nil, "", "keys", "list"); got.kind != fault.WrongPassphrase {
		t.Errorf("the old one: %s", got.kind)
	}
	if got := s.try([]string{fresh}, nil, "", "keys", "list"); !strings.HasPrefix(got.out, "Ada  ") {
		t.Errorf("the new one: %s%s", got.out, got.err)
	}
}

func TestHelpKnowsEveryWord(t *testing.T) {
	s := &shell{t: t, home: t.TempDir()}
	s.not(fault.Usage, "keys")
	s.not(fault.Usage, "keys", "frobnicate")
	out := s.try(nil, nil, "", "help", "keys").out
	for _, k := range (&keysFlags{}).subs() {
		if !strings.Contains(out, "\n"+k.name+" ") {
			t.Errorf("help does not know keys %s", k.name)
		}
	}
	out = s.try(nil, nil, "", "help", "contacts").out
	for _, k := range (&contactsFlags{}).subs() {
		if !strings.Contains(out, k.name) || !strings.Contains(text.T("cli.contacts.which")+" import", k.name) {
			t.Errorf("help does not know contacts %s", k.name)
		}
	}
	s.not(fault.Usage, "help", "frobnicate")
}
