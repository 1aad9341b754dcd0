//go:build linux

package safefile

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

// startChild runs the calling test again in a process of its own with args and
// answers its standard output. The child ends with the test, at the latest.
func startChild(t *testing.T, args string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), childVariable+"="+args)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	check(t, err)
	// The child reads what never comes, so it does not outlive a dead parent.
	_, err = child.StdinPipe()
	check(t, err)
	check(t, child.Start())
	t.Cleanup(func() { kill(child) })
	return child, bufio.NewReader(out)
}

func kill(child *exec.Cmd) {
	_ = child.Process.Kill()
	_ = child.Wait()
}

// TestSweep: what a live program holds stays, what a dead one left goes.
func TestSweep(t *testing.T) {
	if where := os.Getenv(childVariable); where != "" {
		holdLeftovers(where)
		return
	}
	dir, journal := t.TempDir(), filepath.Join(t.TempDir(), "journal")
	put(t, filepath.Join(dir, ".cryptodesk-mine.part"), "not of any run")
	child, out := startChild(t, dir+"\n"+journal)
	_, err := out.ReadString('\n')
	check(t, err)
	alive := list(t, dir)
	if len(alive) != 4 {
		t.Errorf("the child holds %q", alive)
	}
	s := New(journal)
	own := create(t, withoutUnnamed(s), filepath.Join(dir, "own"), "x")
	if n, err := s.Sweep(); n != 0 || err != nil {
		t.Errorf("swept %d (%v) of living programs", n, err)
	}
	if now := list(t, dir); len(now) != 5 {
		t.Errorf("after a sweep among the living: %q", now)
	}
	kill(child)
	// Several programs start at once; together they sweep everything once.
	removed := make(chan int)
	for range 4 {
		go func() {
			n, err := New(journal).Sweep()
			if err != nil {
				t.Error(err)
			}
			removed <- n
		}()
	}
	total := 0
	for range 4 {
		total += <-removed
	}
	if total != 3 {
		t.Errorf("swept %d leftovers, want 3", total)
	}
	if final, err := own.Commit(Refuse); err != nil || filepath.Base(final) != "own" {
		t.Errorf("the sweep took what another live run was writing: %v", err)
	}
	if left := list(t, dir); !slices.Equal(left, []string{".cryptodesk-mine.part", "own"}) {
		t.Errorf("left %q", left)
	}
	check(t, s.Close())
	if left := list(t, journal); len(left) != 0 {
		t.Errorf("journals left: %q", left)
	}
}

func withoutUnnamed(s *Store) *Store {
	s.without.unnamed = true
	return s
}

// holdLeftovers is the child: two files and a folder that are never finished.
func holdLeftovers(where string) {
	dir, journal, _ := strings.Cut(where, "\n")
	s := withoutUnnamed(New(journal))
	for range 2 {
		f, err := s.Create(filepath.Join(dir, "a"), 0o600)
		if err != nil {
			panic(err)
		}
		defer f.Discard()
	}
	d, err := s.CreateDir(filepath.Join(dir, "b"), 0o700)
	if err != nil {
		panic(err)
	}
	defer d.Discard()
	_ = d.Root().MkdirAll("x/y", 0o700)
	_ = d.Root().Chmod("x/y", 0)
	os.Stdout.WriteString("ready\n")
	_, _ = io.Copy(io.Discard, os.Stdin) // until killed
}

// dead writes the journal of a run that is over, with a leftover in folder.
func dead(t *testing.T, journal, owner, folder string, tail string) {
	t.Helper()
	check(t, os.MkdirAll(journal, 0o700))
	put(t, filepath.Join(journal, owner+journalSuffix), folder+"\x00"+tail)
}

func TestSweepWaitsForTheStick(t *testing.T) {
	journal, stick := filepath.Join(t.TempDir(), "journal"), filepath.Join(t.TempDir(), "stick\nname")
	dead(t, journal, "aaaa", stick, "/half-writ")
	now := time.Now()
	if n, err := sweep(journal, now); n != 0 || err != nil || len(list(t, journal)) != 1 {
		t.Errorf("%d %v: %q", n, err, list(t, journal))
	}
	check(t, os.Mkdir(stick, 0o700))
	put(t, filepath.Join(stick, ".cryptodesk-aaaa-1.part"), "x")
	put(t, filepath.Join(stick, ".cryptodesk-aaaab-1.part"), "of another run")
	put(t, filepath.Join(stick, ".cryptodesk-aaaa-1.part.txt"), "of somebody")
	if n, err := sweep(journal, now); n != 1 || err != nil || len(list(t, journal)) != 0 || len(list(t, stick)) != 2 {
		t.Errorf("%d %v: %q %q", n, err, list(t, journal), list(t, stick))
	}
	dead(t, journal, "aaaa", filepath.Join(stick, "never"), "")
	if n, err := sweep(journal, now.Add(unreachableFor+time.Hour)); n != 0 || err != nil || len(list(t, journal)) != 0 {
		t.Errorf("after 90 days: %d %v: %q", n, err, list(t, journal))
	}
}

// TestSweepFollowsNoLink: a leftover that is a link is removed, not what it
// leads to.
func TestSweepFollowsNoLink(t *testing.T) {
	journal, dir, precious := filepath.Join(t.TempDir(), "journal"), t.TempDir(), t.TempDir()
	put(t, filepath.Join(precious, "file"), "x")
	dead(t, journal, "aaaa", dir, "")
	check(t, os.Symlink(precious, filepath.Join(dir, ".cryptodesk-aaaa-1.part")))
	if n, err := New(journal).Sweep(); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	holds(t, filepath.Join(precious, "file"), "x")
}

func TestSweepOfNothing(t *testing.T) {
	for _, s := range []*Store{New(""), New(filepath.Join(t.TempDir(), "no", "such"))} {
		if n, err := s.Sweep(); n != 0 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		check(t, s.Close())
	}
	journal := t.TempDir()
	put(t, filepath.Join(journal, "other.txt"), "not a journal")
	put(t, filepath.Join(journal, "empty.journal"), "")
	check(t, os.Mkdir(filepath.Join(journal, "folder.journal"), 0o700))
	if n, err := New(journal).Sweep(); n != 0 || err != nil || len(list(t, journal)) != 2 {
		t.Errorf("%d %v %q", n, err, list(t, journal))
	}
}

// TestNoJournalNoTemporary: what could not be swept later is not made.
func TestNoJournalNoTemporary(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "in the way")
	s := withoutUnnamed(New(filepath.Join(dir, "file", "journal")))
	if _, err := s.Create(filepath.Join(dir, "a"), 0o600); fault.Of(err) == "" {
		t.Error("made a temporary that nothing remembers")
	}
	if names := list(t, dir); len(names) != 1 || len(s.folders) != 0 {
		t.Errorf("left %q", names)
	}
}
