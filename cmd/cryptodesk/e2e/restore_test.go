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

// TestInterruptedBatch kills the window while it encrypts, and goes on after the next start: nothing is encrypted twice,
// nothing is missed, and nothing of it was on disk in plain.
func TestInterruptedBatch(t *testing.T) {
	const many = 500
	home, work := profile(t), t.TempDir()
	originals := []string{sparse(t, work, "large.img", 1<<30)} // still under way when the small ones are done
	for i := range many {
		originals = append(originals, random(t, work, fmt.Sprintf("private %03d.txt", i), 1+i*13))
	}
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, originals...))
	s.do(s.Tap(s.ctx, "plan.go"))
	s.do(desk.AwaitFile(s.ctx, originals[many/2]+".age"))
	s.Kill()
	done := len(shown(t, work)) - len(originals)
	t.Logf("killed with %d of %d done", done, len(originals))
	if done < 1 || done >= len(originals) {
		t.Fatal("that proves nothing")
	}
	for name := range tree(t, home) {
		if raw, err := os.ReadFile(filepath.Join(home, name)); err == nil && strings.Contains(string(raw), "private") && !strings.HasPrefix(name, "journal") {
			t.Errorf("%s holds names in plain", name)
		}
	}

	s = open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	back, err := s.Event(s.ctx, "files.restored", 0)
	s.do(err)
	if back["batches"] != 1.0 {
		t.Fatalf("%v", back)
	}
	s.do(s.snap("interrupted"))
	s.do(s.Tap(s.ctx, "restore.continue"))
	s.do(s.Screen(s.ctx, "files.plan"))
	s.do(s.snap("continue"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("done"))
	s.do(s.Press("Ctrl+L"))
	s.do(s.Locked(s.ctx))
	s.do(s.Unlock(s.ctx, passphrase))
	back, err = s.Event(s.ctx, "files.restored", 1)
	s.do(err)
	if back["batches"] != 0.0 || back["rows"] != 200.0 {
		t.Errorf("after a lock: %v", back)
	}
	s.do(s.snap("after-lock"))
	s.quit()

	if names := shown(t, work); len(names) != 2*len(originals) {
		t.Errorf("%d names for %d files", len(names), len(originals))
	}
	for i, path := range originals {
		s.do(os.Rename(path, path+".before"))
		if i%100 != 1 {
			if _, err := os.Stat(path + ".age"); err != nil {
				t.Error(err)
			}
			continue
		}
		must(patience(t), t, passphrase, program, "decrypt", "--home", home, "--passphrase-fd", "3", "-o", path, path+".age")
		same(t, path+".before", path)
	}
}
