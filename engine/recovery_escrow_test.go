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

	"filippo.io/age"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/secret"
)

// named is an unlocked profile of somebody.
func named(t *testing.T, name string) *Engine {
	t.Helper()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	if err := e.Create(context.Background(), name, pass(), nil); err != nil {
		t.Fatal(err)
	}
	return e
}

// knows has e know other under their name, verified.
func knows(t *testing.T, e, other *Engine) identity.Contact {
	t.Helper()
	ctx := context.Background()
	card, err := other.Card(other.Keys()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.AddContact(ctx, "", card)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.VerifyContact(ctx, c.ID(), true); err != nil {
		t.Fatal(err)
	}
	return c
}

func lines(words ...string) func(recovery.Piece, bool) (*secret.Buffer, error) {
	return func(recovery.Piece, bool) (*secret.Buffer, error) {
		if len(words) == 0 {
			return nil, fault.New(fault.Cancelled, "", nil)
		}
		b := secret.Take([]byte(words[0]))
		words = words[1:]
		return b, nil
	}
}

// From a new profile that has nothing: the deposit comes back through the
// depositary, into the new keyring, and opens what the old keys opened.
func TestDepositComesBack(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	ana, ben := named(t, "Ana"), named(t, "Ben")
	who := knows(t, ana, ben)
	if err := ana.Deposit(ctx, "nobody", in("x"), escrow.Terms{}); fault.Of(err) != fault.NoContact {
		t.Error(err)
	}
	if err := ana.Deposit(ctx, who.ID(), in("Ana.deposit.age"), escrow.Terms{}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	to, err := ana.Keys()[0].Recipient.Age(nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := age.Encrypt(&file, to)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("holiday"))
	w.Close()
	old := ana.Keys()[0]
	ana.Lock()

	fresh := named(t, "Ana")
	code, err := fresh.MakeRequest(ctx, in("Ana.request.txt"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := ben.ReadRelease(ctx, in("Ana.deposit.age"), in("Ana.request.txt"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := ben.Release(ctx, c, strings.Join(code, " "), in("Ana.release.age"))
	if err != nil {
		t.Fatal(err)
	}

	// What Ana left with Ben is not his, in whatever form.
	r := ben.NewRestore()
	defer r.Close()
	for name, kind := range map[string]fault.Kind{"Ana.deposit.age": fault.DepositHeld, "Ana.request.txt": fault.NoPiece, "Ana.release.age": fault.NoKey} {
		p, err := r.AddFile(ctx, in(name), nil)
		if err != nil || fault.Of(p.Problem) != kind || len(p.Keys) != 0 {
			t.Errorf("%s: %v, %+v", name, err, p)
		}
	}

	r = fresh.NewRestore()
	defer r.Close()
	r.Words(lines("zoo zoo zoo zoo"))
	if p, err := r.AddFile(ctx, in("Ana.release.age"), nil); err == nil && fault.Of(p.Problem) != fault.Cancelled {
		t.Errorf("wrong words: %v, %+v", err, p)
	}
	r.Words(lines(strings.Join(answer, " ")))
	p := add(t, r, in("Ana.release.age"), nil)
	if p.Kind != recovery.ReleasePiece || p.Holder != "Ben" || p.Owner != "Ana" || len(p.Keys) != 1 || p.Keys[0].ID != old.ID {
		t.Errorf("%+v", p)
	}
	if err := fresh.Restore(ctx, r, recovery.Merge, "", nil); err != nil {
		t.Fatal(err)
	}
	if keys := fresh.Keys(); len(keys) != 2 || !slices.ContainsFunc(keys, func(k identity.Public) bool { return k.ID == old.ID }) {
		t.Errorf("keys: %v", names(keys))
	}
	lease, err := fresh.session.Lease()
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Close()
	if _, err := age.Decrypt(bytes.NewReader(file.Bytes()), lease.Identities()...); err != nil {
		t.Errorf("the file does not open: %v", err)
	}
	log := fresh.Releases()
	if len(log) != 2 || log[0].Kind != escrow.Restored || log[0].Name != "Ben" || log[1].Kind != escrow.Requested {
		t.Errorf("the log: %+v", log)
	}
	s := fresh.Recovery()
	if s.Answer != recovery.Partly || len(s.Ways) != 1 || s.Ways[0].Kind != recovery.DepositWay || s.Ways[0].To != who.ID() || !s.Ways[0].Passed || !s.Ways[0].Made.Equal(c.Date) {
		t.Errorf("the deposit is still with Ben: %+v", s)
	}
	r = fresh.NewRestore()
	defer r.Close()
	if p, err := r.AddFile(ctx, in("Ana.release.age"), nil); err != nil || fault.Of(p.Problem) != fault.ReleaseUsed {
		t.Errorf("once more: %v, %+v", err, p)
	}
}

// The clock of whoever releases is set back and forth.
func TestReleaseAndTheClock(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	ana, ben := named(t, "Ana"), named(t, "Ben")
	if err := ana.Deposit(ctx, knows(t, ana, ben).ID(), in("d"), escrow.Terms{}); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.MakeRequest(ctx, in("r")); err != nil {
		t.Fatal(err)
	}
	for shift, kind := range map[time.Duration]fault.Kind{0: "", -48 * time.Hour: fault.RequestFuture, 8 * 24 * time.Hour: fault.RequestStale} {
		ben.clock = func() time.Time { return time.Now().Add(shift) }
		if _, err := ben.ReadRelease(ctx, in("d"), in("r")); fault.Of(err) != kind {
			t.Errorf("%v: %v, want %q", shift, err, kind)
		}
	}
	ben.Lock()
	if _, err := ben.ReadRelease(ctx, in("d"), in("r")); fault.Of(err) != fault.Locked || ben.Releases() != nil {
		t.Errorf("locked: %v", err)
	}
}

// A deposit that was opened with the stock program is a list of keys like any
// other, and the form on top does not become part of the keyring.
func TestDepositOpenedByHand(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	ana, ben := named(t, "Ana"), named(t, "Ben")
	deposit := filepath.Join(dir, "d")
	if err := ana.Deposit(ctx, knows(t, ana, ben).ID(), deposit, escrow.Terms{Note: "bicycle"}); err != nil {
		t.Fatal(err)
	}
	lease, err := ben.session.Lease()
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Close()
	raw, err := os.ReadFile(deposit)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(raw), lease.Identities()...)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	text.ReadFrom(plain)
	keys := filepath.Join(dir, "keys")
	if err := os.WriteFile(keys, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := named(t, "Eva")
	r := fresh.NewRestore()
	defer r.Close()
	if p := add(t, r, keys, nil); p.Kind != recovery.BackupPiece || len(p.Keys) != 1 || p.Contacts != 1 {
		t.Errorf("%+v", p)
	}
	if err := fresh.Restore(ctx, r, recovery.Merge, "", nil); err != nil {
		t.Fatal(err)
	}
	ring, err := fresh.session.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := ring.Text()
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Destroy()
	if bytes.Contains(whole.Bytes(), []byte("bicycle")) || bytes.Contains(whole.Bytes(), []byte("# card")) {
		t.Error("the form went into the keyring")
	}
}

// The window sorts what is dropped by the names that the escrow gives.
func TestNamesOfEscrow(t *testing.T) {
	dir := t.TempDir()
	want := map[string]batch.Special{"a" + escrow.DepositName: batch.DepositFile, "a" + escrow.ReleaseName: batch.ReleaseFile}
	for name, special := range want {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("age-encryption.org/v1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := batch.Look(context.Background(), []string{path}, batch.Auto, nil)
		if err != nil || len(p.Special) != 1 || p.Special[0].Special != special {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// Who forgot the passphrase and has only a deposit begins with new keys, and
// the old keyring stays, aside.
func TestStartAnew(t *testing.T) {
	ctx := context.Background()
	for _, state := range []string{"new", "locked", "unlocked"} {
		e := openAt(t, filepath.Join(t.TempDir(), "home"))
		if state != "new" {
			if err := e.Create(ctx, "Ana", other(), nil); err != nil {
				t.Fatal(err)
			}
		}
		was := e.Keys()
		if state == "locked" {
			e.Lock()
		}
		if err := e.StartAnew(ctx, " Ana  B ", pass()); err != nil {
			t.Fatal(state, err)
		}
		if now := e.Keys(); len(now) != 1 || now[0].Name != "Ana B" || len(was) == 1 && now[0].ID == was[0].ID || e.Owner() != "Ana B" {
			t.Errorf("%s: %v, %q", state, names(now), e.Owner())
		}
		aside, err := filepath.Glob(filepath.Join(e.Home(), "keyring.age.*.aside"))
		if err != nil || len(aside) != len(was) {
			t.Errorf("%s: %v aside", state, aside)
		}
		if _, err := e.MakeRequest(ctx, filepath.Join(t.TempDir(), "r")); err != nil {
			t.Errorf("%s: %v", state, err)
		}
		e.Lock()
		if err := e.Unlock(ctx, pass()); err != nil {
			t.Errorf("%s: %v", state, err)
		}
	}
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	if err := e.StartAnew(ctx, "  ", pass()); fault.Of(err) != fault.NameMissing || e.HasKeyring() {
		t.Error(err)
	}
}
