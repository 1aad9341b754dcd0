//go:build linux

package safefile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestKill kills a program that does nothing but make files, in all ways there
// are, at random instants, and looks at what is there then. CRYPTODESK_KILLS
// says how often (20).
func TestKill(t *testing.T) {
	if args := os.Getenv(childVariable); args != "" {
		produce(args)
		return
	}
	kills := 20
	if n, err := strconv.Atoi(os.Getenv("CRYPTODESK_KILLS")); err == nil {
		kills = n
	}
	dir, journal := t.TempDir(), filepath.Join(t.TempDir(), "journal")
	put(t, filepath.Join(dir, "replaced"), string(known(1, 10_000)))
	var leftovers, files int
	for i := range kills {
		child, out := startChild(t, fmt.Sprintf("%d\n%s\n%s", i, dir, journal))
		// Each step of the child is a byte here; killing it after one of them,
		// while it runs on, hits any instant of the next ones.
		for range 1 + rand.IntN(150) {
			if _, err := out.ReadByte(); err != nil {
				t.Fatalf("the child ended by itself: %v", err)
			}
		}
		for range rand.IntN(20_000) {
			_ = child.Process.Pid
		}
		kill(child)
		n, err := New(journal).Sweep()
		check(t, err)
		leftovers += n
		files += inspect(t, dir)
		if left := list(t, journal); len(left) != 0 {
			t.Fatalf("journals of the dead: %q", left)
		}
	}
	t.Logf("%d kills: %d leftovers swept, %d complete files under their names", kills, leftovers, files)
}

// known is content that can be told complete: it ends in the hash of the rest.
func known(seed uint64, size int) []byte {
	content := binary.BigEndian.AppendUint64(nil, uint64(size))
	chance := rand.NewPCG(seed, 7)
	for len(content) < size {
		content = binary.BigEndian.AppendUint64(content, chance.Uint64())
	}
	sum := sha256.Sum256(content)
	return append(content, sum[:]...)
}

func complete(content []byte) bool {
	if len(content) < 8+sha256.Size {
		return false
	}
	body := content[:len(content)-sha256.Size]
	sum := sha256.Sum256(body)
	return bytes.HasSuffix(content, sum[:])
}

// inspect looks at every name in dir after a kill, clears it, and counts.
func inspect(t *testing.T, dir string) (files int) {
	t.Helper()
	if content, err := os.ReadFile(filepath.Join(dir, "replaced")); err != nil || !complete(content) {
		t.Fatalf("neither the old file nor a new one: %d bytes, %v", len(content), err)
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if err == nil && strings.HasPrefix(e.Name(), "folder") && len(list(t, path)) != 3 {
				t.Errorf("%s is there with %q", path, list(t, path))
			}
			return err
		}
		if strings.HasPrefix(e.Name(), tempPrefix) {
			t.Errorf("not swept: %s", path)
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil || !complete(content) {
			t.Errorf("%s holds %d bytes that nobody wrote (%v)", path, len(content), err)
		}
		files++
		return nil
	})
	check(t, err)
	for _, name := range list(t, dir) {
		if name != "replaced" {
			check(t, os.RemoveAll(filepath.Join(dir, name)))
		}
	}
	return files
}

// produce is the child.
func produce(args string) {
	parts := strings.SplitN(args, "\n", 3)
	seed, _ := strconv.ParseUint(parts[0], 10, 64)
	chance := rand.New(rand.NewPCG(seed, 3))
	s, dir := New(parts[2]), parts[1]
	kinds := []missingAbilities{ways["unnamed"], ways["named"], ways["hard-links"], ways["look-and-lock"]}
	for n := 0; ; n++ {
		s.without = kinds[chance.IntN(len(kinds))]
		switch chance.IntN(5) {
		case 0:
			produceFile(s, filepath.Join(dir, "replaced"), chance, Replace)
		case 1:
			produceFile(s, filepath.Join(dir, "kept.bin"), chance, KeepBoth)
		case 2:
			produceFile(s, filepath.Join(dir, fmt.Sprint("new", n)), chance, Refuse)
		case 3:
			produceGroup(s, dir, n, chance)
		case 4:
			produceFolder(s, filepath.Join(dir, "folder"), chance)
		}
	}
}

func step() { os.Stdout.Write([]byte{'.'}) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func written(s *Store, target string, chance *rand.Rand) *File {
	f, err := s.Create(target, 0o644)
	must(err)
	content := known(chance.Uint64(), chance.IntN(60_000))
	step()
	half := len(content) / 2
	_, err = f.WriteAt(content[half:], int64(half))
	must(err)
	step()
	_, err = f.WriteAt(content[:half], 0)
	must(err)
	return f
}

func produceFile(s *Store, target string, chance *rand.Rand, policy Policy) {
	f := written(s, target, chance)
	defer f.Discard()
	step()
	_, err := f.Commit(policy)
	must(err)
}

func produceGroup(s *Store, dir string, n int, chance *rand.Rand) {
	files := make([]*File, 1+chance.IntN(10))
	for i := range files {
		files[i] = written(s, filepath.Join(dir, fmt.Sprintf("group%d-%d", n, i)), chance)
	}
	step()
	for _, r := range CommitAll(context.Background(), files, Refuse) {
		must(r.Err)
	}
}

func produceFolder(s *Store, target string, chance *rand.Rand) {
	d, err := s.CreateDir(target, 0o755)
	must(err)
	defer d.Discard()
	for i := range 3 {
		step()
		must(d.Root().WriteFile(fmt.Sprint(i), known(chance.Uint64(), chance.IntN(5000)), 0o644))
	}
	step()
	_, err = d.Commit(KeepBoth)
	must(err)
}
