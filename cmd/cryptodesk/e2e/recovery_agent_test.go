//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// verb runs a verb on a profile, and answers what it printed.
func verb(t *testing.T, home string, args ...string) string {
	t.Helper()
	return must(patience(t), t, passphrase, program, append([]string{args[0], "--home", home, "--passphrase-fd", "3"}, args[1:]...)...)
}

// safeWithCard is the profile of somebody who is to be the recovery agent, their contact card, and their keys in a file.
func safeWithCard(t *testing.T) (home, card, keys string) {
	t.Helper()
	dir := t.TempDir()
	home, card, keys = filepath.Join(dir, "safe"), filepath.Join(dir, "safe.card.txt"), filepath.Join(dir, "safe.key.age")
	verb(t, home, "keys", "new", "Family safe")
	verb(t, home, "keys", "export", "--card", "-o", card)
	two := passphrase + "\n" + passphrase
	must(patience(t), t, two, program, "keys", "--home", home, "--passphrase-fd", "3", "export", "--private", "-o", keys)
	return home, card, keys
}

// TestRecoveryAgent sets an agent, encrypts by drop, and opens the result as the agent: by drop into a profile of their own,
// and with the stock program. What was encrypted before is then opened to them as well.
func TestRecoveryAgent(t *testing.T) {
	for _, look := range []struct {
		theme, language string
		width, height   int
	}{{"light", "en", 960, 640}, {"dark", "ko", 720, 480}} {
		t.Run(fmt.Sprintf("%s-%s-%dx%d", look.theme, look.language, look.width, look.height), func(t *testing.T) {
			safe, card, keys := safeWithCard(t)
			home, work := profile(t), t.TempDir()
			settings := map[string]any{"theme": look.theme, "language": look.language, "width": look.width, "height": look.height}
			settle(t, home, settings)
			settle(t, safe, settings)
			verb(t, home, "contacts", "add", card)
			before := random(t, work, "tree/old letter.txt", 70_000)
			verb(t, home, "encrypt", before)

			s := open(t, home)
			s.do(s.Unlock(s.ctx, passphrase))
			s.setAgent(home)
			letter := random(t, work, "letter.pdf", 300_000)
			s.do(s.Bring(s.ctx, letter))
			s.do(s.snap("plan"))
			s.do(s.Run(s.ctx))
			s.do(s.snap("encrypted"))
			alone := random(t, work, "diary.txt", 1_000)
			s.do(s.Bring(s.ctx, alone))
			s.do(s.Tap(s.ctx, "plan.agent"))
			s.do(s.snap("left-out"))
			s.do(s.Run(s.ctx))
			s.addTo(home, filepath.Join(work, "tree"))
			s.quit()

			for _, original := range []string{letter, before} {
				opened := filepath.Join(t.TempDir(), "opened")
				s.do(desk.StockOpen(s.ctx, age, keys, passphrase, original+".age", opened))
				same(t, original, opened)
			}
			if desk.StockOpen(s.ctx, age, keys, passphrase, alone+".age", filepath.Join(t.TempDir(), "opened")) == nil {
				t.Error("left out, the agent opens it all the same")
			}
			asTheAgent(t, safe, letter)
		})
	}
}

// asTheAgent drops what was encrypted to somebody else into the agent's own profile.
func asTheAgent(t *testing.T, safe, original string) {
	t.Helper()
	back := filepath.Join(t.TempDir(), filepath.Base(original)+".age")
	if err := os.Rename(original+".age", back); err != nil {
		t.Fatal(err)
	}
	s := open(t, safe)
	s.shots = 20
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, back))
	s.do(s.snap("the-agents-plan"))
	s.do(s.Run(s.ctx))
	s.quit()
	same(t, original, filepath.Join(filepath.Dir(back), filepath.Base(original)))
}

// setAgent makes the only contact the agent.
func (s *session) setAgent(home string) {
	s.t.Helper()
	verb(s.t, home, "recovery", "agent", "set", "--yes", "Family safe")
}

// addTo opens what is encrypted in a folder to the agent.
func (s *session) addTo(home, folder string) {
	s.t.Helper()
	verb(s.t, home, "recovery", "agent", "add-to", folder)
}
