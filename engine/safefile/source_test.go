//go:build unix

package safefile

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/fault"
)

func open(t *testing.T, path string) *Source {
	t.Helper()
	s, err := OpenSource(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	put(t, path, "content")
	when := time.Unix(1_000_000_000, 5000)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if s.Path() != path || s.Size() != 7 || s.Mode() != 0o600 || !s.ModTime().Equal(when) {
		t.Errorf("%q %d %v %v", s.Path(), s.Size(), s.Mode(), s.ModTime())
	}
	got, err := io.ReadAll(s)
	if err != nil || string(got) != "content" {
		t.Errorf("%q %v", got, err)
	}
	part := make([]byte, 10)
	if n, err := s.ReadAt(part, 3); n != 4 || err != io.EOF {
		t.Errorf("%d %v", n, err)
	}
	if err := s.Changed(); err != nil {
		t.Error(err)
	}
	s.Close()
	if _, err := s.Read(part); fault.Of(err) == "" {
		t.Error("read after close")
	}
}

func TestSourceChanges(t *testing.T) {
	changes := map[string]struct {
		do   func(t *testing.T, path string)
		want fault.Kind
	}{
		"shrinks":                {func(t *testing.T, path string) { check(t, os.Truncate(path, 3)) }, fault.SourceChanged},
		"grows":                  {func(t *testing.T, path string) { appendTo(t, path) }, fault.SourceChanged},
		"touched":                {func(t *testing.T, path string) { check(t, os.Chtimes(path, time.Time{}, time.Unix(5, 0))) }, fault.SourceChanged},
		"written and dated back": {func(t *testing.T, path string) { writeAndDateBack(t, path) }, fault.SourceChanged},
		"exchanged": {func(t *testing.T, path string) {
			put(t, path+".new", "content")
			check(t, os.Rename(path+".new", path))
		}, fault.SourceChanged},
		"becomes a folder": {func(t *testing.T, path string) {
			check(t, os.Remove(path))
			check(t, os.Mkdir(path, 0o700))
		}, fault.SourceChanged},
		"vanishes":   {func(t *testing.T, path string) { check(t, os.Remove(path)) }, fault.SourceGone},
		"moves away": {func(t *testing.T, path string) { check(t, os.Rename(path, path+".away")) }, fault.SourceGone},
		"loses its folder": {func(t *testing.T, path string) {
			check(t, os.RemoveAll(filepath.Dir(path)))
		}, fault.SourceGone},
		"is read by others": {func(t *testing.T, path string) {
			_, err := os.ReadFile(path)
			check(t, err)
		}, ""},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dir", "file")
			check(t, os.Mkdir(filepath.Dir(path), 0o700))
			put(t, path, "content")
			s := open(t, path)
			c.do(t, path)
			err := s.Changed()
			if fault.Of(err) != c.want {
				t.Errorf("%v", err)
			}
			if err != nil && fault.As(err).Subject != path {
				t.Errorf("it is about %q", fault.As(err).Subject)
			}
		})
	}
}

func appendTo(t *testing.T, path string) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	check(t, err)
	defer f.Close()
	_, err = f.WriteString("more")
	check(t, err)
}

// writeAndDateBack changes a byte and hides it: same size, same modification
// time. Only the inode change time tells, once the kernel's clock has ticked.
func writeAndDateBack(t *testing.T, path string) {
	was, err := os.Stat(path)
	check(t, err)
	for {
		put(t, path, "CONTENT")
		check(t, os.Chtimes(path, time.Time{}, was.ModTime()))
		now, err := os.Stat(path)
		check(t, err)
		if !changeTime(now).Equal(changeTime(was)) {
			return
		}
	}
}

// TestSourceRefusesAtOnce would hang, and be ended by the test's own time
// limit, if anything here waited.
func TestSourceRefusesAtOnce(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	check(t, unix.Mkfifo(at("fifo"), 0o600))
	check(t, os.Symlink("fifo", at("to-fifo")))
	check(t, os.Symlink("nothing", at("dangling")))
	check(t, os.Symlink("loop2", at("loop1")))
	check(t, os.Symlink("loop1", at("loop2")))
	check(t, os.Symlink("self", at("self")))
	check(t, os.Symlink("/dev/zero", at("to-device")))
	t.Chdir(dir) // socket paths are short
	socket, err := net.ListenUnix("unix", &net.UnixAddr{Name: "socket"})
	check(t, err)
	defer socket.Close()
	put(t, at("file"), "")
	for path, want := range map[string]fault.Kind{
		at("fifo"):                      fault.NotRegular,
		at("to-fifo"):                   fault.NotRegular,
		at("socket"):                    fault.NotRegular,
		at("to-device"):                 fault.NotRegular,
		"/dev/null":                     fault.NotRegular,
		dir:                             fault.NotRegular,
		at("dangling"):                  fault.DanglingLink,
		at("loop1"):                     fault.LinkLoop,
		at("self"):                      fault.LinkLoop,
		at("missing"):                   fault.NotFound,
		at("dangling/file"):             fault.NotFound,
		at("file/below"):                fault.NotFound,
		"":                              fault.NotFound,
		at(strings.Repeat("a", 256)):    fault.NameTooLong,
		strings.Repeat("abcdefg/", 600): fault.NameTooLong,
	} {
		s, err := OpenSource(path)
		if fault.Of(err) != want {
			t.Errorf("%q: %v, want %v", path, err, want)
		}
		if err == nil {
			s.Close()
		}
	}
}

// TestPipeTakesThePlace: what Stat saw as a file is a pipe when it is opened.
func TestPipeTakesThePlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	check(t, unix.Mkfifo(path, 0o600))
	file, err := openReading(path)
	check(t, err)
	file.Close()
}

func TestSourceThroughLink(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "content")
	check(t, os.Symlink("file", filepath.Join(dir, "one")))
	check(t, os.Symlink("one", filepath.Join(dir, "two")))
	s := open(t, filepath.Join(dir, "two"))
	if s.Size() != 7 || !s.Mode().IsRegular() {
		t.Errorf("%d %v", s.Size(), s.Mode())
	}
	check(t, s.Changed())
	put(t, filepath.Join(dir, "other"), "content")
	check(t, os.Remove(filepath.Join(dir, "one")))
	check(t, os.Symlink("other", filepath.Join(dir, "one")))
	if err := s.Changed(); fault.Of(err) != fault.SourceChanged {
		t.Errorf("the link leads elsewhere: %v", err)
	}
	check(t, os.Remove(filepath.Join(dir, "one")))
	if err := s.Changed(); fault.Of(err) != fault.SourceGone {
		t.Errorf("the link leads nowhere: %v", err)
	}
}

func TestSparseSource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse")
	put(t, path, "")
	const size = 1 << 40
	if err := os.Truncate(path, size); err != nil {
		t.Skipf("no sparse file of 1 TiB here: %v", err)
	}
	s := open(t, path)
	tail := make([]byte, 16)
	if n, err := s.ReadAt(tail, size-8); n != 8 || err != io.EOF || !bytes.Equal(tail[:8], make([]byte, 8)) {
		t.Errorf("%d %v", n, err)
	}
	if s.Size() != size {
		t.Errorf("%d bytes", s.Size())
	}
	check(t, s.Changed())
}
