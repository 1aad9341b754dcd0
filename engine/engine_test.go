package engine

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

func pass() *secret.Buffer { return secret.Take([]byte("correct horse battery")) }

func openAt(t *testing.T, home string) *Engine {
	t.Helper()
	e, err := Open(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// finished waits for a job whose first row must be in that state.
func finished(t *testing.T, j *job.Job, err error, want job.State) job.Row {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	<-j.Done()
	row := j.Row(0)
	if row.State != want {
		t.Fatalf("%v, %v; want %v", row.State, row.Err, want)
	}
	return row
}

// TestOneProfileFromFirstRunToLock is the main job at the engine's door.
func TestOneProfileFromFirstRunToLock(t *testing.T) {
	ctx, home, dir := context.Background(), filepath.Join(t.TempDir(), "home"), t.TempDir()
	e := openAt(t, home)
	if e.State() != session.New || e.HasKeyring() || e.Keys() != nil {
		t.Fatal("a new profile is not new")
	}
	changes := make(chan struct{}, 100)
	defer e.OnChange(func() { changes <- struct{}{} })()
	if err := e.Create(ctx, "Ada", pass(), nil); err != nil {
		t.Fatal(err)
	}
	<-changes
	classic, err := e.NewKey(ctx, "Old", identity.X25519)
	if err != nil {
		t.Fatal(err)
	}
	<-changes
	bo, err := identity.New("Bo")
	if err != nil {
		t.Fatal(err)
	}
	defer bo.Destroy()
	card, err := identity.MarshalCard(bo)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.AddContact(ctx, "", card); err != nil {
		t.Fatal(err)
	}
	if _, err := e.AddContact(ctx, "", card); fault.Of(err) != fault.NameTaken {
		t.Errorf("the same contact again: %v", err)
	}
	if p := e.People(); len(p) != 3 || !p[0].Me || p[0].Name != "Ada" || p[2].Name != "Bo" {
		t.Errorf("people: %+v", p)
	}

	path := filepath.Join(dir, "letter")
	os.WriteFile(path, []byte("Dear Bo"), 0o600)
	plan, err := e.Plan(ctx, []string{path})
	if err != nil {
		t.Fatal(err)
	}
	me, err := e.Find([]string{"me", "bo"})
	if err != nil {
		t.Fatal(err)
	}
	to, err := Audience(me, false)
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Encrypt(plan, batch.EncryptOptions{To: to})
	sealed := finished(t, j, err, job.Done).Out
	os.Remove(path)

	plan, err = e.Plan(ctx, []string{sealed})
	if err != nil || len(plan.Open) != 1 || plan.Open[0].Access != batch.ByKey || plan.Open[0].KeyName != "Ada" {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	e.Lock()
	if _, err := e.Decrypt(plan, batch.OpenOptions{}); fault.Of(err) != fault.Locked {
		t.Errorf("locked, it answered %v", err)
	}
	if e.Keys() != nil || e.Contacts() != nil || e.Owner() != "Ada" {
		t.Error("locked, it shows too much or too little")
	}
	if err := e.Unlock(ctx, secret.Take([]byte("wrong"))); fault.Of(err) != fault.WrongPassphrase {
		t.Errorf("a wrong passphrase answered %v", err)
	}
	if err := e.Unlock(ctx, pass()); err != nil {
		t.Fatal(err)
	}
	j, err = e.Decrypt(plan, batch.OpenOptions{})
	finished(t, j, err, job.Done)
	if b, _ := os.ReadFile(path); !bytes.Equal(b, []byte("Dear Bo")) {
		t.Errorf("came back as %q", b)
	}
	if k, err := e.Key("Old"); err != nil || k.ID != classic.ID {
		t.Errorf("key: %v, %v", k, err)
	}

	copied := filepath.Join(dir, "copy.age")
	if err := e.SaveBackup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	keys, err := e.OpenIdentityFiles(ctx, []string{copied}, func() (*secret.Buffer, error) { return pass(), nil })
	if err != nil {
		t.Fatal(err)
	}
	e.Lock()
	j, err = e.Decrypt(plan, batch.OpenOptions{Keys: keys})
	finished(t, j, err, job.Done)
}

func TestFirstRunTakesKeysAlong(t *testing.T) {
	old, err := identity.NewClassic("old")
	if err != nil {
		t.Fatal(err)
	}
	defer old.Destroy()
	file, err := old.MarshalIdentity()
	if err != nil {
		t.Fatal(err)
	}
	e := openAt(t, t.TempDir())
	if err := e.Create(context.Background(), "Ada", pass(), file); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(e.Keys(), func(k identity.Public) bool { return k.Recipient == old.Public().Recipient }) {
		t.Errorf("keys: %+v", e.Keys())
	}
}

func TestCloseStopsJobsAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	f.Truncate(1 << 40)
	f.Close()
	e := openAt(t, t.TempDir())
	k, err := identity.New("k")
	if err != nil {
		t.Fatal(err)
	}
	to := []identity.Recipient{k.Public().Recipient}
	plan, err := e.PlanTo(context.Background(), batch.ToEncrypt, []string{huge})
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Encrypt(plan, batch.EncryptOptions{To: to})
	if err != nil {
		t.Fatal(err)
	}
	for j.Row(0).Done == 0 { // until it is well under way
	}
	e.Close()
	if s := j.Row(0).State; s != job.Cancelled {
		t.Errorf("the row is %v", s)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAudienceNeverMixesSilently(t *testing.T) {
	pq, err := identity.New("pq")
	if err != nil {
		t.Fatal(err)
	}
	classic, err := identity.NewClassic("classic")
	if err != nil {
		t.Fatal(err)
	}
	p, c := pq.Public(), classic.Public()
	both := []Person{{Name: "Ana", Recipient: p.Recipient, Classic: p.Classic}, {Name: "Bo", Recipient: c.Recipient}}
	_, err = Audience(both, false)
	if f := fault.As(err); f == nil || f.Kind != fault.MixedKeys || f.Subject != "Bo" {
		t.Errorf("mixed: %v", err)
	}
	if to, err := Audience(both, true); err != nil || to[0] != p.Classic || to[1] != c.Recipient {
		t.Errorf("classic: %v, %v", to, err)
	}
	both[0].Classic = identity.Recipient{}
	if f := fault.As(func() error { _, err := Audience(both, true); return err }()); f.Kind != fault.MixedKeys || f.Subject != "Ana" {
		t.Errorf("one without a classic key: %v", f)
	}
	if _, err := Audience(nil, false); fault.Of(err) != fault.NoRecipients {
		t.Errorf("nobody: %v", err)
	}
}
