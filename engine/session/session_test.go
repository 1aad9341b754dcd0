package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

var ctx = context.Background()

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func guard(text string) *secret.Buffer { return secret.Take([]byte(text)) }

func open(t testing.TB, home string) *Session {
	t.Helper()
	store := safefile.New(filepath.Join(home, "journal"))
	s, err := Open(home, store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Lock()
		store.Close()
	})
	return s
}

func encrypt(t testing.TB, to identity.Recipient) []byte {
	t.Helper()
	var file bytes.Buffer
	w := must(age.Encrypt(&file, must(to.Age(nil))))
	io.WriteString(w, "hello")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func opens(file []byte, lease *identity.Opened) error {
	_, err := age.Decrypt(bytes.NewReader(file), lease.Identities()...)
	return err
}

func TestLifeOfSession(t *testing.T) {
	home := filepath.Join(t.TempDir(), "a", "profile")
	s := open(t, home)
	if info := must(os.Stat(home)); info.Mode().Perm() != 0o700 {
		t.Errorf("the profile folder is %v", info.Mode())
	}
	var mu sync.Mutex
	var seen []State
	stop := s.OnChange(func(state State) {
		s.State() // no lock is held
		s.Owner()
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, state)
	})
	if s.State() != New || s.Owner() != "" {
		t.Errorf("%v, %q", s.State(), s.Owner())
	}
	if _, err := s.Lease(); fault.Of(err) != fault.Locked {
		t.Errorf("%v", err)
	}
	for name, c := range map[string]struct {
		owner    string
		imported *secret.Buffer
		kind     fault.Kind
	}{
		"no name":   {" ", nil, fault.NameMissing},
		"no import": {"Ana", guard("hello"), fault.BadIdentity},
	} {
		pass := guard("one two")
		if err := s.Create(ctx, c.owner, pass, c.imported); fault.Of(err) != c.kind || pass.Bytes() != nil || c.imported.Bytes() != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := must(identity.NewClassic("ana"))
	pass, imported := guard("one two"), must(old.MarshalIdentity())
	if err := s.Create(ctx, " 한글 ", pass, imported); err != nil {
		t.Fatal(err)
	}
	if pass.Bytes() != nil || imported.Bytes() != nil {
		t.Error("the buffers live on")
	}
	if s.State() != Unlocked || s.Owner() != "한글" {
		t.Errorf("%v, %q", s.State(), s.Owner())
	}
	ring := must(s.Keyring())
	if keys := ring.Keys(); len(keys) != 2 || keys[0].Public().Name != "한글" || keys[1].Public().ID != old.Public().ID {
		t.Errorf("%d keys", len(keys))
	}
	if err := s.Create(ctx, "Ben", guard("x"), nil); err != nil || s.Owner() != "한글" {
		t.Errorf("a second time: %v, %q", err, s.Owner())
	}
	file := encrypt(t, old.Public().Recipient)
	lease, closed := must(s.Lease()), must(s.Lease())
	closed.Close()
	if err := opens(file, lease); err != nil {
		t.Error(err)
	}
	third := must(s.Lease())

	s.Lock()
	s.Lock()
	if s.State() != Locked || s.Owner() != "한글" {
		t.Errorf("%v, %q", s.State(), s.Owner())
	}
	for _, l := range []*identity.Opened{lease, third} {
		if err := opens(file, l); fault.Of(err) != fault.Locked {
			t.Errorf("a lease after the lock: %v", err)
		}
	}
	if err := ring.Save(); fault.Of(err) != fault.Locked {
		t.Errorf("the keyring after the lock: %v", err)
	}
	if err := s.Create(ctx, "Ben", guard("x"), nil); fault.Of(err) != fault.KeyringExists {
		t.Errorf("create while locked: %v", err)
	}
	stop()

	again := open(t, home)
	if again.State() != Locked || again.Owner() != "한글" {
		t.Errorf("%v, %q", again.State(), again.Owner())
	}
	pass = guard("one  two")
	if err := again.Unlock(ctx, pass); fault.Of(err) != fault.WrongPassphrase || again.State() != Locked || pass.Bytes() != nil {
		t.Errorf("%v", err)
	}
	if err := again.Unlock(ctx, guard("one two")); err != nil {
		t.Fatal(err)
	}
	if err := again.Unlock(ctx, guard("whatever")); err != nil {
		t.Errorf("unlocked already: %v", err)
	}
	if err := opens(file, must(again.Lease())); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(seen, []State{Unlocked, Locked}) {
		t.Errorf("told %v", seen)
	}
}

// held starts an Unlock whose work waits until the test lets it go on.
func held(t *testing.T, s *Session, ctx context.Context) (outcome chan error, letGo func()) {
	t.Helper()
	ring := quickRing(t, s)
	begun, gate := make(chan struct{}), make(chan struct{})
	outcome = make(chan error, 1)
	go func() {
		outcome <- s.enter(ctx, true, nil, func() (*keyring.Keyring, error) {
			close(begun)
			<-gate
			return ring, nil
		})
	}()
	<-begun
	return outcome, func() { close(gate) }
}

// quickRing is any keyring: made once, because it costs a scrypt.
func quickRing(t *testing.T, s *Session) *keyring.Keyring {
	t.Helper()
	path := filepath.Join(s.home, "other.age")
	k, err := keyring.Create(ctx, s.store, path, guard("x"), must(identity.New("Ana")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, s.KeyringPath()); err != nil {
		t.Fatal(err)
	}
	return k
}

// The news of an unlock comes after the passphrase is wiped, and what was
// derived from it: whoever hears it has the processors to himself.
func TestNewsOfAnUnlockComesLast(t *testing.T) {
	s := open(t, t.TempDir())
	pass := guard("one two")
	var seen []State
	stop := s.OnChange(func(state State) {
		seen = append(seen, state)
		if pass.Bytes() != nil {
			t.Error("the passphrase is still there")
		}
	})
	defer stop()
	if err := s.enter(ctx, true, []*secret.Buffer{pass}, func() (*keyring.Keyring, error) { return closedRing(t), nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []State{Unlocked}) {
		t.Errorf("it told %v", seen)
	}
}

func TestLockWhileUnlocking(t *testing.T) {
	s := open(t, t.TempDir())
	outcome, letGo := held(t, s, ctx)
	s.Lock()
	letGo()
	if err := <-outcome; fault.Of(err) != fault.Locked || s.State() != Locked {
		t.Errorf("%v, %v", err, s.State())
	}
	if _, err := s.Keyring(); fault.Of(err) != fault.Locked {
		t.Error(err)
	}
}

func TestCancelWhileUnlocking(t *testing.T) {
	s := open(t, t.TempDir())
	gone, cancel := context.WithCancel(ctx)
	outcome, letGo := held(t, s, gone)
	cancel()
	// The caller is back although the work is not done.
	if err := <-outcome; fault.Of(err) != fault.Cancelled {
		t.Errorf("%v", err)
	}
	// The next one waits for its turn, and may give up too.
	if err := s.Unlock(gone, guard("x")); fault.Of(err) != fault.Cancelled {
		t.Errorf("%v", err)
	}
	letGo()
	if err := s.Unlock(ctx, guard("wrong")); fault.Of(err) != fault.WrongPassphrase {
		t.Errorf("%v", err)
	}
	if s.State() != Locked {
		t.Error("what was cancelled unlocked it")
	}
}

func TestProfile(t *testing.T) {
	home := t.TempDir()
	s := open(t, home)
	if err := s.Create(ctx, "Ana", guard("x"), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "profile.json")
	if info := must(os.Stat(path)); info.Mode() != 0o600 {
		t.Errorf("%v", info.Mode())
	}
	s.Lock()
	for name, text := range map[string]string{
		"damaged": "{\"version\":1,\"own",
		"binary":  "\x00\xff",
		"empty":   "",
		"hostile": "{\"version\":1,\"owner\":\"A\u202ena\"}",
		"type":    "{\"version\":\"x\",\"owner\":3}",
		"later":   "{\"version\":2,\"owner\":\"Later\",\"more\":true}",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := ""
		if name == "later" {
			want = "Later"
		}
		if s := open(t, home); s.Owner() != want || s.State() != Locked {
			t.Errorf("%s: %q, %v", name, s.Owner(), s.State())
		}
	}
	// Without any profile it unlocks, and has its name back.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	again := open(t, home)
	if err := again.Unlock(ctx, guard("x")); err != nil || again.Owner() != "Ana" {
		t.Errorf("%v, %q", err, again.Owner())
	}
	if p := readProfile(path); p.Owner != "Ana" || p.Version != 1 {
		t.Errorf("%+v", p)
	}
	// One of a later version is left alone.
	later := []byte("{\"version\":2,\"owner\":\"\"}")
	if err := errors.Join(os.WriteFile(path, later, 0o600), again.writeOwner("Ben")); err != nil || !bytes.Equal(must(os.ReadFile(path)), later) {
		t.Errorf("%v", err)
	}
	// A keyring that lost its file but not the one before is not a first run.
	if err := os.Rename(again.KeyringPath(), keyring.Previous(again.KeyringPath())); err != nil {
		t.Fatal(err)
	}
	if s := open(t, home); s.State() != Locked {
		t.Errorf("%v", s.State())
	}
}

// That there is an agent is known while locked, and again after the profile was
// lost; a later version's profile is left alone.
func TestProfileSaysThatThereIsAnAgent(t *testing.T) {
	home := t.TempDir()
	s := open(t, home)
	if err := s.Create(ctx, "Ana", guard("x"), nil); err != nil {
		t.Fatal(err)
	}
	safe := must(identity.New("Safe"))
	defer safe.Destroy()
	c := must(identity.ParseCard(must(identity.MarshalCard(safe))))
	ring := must(s.Keyring())
	if err := errors.Join(ring.AddContact(c), ring.SetAgent(c.ID())); err != nil || s.HasAgent() {
		t.Fatal(err)
	}
	if err := s.NoteAgent(true); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s := open(t, home); !s.HasAgent() || !s.ReadAgent() || s.Owner() != "Ana" {
		t.Errorf("locked: %v, %q", s.HasAgent(), s.Owner())
	}
	path := filepath.Join(home, "profile.json")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	again := open(t, home)
	if again.HasAgent() || again.ReadAgent() {
		t.Error("known from nowhere")
	}
	if err := again.Unlock(ctx, guard("x")); err != nil || !again.HasAgent() || !open(t, home).HasAgent() {
		t.Errorf("after an unlock: %v, %v", err, again.HasAgent())
	}
	later := []byte(`{"version":2,"owner":"Later","agent":false}`)
	if err := os.WriteFile(path, later, 0o600); err != nil {
		t.Fatal(err)
	}
	if again.ReadAgent() || again.NoteAgent(true) != nil || !again.HasAgent() || !bytes.Equal(must(os.ReadFile(path)), later) {
		t.Error("a later version's profile was changed, or says more than it does")
	}
}
