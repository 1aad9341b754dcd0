//go:build e2e && linux

package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// TestThousandsOfFiles drops two thousand files at once and opens them all again.
func TestThousandsOfFiles(t *testing.T) {
	const many = 2000
	work := t.TempDir()
	var originals, sealed []string
	for i := range many {
		originals = append(originals, random(t, filepath.Join(work, "a"), fmt.Sprintf("%04d", i), 1+i%5000))
		sealed = append(sealed, filepath.Join(work, "b", fmt.Sprintf("%04d.age", i)))
	}
	before := tree(t, filepath.Join(work, "a"))
	s := open(t, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, originals...))
	s.do(s.snap("plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("done"))
	s.do(os.Mkdir(filepath.Join(work, "b"), 0o755))
	for i, path := range originals {
		s.do(os.Rename(path+".age", sealed[i]))
	}
	s.do(s.Bring(s.ctx, sealed...))
	s.do(s.Run(s.ctx))
	s.do(s.snap("open-done"))
	s.quit()
	for _, path := range sealed {
		s.do(os.Remove(path))
	}
	if after := tree(t, filepath.Join(work, "b")); !maps.Equal(before, after) {
		t.Fatalf("%d files came back of %d, or not the same bytes", len(after)-1, many)
	}
}

// TestLockWhileRunning locks in the middle of a job, which goes on with what it needs.
func TestLockWhileRunning(t *testing.T) {
	home, work := profile(t), t.TempDir()
	large := sparse(t, work, "large.img", 1<<30)
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, large))
	s.do(s.Tap(s.ctx, "plan.go"))
	s.do(s.Screen(s.ctx, "files.run"))
	s.do(s.Press("Ctrl+L"))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("locked"))
	s.do(desk.AwaitFile(s.ctx, large+".age"))
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.snap("afterwards"))
	s.quit()
	opened := filepath.Join(work, "opened.img")
	must(patience(t), t, passphrase, program, "decrypt", "--home", home, "--passphrase-fd", "3", "-o", opened, large+".age")
	same(t, large, opened)
}
