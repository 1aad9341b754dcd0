package safefile

import (
	"os"
	"path/filepath"
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
