package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery"
)

const ownPass = "a passphrase of its own"

// elsewhere is a new computer.
func (s *shell) elsewhere() *shell {
	n := &shell{s.t, filepath.Join(s.t.TempDir(), "home"), s.dir, nil}
	s.t.Cleanup(n.close)
	return n
}

func (s *shell) status() (line statusLine) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.ok("--json", "recovery", "status")), &line); err != nil {
		s.t.Fatal(err)
	}
	return line
}

// Each way back, made by a verb, brings the key back by a verb on a computer
// that has nothing.
func TestWaysBackByVerbs(t *testing.T) {
	s := newShell(t)
	if st := s.status(); st.Answer != recovery.NotYet || len(st.Ways) != 0 || len(st.Reminders) != 1 {
		t.Errorf("%+v", st)
	}
	backup, sheet, shares := filepath.Join(s.dir, "backup.age"), filepath.Join(s.dir, "sheet.pdf"), filepath.Join(s.dir, "shares")
	if err := os.Mkdir(shares, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := s.try([]string{ownPass}, nil, "", "recovery", "backup", "-o", backup); got.kind != "" || !strings.Contains(got.out, "backup.age") {
		t.Fatalf("%+v", got)
	}
	if got := s.try([]string{ownPass}, nil, "", "recovery", "backup", "-o", backup); got.kind != fault.Exists {
		t.Errorf("%+v", got)
	}
	s.ok("recovery", "sheet", "-o", sheet)
	if got := s.ok("--json", "recovery", "shares", "-o", shares, "--need", "2", "--of", "3"); strings.Count(got, "\n") != 6 {
		t.Errorf("%s", got)
	}
	if got := s.try(nil, nil, "", "recovery", "shares", "-o", shares, "--need", "4", "--of", "3"); got.kind != fault.SharePlan {
		t.Errorf("%+v", got)
	}
	st := s.status()
	if st.Answer != recovery.Yes || st.Back != 3 || len(st.Ways) != 3 || st.Rehearsed != "" || len(st.Reminders) != 0 {
		t.Errorf("%+v", st)
	}
	if out := s.ok("recovery", "status"); !strings.Contains(out, "3 ways") || !strings.Contains(out, "shares, 2 of 3") || !strings.Contains(out, "Ada") {
		t.Errorf("%s", out)
	}

	texts, _ := filepath.Glob(filepath.Join(shares, "*.txt"))
	pages, _ := filepath.Glob(filepath.Join(shares, "*.pdf"))
	words, err := os.ReadFile(texts[0])
	if err != nil {
		t.Fatal(err)
	}
	typed := strings.Join(strings.Fields(string(words[strings.Index(string(words), "\n\n"):])), " ")
	ways := map[string]struct {
		lines []string
		args  []string
	}{
		"backup":          {[]string{ownPass}, []string{backup}},
		"sheet":           {nil, []string{sheet}},
		"shares":          {nil, []string{pages[2], texts[1]}},
		"words and share": {[]string{typed}, []string{"-", pages[1]}},
	}
	for name, c := range ways {
		if got := s.try(c.lines, nil, "", append([]string{"recovery", "rehearse"}, c.args...)...); got.kind != "" || !strings.Contains(got.out, "Ada") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if st := s.status(); st.Rehearsed == "" || len(st.Ways) != 3 {
		t.Errorf("%+v", st)
	}
	s.close()
	for name, c := range ways {
		n := s.elsewhere()
		got := n.try(append(c.lines, "fresh"), nil, "", append([]string{"recovery", "restore", "--owner", "Ada"}, c.args...)...)
		if got.kind != "" || !strings.Contains(got.out, "Ada") {
			t.Errorf("%s: %+v", name, got)
		}
		if got := n.try([]string{"fresh"}, nil, "", "--json", "recovery", "status"); !strings.Contains(got.out, `"answer":"yes"`) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestRestoreByVerbRefuses(t *testing.T) {
	s := newShell(t)
	shares := s.dir
	s.ok("recovery", "shares", "-o", shares)
	texts, _ := filepath.Glob(filepath.Join(shares, "*.txt"))
	for name, c := range map[string]struct {
		lines []string
		args  []string
		kind  fault.Kind
		says  string
	}{
		"one of two shares":      {nil, []string{texts[0]}, fault.ShareMissing, "1 is missing"},
		"a word":                 {[]string{"acid"}, []string{"-"}, fault.ShareLength, ""},
		"nothing":                {nil, nil, fault.Usage, ""},
		"what is not there":      {nil, []string{filepath.Join(s.dir, "none")}, fault.NotFound, ""},
		"something else":         {nil, []string{"verbs_test.go"}, fault.NoPiece, "verbs_test.go"},
		"another's":              {nil, []string{"--expect", "abcd efgh", texts[0], texts[1]}, fault.WrongKey, ""},
		"replacing without yes":  {nil, []string{"--replace", texts[0], texts[1]}, fault.Usage, ""},
		"no passphrase for that": {nil, []string{"--replace", "--yes", texts[0], texts[1]}, fault.NeedPassphrase, ""},
	} {
		got := s.try(c.lines, nil, "", append([]string{"recovery", "restore"}, c.args...)...)
		if got.kind != c.kind || !strings.Contains(got.err, c.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := s.try(nil, []string{"n"}, "", "recovery", "restore", "--replace", texts[0], texts[1]); got.kind != fault.Cancelled {
		t.Errorf("no: %+v", got)
	}
	// Into the keyring, where nothing of it is new, and in the place of it.
	if got := s.ok("recovery", "restore", texts[2], texts[1]); !strings.Contains(got, "Ada") {
		t.Error(got)
	}
	if got := s.try([]string{"fresh"}, []string{"y"}, "", "recovery", "restore", "--replace", texts[0], texts[1]); got.kind != "" || !strings.Contains(got.out, "Ada") {
		t.Errorf("%+v", got)
	}
	if aside, _ := filepath.Glob(filepath.Join(s.home, "keyring.age.2*.aside")); len(aside) != 1 {
		t.Errorf("%v", aside)
	}
	// A key that came since: the rehearsal says which would be lost.
	s.ok("keys", "new", "Work")
	got := s.try(nil, nil, "", "--json", "recovery", "rehearse", texts[0], texts[1])
	if got.kind != fault.NoKey || !strings.Contains(got.out, `"passed":false`) || !strings.Contains(got.out, `"missing":["Work"]`) {
		t.Errorf("%+v", got)
	}
	if st := s.status(); st.Answer != recovery.Partly || len(st.Missing) != 1 || st.Missing[0] != "Work" {
		t.Errorf("%+v", st)
	}
}
