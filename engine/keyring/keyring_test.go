package keyring

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/creack/pty"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

var ctx = context.Background()

// onTerminal runs the stock age program on a terminal of its own and types
// passphrase at every question.
func onTerminal(t testing.TB, passphrase string, args ...string) error {
	t.Helper()
	dir, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "age"), args...)
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	var said []byte
	asked := 0
	buf := make([]byte, 4096)
	for {
		n, err := tty.Read(buf)
		said = append(said, buf[:n]...)
		if questions := bytes.Count(said, []byte("passphrase")); questions > asked {
			asked = questions
			io.WriteString(tty, passphrase+"\n")
		}
		if err != nil {
			break // the program ended
		}
	}
	if err := cmd.Wait(); err != nil {
		return errors.Join(err, errors.New(string(said)))
	}
	return nil
}

// The whole life of a keyring with its scrypt, as the stock program sees it.
func TestStockAgeOpensKeyring(t *testing.T) {
	store, path := storeIn(t)
	home := filepath.Dir(path)
	k, err := Create(ctx, store, path, guard("correct horse"), must(identity.New("Ana")), must(identity.NewClassic("Work")))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	created := read(t, path)
	if err := k.AddContact(contact("Ben")); err != nil {
		t.Fatal(err)
	}
	saved := read(t, path)
	header, _, err := split(path, created)
	if err != nil || !bytes.HasPrefix(saved, header) || bytes.Equal(saved[len(header):len(header)+16], created[len(header):len(header)+16]) {
		t.Fatalf("the save has another header or the same nonce: %v", err)
	}

	plain := filepath.Join(home, "plain")
	if err := onTerminal(t, "correct horse", "-d", "-o", plain, path); err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(read(t, plain)))
	if err != nil || len(ids) != 3 || !bytes.Contains(read(t, plain), []byte("# name: Ana\n")) {
		t.Errorf("%d identities, %v", len(ids), err)
	}
	ana, work := k.Keys()[0].Public(), k.Keys()[1].Public()
	for name, to := range map[string]identity.Recipient{"hybrid": ana.Recipient, "classic of the second": work.Recipient} {
		file, out := filepath.Join(home, name+".age"), filepath.Join(home, name)
		var sealed bytes.Buffer
		w := must(age.Encrypt(&sealed, must(to.Age(nil))))
		io.WriteString(w, name)
		if err := errors.Join(w.Close(), os.WriteFile(file, sealed.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := onTerminal(t, "correct horse", "-d", "-i", path, "-o", out, file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if string(read(t, out)) != name {
			t.Errorf("%s: %q", name, read(t, out))
		}
	}

	// A person may take it apart and put it together with the stock program.
	edited := filepath.Join(home, "edited.age")
	text := bytes.Replace(read(t, plain), []byte("# name: Ana\n"), []byte("# by hand\n# name: Anna\n"), 1)
	if err := os.WriteFile(plain, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := onTerminal(t, "other words", "-p", "-a", "-o", edited, plain); err != nil {
		t.Fatal(err)
	}
	e, err := Open(ctx, store, edited, guard("other words"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if keys, people := names(e); !slices.Equal(keys, []string{"Anna", "Work"}) || !slices.Equal(people, []string{"Ben"}) {
		t.Errorf("%q, %q", keys, people)
	}
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(read(t, edited), []byte("age-encryption.org/v1\n")) {
		t.Error("not binary after a save")
	}
}

func TestPassphrases(t *testing.T) {
	store, path := storeIn(t)
	if _, err := Open(ctx, store, path, guard("x")); fault.Of(err) != fault.KeyringMissing {
		t.Errorf("no file: %v", err)
	}
	if _, err := Create(ctx, store, path, guard(""), must(identity.New("Ana"))); fault.Of(err) != fault.NeedPassphrase {
		t.Errorf("no passphrase: %v", err)
	}
	pass := guard("one")
	k, err := Create(ctx, store, path, pass, must(identity.New("Ana")))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if string(pass.Bytes()) != "one" {
		t.Error("the passphrase is the caller's")
	}
	for _, wrong := range []string{"", "One"} {
		if _, err := Open(ctx, store, path, guard(wrong)); fault.Of(err) != fault.WrongPassphrase {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if err := k.ChangePassphrase(ctx, guard("two")); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, Previous(path)} {
		if _, err := Open(ctx, store, file, guard("one")); fault.Of(err) != fault.WrongPassphrase {
			t.Errorf("the old one at %s: %v", filepath.Base(file), err)
		}
	}
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	// The file goes away: the one before opens, and becomes the keyring again.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	old, err := Open(ctx, store, path, guard("two"))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if _, err := Create(ctx, store, path, guard("x"), must(identity.New("Ana"))); fault.Of(err) != fault.KeyringExists {
		t.Errorf("over an orphaned old one: %v", err)
	}
	if err := old.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	was := read(t, path)
	if _, err := Create(ctx, store, path, guard("x"), must(identity.New("Ana"))); fault.Of(err) != fault.KeyringExists || !bytes.Equal(read(t, path), was) {
		t.Errorf("over one that is there: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Open(gone, store, path, guard("two")); fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
}

// What is told apart without a scrypt that fits.
func TestDamage(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	whole := read(t, path)
	head := len(k.seal.header)
	for i := range len(whole) {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if i >= head {
			if _, err := k.seal.open(path, changed); fault.Of(err) != fault.KeyringDamaged {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
	for n := range len(whole) {
		if _, err := k.seal.open(path, whole[:n]); fault.Of(err) != fault.KeyringDamaged {
			t.Fatalf("first %d bytes: %v", n, err)
		}
	}
	if _, err := k.seal.open(path, append(bytes.Clone(whole), 0)); fault.Of(err) != fault.KeyringDamaged {
		t.Errorf("one more byte: %v", err)
	}
	later := strings.Replace(string(whole), "/v1\n", "/v2\n", 1)
	heavy := "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 23\n" + strings.Repeat("A", 43) + "\n--- " + strings.Repeat("A", 43) + "\n"
	for name, c := range map[string]struct {
		raw  string
		kind fault.Kind
	}{
		"empty":            {"", fault.KeyringDamaged},
		"text":             {"hello\n", fault.KeyringDamaged},
		"later age":        {later, fault.KeyringTooNew},
		"not a passphrase": {string(whole), fault.KeyringDamaged},
		"work factor":      {heavy, fault.WorkFactor},
		"header cut":       {string(whole[:head-10]), fault.KeyringDamaged},
		"too large":        {strings.Repeat("x", maxRaw+1), fault.KeyringDamaged},
	} {
		if err := os.WriteFile(path, []byte(c.raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, store, path, guard("x")); fault.Of(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, store, path, guard("x")); fault.Of(err) != fault.NotRegular {
		t.Errorf("a folder: %v", err)
	}
}
