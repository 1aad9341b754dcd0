package safefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

// ways are what file systems can do: each must keep the same promises.
var ways = map[string]missingAbilities{
	"unnamed":       {},
	"unnamed-fsync": {syncAll: true},
	"named":         {unnamed: true},
	"hard-links":    {unnamed: true, noReplace: true, syncAll: true},
	"look-and-lock": {unnamed: true, noReplace: true, link: true, syncAll: true},
}

// eachWay runs f with a store of each kind and an empty folder, and checks that
// nothing is left behind in it.
func eachWay(t *testing.T, f func(t *testing.T, s *Store, dir string)) {
	for name, without := range ways {
		t.Run(name, func(t *testing.T) {
			s, dir := New(filepath.Join(t.TempDir(), "journal")), t.TempDir()
			s.without = without
			t.Cleanup(func() { checkClean(t, s, dir) })
			f(t, s, dir)
		})
	}
}

func checkClean(t *testing.T, s *Store, dir string) {
	for _, name := range list(t, dir) {
		if strings.HasPrefix(name, tempPrefix) {
			t.Errorf("left behind: %s", name)
		}
	}
	if len(s.folders) != 0 {
		t.Errorf("folders still open: %v", s.folders)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left := list(t, s.journal.dir); len(left) != 0 {
		t.Errorf("journals left: %q", left)
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func list(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func holds(t testing.TB, path, content string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("%q holds %q (%v), want %q", path, got, err, content)
	}
}

func create(t testing.TB, s *Store, target, content string) *File {
	t.Helper()
	f, err := s.Create(target, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Discard)
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCommit(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		target := filepath.Join(dir, "a.txt")
		f, err := s.Create(target, 0o4640)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Discard()
		if _, err := f.WriteAt([]byte("cd"), 2); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("ab")); err != nil {
			t.Fatal(err)
		}
		back := make([]byte, 4)
		if n, err := f.ReadAt(back, 0); n != 4 || err != nil || string(back) != "abcd" {
			t.Errorf("%q %v", back, err)
		}
		if err := f.Sync(); err != nil {
			t.Error(err)
		}
		when := time.Date(2001, 2, 3, 4, 5, 6, 789_000_000, time.UTC)
		f.SetTimes(when)
		if _, err := os.Lstat(target); err == nil {
			t.Error("there before it was committed")
		}
		final, err := f.Commit(KeepBoth)
		if final != target || err != nil || f.Target() != target {
			t.Fatalf("%q %v", final, err)
		}
		holds(t, target, "abcd")
		info, err := os.Lstat(target)
		if err != nil || info.Mode() != 0o640 || !info.ModTime().Equal(when) {
			t.Errorf("%v %v %v", info.Mode(), info.ModTime(), err)
		}
		if _, err := f.Commit(KeepBoth); err == nil {
			t.Error("committed twice")
		}
		f.Discard()
		f.Discard()
		holds(t, target, "abcd")
	})
}

func TestDiscard(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		f := create(t, s, filepath.Join(dir, "a"), "x")
		f.Discard()
		f.Discard()
		if names := list(t, dir); len(names) != 0 {
			t.Errorf("left %q", names)
		}
		if _, err := f.Write([]byte("x")); fault.Of(err) == "" {
			t.Error("could be written after the discard")
		}
	})
}

func TestPolicies(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		target := filepath.Join(dir, "a.pdf.age")
		put(t, target, "old")
		f := create(t, s, target, "new")
		if _, err := f.Commit(Refuse); fault.Of(err) != fault.Exists || fault.As(err).Subject != target {
			t.Errorf("Refuse: %v", err)
		}
		if _, err := f.Commit(Skip); err != ErrSkipped {
			t.Errorf("Skip: %v", err)
		}
		holds(t, target, "old")
		// What was refused can still be kept.
		if final, err := f.Commit(KeepBoth); final != filepath.Join(dir, "a (2).pdf.age") || err != nil {
			t.Errorf("KeepBoth: %q %v", final, err)
		}
		if final, err := create(t, s, target, "third").Commit(KeepBoth); final != filepath.Join(dir, "a (3).pdf.age") || err != nil {
			t.Errorf("KeepBoth again: %q %v", final, err)
		}
		holds(t, target, "old")
		if final, err := create(t, s, target, "newest").Commit(Replace); final != target || err != nil {
			t.Errorf("Replace: %q %v", final, err)
		}
		holds(t, target, "newest")
		holds(t, filepath.Join(dir, "a (2).pdf.age"), "new")
		holds(t, filepath.Join(dir, "a (3).pdf.age"), "third")
		if final, err := create(t, s, filepath.Join(dir, "free"), "x").Commit(Replace); err != nil || filepath.Base(final) != "free" {
			t.Errorf("Replace of nothing: %q %v", final, err)
		}
	})
}

func TestTargetIsSomethingElse(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		folder, link, other := filepath.Join(dir, "folder"), filepath.Join(dir, "link"), filepath.Join(dir, "other")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := create(t, s, folder, "x").Commit(Replace); fault.Of(err) != fault.Exists {
			t.Errorf("a folder was replaced: %v", err)
		}
		put(t, other, "other")
		if err := os.Symlink("other", link); err != nil {
			t.Fatal(err)
		}
		if final, err := create(t, s, link, "x").Commit(KeepBoth); filepath.Base(final) != "link (2)" || err != nil {
			t.Errorf("beside a link: %q %v", final, err)
		}
		if _, err := create(t, s, link, "new").Commit(Replace); err != nil {
			t.Error(err)
		}
		holds(t, link, "new")
		holds(t, other, "other")
		dangling := filepath.Join(dir, "dangling")
		if err := os.Symlink("nothing", dangling); err != nil {
			t.Fatal(err)
		}
		if _, err := create(t, s, dangling, "x").Commit(Refuse); fault.Of(err) != fault.Exists {
			t.Errorf("written through a dangling link: %v", err)
		}
	})
}

// TestOddNames: names are bytes, and come out as they went in.
func TestOddNames(t *testing.T) {
	names := []string{
		"line\nbreak", "bad\xff\xfeutf8", nfd, "한글", " ", "-rf", "a\\b", "%s%n", "\u202e.txt", "*?", "\x01",
		strings.Repeat("가", 85), strings.Repeat("\xff", 255),
	}
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		for _, name := range names {
			for range 2 {
				if _, err := create(t, s, filepath.Join(dir, name), name).Commit(KeepBoth); err != nil {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
		got := list(t, dir)
		if len(got) != 2*len(names) {
			t.Errorf("%d names: %q", len(got), got)
		}
		for _, name := range names {
			if !slices.Contains(got, name) {
				t.Errorf("%q is not there", name)
			}
			src, err := OpenSource(filepath.Join(dir, name))
			if err != nil {
				t.Errorf("%q: %v", name, err)
				continue
			}
			src.Close()
		}
	})
}

// TestManyWriters has stores of their own race for one name, as programs would.
func TestManyWriters(t *testing.T) {
	const writers = 8
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		race := func(name string, policy Policy) (finals []string, errs []error) {
			files := make([]*File, writers)
			for i := range files {
				own := New(filepath.Join(t.TempDir(), "journal"))
				own.without = s.without
				files[i] = create(t, own, filepath.Join(dir, name), fmt.Sprint(i))
			}
			finals, errs = make([]string, writers), make([]error, writers)
			start := make(chan struct{})
			var all sync.WaitGroup
			for i, f := range files {
				all.Go(func() {
					<-start
					finals[i], errs[i] = f.Commit(policy)
				})
			}
			close(start)
			all.Wait()
			for _, f := range files {
				f.Discard()
			}
			return finals, errs
		}
		finals, errs := race("one", Refuse)
		won := 0
		for i, err := range errs {
			switch {
			case err == nil:
				won++
				holds(t, finals[i], fmt.Sprint(i))
			case fault.Of(err) != fault.Exists:
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d won the same name", won, writers)
		}
		finals, errs = race("each.txt", KeepBoth)
		for i, err := range errs {
			if err != nil {
				t.Error(err)
			}
			holds(t, finals[i], fmt.Sprint(i))
		}
		want := []string{"each.txt"}
		for n := 2; n <= writers; n++ {
			want = append(want, fmt.Sprintf("each (%d).txt", n))
		}
		for i := range finals {
			finals[i] = filepath.Base(finals[i])
		}
		slices.Sort(want)
		slices.Sort(finals)
		if !slices.Equal(finals, want) {
			t.Errorf("got %q, want %q", finals, want)
		}
		_, errs = race("last", Replace)
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
}

func TestCommitAll(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		const subs = "pqrstuvwxy" // more folders than are flushed one by one
		for _, sub := range strings.Split(subs, "") {
			if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		put(t, filepath.Join(dir, "w", "7"), "old")
		var files []*File
		for i := range 40 {
			f := create(t, s, filepath.Join(dir, string(subs[i%len(subs)]), fmt.Sprint(i)), fmt.Sprint("content ", i))
			f.mode = 0o644
			files = append(files, f)
		}
		files[3].Discard()
		results := CommitAll(t.Context(), files, Refuse)
		for i, r := range results {
			switch i {
			case 3:
				if r.Err == nil || r.Path != "" {
					t.Errorf("discarded: %+v", r)
				}
			case 7:
				if fault.Of(r.Err) != fault.Exists || r.Path != "" {
					t.Errorf("taken: %+v", r)
				}
			default:
				if r.Err != nil || r.Path != files[i].Target() {
					t.Errorf("%d: %+v", i, r)
				}
				holds(t, r.Path, fmt.Sprint("content ", i))
			}
		}
		holds(t, filepath.Join(dir, "w", "7"), "old")
		again := CommitAll(t.Context(), files[7:8], KeepBoth)
		if again[0].Path != filepath.Join(dir, "w", "7 (2)") || again[0].Err != nil {
			t.Errorf("%+v", again[0])
		}
	})
}

func TestCommitAllCancelled(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		var files []*File
		for i := range 10 {
			files = append(files, create(t, s, filepath.Join(dir, fmt.Sprint(i)), "x"))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, r := range CommitAll(ctx, files, KeepBoth) {
			if fault.Of(r.Err) != fault.Cancelled || r.Path != "" {
				t.Errorf("%+v", r)
			}
		}
		for _, f := range files {
			f.Discard()
		}
		if names := list(t, dir); len(names) != 0 {
			t.Errorf("published: %q", names)
		}
	})
}

// countdown is a context that is cancelled once it was asked often enough.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestCommitAllCancelledHalfway: what has its name keeps it, the rest gets none.
func TestCommitAllCancelledHalfway(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		var files []*File
		for i := range 10 {
			files = append(files, create(t, s, filepath.Join(dir, fmt.Sprint(i)), "x"))
		}
		// Each file is asked about before the flush and before it gets its name.
		results := CommitAll(&countdown{t.Context(), 14}, files, KeepBoth)
		for i, r := range results {
			if i < 4 && (r.Err != nil || r.Path != files[i].Target()) || i >= 4 && fault.Of(r.Err) != fault.Cancelled {
				t.Errorf("%d: %+v", i, r)
			}
			files[i].Discard()
		}
		if names := list(t, dir); len(names) != 4 {
			t.Errorf("published: %q", names)
		}
	})
}

// TestFolderMovesAway: the result follows the folder it was meant for.
func TestFolderMovesAway(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
		if err := os.Mkdir(before, 0o700); err != nil {
			t.Fatal(err)
		}
		f := create(t, s, filepath.Join(before, "a"), "x")
		if err := os.Rename(before, after); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Commit(Refuse); err != nil {
			t.Error(err)
		}
		holds(t, filepath.Join(after, "a"), "x")
	})
}

func TestFolderVanishes(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		gone := filepath.Join(dir, "gone")
		if err := os.Mkdir(gone, 0o700); err != nil {
			t.Fatal(err)
		}
		f := create(t, s, filepath.Join(gone, "a"), "x")
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
		if final, err := f.Commit(KeepBoth); fault.Of(err) != fault.NotFound || final != "" {
			t.Errorf("%q %v", final, err)
		}
		f.Discard()
	})
}

func BenchmarkCommit(b *testing.B) {
	s, dir := New(filepath.Join(b.TempDir(), "journal")), b.TempDir()
	block := bytes.Repeat([]byte("x"), 4300)
	i := 0
	for b.Loop() {
		f, err := s.Create(filepath.Join(dir, fmt.Sprint(i)), 0o644)
		if err != nil {
			b.Fatal(err)
		}
		i++
		f.Write(block)
		f.SetTimes(time.Unix(1e9, 0))
		if _, err := f.Commit(KeepBoth); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "files/s")
}

func BenchmarkCommitAll(b *testing.B) {
	for _, size := range []int{4, 16, 64, 256, 1024} {
		for way, without := range map[string]missingAbilities{"syncfs": {}, "fsync": {syncAll: true}, "named": {unnamed: true}} {
			b.Run(fmt.Sprintf("%s/group=%d", way, size), func(b *testing.B) {
				s, dir := New(filepath.Join(b.TempDir(), "journal")), b.TempDir()
				s.without = without
				block := bytes.Repeat([]byte("x"), 4300)
				i := 0
				for b.Loop() {
					files := make([]*File, size)
					for k := range files {
						f, err := s.Create(filepath.Join(dir, fmt.Sprint(i)), 0o644)
						if err != nil {
							b.Fatal(err)
						}
						i++
						f.Write(block)
						f.SetTimes(time.Unix(1e9, 0))
						files[k] = f
					}
					for _, r := range CommitAll(context.Background(), files, KeepBoth) {
						if r.Err != nil {
							b.Fatal(r.Err)
						}
					}
				}
				b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "files/s")
			})
		}
	}
}
