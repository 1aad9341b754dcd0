package engine

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

func other() *secret.Buffer { return secret.Take([]byte("quite another passphrase")) }

// says answers one passphrase, and gives up when it was wrong.
func says(pass func() *secret.Buffer) identity.Ask {
	return func(again bool) (*secret.Buffer, error) {
		if again {
			return nil, fault.New(fault.Cancelled, "", nil)
		}
		return pass(), nil
	}
}

// ana is an unlocked profile with two keys, a contact and a group.
func ana(t *testing.T) *Engine {
	t.Helper()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	ctx := context.Background()
	if err := e.Create(ctx, "Ana", pass(), nil); err != nil {
		t.Fatal(err)
	}
	return e
}

func names(keys []identity.Public) (list []string) {
	for _, k := range keys {
		list = append(list, k.Name)
	}
	return list
}

func add(t *testing.T, r *recovery.Restore, path string, ask identity.Ask) recovery.Piece {
	t.Helper()
	p, err := r.AddFile(context.Background(), path, ask)
	if err != nil {
		t.Fatal(err)
	}
	if p.Problem != nil {
		t.Fatalf("%s: %v", path, p.Problem)
	}
	return p
}

func TestBackupRehearsedAndRestored(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	if s := e.Recovery(); s.Answer != recovery.NotYet || len(s.Ways) != 0 {
		t.Errorf("at first: %+v", s)
	}
	copied, backup := filepath.Join(dir, "copy.age"), filepath.Join(dir, "backup.age")
	if err := e.SaveBackup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if s := e.Recovery(); s.Answer != recovery.NotYet || len(s.Ways) != 1 || !s.Ways[0].SamePassphrase || !s.Ways[0].Lost {
		t.Errorf("with a copy: %+v", s)
	}
	if err := e.MakeBackup(ctx, backup, pass(), ""); err != nil {
		t.Fatal(err)
	}
	if s := e.Recovery(); s.Answer != recovery.NotYet || len(s.Ways) != 2 || !s.Ways[1].SamePassphrase || !s.Ways[0].SamePassphrase {
		t.Errorf("with a backup under the same passphrase: %+v", s)
	}
	if err := e.MakeBackup(ctx, backup, other(), ""); fault.Of(err) != fault.Exists {
		t.Errorf("over a file: %v", err)
	}
	backup = filepath.Join(dir, "own.age")
	if err := e.MakeBackup(ctx, backup, other(), ""); err != nil {
		t.Fatal(err)
	}
	if s := e.Recovery(); s.Answer != recovery.Yes || s.Back != 1 || !s.Rehearsed.IsZero() {
		t.Errorf("with a backup: %+v", s)
	}

	// Whatever it is called, it is known as a backup, and not opened to a file.
	if plan, err := e.Plan(ctx, []string{backup}); err != nil || len(plan.Special) != 1 || plan.Special[0].Special != batch.KeyringFile {
		t.Errorf("dropped on Files: %+v, %v", plan, err)
	}

	// A key that came later is missing, and the rehearsal says so.
	if _, err := e.NewKey(ctx, "Work", identity.X25519); err != nil {
		t.Fatal(err)
	}
	if s := e.Recovery(); s.Answer != recovery.Partly || len(s.Missing) != 1 || s.Missing[0].Name != "Work" {
		t.Errorf("with a new key: %+v", s)
	}
	r := e.NewRestore()
	if p := add(t, r, backup, says(other)); p.Kind != recovery.BackupPiece || len(p.Keys) != 1 {
		t.Errorf("%+v", p)
	}
	e.clock = func() time.Time { return time.Now().Add(100 * 24 * time.Hour) }
	if s := e.Recovery(); !slices.Contains(s.Reminders, recovery.Rehearse) {
		t.Errorf("after 100 days: %v", s.Reminders)
	}
	out, err := e.Rehearse(ctx, r)
	if err != nil || out.Passed || !slices.Equal(names(out.Opened), []string{"Ana"}) || !slices.Equal(names(out.Missing), []string{"Work"}) || len(out.Ways) != 1 {
		t.Errorf("rehearsal: %+v, %v", out, err)
	}
	if s := e.Recovery(); s.Answer != recovery.Partly || s.Rehearsed.IsZero() || slices.Contains(s.Reminders, recovery.Rehearse) || len(s.Ways) != 3 {
		t.Errorf("rehearsed: %+v", s)
	}
	r.Close()

	// On a new computer.
	fresh := openAt(t, filepath.Join(t.TempDir(), "home"))
	r = fresh.NewRestore()
	defer r.Close()
	add(t, r, backup, says(other))
	if f := r.Found(); !f.Ready || len(f.Keys) != 1 || f.Keys[0].Known {
		t.Errorf("%+v", f)
	}
	if err := fresh.Restore(ctx, r, recovery.Replace, "", pass()); err != nil {
		t.Fatal(err)
	}
	if fresh.State() != session.Unlocked || fresh.Owner() != "Ana" || !slices.Equal(names(fresh.Keys()), []string{"Ana"}) {
		t.Errorf("%v, %q, %v", fresh.State(), fresh.Owner(), names(fresh.Keys()))
	}
	if s := fresh.Recovery(); s.Answer != recovery.Yes || s.Rehearsed.IsZero() {
		t.Errorf("restored: %+v", s)
	}
	fresh.Lock()
	if err := fresh.Unlock(ctx, pass()); err != nil {
		t.Error(err)
	}
	if !r.Closed() {
		t.Error("a lock leaves what lies there")
	}
}

func TestReplaceKeepsTheOldKeyringAside(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	ring := filepath.Join(e.Home(), "keyring.age")
	backup := filepath.Join(dir, "backup.age")
	if err := e.MakeBackup(ctx, backup, other(), ""); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	was, err := os.ReadFile(ring)
	if err != nil {
		t.Fatal(err)
	}
	r := e.NewRestore()
	defer r.Close()
	add(t, r, backup, says(other))
	if err := e.Restore(ctx, r, recovery.Replace, "", secret.Take([]byte("new"))); err != nil {
		t.Fatal(err)
	}
	if !e.Unlocked() || e.Owner() != "Ana" {
		t.Errorf("%v, %q", e.State(), e.Owner())
	}
	aside, _ := filepath.Glob(ring + ".2*.aside")
	if len(aside) != 1 {
		t.Fatalf("%v", aside)
	}
	if b, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(b, was) {
		t.Errorf("what is aside is not the old keyring: %v", err)
	}
	if info, err := os.Stat(aside[0]); err != nil || info.Mode() != 0o600 || !strings.HasSuffix(aside[0], time.Now().UTC().Format(time.DateOnly)+".aside") {
		t.Errorf("%v, %v", info, err)
	}
	for _, path := range []string{ring, ring + ".old"} {
		keys, err := e.OpenIdentityFiles(ctx, []string{path}, func() (*secret.Buffer, error) { return secret.Take([]byte("new")), nil })
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		keys.Close()
	}
}
