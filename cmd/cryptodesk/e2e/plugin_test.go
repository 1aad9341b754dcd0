//go:build e2e && linux

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age/plugin"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// withProbe puts the plugin of the engine's tests on PATH, and its identity of a mode into a new profile. It answers the
// profile and a file encrypted to that identity alone.
func withProbe(t *testing.T, mode string) (home, sealed string, original string) {
	t.Helper()
	ctx, dir := patience(t), t.TempDir()
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", filepath.Join(dir, "age-plugin-probe"), "cryptodesk/engine/identity/testdata/plugin")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	data := []byte(mode + "\x00secret of " + mode)
	to := plugin.EncodeRecipient("probe", data)
	file := filepath.Join(dir, "device.txt")
	text := "# name: Device\n#    Recipient: " + to + "\n" + plugin.EncodeIdentity("probe", data) + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	home = profile(t)
	must(ctx, t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "import", file)
	original = random(t, t.TempDir(), "letter.txt", 120_000)
	sealed = filepath.Join(t.TempDir(), "letter.txt.age")
	must(ctx, t, "", age, "-r", to, "-o", sealed, original)
	return home, sealed, original
}

// TestPluginAsksForPIN opens a file of the stock program with a plugin that asks for a PIN in the window: typed, given
// up, and with the session locked while it asks.
func TestPluginAsksForPIN(t *testing.T) {
	home, sealed, original := withProbe(t, "pin")
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	asked := func() {
		t.Helper()
		s.do(s.Bring(s.ctx, sealed))
		s.do(s.Tap(s.ctx, "plan.go"))
		s.do(s.Await(s.ctx, "the PIN's field to have the keyboard", func(st desk.State) bool { return st.Focus == "prompt.field" }))
	}
	over := func(n int, failed float64) {
		t.Helper()
		done, err := s.Event(s.ctx, "job.done", n)
		s.do(err)
		if done["failed"] != failed {
			t.Fatalf("%v", done)
		}
	}
	asked()
	s.do(s.snap("asked"))
	s.do(s.Type("123456\n"))
	over(0, 0)
	s.do(s.snap("opened"))
	back := filepath.Join(filepath.Dir(sealed), "letter.txt")
	same(t, original, back)
	s.do(os.Remove(back))

	asked()
	s.do(s.Press("Escape"))
	over(1, 0)
	s.do(s.snap("given-up"))

	asked()
	s.do(s.Type("1\n"))
	over(2, 1)
	s.do(s.snap("wrong"))

	asked()
	s.do(s.Type("123"))
	s.do(s.Press("Ctrl+L"))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("locked"))
	s.quit()
	if left := list(t, filepath.Dir(sealed)); !slices.Equal(left, []string{"letter.txt.age"}) {
		t.Fatalf("left behind: %q", left)
	}
}

// TestPluginWaitsForTouch shows that the key wants something, and takes the note away by itself; a question with the
// plugin's own labels is answered with the keyboard.
func TestPluginWaitsForTouch(t *testing.T) {
	home, sealed, original := withProbe(t, "touch")
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, sealed))
	s.do(s.Tap(s.ctx, "plan.go"))
	_, err := s.Event(s.ctx, "prompt.waiting", 0)
	s.do(err)
	s.do(s.Await(s.ctx, "the note", func(st desk.State) bool { return st.Ready("prompt.cancel") }))
	s.do(s.snap("touch"))
	_, err = s.Event(s.ctx, "job.done", 0)
	s.do(err)
	s.do(s.Await(s.ctx, "the note to go", func(st desk.State) bool { return !st.Ready("prompt.cancel") }))
	s.do(s.snap("done"))
	s.quit()
	same(t, original, filepath.Join(filepath.Dir(sealed), "letter.txt"))
}

// TestPluginConfirms answers a plugin's question with the keyboard alone.
func TestPluginConfirms(t *testing.T) {
	home, sealed, original := withProbe(t, "confirm")
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, sealed))
	s.do(s.Tap(s.ctx, "plan.go"))
	s.do(s.Await(s.ctx, "the question", func(st desk.State) bool { return st.Focus == "prompt.cancel" }))
	s.do(s.snap("question"))
	for range 4 {
		if s.State().Focus == "prompt.yes" {
			break
		}
		before := s.State().Focus
		s.do(s.Press("Tab"))
		s.do(s.Await(s.ctx, "the keyboard to move", func(st desk.State) bool { return st.Focus != before }))
	}
	s.do(s.Press("Space"))
	_, err := s.Event(s.ctx, "job.done", 0)
	s.do(err)
	s.quit()
	same(t, original, filepath.Join(filepath.Dir(sealed), "letter.txt"))
}
