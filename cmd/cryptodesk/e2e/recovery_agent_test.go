//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	t.Parallel()
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
			s.setAgent("Family")
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
			s.addTo(filepath.Join(work, "tree"), 1)
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

// agentSheet opens the sheet of the recovery agent.
func (s *session) agentSheet() {
	s.t.Helper()
	s.do(s.Press("Ctrl+3"))
	s.do(s.Screen(s.ctx, "recovery"))
	for s.State().Focus != "recovery.agent" { // it may be below what can be seen
		was := s.State().Focus
		s.do(s.Press("Tab"))
		s.do(s.Await(s.ctx, "the next button", func(now desk.State) bool { return now.Focus != was }))
	}
	s.do(s.Press("Space"))
	s.do(s.Await(s.ctx, "the sheet", func(now desk.State) bool { return now.Ready("agent.close") }))
}

// gone waits until what was shown is not any more.
func (s *session) gone(id string) {
	s.t.Helper()
	s.do(s.Await(s.ctx, "no "+id, func(now desk.State) bool { return !now.Ready(id) }))
}

// setAgent makes a contact the agent.
func (s *session) setAgent(name string) {
	s.t.Helper()
	s.agentSheet()
	s.do(s.snap("no-agent"))
	s.do(s.Tap(s.ctx, "agent.contact"))
	s.do(s.Fill(s.ctx, "agent.search", name))
	s.do(s.snap("who"))
	s.do(s.Press("Return"))
	s.do(s.Await(s.ctx, "the question", func(now desk.State) bool { return now.Ready("agent.confirm") }))
	s.do(s.snap("confirm"))
	s.await("agent.set", s.tap("agent.confirm"))
	s.do(s.snap("set"))
	s.do(s.Press("Escape"))
	s.gone("agent.confirm")
	s.do(s.snap("card"))
	s.do(s.Press("Ctrl+1"))
	s.do(s.Screen(s.ctx, "files"))
}

// addTo drops a folder on the sheet that opens what is encrypted in it to the agent.
func (s *session) addTo(folder string, files int) {
	s.t.Helper()
	s.agentSheet()
	s.do(s.snap("agent"))
	s.do(s.Tap(s.ctx, "agent.add"))
	s.do(s.Await(s.ctx, "the sheet", func(now desk.State) bool { return now.Ready("agent.add.look") }))
	s.do(s.Drop(s.ctx, 360, 240, folder))
	s.do(s.snap("add-where"))
	if found := s.await("agent.found", s.tap("agent.add.look")); found["files"] != float64(files) {
		s.t.Fatalf("found %v, want %d", found, files)
	}
	s.do(s.snap("add-found"))
	if added := s.await("agent.added", s.tap("agent.add.do")); added["done"] != float64(files) {
		s.t.Fatalf("added %v, want %d", added, files)
	}
	s.do(s.snap("added"))
	s.do(s.Press("Return"))
	s.gone("agent.add.do")
}

// TestRecoveryAgentOffline makes an agent's own key, in each way it can be kept: what is written of it opens what was
// encrypted since, and it is among nobody's keys.
func TestRecoveryAgentOffline(t *testing.T) {
	t.Parallel()
	for i, look := range []struct {
		theme, language string
		width, height   int
		part            float64 // of the choice where it is kept
	}{{"light", "ko", 960, 640, 0.15}, {"dark", "en", 720, 480, 0.5}, {"light", "en", 720, 480, 0.85}} {
		t.Run([]string{"paper", "file", "shares"}[i], func(t *testing.T) {
			home, work := profile(t), t.TempDir()
			settle(t, home, map[string]any{"theme": look.theme, "language": look.language, "width": look.width, "height": look.height})
			s := open(t, home)
			s.do(s.Unlock(s.ctx, passphrase))
			s.agentSheet()
			s.do(s.Tap(s.ctx, "agent.own"))
			s.do(s.Rewrite(s.ctx, "agent.key.name", "Drawer"))
			if i > 0 {
				s.do(s.TapAt(s.ctx, "agent.key.how", look.part))
			}
			if i == 1 {
				s.do(s.TapAt(s.ctx, "fresh.mode", 0.85))
				s.do(s.Fill(s.ctx, "fresh.field", passphrase))
				s.do(s.Press("Return")) // to the second one, which may be below what can be seen
				s.do(s.Await(s.ctx, "the second field", func(now desk.State) bool { return now.Focus == "fresh.again" }))
				s.do(s.Type(passphrase))
			}
			s.do(s.snap("key"))
			s.await("agent.set", s.tap("agent.key.do"))
			s.do(s.snap("made"))
			s.do(s.Press("Escape"))
			s.gone("agent.key.do")
			s.do(s.Press("Ctrl+1"))
			s.do(s.Screen(s.ctx, "files"))
			letter := random(t, work, "letter.pdf", 30_000)
			s.do(s.Bring(s.ctx, letter))
			s.do(s.snap("plan"))
			s.do(s.Run(s.ctx))
			written := s.drawer()
			s.quit()
			if keys := verb(t, home, "keys", "list"); strings.Contains(keys, "Drawer") {
				t.Errorf("it is among one's own keys: %s", keys)
			}
			asOffline(t, written, letter)
		})
	}
}

// drawer is what was written of the agent's key.
func (s *session) drawer() (paths []string) {
	s.t.Helper()
	for _, dir := range []string{s.folder, filepath.Join(s.folder, "Documents")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if strings.Contains(e.Name(), "Drawer") {
				paths = append(paths, filepath.Join(dir, e.Name()))
			}
		}
	}
	if len(paths) == 0 {
		s.t.Fatalf("nothing was written; there is %q", list(s.t, s.folder))
	}
	return paths
}

// asOffline opens a file with what was written of an agent's key, by the stock program where that reads it, and by what a
// new profile makes of it.
func asOffline(t *testing.T, written []string, original string) {
	t.Helper()
	opened := filepath.Join(t.TempDir(), "opened")
	if len(written) == 1 && strings.HasSuffix(written[0], ".age") {
		if err := desk.StockOpen(patience(t), age, written[0], passphrase, original+".age", opened); err != nil {
			t.Fatal(err)
		}
		same(t, original, opened)
		return
	}
	pieces := written
	if len(written) > 2 {
		pieces = []string{written[0], written[len(written)-1]} // a page of one share and the text of another
	}
	home := profile(t)
	verb(t, home, append([]string{"recovery", "restore"}, pieces...)...)
	verb(t, home, "decrypt", "-o", opened, original+".age")
	same(t, original, opened)
}
