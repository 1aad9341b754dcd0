package agent

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cryptodesk/engine/fault"
)

func header(i int) []byte { return fmt.Appendf(nil, "age-encryption.org/v1\n-> %d\n", i) }

func TestNotes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.notes")
	key := []byte("sixteen bytes so")
	n := Open(path, key)
	if n.Has(header(1)) {
		t.Error("known before")
	}
	n.Add(header(1))
	if !n.Has(header(1)) || n.Has(header(2)) {
		t.Error("not known now, or too much")
	}
	if err := n.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := n.Flush(); err != nil { // nothing more
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), title) || strings.Count(string(text), "\n") != 2 {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if !Open(path, key).Has(header(1)) || Open(path, []byte("another agent's.")).Has(header(1)) {
		t.Error("on disk it is another")
	}
	if err := n.Forget(); err != nil || n.Has(header(1)) {
		t.Errorf("forgotten: %v", err)
	}
	if err := n.Forget(); err != nil {
		t.Errorf("forgotten twice: %v", err)
	}
}

// A line that a crash cut off costs that line.
func TestNotesAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.notes")
	key := []byte("key")
	n := Open(path, key)
	for i := range 3 {
		n.Add(header(i))
	}
	if err := n.Flush(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range lineSize + 1 {
		if err := os.WriteFile(path, text[:len(text)-1-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		again := Open(path, key)
		again.Add(header(7))
		if err := again.Flush(); err != nil {
			t.Fatal(err)
		}
		last := Open(path, key)
		if !last.Has(header(0)) || !last.Has(header(1)) || !last.Has(header(7)) || last.Has(header(2)) != (cut == 0) {
			t.Errorf("cut %d: lost more than a line", cut)
		}
	}
}

func TestNotesOfSeveralPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.notes")
	var all sync.WaitGroup
	for p := range 4 {
		n := Open(path, []byte("key"))
		for half := range 2 {
			all.Go(func() {
				for i := range unwritten {
					n.Add(header(10_000*p + 5_000*half + i))
				}
				if err := n.Flush(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	n := Open(path, []byte("key"))
	for p := range 4 {
		for half := range 2 {
			for i := range unwritten {
				if !n.Has(header(10_000*p + 5_000*half + i)) {
					t.Fatal("lost")
				}
			}
		}
	}
}

func TestNotesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	n := Open(filepath.Join(dir, "none", "agent.notes"), []byte("key"))
	n.Add(header(1))
	if err := n.Flush(); fault.Of(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "none"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := n.Flush(); err != nil || !Open(n.path, n.key).Has(header(1)) {
		t.Errorf("tried again: %v", err)
	}
	// One that grew too long is begun anew.
	if err := os.Truncate(n.path, maxNotes+1); err != nil {
		t.Fatal(err)
	}
	n.Add(header(2))
	if err := n.Flush(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(n.path); err != nil || len(text) > 200 || !bytes.HasPrefix(text, []byte(title)) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
