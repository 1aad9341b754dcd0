package engine

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

// half encrypts the first of paths for real, as a batch does before it is
// interrupted, and answers what EncryptedSince says of all.
func half(t *testing.T, e *Engine, opt batch.EncryptOptions, done, left []string, since time.Time) map[string]string {
	t.Helper()
	plan, err := e.Plan(context.Background(), append(slices.Clone(done), left...))
	if err != nil {
		t.Fatal(err)
	}
	all := plan.Encrypt
	if len(done) > 0 {
		opt.To = []identity.Recipient{e.Keys()[0].Recipient}
		j, err := e.Encrypt(&batch.Plan{Encrypt: all[:len(done)]}, opt)
		if err != nil {
			t.Fatal(err)
		}
		<-j.Done()
		if p := j.Progress(); p.Failed > 0 {
			t.Fatal(j.Row(0).Err)
		}
	}
	return e.EncryptedSince(all, opt, since)
}

func TestEncryptedSince(t *testing.T) {
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	if err := e.Create(context.Background(), "Ada", pass(), nil); err != nil {
		t.Fatal(err)
	}
	old := time.Date(2020, 1, 2, 3, 4, 5, 6789, time.UTC)
	write := func(t *testing.T, path, text string, at time.Time) string {
		t.Helper()
		os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(path, at, at)
		return path
	}
	for name, c := range map[string]struct {
		opt  batch.EncryptOptions
		done func(dir string) []string // encrypted before the interruption
		left func(dir string) []string
		more func(dir string) // what happens to the folder then
		want []string         // base names that count as done
	}{
		"plainly": {
			done: func(d string) []string { return []string{write(t, d+"/a", "aaa", old), write(t, d+"/b", "", old)} },
			left: func(d string) []string { return []string{write(t, d+"/c", "ccc", old)} },
			want: []string{"a", "b"},
		},
		"armored": {
			opt:  batch.EncryptOptions{Armor: true},
			done: func(d string) []string { return []string{write(t, d+"/a", strings.Repeat("a", 70000), old)} },
			want: []string{"a"},
		},
		"a folder": {
			done: func(d string) []string {
				write(t, d+"/box/x", "x", old)
				os.Chtimes(d+"/box", old, old)
				return []string{d + "/box"}
			},
			want: []string{"box"},
		},
		"the original changed since": {
			done: func(d string) []string { return []string{write(t, d+"/a", "aaa", old), write(t, d+"/b", "bbb", old)} },
			more: func(d string) { write(t, d+"/a", "bbb", old.Add(time.Hour)); write(t, d+"/b", "bbbb", old) },
		},
		"the result was cut": {
			done: func(d string) []string { return []string{write(t, d+"/a", "aaa", old)} },
			more: func(d string) { os.Truncate(d+"/a.age", 100); os.Chtimes(d+"/a.age", old, old) },
		},
		"the name was taken": {
			done: func(d string) []string {
				write(t, d+"/a.age", "other", old)
				return []string{write(t, d+"/a", "aaa", old)}
			},
			left: func(d string) []string {
				write(t, d+"/b.age", "other", old)
				return []string{write(t, d+"/b", "aaa", old)}
			},
			want: []string{"a"},
		},
		"hidden": {
			opt: batch.EncryptOptions{HideNames: true},
			done: func(d string) []string {
				write(t, d+"/box/x", "x", old)
				return []string{write(t, d+"/a", "aaa", old), d + "/box"}
			},
			left: func(d string) []string { return []string{write(t, d+"/c", "aaa", old)} },
			want: []string{"a", "box"},
		},
		"hidden, changed since": {
			opt:  batch.EncryptOptions{HideNames: true},
			done: func(d string) []string { return []string{write(t, d+"/a", "aaa", old), write(t, d+"/b", "bbb", old)} },
			more: func(d string) { write(t, d+"/a", "aaaa", old); write(t, d+"/b", "bbb", old.Add(1)) },
		},
		"hidden, equal names": {
			opt:  batch.EncryptOptions{HideNames: true, Dir: "out"},
			done: func(d string) []string { return []string{write(t, d+"/1/x", "aaa", old)} },
			left: func(d string) []string { return []string{write(t, d+"/2/x", "bbb", old)} },
		},
		"hidden, removed as asked": {
			opt:  batch.EncryptOptions{HideNames: true, RemoveOriginals: true},
			done: func(d string) []string { return []string{write(t, d+"/a", "aaa", old)} },
			want: []string{"a"},
		},
		"equal names in one folder, and nobody can tell whose": {
			opt:  batch.EncryptOptions{Dir: "out"},
			done: func(d string) []string { return []string{write(t, d+"/1/x", "aaa", old)} },
			left: func(d string) []string { return []string{write(t, d+"/2/x", "bbb", old)} },
		},
		"equal names in one folder, all there": {
			opt: batch.EncryptOptions{Dir: "out"},
			done: func(d string) []string {
				return []string{write(t, d+"/1/x", "aaa", old), write(t, d+"/2/x", "bbb", old)}
			},
			want: []string{"x", "x"},
		},
		"the original was removed, as asked": {
			opt:  batch.EncryptOptions{RemoveOriginals: true},
			done: func(d string) []string { return []string{write(t, d+"/a", "aaa", old)} },
			left: func(d string) []string { return []string{write(t, d+"/c", "ccc", old)} },
			want: []string{"a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if c.opt.Dir != "" {
				c.opt.Dir = filepath.Join(dir, c.opt.Dir)
				os.Mkdir(c.opt.Dir, 0o700)
			}
			var done, left []string
			if c.done != nil {
				done = c.done(dir)
			}
			if c.left != nil {
				left = c.left(dir)
			}
			before := time.Now()
			made := half(t, e, c.opt, done, left, before)
			if c.more != nil {
				c.more(dir)
				made = half(t, e, c.opt, nil, append(done, left...), before)
			}
			var got []string
			for _, path := range slices.Sorted(maps.Keys(made)) {
				got = append(got, filepath.Base(path))
				if !slices.Contains(done, path) {
					t.Errorf("%s was never encrypted", path)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", made, c.want)
			}
			// What was there before the batch began never counts.
			if made := half(t, e, c.opt, nil, append(done, left...), time.Now().Add(time.Minute)); len(made) > 0 {
				t.Errorf("results of an earlier batch: %v", made)
			}
		})
	}
}

func TestOpenedSince(t *testing.T) {
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	if err := e.Create(context.Background(), "Ada", pass(), nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var paths []string
	for i := range 3 {
		path := filepath.Join(dir, fmt.Sprint("note", i))
		if err := os.WriteFile(path, []byte(strings.Repeat("x", i)), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	began := time.Now()
	made := half(t, e, batch.EncryptOptions{}, paths, nil, began)
	if len(made) != 3 {
		t.Fatalf("%v", made)
	}
	var sealed []string
	for _, path := range paths {
		sealed = append(sealed, made[path])
		os.Remove(path)
	}
	plan, err := e.Plan(context.Background(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Decrypt(&batch.Plan{Open: plan.Open[:2]}, batch.OpenOptions{Policy: safefile.KeepBoth})
	if err != nil {
		t.Fatal(err)
	}
	<-j.Done()
	opened := e.OpenedSince(plan.Open, batch.OpenOptions{}, began)
	if len(opened) != 2 || opened[sealed[0]] != paths[0] || opened[sealed[2]] != "" {
		t.Errorf("%v", opened)
	}
	if opened := e.OpenedSince(plan.Open, batch.OpenOptions{}, time.Now().Add(time.Minute)); len(opened) != 0 {
		t.Errorf("%v", opened)
	}
}
