//go:build e2e && linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// anewPassphrase is that of the keyring of who lost everything.
const anewPassphrase = "Nothing left but a friend 3!"

// TestDepositLeadsBack: somebody leaves everything with a contact, loses it, makes new keys on an empty profile and asks;
// the contact hears the words and releases; with the words the contact reads out the same encrypted file opens again.
// The small window is the one that is hardest to get right.
func TestDepositLeadsBack(t *testing.T) {
	t.Parallel()
	for _, look := range []struct {
		theme, language string
		width, height   float32
	}{{"light", "en", 960, 640}, {"dark", "ko", 720, 480}} {
		t.Run(look.theme+"-"+look.language, func(t *testing.T) {
			dress := func(home string) {
				settle(t, home, map[string]any{"theme": look.theme, "language": look.language, "width": look.width, "height": look.height})
			}
			ben, card := benWithCard(t)
			dress(ben)
			original := random(t, t.TempDir(), "letter.txt", 30_000)
			deposit := leave(t, dress, card, original)

			home := filepath.Join(t.TempDir(), "profile")
			dress(home)
			request, code := askAnew(t, home)
			release, answer := releaseTo(t, ben, deposit, request, code)
			takeIn(t, home, release, answer, original)
		})
	}
}

// leave encrypts a file, and makes a deposit with Ben, who is verified on the way.
func leave(t *testing.T, dress func(string), card, original string) (deposit string) {
	home := profile(t)
	dress(home)
	must(patience(t), t, passphrase, program, "contacts", "--home", home, "--passphrase-fd", "3", "add", card)
	must(patience(t), t, "", program, "encrypt", "--home", home, "-r", owner1(t, home), original)
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.recoveryScreen()
	s.reach("recovery.deposit")
	s.do(s.snap("card"))
	s.do(s.Press("Return"))
	s.do(s.Tap(s.ctx, "person.choose"))
	s.do(s.Await(s.ctx, "the list of people", func(now desk.State) bool { return now.Focus == "person.search" }))
	s.do(s.snap("people"))
	s.do(s.Type("ben\n"))
	s.do(s.Await(s.ctx, "the warning", func(now desk.State) bool { return now.Ready("deposit.compare") }))
	s.do(s.snap("unverified"))
	s.reach("deposit.compare") // which may be out of sight
	s.await("verify.words", func() error { return s.Press("Return") })
	s.await("verify.done", s.tap("verify.yes"))
	s.do(s.Await(s.ctx, "no warning", func(now desk.State) bool { return !now.Ready("deposit.compare") && now.Ready("deposit.do") }))
	s.do(s.Await(s.ctx, "the keyboard on the question", func(now desk.State) bool { return now.Focus == "deposit.note" }))
	s.do(s.Type("What colour was the bicycle?"))
	s.do(s.snap("deposit"))
	s.await("recovery.deposit", s.tap("deposit.do"))
	s.do(s.snap("deposit-made"))
	s.do(s.Press("Escape"))
	s.do(s.snap("one-way"))
	if answer := s.Latest("recovery.answer"); answer["answer"] != "yes" {
		t.Fatalf("a deposit is no way back: %v", answer)
	}
	deposit = s.find(owner + ".deposit.age")
	s.quit()
	return deposit
}

// owner1 is the public key of the first key pair.
func owner1(t *testing.T, home string) string {
	t.Helper()
	return strings.TrimSpace(must(patience(t), t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "export"))
}

func (s *session) recoveryScreen() {
	s.t.Helper()
	s.do(s.Press("Ctrl+3"))
	s.do(s.Screen(s.ctx, "recovery"))
}

// reach takes the keyboard to something that may be out of sight.
func (s *session) reach(id string) {
	s.t.Helper()
	for range 40 {
		before := s.State().Focus
		if before == id {
			return
		}
		s.do(s.Press("Tab"))
		s.do(s.Await(s.ctx, "the keyboard to go on from "+before, func(now desk.State) bool { return now.Focus != before }))
	}
	s.t.Fatalf("the keyboard never comes to %s", id)
}

// askAnew begins with nothing: new keys, and a request that they sign.
func askAnew(t *testing.T, home string) (request, code string) {
	s := open(t, home)
	watch(t, home, anewPassphrase)
	s.do(s.Tap(s.ctx, "lock.restore"))
	s.do(s.Screen(s.ctx, "restore.why"))
	s.do(s.Tap(s.ctx, "why.computer"))
	s.do(s.Screen(s.ctx, "restore.gather"))
	s.do(s.snap("nothing-but-a-deposit"))
	s.do(s.Tap(s.ctx, "restore.deposit"))
	s.do(s.Screen(s.ctx, "restore.anew"))
	s.do(s.snap("new-keys"))
	s.do(s.TapAt(s.ctx, "fresh.mode", 0.75))
	s.do(s.Fill(s.ctx, "fresh.field", anewPassphrase))
	s.do(s.Fill(s.ctx, "fresh.again", anewPassphrase))
	if made := s.await("recovery.anew", s.tap("restore.next")); made["ok"] != true {
		t.Fatalf("no new keys: %v", made)
	}
	s.do(s.Await(s.ctx, "the sheet that asks", func(now desk.State) bool { return now.Ready("request.do") }))
	s.do(s.snap("request"))
	asked := s.await("recovery.request", s.tap("request.do"))
	s.do(s.snap("request-made"))
	s.do(s.Press("Escape"))
	s.do(s.Screen(s.ctx, "files"))
	found, err := filepath.Glob(filepath.Join(s.folder, "*.request.txt"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%q, %v; there is %q", found, err, list(t, s.folder))
	}
	s.quit()
	return found[0], asked["code"].(string)
}

// releaseTo is Ben, who drops both files on the Files screen, mishears once, and releases.
func releaseTo(t *testing.T, home, deposit, request, code string) (release, answer string) {
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, deposit, request))
	s.do(s.snap("files"))
	if read := s.await("release.read", s.tap("special.recover")); read["ok"] != true {
		t.Fatalf("the two files: %v", read)
	}
	s.do(s.Await(s.ctx, "the case", func(now desk.State) bool { _, there := now.At["release.words"]; return there }))
	s.do(s.snap("case"))
	for _, at := range []string{"keys.place", "release.words"} { // up from Cancel, where the keyboard begins
		s.do(s.Press("Shift+Tab"))
		s.do(s.Await(s.ctx, "the keyboard on "+at, func(now desk.State) bool { return now.Focus == at }))
	}
	s.do(s.snap("words-first"))
	s.do(s.Type("zoo zone zero zebra"))
	if heard := s.await("recovery.release", func() error { return s.Press("Return") }); heard["kind"] != "WrongCode" {
		t.Fatalf("wrong words: %v", heard)
	}
	s.do(s.snap("wrong-words"))
	s.do(s.Await(s.ctx, "the words to have the keyboard", func(now desk.State) bool { return now.Focus == "release.words" }))
	for _, word := range strings.Fields(code) {
		s.do(s.Type(word[:min(4, len(word))] + " "))
	}
	s.do(s.snap("words"))
	done := s.await("recovery.release", func() error { return s.Press("Return") })
	if done["ok"] != true {
		t.Fatalf("not released: %v", done)
	}
	s.do(s.snap("released"))
	s.do(s.Press("Escape"))
	s.reach("recovery.release.also")
	s.do(s.Press("Return"))
	s.do(s.snap("log"))
	s.do(s.Press("Escape"))
	var words []string
	for _, w := range done["answer"].([]any) {
		words = append(words, w.(string))
	}
	release = s.find(owner + ".release.age")
	s.quit()
	return release, strings.Join(words, " ")
}

// takeIn brings the keys back with the words that Ben reads out, after others, and opens the file with them.
func takeIn(t *testing.T, home, release, answer, original string) {
	s := open(t, home)
	s.do(s.Unlock(s.ctx, anewPassphrase))
	s.recoveryScreen()
	_, _, width, height, err := s.Bounds()
	s.do(err)
	s.await("recovery.words", func() error { return s.Drop(s.ctx, width/2, height/2, release) })
	asked := func() {
		s.do(s.Await(s.ctx, "the question for the words", func(now desk.State) bool { return now.Focus == "answer.words" }))
	}
	asked()
	s.do(s.snap("answer"))
	again := s.await("recovery.words", func() error { return s.Type("zoo zone zero zebra\n") })
	if again["again"] != true {
		t.Fatalf("asked again: %v", again)
	}
	asked()
	s.do(s.snap("answer-again"))
	if piece := s.await("recovery.piece", func() error { return s.Type(answer + "\n") }); piece["ready"] != true || piece["kind"] != "release" {
		t.Fatalf("what was released: %v", piece)
	}
	s.do(s.snap("ready"))
	if back := s.await("recovery.restored", s.tap("restore.next")); back["ok"] != true {
		t.Fatalf("not taken in: %v", back)
	}
	s.do(s.Screen(s.ctx, "way.choose"))
	s.do(s.snap("back"))
	s.do(s.Tap(s.ctx, "way.later"))
	s.do(s.Press("Ctrl+1"))
	s.do(s.Screen(s.ctx, "files"))
	opened := filepath.Join(t.TempDir(), "letter.txt.age")
	raw, err := os.ReadFile(original + ".age")
	if err == nil {
		err = os.WriteFile(opened, raw, 0o600)
	}
	s.do(err)
	s.do(s.Bring(s.ctx, opened))
	s.do(s.Run(s.ctx))
	s.do(s.snap("opened"))
	s.quit()
	same(t, original, strings.TrimSuffix(opened, ".age"))
	log := must(patience(t), t, anewPassphrase, program, "recovery", "--home", home, "--passphrase-fd", "3", "releases", "--json")
	if !strings.Contains(log, `"kind":"restored"`) || !strings.Contains(log, `"kind":"request"`) {
		t.Errorf("the log says %s", log)
	}
}
