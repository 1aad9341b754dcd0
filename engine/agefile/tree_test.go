package agefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// makeTree makes a folder with everything that a folder can hold and an archive
// can keep, and answers its path.
func makeTree(t *testing.T, dir string) string {
	file := func(name string, data []byte, mode fs.FileMode) {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, data, 0o600))
		must(t, os.Chmod(path, mode))
		must(t, os.Chtimes(path, time.Time{}, someTime))
	}
	file("plain.txt", []byte("plain"), 0o644)
	file("empty", nil, 0o600)
	file("run.sh", []byte("#!/bin/sh\n"), 0o755)
	file("read only", []byte("r"), 0o400)
	file("big.bin", randomBytes(3<<20+17), 0o640)
	file("chunk.bin", randomBytes(aheadSize), 0o640)
	file("photos/photos/photos", []byte("the same name three times"), 0o644)
	file("한글/한글.txt", []byte("NFC"), 0o644)
	file("한글/\u1112\u1161\u11ab\u1100\u1173\u11af.txt", []byte("NFD"), 0o644) // decomposed
	file("new\nline", []byte("n"), 0o644)
	file("invalid \xff\xfe", []byte("u"), 0o644)
	file("..almost", []byte("d"), 0o644)
	file("-dash", []byte("d"), 0o644)
	file(strings.Repeat("n", 255), []byte("the longest name"), 0o644)
	for i := range 200 {
		file(fmt.Sprintf("many/%03d", i), randomBytes(i*50), 0o644)
	}
	sparse := filepath.Join(dir, "sparse")
	file("sparse", nil, 0o644)
	f, err := os.OpenFile(sparse, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("end"), 20<<20)
	must(t, err)
	must(t, f.Close())
	must(t, os.Chtimes(sparse, time.Time{}, someTime))
	must(t, os.Link(filepath.Join(dir, "plain.txt"), filepath.Join(dir, "z hard")))
	must(t, os.Link(filepath.Join(dir, "big.bin"), filepath.Join(dir, "photos/hard big")))
	must(t, os.Symlink("plain.txt", filepath.Join(dir, "link")))
	must(t, os.Symlink("../plain.txt", filepath.Join(dir, "photos/link up")))
	must(t, os.Symlink("photos", filepath.Join(dir, "a link to a folder")))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	must(t, os.Mkdir(filepath.Join(dir, "empty folder"), 0o711))
	must(t, os.Mkdir(filepath.Join(dir, "closed"), 0o755))
	file("closed/in", []byte("in"), 0o600)
	must(t, os.Chmod(filepath.Join(dir, "closed"), 0o500))
	for _, d := range []string{"photos/photos", "photos", "empty folder", "closed", "."} {
		must(t, os.Chtimes(filepath.Join(dir, d), time.Time{}, someTime))
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(dir, "closed"), 0o700) })
	return dir
}

func sameTree(t *testing.T, got, want string) { t.Helper(); sameTreeTo(t, got, want, true) }

// sameTreeTo compares names, types, permissions, times (to the nanosecond or
// to the second), contents, link targets and which names are one file.
func sameTreeTo(t *testing.T, got, want string, exact bool) {
	t.Helper()
	g, w := listTree(t, got, exact), listTree(t, want, exact)
	for name, is := range w {
		if g[name] != is {
			t.Errorf("%q is %q, want %q", name, g[name], is)
		}
		delete(g, name)
	}
	for name := range g {
		t.Errorf("%q should not be there", name)
	}
}

func listTree(t *testing.T, dir string, exact bool) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	first := make(map[fileID]string)
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		is := info.Mode().String()
		switch {
		case info.Mode().IsRegular():
			is += fmt.Sprintf(" %d %x", info.Size(), sum(t, path))
			if id, several := idOf(info); several {
				if first[id] == "" {
					first[id] = rel
				}
				is += " as " + first[id]
			}
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			must(t, err)
			tree[rel] = "link to " + to
			return nil
		}
		when := info.ModTime()
		if !exact {
			when = when.Truncate(time.Second)
		}
		tree[rel] = is + " " + when.UTC().Format(time.RFC3339Nano)
		return nil
	}))
	return tree
}
