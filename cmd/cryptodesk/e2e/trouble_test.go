//go:build e2e && linux

package e2e

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// TestPassphraseInWindow encrypts a file with a passphrase typed into the plan, and opens it by that passphrase.
func TestPassphraseInWindow(t *testing.T) {
	const secret = "Only for this file: 42 cranes"
	work, back := t.TempDir(), t.TempDir()
	original := random(t, work, "letter.txt", 150_000)
	s := open(t, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, original))
	s.do(s.TapAt(s.ctx, "plan.for", 0.75))
	s.do(s.Fill(s.ctx, "secret.field", secret))
	s.do(s.Fill(s.ctx, "secret.again", secret))
	s.do(s.snap("plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("done"))
	sealed := filepath.Join(back, "letter.txt.age")
	s.do(os.Rename(original+".age", sealed))
	s.do(s.Bring(s.ctx, sealed))
	s.do(s.Fill(s.ctx, "plan.passphrase", secret))
	s.do(s.snap("open-plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("open-done"))
	s.quit()
	same(t, original, filepath.Join(back, "letter.txt"))
}

// TestCancelLeavesNothing stops a job that would take long.
func TestCancelLeavesNothing(t *testing.T) {
	work := t.TempDir()
	large := sparse(t, work, "large.img", 200<<30)
	s := open(t, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, large))
	s.do(s.Tap(s.ctx, "plan.go"))
	s.do(s.Screen(s.ctx, "files.run"))
	s.do(s.snap("running"))
	s.do(s.Tap(s.ctx, "rows.cancel"))
	s.do(s.Screen(s.ctx, "files.done"))
	s.do(s.snap("cancelled"))
	if left := list(t, work); !slices.Equal(left, []string{"large.img"}) {
		t.Fatalf("left behind: %q", left)
	}
	s.quit()
}

// TestKilledWindow ends the window with SIGKILL in the middle of a job: the next start finds nothing half done.
func TestKilledWindow(t *testing.T) {
	home, work := profile(t), t.TempDir()
	large := sparse(t, work, "large.img", 200<<30)
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, large))
	s.do(s.Tap(s.ctx, "plan.go"))
	s.do(s.Screen(s.ctx, "files.run"))
	s.Kill()
	again := open(t, home)
	again.do(again.Unlock(again.ctx, passphrase))
	again.do(again.snap("next-start"))
	if left := list(t, work); !slices.Equal(left, []string{"large.img"}) {
		t.Fatalf("left behind: %q", left)
	}
	again.quit()
}

// TestDamagedFileIsRefused drops a file with one flipped bit, a truncated one and one that is none: nothing is published.
func TestDamagedFileIsRefused(t *testing.T) {
	home, work := profile(t), t.TempDir()
	original := random(t, t.TempDir(), "letter.txt", 200_000)
	flipped, cut := filepath.Join(work, "flipped.txt.age"), filepath.Join(work, "cut.txt.age")
	must(patience(t), t, passphrase, program, "encrypt", "--home", home, "--passphrase-fd", "3", "-o", flipped, original)
	raw, err := os.ReadFile(flipped)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(flipped, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, raw[:len(raw)-70_000], 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, flipped, cut))
	s.do(s.snap("plan"))
	if err := s.Run(s.ctx); err == nil || !strings.Contains(err.Error(), "2 of 2 rows failed") {
		t.Fatalf("damaged files were not refused: %v", err)
	}
	s.do(s.snap("refused"))
	if left := list(t, work); !slices.Equal(left, []string{"cut.txt.age", "flipped.txt.age"}) {
		t.Fatalf("published: %q", left)
	}
	s.quit()
}

// TestPathsOnTheCommandLine are taken as if they had been dropped, after unlocking.
func TestPathsOnTheCommandLine(t *testing.T) {
	original := random(t, t.TempDir(), "two words.txt", 9)
	s := open(t, profile(t), original)
	s.do(s.Locked(s.ctx))
	s.do(s.Type(passphrase + "\n"))
	s.do(s.Screen(s.ctx, "files.plan"))
	s.do(s.Run(s.ctx))
	s.quit()
	if _, err := os.Stat(original + ".age"); err != nil {
		t.Fatal(err)
	}
}

// TestDropOnTheLock waits for the passphrase and then shows its plan.
func TestDropOnTheLock(t *testing.T) {
	original := random(t, t.TempDir(), "letter.txt", 9)
	s := open(t, profile(t))
	s.do(s.Locked(s.ctx))
	s.do(s.Drop(s.ctx, 100, 100, original))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("dropped"))
	s.do(s.Type(passphrase + "\n"))
	s.do(s.Screen(s.ctx, "files.plan"))
	s.quit()
}

// TestTerminated ends the program by the signals of a session manager, a terminal and a terminal that is gone.
func TestTerminated(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			s := open(t, profile(t))
			s.do(s.Unlock(s.ctx, passphrase))
			s.do(s.Press("Ctrl+2"))
			s.do(s.Screen(s.ctx, "keys"))
			code, err := s.Signal(s.ctx, signal)
			s.do(err)
			if said := s.Said(); code != 0 || said != "" {
				t.Fatalf("exit %d: %s", code, said)
			}
		})
	}
}

// TestScryptAsItShips: other tests have cheap passphrases; nobody else has.
func TestScryptAsItShips(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(profile(t), "keyring.age"))
	if err != nil {
		t.Fatal(err)
	}
	_, stanza, _ := strings.Cut(string(raw), "\n-> ")
	stanza, _, _ = strings.Cut(stanza, "\n")
	if fields := strings.Fields(stanza); len(fields) != 3 || fields[0] != "scrypt" || fields[2] != "18" {
		t.Errorf("%q", stanza)
	}
}

// TestNoWatchesLeft runs where nobody may watch files any more, as on a desktop that has given out all of its watches.
func TestNoWatchesLeft(t *testing.T) {
	command := filepath.Join(t.TempDir(), "without-watches")
	script := fmt.Sprintf("#!/bin/sh\nexec unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_inotify_instances && exec \"$@\"' sh %s \"$@\"\n", program)
	if err := os.WriteFile(command, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	s := openBy(t, desktop(t), command, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	code, err := s.Quit(s.ctx)
	s.do(err)
	if said := s.Said(); code != 0 || strings.Contains(said, "internal error") {
		t.Fatalf("exit %d: %s", code, said)
	}
}

// TestKeyboardAlone plays the job from the lock to the result without the pointer.
func TestKeyboardAlone(t *testing.T) {
	original := random(t, t.TempDir(), "letter.txt", 1000)
	s := open(t, profile(t), original)
	s.do(s.Locked(s.ctx))
	s.do(s.Type(passphrase + "\n"))
	s.do(s.Screen(s.ctx, "files.plan"))
	s.do(s.Await(s.ctx, "the button to have the keyboard", func(st desk.State) bool { return st.Focus == "plan.go" }))
	s.do(s.Press("Space"))
	if _, err := s.Event(s.ctx, "job.done", 0); err != nil {
		t.Fatal(err)
	}
	s.do(s.Press("Ctrl+2"))
	s.do(s.Screen(s.ctx, "keys"))
	s.do(s.Press("Ctrl+1"))
	s.do(s.Screen(s.ctx, "files.done"))
	s.do(s.Press("Ctrl+L"))
	s.do(s.Locked(s.ctx))
	s.quit()
	if _, err := os.Stat(original + ".age"); err != nil {
		t.Fatal(err)
	}
}

// sparse makes a file of a size that holds one letter at its end and takes no room.
func sparse(t *testing.T, folder, name string, size int64) string {
	t.Helper()
	path := filepath.Join(folder, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(size-1, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	return path
}
