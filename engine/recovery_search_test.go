package engine

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

func remembering(t *testing.T, text string) *search.Guesses {
	t.Helper()
	r, err := search.ParseRecipe(secret.Take([]byte(text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := search.NewGuesses(r)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// searched lets a search run and answers what it found.
func searched(t *testing.T, e *Engine, path, recipe string) *secret.Buffer {
	t.Helper()
	target, err := e.SearchTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	team, err := target.Team(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Search(target, remembering(t, recipe), search.Options{Team: team, Checkpoint: e.SearchNotes(target, 0, 1)})
	defer s.Close()
	<-s.Done()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	s.Forget()
	if left, err := filepath.Glob(filepath.Join(e.Home(), "search-*")); len(left) > 0 {
		t.Errorf("%q is left, %v", left, err)
	}
	return s.Found()
}

// The keyring's passphrase is remembered but for its order: it is found while locked, and the keyring opens with a new one.
func TestSearchForTheKeyring(t *testing.T) {
	ctx := context.Background()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	if _, err := e.SearchTarget(""); fault.Of(err) != fault.KeyringMissing {
		t.Error(err)
	}
	if err := e.Create(ctx, "Ada", pass(), nil); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	found := searched(t, e, "", "piece: battery\npiece: correct\npiece: horse\norder: any\nbetween: \" \"\n")
	if own, err := e.GetIn(ctx, e.session.KeyringPath(), found, other()); err != nil || !own {
		t.Fatal(err)
	}
	if e.State() != session.Unlocked {
		t.Fatal("still locked")
	}
	e.Lock()
	if err := e.Unlock(ctx, pass()); fault.Of(err) != fault.WrongPassphrase {
		t.Error(err)
	}
	if err := e.Unlock(ctx, other()); err != nil {
		t.Error(err)
	}
}

// A backup opens with what was found, in the steps that restore, or under a passphrase it is given.
func TestSearchForABackup(t *testing.T) {
	ctx := context.Background()
	e := ana(t)
	backup := filepath.Join(t.TempDir(), "backup.age")
	if err := e.MakeBackup(ctx, backup, other(), ""); err != nil {
		t.Fatal(err)
	}
	found := searched(t, e, backup, "piece: quite another\npiece: passphrase\nbetween: | \" \"")
	r := e.NewRestore()
	defer r.Close()
	if p := add(t, r, backup, says(found.Clone)); p.Kind != recovery.BackupPiece {
		t.Errorf("%+v", p)
	}
	if _, err := e.GetIn(ctx, backup, found, pass()); err != nil {
		t.Fatal(err)
	}
	again := e.NewRestore()
	defer again.Close()
	add(t, again, backup, says(pass))
}

// Any file of a passphrase: it keeps its content, its form and its mode.
func TestSearchForAFile(t *testing.T) {
	ctx := context.Background()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	path := filepath.Join(t.TempDir(), "letter.age")
	to, err := age.NewScryptRecipient("mango2019")
	if err != nil {
		t.Fatal(err)
	}
	to.SetWorkFactor(4)
	var raw bytes.Buffer
	text := armor.NewWriter(&raw)
	w, err := age.Encrypt(text, to)
	if err == nil {
		_, err = io.WriteString(w, "Dear Ben")
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = text.Close()
	}
	if err == nil {
		err = os.WriteFile(path, raw.Bytes(), 0o640)
	}
	if err != nil {
		t.Fatal(err)
	}
	found := searched(t, e, path, "piece: mnago\npiece: 1990..2025\nslips: swapped")
	if _, err := e.GetIn(ctx, path, found.Clone(), secret.New(0)); fault.Of(err) != fault.NeedPassphrase {
		t.Error(err)
	}
	if _, err := e.GetIn(ctx, path, other(), pass()); fault.Of(err) != fault.WrongPassphrase {
		t.Error(err)
	}
	if _, err := e.GetIn(ctx, path, found, pass()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	id, err := age.NewScryptIdentity("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(armor.NewReader(file), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "Dear Ben" {
		t.Errorf("%q, %v", got, err)
	}
	if e.State() != session.New {
		t.Error("a file of somebody made a keyring")
	}
}

// What a search found and nobody came back for is wiped when the session locks.
func TestLockForgetsWhatWasFound(t *testing.T) {
	e := ana(t)
	target, err := e.SearchTarget("")
	if err != nil {
		t.Fatal(err)
	}
	team, err := target.Team(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Search(target, remembering(t, "piece: correct horse\npiece: battery\nbetween: \" \""), search.Options{Team: team})
	defer s.Close()
	<-s.Done()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	e.Lock()
	if s.Found() != nil || e.Searching() != nil {
		t.Error("what was found is there still")
	}
}

// Closing the engine ends a search.
func TestCloseEndsASearch(t *testing.T) {
	e := ana(t)
	target, err := e.SearchTarget("")
	if err != nil {
		t.Fatal(err)
	}
	team, err := target.Team(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Search(target, remembering(t, "piece: 0..100000"), search.Options{Team: team})
	e.Close()
	if s.Close(); fault.Of(s.Err()) != fault.Cancelled {
		t.Error(s.Err())
	}
}
