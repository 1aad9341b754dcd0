package safefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

// onlyIn fills a Dir for target with one file and something beside it.
func onlyIn(t *testing.T, s *Store, target string) *Only {
	t.Helper()
	d, err := s.CreateDir(target, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"real.txt", "rest"} {
		if err := d.Root().WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.Rename("real.txt")
	return d.Only("real.txt")
}

func TestOnlyOneFileTakesTheFoldersPlace(t *testing.T) {
	dir := t.TempDir()
	s := New(filepath.Join(t.TempDir(), "journal"))
	defer s.Close()
	target := filepath.Join(dir, "0123456789abcdef")
	for _, want := range []string{"real.txt", "real (2).txt"} {
		final, err := onlyIn(t, s, target).Commit(KeepBoth)
		if err != nil || final != filepath.Join(dir, want) {
			t.Fatalf("published %q, %v; want %q", final, err, want)
		}
		if b, err := os.ReadFile(final); err != nil || string(b) != "real.txt" {
			t.Fatalf("read %q, %v", b, err)
		}
	}
	o := onlyIn(t, s, target)
	if _, err := o.Commit(Refuse); fault.Of(err) != fault.Exists {
		t.Fatalf("a taken name answered %v", err)
	}
	o.Discard()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

// TestNamesFromOutside: a name that came out of an archive leads nowhere else.
func TestNamesFromOutside(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		sub := filepath.Join(dir, "sub")
		check(t, os.Mkdir(sub, 0o700))
		for name, want := range map[string]fault.Kind{
			"../out": fault.BadName, "..": fault.BadName, "": fault.BadName, ".": fault.BadName, "/tmp/x": fault.BadName,
			"a/b": fault.BadName, "a\x00": fault.BadName, strings.Repeat("a", 256): fault.NameTooLong,
		} {
			o := onlyIn(t, s, filepath.Join(sub, "0123456789abcdef"))
			o.dir.Rename(name)
			if _, err := o.Commit(KeepBoth); fault.Of(err) != want {
				t.Errorf("a file called %q: %v", name, err)
			}
			if _, err := o.dir.Commit(KeepBoth); fault.Of(err) != want {
				t.Errorf("a folder called %q: %v", name, err)
			}
			o.dir.Rename("fine")
			o.entry = name
			if _, err := o.Commit(KeepBoth); fault.Of(err) != want {
				t.Errorf("the entry %q: %v", name, err)
			}
			o.Discard()
		}
		if names := append(list(t, dir), list(t, sub)...); len(names) != 1 {
			t.Errorf("left %q", names)
		}
	})
}
