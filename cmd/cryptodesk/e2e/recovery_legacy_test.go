//go:build e2e && linux

package e2e

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

const (
	oldPassphrase   = "sixteen byte key" // as the tutorials have it: the key itself
	secondStart     = "Found in an old folder, kept 2"
	nothingProvesIt = "Nothing in this format proves that this is right"
)

// oldKey is an RSA key as a script left it, AES-ECB under a passphrase in Base64, and a file that was encrypted to that key.
func oldKey(t *testing.T, work string) (key, original, sealed string) {
	t.Helper()
	ctx := patience(t)
	at := func(name string) string { return filepath.Join(work, name) }
	must(ctx, t, "", "openssl", "genrsa", "-traditional", "-out", at("private.pem"), "2048")
	must(ctx, t, "", "openssl", "enc", "-aes-128-ecb", "-a", "-K", hex.EncodeToString([]byte(oldPassphrase)), "-in", at("private.pem"), "-out", at("key.bin"))
	if err := os.Chmod(at("private.pem"), 0o600); err != nil {
		t.Fatal(err)
	}
	public := must(ctx, t, "", "ssh-keygen", "-y", "-f", at("private.pem"))
	original = random(t, work, "letter.txt", 30_000)
	must(ctx, t, "", age, "-r", strings.TrimSpace(public), "-o", original+".age", original)
	if err := os.Remove(at("private.pem")); err != nil { // nobody has it any more
		t.Fatal(err)
	}
	return at("key.bin"), original, original + ".age"
}

// TestOldScriptsKey: in a new empty profile, what an old script wrote is dropped, opened with its passphrase, and brought back;
// then the file that was encrypted to that key opens.
func TestOldScriptsKey(t *testing.T) {
	t.Parallel()
	for _, look := range []struct {
		theme, language string
		width, height   int
	}{{"light", "en", 960, 640}, {"dark", "ko", 720, 480}} {
		t.Run(fmt.Sprintf("%s-%s-%dx%d", look.theme, look.language, look.width, look.height), func(t *testing.T) {
			work, home := t.TempDir(), filepath.Join(t.TempDir(), "profile")
			key, original, sealed := oldKey(t, work)
			settle(t, home, map[string]any{"theme": look.theme, "language": look.language, "width": look.width, "height": look.height})
			s := open(t, home)
			s.do(s.Tap(s.ctx, "lock.restore"))
			s.do(s.Screen(s.ctx, "restore.why"))
			s.do(s.Tap(s.ctx, "why.script"))
			s.do(s.Screen(s.ctx, "restore.gather"))
			s.do(s.snap("gather"))
			s.dropOld(key)
			s.do(s.Await(s.ctx, "the passphrase to have the keyboard", func(now desk.State) bool { return now.Focus == "old.passphrase" }))
			s.do(s.snap("file"))
			if out := s.await("recovery.old", func() error { return s.Type("not the right one\n") }); out["ok"] != false {
				t.Fatalf("with a wrong passphrase: %v", out)
			}
			s.do(s.snap("wrong"))
			s.do(s.Press("Ctrl+u"))
			if out := s.await("recovery.old", func() error { return s.Type(oldPassphrase + "\n") }); out["ok"] != true || out["found"] != 1.0 {
				t.Fatalf("with the right passphrase: %v", out)
			}
			s.do(s.snap("found"))
			if out := s.await("recovery.old.added", s.tap("old.add")); out["ok"] != true {
				t.Fatalf("the key: %v", out)
			}
			s.do(s.snap("piece"))
			s.do(s.Tap(s.ctx, "restore.next"))
			s.do(s.Screen(s.ctx, "restore.passphrase"))
			s.do(s.TapAt(s.ctx, "fresh.mode", 0.75))
			s.do(s.Fill(s.ctx, "fresh.field", secondStart))
			s.do(s.Fill(s.ctx, "fresh.again", secondStart))
			watch(t, home, secondStart)
			if back := s.await("recovery.restored", s.tap("restore.next")); back["ok"] != true {
				t.Fatalf("not restored: %v", back)
			}
			s.do(s.Screen(s.ctx, "way.choose"))
			s.do(s.Tap(s.ctx, "way.later"))
			s.do(s.Screen(s.ctx, "files"))
			s.do(os.Rename(original, original+".before"))
			s.do(s.Bring(s.ctx, sealed))
			s.do(s.Run(s.ctx))
			s.do(s.snap("opened"))
			s.quit()
			same(t, original+".before", original)
			for _, secret := range []string{oldPassphrase, secondStart} {
				if strings.Contains(s.Heard(), secret) {
					t.Error("the trace tells a passphrase")
				}
			}
		})
	}
}

// dropOld drops a file on the window and waits until it was looked at.
func (s *session) dropOld(path string) {
	s.t.Helper()
	_, _, width, height, err := s.Bounds()
	s.do(err)
	if out := s.await("recovery.old.look", func() error { return s.Drop(s.ctx, width/2, height/2, path) }); out["guesses"] == 0.0 {
		s.t.Fatalf("%s looks like nothing", filepath.Base(path))
	}
}

// oldNote is a text as the tutorials' own library wrote it, AES-EAX with the key in a file beside it.
func oldNote(t *testing.T, work string) (note, key, plain string) {
	t.Helper()
	raw, err := os.ReadFile("../../../engine/recovery/legacy/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			Name             string
			Data, Plain, Key []byte
		}
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, c := range all.Cases {
		if c.Name != "eax, key file of 32 in base64" {
			continue
		}
		note, key, plain = filepath.Join(work, "note.bin"), filepath.Join(work, "note.key"), filepath.Join(work, "plain")
		for path, data := range map[string][]byte{note: c.Data, key: c.Key, plain: c.Plain} {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return note, key, plain
	}
	t.Fatal("no such case")
	return "", "", ""
}

// TestOldScriptsText: a text that a script encrypted is opened with the file of its key, looked at, and written anew, which the
// stock program opens with the keyring: from the window and as a verb.
func TestOldScriptsText(t *testing.T) {
	t.Parallel()
	work, home := t.TempDir(), profile(t)
	note, key, plain := oldNote(t, work)
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Press("Ctrl+3"))
	s.do(s.Tap(s.ctx, "recovery.restore"))
	s.do(s.Screen(s.ctx, "restore.why"))
	s.do(s.Tap(s.ctx, "why.script"))
	s.dropOld(note)
	_, _, width, height, err := s.Bounds()
	s.do(err)
	s.await("recovery.old.key", func() error { return s.Drop(s.ctx, width/2, height/2, key) })
	s.do(s.snap("both"))
	if out := s.await("recovery.old", s.tap("old.do")); out["ok"] != true || out["found"] != 1.0 {
		t.Fatalf("with the key's file: %v", out)
	}
	s.do(s.Tap(s.ctx, "old.show"))
	s.do(s.snap("shown"))
	if out := s.await("recovery.old.saved", s.tap("old.save")); out["ok"] != true {
		t.Fatalf("not saved: %v", out)
	}
	s.do(s.snap("saved"))
	s.quit()
	saved := filepath.Join(s.folder, "note.txt.age")
	verbed := filepath.Join(work, "verbed.age")
	if said := verb(t, home, "recovery", "legacy", note, "--key", key, "-o", verbed); !strings.Contains(said, "verbed.age") {
		t.Errorf("the verb said %q", said)
	}
	for _, sealed := range []string{saved, verbed} {
		opened := filepath.Join(t.TempDir(), "opened")
		s.do(desk.StockOpen(s.ctx, age, filepath.Join(home, "keyring.age"), passphrase, sealed, opened))
		same(t, plain, opened)
	}

	// What nothing proves is said to be so.
	ecb, _, _ := oldKey(t, work)
	two := passphrase + "\n" + oldPassphrase
	_, said, code := run(s.ctx, t, two, program, "recovery", "--home", home, "--passphrase-fd", "3", "legacy", ecb, "--import")
	if code != 0 || !strings.Contains(said, nothingProvesIt) {
		t.Errorf("exit %d, %q", code, said)
	}
}
