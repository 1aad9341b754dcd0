package safefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

func createDir(t *testing.T, s *Store, target string) *Dir {
	t.Helper()
	d, err := s.CreateDir(target, 0o750)
	check(t, err)
	t.Cleanup(d.Discard)
	return d
}

// fill makes a tree with modes that lock their owner out and names that are
// not UTF-8.
func fill(t *testing.T, root *os.Root) {
	t.Helper()
	check(t, root.MkdirAll("a/b/c\xff", 0o755))
	check(t, root.WriteFile("a/b/c\xff/file\n", []byte("deep"), 0o644))
	check(t, root.WriteFile("a/none", []byte("x"), 0o000))
	check(t, root.Symlink("/etc/passwd", "a/link"))
	check(t, root.Chmod("a/b/c\xff", 0o000))
	check(t, root.Chmod("a/b", 0o555))
}

func TestDir(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		target := filepath.Join(dir, "photos v1.2")
		d := createDir(t, s, target)
		fill(t, d.Root())
		when := time.Unix(1_000_000_000, 0)
		d.SetTimes(when)
		if _, err := os.Lstat(target); err == nil {
			t.Error("there before it was committed")
		}
		for _, name := range list(t, dir) {
			info, err := os.Lstat(filepath.Join(dir, name))
			if err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("others may look into the unfinished %s: %v %v", name, info.Mode(), err)
			}
		}
		final, err := d.Commit(KeepBoth)
		if final != target || err != nil || d.Target() != target {
			t.Fatalf("%q %v", final, err)
		}
		info, err := os.Lstat(target)
		if err != nil || info.Mode() != fs.ModeDir|0o750 || !info.ModTime().Equal(when) {
			t.Errorf("%v %v %v", info.Mode(), info.ModTime(), err)
		}
		for name, mode := range map[string]fs.FileMode{"a/b": 0o555, "a/b/c\xff": 0, "a/none": 0} {
			if info, err := os.Lstat(filepath.Join(target, name)); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%q has mode %v (%v), want %v", name, info.Mode(), err, mode)
			}
		}
		if _, err := d.Commit(KeepBoth); err == nil {
			t.Error("committed twice")
		}
		d.Discard()
		if _, err := os.Lstat(target); err != nil {
			t.Error("the discard took the committed folder")
		}
		root, err := os.OpenRoot(dir)
		check(t, err)
		defer root.Close()
		check(t, removeTree(root, "photos v1.2"))
	})
}

func TestDirPolicies(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		target := filepath.Join(dir, "v1.2")
		check(t, os.Mkdir(target, 0o700))
		put(t, filepath.Join(target, "mine"), "mine")
		d := createDir(t, s, target)
		check(t, d.Root().WriteFile("new", []byte("new"), 0o600))
		for _, p := range []Policy{Refuse, Replace} {
			if final, err := d.Commit(p); fault.Of(err) != fault.Exists || final != "" {
				t.Errorf("policy %d: %q %v", p, final, err)
			}
		}
		if _, err := d.Commit(Skip); err != ErrSkipped {
			t.Errorf("Skip: %v", err)
		}
		if final, err := d.Commit(KeepBoth); final != target+" (2)" || err != nil {
			t.Errorf("KeepBoth: %q %v", final, err)
		}
		holds(t, filepath.Join(target+" (2)", "new"), "new")
		holds(t, filepath.Join(target, "mine"), "mine")
		if names := list(t, target); len(names) != 1 {
			t.Errorf("the old folder holds %q", names)
		}
		// Not even an empty folder, nor a file, is replaced.
		for _, taken := range []string{"empty", "file"} {
			path := filepath.Join(dir, taken)
			if taken == "empty" {
				check(t, os.Mkdir(path, 0o700))
			} else {
				put(t, path, "mine")
			}
			if _, err := createDir(t, s, path).Commit(Replace); fault.Of(err) != fault.Exists {
				t.Errorf("%s: %v", taken, err)
			}
		}
	})
}

func TestDirDiscard(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		d := createDir(t, s, filepath.Join(dir, "a"))
		fill(t, d.Root())
		d.Discard()
		d.Discard()
		if names := list(t, dir); len(names) != 0 {
			t.Errorf("left %q", names)
		}
	})
}

// TestDeepDir: folders in each other whose path no system call takes.
func TestDeepDir(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		for _, keep := range []bool{true, false} {
			d := createDir(t, s, filepath.Join(dir, "deep"))
			deepen(t, d.Root(), 250)
			if !keep {
				d.Discard()
				continue
			}
			final, err := d.Commit(KeepBoth)
			check(t, err)
			check(t, os.RemoveAll(final))
		}
		if names := list(t, dir); len(names) != 0 {
			t.Errorf("left %q", names)
		}
	})
}

func deepen(t *testing.T, at *os.Root, depth int) {
	var open []*os.Root
	for i := range depth {
		name := fmt.Sprint(strings.Repeat("d", 20), i)
		check(t, at.Mkdir(name, 0o700))
		next, err := at.OpenRoot(name)
		check(t, err)
		open = append(open, next)
		at = next
	}
	check(t, at.WriteFile("file", []byte("x"), 0o600))
	for _, r := range open {
		r.Close()
	}
}
