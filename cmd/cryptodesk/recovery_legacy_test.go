package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

// old is a file that a script wrote, and its key's file if it has one: see engine/recovery/legacy/testdata.
func (s *shell) old(name string) (path, key, pass, plain string) {
	s.t.Helper()
	raw, err := os.ReadFile("../../engine/recovery/legacy/testdata/cases.json")
	if err != nil {
		s.t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			Name                         string
			Data, Plain, Passphrase, Key []byte
		}
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range all.Cases {
		if c.Name != name {
			continue
		}
		if c.Key != nil {
			key = s.file("key of "+name, string(c.Key))
		}
		return s.file(strings.ReplaceAll(name, "/", " "), string(c.Data)), key, string(c.Passphrase), string(c.Plain)
	}
	s.t.Fatalf("no case %q", name)
	return "", "", "", ""
}

func (s *shell) legacy(pass string, args ...string) said {
	s.t.Helper()
	var lines []string
	if pass != "" {
		lines = []string{pass}
	}
	got := s.try(lines, nil, "", append([]string{"recovery", "legacy"}, args...)...)
	if got.kind != "" {
		s.t.Fatalf("%q: %s %q\n%s%s", args, got.kind, got.subject, got.out, got.err)
	}
	return got
}

const unproven = "Nothing in this format proves"

func TestLegacyVerb(t *testing.T) {
	s := newShell(t)
	ecb, _, ecbPass, _ := s.old("ecb, 16 bytes, PEM")
	eax, eaxKey, _, secretText := s.old("eax, key file of 32")
	note, _, notePass, noteText := s.old("ecb, 32 bytes, text, zeros")
	bare, _, barePass, bareKey := s.old("ecb, bare key, no padding")
	oaep, oaepKey, oaepPass, _ := s.old("oaep, key in PKCS#8, scrypt")
	pem, _, pemPass, _ := s.old("pem, PKCS#1")

	got := s.legacy(ecbPass, ecb)
	if want := "1  A private key in PEM form\n   AES-128-ECB, passphrase, padding PKCS#7\n"; got.out != want || !strings.Contains(got.err, unproven) {
		t.Errorf("%q, %q", got.out, got.err)
	}
	if got := s.legacy("", eax, "--key", eaxKey); !strings.HasPrefix(got.out, "1  readable text, ") || got.err != "" {
		t.Errorf("%q, %q", got.out, got.err)
	}
	lines := jsonLines[oldLine](t, s.legacy(barePass, bare, "--json").out)
	if len(lines) < 2 || lines[0].What != "noise" || lines[0].Authenticated || lines[0].Bytes != len(bareKey) {
		t.Errorf("%+v", lines)
	}
	if got := s.legacy(pemPass, pem); got.out != "1  A private key in PEM form\n" || got.err != "" {
		t.Errorf("%q, %q", got.out, got.err)
	}

	// Shown, only when that was asked for.
	if got := s.legacy(notePass, note, "--show"); got.out != noteText || !strings.Contains(got.err, unproven) {
		t.Errorf("%q, %q", got.out, got.err)
	}
	if got := s.try([]string{barePass}, nil, "", "recovery", "legacy", bare, "--show"); got.kind != fault.Usage || !strings.Contains(got.out, "2  bytes that look like nothing") {
		t.Errorf("%v, %q", got.kind, got.out)
	}
	if got := s.legacy(barePass, bare, "--show", "--pick", "1"); len(got.out) != 2*len(bareKey)+1 {
		t.Errorf("%q", got.out)
	}

	// Taken in: what was encrypted, and what has a passphrase of its own, which is asked for once.
	if got := s.legacy(ecbPass, ecb, "--import", "--name", "Script"); !strings.HasPrefix(got.out, "Script  SSH RSA  SHA256:") {
		t.Errorf("%q", got.out)
	}
	if got := s.legacy(pemPass, pem, "--import"); got.out != "Script is there already.\n" {
		t.Errorf("%q", got.out)
	}

	// Written anew, for oneself.
	if got := s.legacy("", eax, "--key", eaxKey, "-o", s.path("note.age")); !strings.Contains(got.out, "note.age") {
		t.Errorf("%q", got.out)
	}
	s.ok("decrypt", s.path("note.age"))
	if back, err := os.ReadFile(s.path("note")); err != nil || string(back) != secretText {
		t.Errorf("%q, %v", back, err)
	}
	if got := s.try(nil, nil, "", "recovery", "legacy", eax, "--key", eaxKey, "-o", s.path("note.age")); got.kind != fault.Exists {
		t.Error(got.kind)
	}

	// The passphrase of a private key is asked for when it needs one.
	if got := s.legacy(oaepPass, oaep, "--key", oaepKey, "--as", "oaep"); !strings.Contains(got.out, "RSA-2048-OAEP, SHA-1") {
		t.Errorf("%q", got.out)
	}

	for _, c := range []struct {
		pass string
		args []string
		want fault.Kind
	}{
		{"wrong", []string{ecb}, fault.LegacyNothing},
		{"", []string{ecb}, fault.NeedPassphrase},
		{"wrong", []string{oaep, "--key", oaepKey}, fault.WrongPassphrase},
		{"x", []string{oaep, "--as", "oaep"}, fault.LegacyNeedKey},
		{notePass, []string{note, "--import"}, fault.BadIdentity},
		{notePass, []string{note, "--pick", "2", "--show"}, fault.Usage},
		{"", []string{s.file("letter", "Dear Ada,\n")}, fault.LegacyUnknown},
		{"", []string{s.path("none")}, fault.NotFound},
		{"", nil, fault.Usage},
		{"", []string{ecb, ecb}, fault.Usage},
		{"", []string{ecb, "--as", "rot13"}, fault.Usage},
		{"", []string{ecb, "--show", "--import"}, fault.Usage},
		{"", []string{ecb, "--show", "-o", "x"}, fault.Usage},
	} {
		var lines []string
		if c.pass != "" {
			lines = []string{c.pass}
		}
		if got := s.try(lines, nil, "", append([]string{"recovery", "legacy"}, c.args...)...); got.kind != c.want {
			t.Errorf("%q: %s %q, want %s", c.args, got.kind, got.subject, c.want)
		}
	}
}
