//go:build e2e && linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// TestScreens keeps a picture of every main screen in both themes, both languages, and the smallest size, to be looked at
// by people. It fails when a screen cannot be reached, or when the window has another size than the settings asked for.
func TestScreens(t *testing.T) {
	t.Parallel()
	for _, look := range []struct {
		theme, language string
		width, height   int
	}{
		{"light", "en", 960, 640},
		{"dark", "en", 960, 640},
		{"light", "ko", 960, 640},
		{"dark", "ko", 960, 640},
		{"light", "en", 720, 480},
		{"dark", "ko", 720, 480},
	} {
		t.Run(fmt.Sprintf("%s-%s-%dx%d", look.theme, look.language, look.width, look.height), func(t *testing.T) {
			settings := map[string]any{"theme": look.theme, "language": look.language, "width": look.width, "height": look.height}
			firstRun(t, settings)
			mainScreens(t, settings)
		})
	}
}

func firstRun(t *testing.T, settings map[string]any) {
	home := filepath.Join(t.TempDir(), "new")
	settle(t, home, settings)
	s := open(t, home)
	s.do(s.FirstRun(s.ctx, owner, passphrase, true, s.snap))
	s.quit()
}

func mainScreens(t *testing.T, settings map[string]any) {
	home, work := profile(t), t.TempDir()
	settle(t, home, settings)
	for _, name := range []string{"report.pdf", "비밀 편지.txt", "holiday/beach.jpg", "holiday/hills.jpg"} {
		random(t, work, name, 40_000)
	}
	sealed := filepath.Join(work, "from Ana.txt.age")
	must(patience(t), t, "", age, "-r", stranger(t), "-o", sealed, filepath.Join(work, "report.pdf"))
	s := open(t, home)
	s.shots = 10
	s.do(s.Locked(s.ctx))
	s.do(s.snap("lock"))
	if _, _, width, height, err := s.Bounds(); err != nil || width != settings["width"] || height != settings["height"] {
		t.Errorf("the window is %dx%d, not %vx%v (%v)", width, height, settings["width"], settings["height"], err)
	}
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.snap("files"))
	s.do(s.Bring(s.ctx, filepath.Join(work, "report.pdf"), filepath.Join(work, "비밀 편지.txt"), filepath.Join(work, "holiday"), sealed))
	s.do(s.snap("plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("done"))
	s.do(s.Press("Ctrl+2"))
	s.do(s.Screen(s.ctx, "keys"))
	s.do(s.snap("keys"))
	s.do(s.Press("Ctrl+3"))
	s.do(s.Screen(s.ctx, "recovery"))
	s.do(s.snap("recovery"))
	s.do(s.Tap(s.ctx, "recovery.begin"))
	s.do(s.Await(s.ctx, "the sheet", func(now desk.State) bool { return now.Ready("sheet.do") }))
	s.do(s.snap("recovery-sheet"))
	s.do(s.Press("Escape"))
	s.do(s.Press("Ctrl+L"))
	s.do(s.Locked(s.ctx))
	s.do(s.Tap(s.ctx, "lock.forgot"))
	s.do(s.Tap(s.ctx, "why.forgot"))
	s.do(s.Screen(s.ctx, "restore.gather"))
	s.do(s.snap("restore-gather"))
	s.do(s.Tap(s.ctx, "gather.type"))
	s.do(s.Await(s.ctx, "the words to have the keyboard", func(now desk.State) bool { return now.Focus == "gather.words" }))
	s.do(s.Type("academic acid nothing acro"))
	s.do(s.snap("restore-words"))
	s.do(s.Tap(s.ctx, "restore.cancel"))
	s.do(s.Locked(s.ctx))
	s.quit()
}

// settle writes the window's settings into a profile folder.
func settle(t *testing.T, home string, settings map[string]any) {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "window.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// stranger is a recipient nobody here has the key of.
func stranger(t *testing.T) string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key.txt")
	must(patience(t), t, "", ageKeygen, "-o", key)
	out := must(patience(t), t, "", ageKeygen, "-y", key)
	return out[:len(out)-1]
}
