package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
)

// sealed makes a file of a passphrase that takes next to nothing to try one on.
func (s *shell) sealed(name, passphrase, content string) string {
	s.t.Helper()
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		s.t.Fatal(err)
	}
	to.SetWorkFactor(6)
	var raw bytes.Buffer
	w, err := age.Encrypt(&raw, to)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.file(name, raw.String())
}

func (s *shell) read(path string) string {
	s.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

const summer = "piece: Summer | Winter\npiece: mango\norder: any\nbetween: | -\nslips: all\n"

func TestSearchVerb(t *testing.T) {
	s := newShell(t)
	path := s.sealed("letter.age", "mango-Sumemr", "Dear Ben")
	recipe := s.file("recipe.txt", summer)

	got := s.try(nil, nil, "", "recovery", "search", "--recipe", recipe, "--count", path)
	if got.kind != "" || !strings.Contains(got.out, "824 guesses") || !strings.Contains(got.out, "8 as remembered") || !strings.Contains(got.out, "816 with one") {
		t.Errorf("%s %s%s", got.kind, got.out, got.err)
	}
	var line outlookLine
	got = s.try(nil, nil, summer, "recovery", "search", "--json", "--recipe", "-", "--shard", "1/3", "--workers", "1", "--count", path)
	if err := json.Unmarshal([]byte(got.out), &line); err != nil || line.Guesses != 824 || line.Workers != 1 || line.Memory <= 0 || line.Rate <= 0 ||
		len(line.Levels) != 2 || line.Refused {
		t.Errorf("%v: %s%s", err, got.out, got.err)
	}

	// The passphrase is shown when that is asked for, and the file stays.
	before := s.read(path)
	got = s.try(nil, nil, "", "recovery", "search", "--recipe", recipe, "--show", path)
	if got.kind != "" || got.out != "mango-Sumemr\n" || s.read(path) != before {
		t.Errorf("%s %s%s", got.kind, got.out, got.err)
	}
	// Otherwise never, and the file has another one at once.
	got = s.try([]string{"quite another"}, nil, "", "recovery", "search", "--recipe", recipe, path)
	if got.kind != "" || strings.Contains(got.out+got.err, "mango") || !strings.Contains(got.out, "new passphrase now") || s.read(path) == before {
		t.Errorf("%s %s%s", got.kind, got.out, got.err)
	}
	if got := s.try([]string{"quite another"}, nil, "", "decrypt", "-p", path); got.kind != "" || s.read(strings.TrimSuffix(path, ".age")) != "Dear Ben" {
		t.Errorf("%s %s%s", got.kind, got.out, got.err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.home, "search-*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

func TestSearchVerbFindsNothing(t *testing.T) {
	s := newShell(t)
	path := s.sealed("letter.age", "something else", "")
	words := s.file("words.txt", "one\ntwo\n")
	list := s.file("list.txt", "list: "+filepath.Base(words)+"\n")
	for name, c := range map[string]struct {
		args []string
		want fault.Kind
		says string
	}{
		"nothing":         {[]string{"--recipe", list, path}, fault.NoGuess, "none of them"},
		"no recipe":       {[]string{path}, fault.Usage, "--recipe"},
		"a bad shard":     {[]string{"--recipe", list, "--shard", "3/3", path}, fault.Usage, "i/n"},
		"no shard at all": {[]string{"--recipe", list, "--shard", "x", path}, fault.Usage, "i/n"},
		"a missing file":  {[]string{"--recipe", list, path + "x"}, fault.NotFound, ""},
		"no such recipe":  {[]string{"--recipe", list + "x", path}, fault.NotFound, ""},
		"a bad recipe":    {[]string{"--recipe", s.file("bad", "piece: a\nmy passphrase"), path}, fault.RecipeBad, "Line 2"},
		"a bad list":      {[]string{"--recipe", s.file("bad2", "list: no such file"), path}, fault.NotFound, ""},
		"not encrypted":   {[]string{"--recipe", list, list}, fault.NotEncrypted, ""},
		"no hope":         {[]string{"--recipe", s.file("big", "piece: 1..999999999\npiece: 1..999999999"), "--count", path}, fault.Hopeless, "As many as"},
		"no hope in days": {[]string{"--recipe", s.file("long", "piece: 1..99999999\nslips: all"), "--days", "1", path}, fault.Hopeless, "--days"},
	} {
		got := s.try([]string{"fresh"}, nil, "", append([]string{"recovery", "search"}, c.args...)...)
		if got.kind != c.want || !strings.Contains(got.err, c.says) {
			t.Errorf("%s: %s %s%s", name, got.kind, got.out, got.err)
		}
		if strings.Contains(got.out+got.err, "my passphrase") {
			t.Errorf("%s: what is remembered is repeated: %s", name, got.err)
		}
	}
}

// What was stopped goes on with the same recipe, and only with that.
func TestSearchVerbGoesOn(t *testing.T) {
	s := newShell(t)
	path := s.sealed("letter.age", "Winterr-mango", "")
	far := s.file("far", "no checkpoint")
	recipe := s.file("recipe.txt", summer)
	args := []string{"recovery", "search", "--recipe", recipe, "--checkpoint", far, "--show"}
	if got := s.try(nil, nil, "", append(args, path)...); got.kind != fault.CheckpointDamaged {
		t.Errorf("%s %s", got.kind, got.err)
	}
	if got := s.try(nil, nil, "", append(args, "--restart", path)...); got.out != "Winterr-mango\n" {
		t.Errorf("%s %s%s", got.kind, got.out, got.err)
	}
	if _, err := os.Stat(far); err == nil {
		t.Error("the checkpoint is left")
	}
	found := 0
	for _, shard := range []string{"0/2", "1/2"} {
		switch got := s.try(nil, nil, "", append(args, "--shard", shard, path)...); got.kind {
		case "":
			found++
		case fault.NoGuess:
		default:
			t.Errorf("%s: %s %s", shard, got.kind, got.err)
		}
	}
	if found != 1 {
		t.Errorf("%d of two shards found it", found)
	}
}
