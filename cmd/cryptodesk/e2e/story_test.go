//go:build e2e && linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// TestKeysStory is a day with keys, by mouse and keyboard, in both themes: a key pair through the dialog, a contact's card
// by drop, its safety words, a file for that contact, the key pair exported and deleted, and the lock because nobody was there.
func TestKeysStory(t *testing.T) {
	t.Parallel() // most of it is a minute of waiting
	for _, look := range []struct{ theme, language string }{{"light", "en"}, {"dark", "ko"}} {
		t.Run(look.theme+"-"+look.language, func(t *testing.T) {
			ben, card := benWithCard(t)
			home := profile(t)
			settle(t, home, map[string]any{"theme": look.theme, "language": look.language, "auto_lock_minutes": 1})
			s := open(t, home)
			s.do(s.Unlock(s.ctx, passphrase))
			s.makeKey("Work")
			s.importCard(card)
			s.verifyFirst()
			s.encryptTo("Ben", ben)
			s.exportKey("Work")
			s.deleteKey("Work")
			if look.theme == "light" { // a minute: TestLocksByItself shows the rest of it
				s.lockedByIdle()
				s.do(s.Unlock(s.ctx, passphrase))
			}
			s.do(s.snap("unlocked"))
			s.quit()
			saysVerified(t, home, ben)
		})
	}
}

// benWithCard is somebody else's profile, and their contact card.
func benWithCard(t *testing.T) (home, card string) {
	t.Helper()
	ctx := patience(t)
	home, card = filepath.Join(t.TempDir(), "ben"), filepath.Join(t.TempDir(), "ben.card.txt")
	must(ctx, t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "new", "Ben")
	must(ctx, t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "export", "--card", "-o", card)
	return home, card
}

// await waits for one more event of a name than there were before.
func (s *session) await(name string, play func() error) map[string]any {
	s.t.Helper()
	before := s.Events(name)
	s.do(play())
	event, err := s.Event(s.ctx, name, before)
	s.do(err)
	return event
}

func (s *session) tap(id string) func() error { return func() error { return s.Tap(s.ctx, id) } }

func (s *session) keysScreen() {
	s.t.Helper()
	s.do(s.Press("Ctrl+2"))
	s.do(s.Screen(s.ctx, "keys"))
}

func (s *session) makeKey(name string) {
	s.t.Helper()
	s.keysScreen()
	s.do(s.Tap(s.ctx, "keys.new"))
	s.do(s.Fill(s.ctx, "newkey.name", name))
	s.do(s.snap("new-key"))
	if made := s.await("keys.made", s.tap("newkey.create")); made["kind"] != "hybrid" {
		s.t.Fatalf("not post-quantum by default: %v", made)
	}
	s.do(s.Await(s.ctx, "the end of the dialog", func(now desk.State) bool { return now.Ready("made.done") }))
	s.do(s.snap("new-key-made"))
	s.do(s.Tap(s.ctx, "made.done"))
}

func (s *session) importCard(card string) {
	s.t.Helper()
	read := s.await("import.read", func() error { return s.Drop(s.ctx, 400, 300, card) })
	if read["contacts"] != 1.0 || read["failed"] != 0.0 {
		s.t.Fatalf("the card was read as %v", read)
	}
	s.do(s.snap("import"))
	s.await("import.done", s.tap("import.go"))
	s.do(s.snap("import-done"))
}

// verifyFirst goes on from the end of an import to the safety words.
func (s *session) verifyFirst() {
	s.t.Helper()
	if words := s.await("verify.words", s.tap("import.go")); words["n"] != 12.0 {
		s.t.Fatalf("safety words: %v", words)
	}
	s.do(s.snap("verify"))
	if done := s.await("verify.done", s.tap("verify.yes")); done["verified"] != true {
		s.t.Fatalf("verified: %v", done)
	}
	s.do(s.snap("contacts"))
}

func (s *session) encryptTo(name, home string) {
	s.t.Helper()
	original := random(s.t, s.t.TempDir(), "plan for tomorrow.txt", 30_000)
	s.do(s.Press("Ctrl+1"))
	s.do(s.Screen(s.ctx, "files"))
	s.do(s.Bring(s.ctx, original))
	s.do(s.Tap(s.ctx, "plan.add"))
	s.do(s.Fill(s.ctx, "pick.search", name+"\n"))
	s.do(s.snap("pick"))
	s.do(s.Tap(s.ctx, "pick.done"))
	s.do(s.snap("plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("encrypted"))
	opened := filepath.Join(s.t.TempDir(), "opened")
	must(s.ctx, s.t, passphrase, program, "decrypt", "--home", home, "--passphrase-fd", "3", "-o", opened, original+".age")
	same(s.t, original, opened)
}

// detail opens the detail of one of one's own key pairs, by keyboard.
func (s *session) detail(name string) {
	s.t.Helper()
	s.keysScreen()
	s.do(s.TapAt(s.ctx, "keys.tabs", 0.25))
	s.do(s.Rewrite(s.ctx, "keys.search", name))
	s.do(s.Press("Return"))
	s.do(s.Await(s.ctx, "the list to have the keyboard", func(now desk.State) bool { return now.Focus == "keys.list" }))
	s.do(s.Press("Return"))
	s.do(s.Await(s.ctx, "the detail", func(now desk.State) bool { return now.Ready("detail.delete") }))
}

// exportKey writes a private key and opens a file encrypted to it with the stock program.
func (s *session) exportKey(name string) {
	s.t.Helper()
	s.detail(name)
	s.do(s.snap("detail"))
	s.do(s.Tap(s.ctx, "detail.export"))
	s.do(s.Fill(s.ctx, "export.passphrase", passphrase))
	s.do(s.snap("export"))
	s.await("keys.exported", s.tap("export.do"))
	s.do(s.snap("exported"))
	s.do(s.Press("Escape"))
	s.do(s.Await(s.ctx, "the detail again", func(now desk.State) bool { return now.Ready("detail.delete") }))
	s.do(s.Press("Escape"))
	s.do(s.Await(s.ctx, "no sheet", func(now desk.State) bool { return !now.Ready("detail.delete") }))

	exported := s.find(name + ".key.age")
	original, dir := random(s.t, s.t.TempDir(), "for work", 1000), s.t.TempDir()
	recipient := strings.TrimSpace(must(s.ctx, s.t, passphrase, program, "keys", "--home", s.profile, "--passphrase-fd", "3", "export", name))
	sealed, opened := filepath.Join(dir, "sealed.age"), filepath.Join(dir, "opened")
	must(s.ctx, s.t, "", age, "-r", recipient, "-o", sealed, original)
	s.do(desk.StockOpen(s.ctx, age, exported, passphrase, sealed, opened))
	same(s.t, original, opened)
}

// find is the file of that name in the program's home folder.
func (s *session) find(name string) string {
	s.t.Helper()
	path := filepath.Join(s.folder, name)
	if _, err := os.Stat(path); err != nil {
		s.t.Fatalf("%v; there is %q", err, list(s.t, s.folder))
	}
	return path
}

func (s *session) deleteKey(name string) {
	s.t.Helper()
	s.detail(name)
	s.do(s.Tap(s.ctx, "detail.delete"))
	s.do(s.Fill(s.ctx, "delete.name", name))
	s.do(s.snap("delete"))
	s.await("keys.deleted", s.tap("delete.do"))
	s.do(s.snap("deleted"))
	if left := must(s.ctx, s.t, passphrase, program, "keys", "--home", s.profile, "--passphrase-fd", "3", "list"); strings.Contains(left, name) {
		s.t.Fatalf("still there: %s", left)
	}
}

// lockedByIdle touches nothing until the program locks by itself.
func (s *session) lockedByIdle() {
	s.t.Helper()
	_, err := s.Event(s.ctx, "idle.warn", s.Events("idle.warn"))
	s.do(err)
	s.do(s.snap("idle-warning"))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("idle-locked"))
}

// saysVerified asks both sides: the contact is verified, and both see the same words.
func saysVerified(t *testing.T, home, ben string) {
	t.Helper()
	ctx := patience(t)
	ours := must(ctx, t, passphrase, program, "contacts", "--home", home, "--passphrase-fd", "3", "--json", "list")
	if !strings.Contains(ours, `"verified":true`) {
		t.Errorf("Ben is not verified: %s", ours)
	}
	card := filepath.Join(t.TempDir(), "ada.card.txt")
	must(ctx, t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "export", "--card", "-o", card)
	must(ctx, t, passphrase, program, "contacts", "--home", ben, "--passphrase-fd", "3", "add", card)
}
