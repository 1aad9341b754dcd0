//go:build linux

package safefile

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/fault"
)

const childVariable = "CRYPTODESK_SAFEFILE_CHILD"

// inChild runs the test that calls it again in a process of its own and answers
// true there; in the parent it fails or skips as the child did.
func inChild(t *testing.T, attr *syscall.SysProcAttr) bool {
	if os.Getenv(childVariable) == t.Name() {
		return true
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1")
	child.Env = append(os.Environ(), childVariable+"="+t.Name())
	child.SysProcAttr = attr
	out, err := child.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC):
		t.Skipf("no namespaces of its own here: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("%s", out)
	}
	return false
}

// own is a process with a private view of the mounts, as root of its own user
// namespace if it is nobody here.
func own() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

func mountSmall(t *testing.T, options string, flags uintptr) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		t.Skipf("cannot mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// TestDiskFull fills a real file system of 1 MiB.
func TestDiskFull(t *testing.T) {
	if !inChild(t, own()) {
		return
	}
	eachWay(t, func(t *testing.T, s *Store, _ string) {
		dir := mountSmall(t, "size=1m", 0)
		target := filepath.Join(dir, "file.age")
		put(t, target, "old")
		for range 2 {
			f, err := s.Create(target, 0o644)
			check(t, err)
			block := make([]byte, 64<<10)
			written := 0
			for err == nil && written < 4<<20 {
				var n int
				n, err = f.WriteAt(block, int64(written))
				written += n
			}
			if fault.Of(err) != fault.NoSpace || fault.As(err).Subject != target {
				t.Fatalf("after %d bytes: %v", written, err)
			}
			f.Discard()
			if names := list(t, dir); len(names) != 1 {
				t.Errorf("left %q", names)
			}
			holds(t, target, "old")
		}
		// The space is there again.
		if _, err := create(t, s, target, strings.Repeat("x", 900<<10)).Commit(Replace); err != nil {
			t.Error(err)
		}
	})
}

// TestNoInodes: a disk that is full of names has no room for another one.
func TestNoInodes(t *testing.T) {
	if !inChild(t, own()) {
		return
	}
	eachWay(t, func(t *testing.T, s *Store, _ string) {
		dir := mountSmall(t, "size=1m,nr_inodes=8", 0)
		var err error
		var files []*File
		for len(files) < 16 && err == nil {
			var f *File
			if f, err = s.Create(filepath.Join(dir, fmt.Sprint(len(files))), 0o600); err == nil {
				files = append(files, f)
			}
		}
		if fault.Of(err) != fault.NoSpace {
			t.Errorf("after %d files: %v", len(files), err)
		}
		for i, r := range CommitAll(t.Context(), files, Refuse) {
			// A hard link takes room of its own on a tmpfs.
			if r.Err != nil && (fault.Of(r.Err) != fault.NoSpace || r.Path != "" || s.without.link || !s.without.noReplace) {
				t.Error(r.Err)
			}
			files[i].Discard()
		}
	})
}

func TestReadOnlyDisk(t *testing.T) {
	if !inChild(t, own()) {
		return
	}
	eachWay(t, func(t *testing.T, s *Store, _ string) {
		dir := mountSmall(t, "size=1m", unix.MS_RDONLY)
		if _, err := s.Create(filepath.Join(dir, "a"), 0o600); fault.Of(err) != fault.ReadOnly || fault.As(err).Subject != dir {
			t.Error(err)
		}
		if _, err := s.CreateDir(filepath.Join(dir, "a"), 0o600); fault.Of(err) != fault.ReadOnly {
			t.Error(err)
		}
	})
}

// becomeNobody gives up root in this process, for folders that root may write.
func becomeNobody(t *testing.T) {
	if os.Getuid() != 0 {
		return
	}
	const nobody = 65534
	check(t, syscall.Setgroups(nil))
	check(t, syscall.Setgid(nobody))
	check(t, syscall.Setuid(nobody))
}

func TestNoPermission(t *testing.T) {
	if !inChild(t, nil) {
		return
	}
	home, err := os.MkdirTemp("", "nobody")
	check(t, err)
	check(t, os.Chmod(home, 0o777))
	locked, closed, sealed := filepath.Join(home, "locked"), filepath.Join(home, "closed"), filepath.Join(home, "sealed")
	if os.Getuid() == 0 {
		becomeNobody(t)
	}
	defer os.RemoveAll(home)
	check(t, os.Mkdir(locked, 0o755))
	check(t, os.Mkdir(closed, 0o755))
	put(t, filepath.Join(locked, "old"), "old")
	put(t, filepath.Join(closed, "old"), "old")
	put(t, sealed, "x")
	check(t, os.Chmod(sealed, 0))
	check(t, os.Chmod(locked, 0o555))
	check(t, os.Chmod(closed, 0))
	defer os.Chmod(locked, 0o700)
	defer os.Chmod(closed, 0o700)
	for name, without := range ways {
		s := New(filepath.Join(home, "journal"))
		s.without = without
		if _, err := s.Create(filepath.Join(locked, "a"), 0o600); fault.Of(err) != fault.Permission || fault.As(err).Subject != locked {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.CreateDir(filepath.Join(locked, "a"), 0o700); fault.Of(err) != fault.Permission {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.folders) != 0 {
			t.Errorf("%s: folders still open", name)
		}

		// A folder whose modes lock us out is flushed, kept, and removed all the same.
		for _, keep := range []bool{true, false} {
			d, err := s.CreateDir(filepath.Join(home, "tree"), 0o500)
			check(t, err)
			fill(t, d.Root())
			if keep {
				_, err = d.Commit(Refuse)
				check(t, err)
				root, err := os.OpenRoot(home)
				check(t, err)
				check(t, removeTree(root, "tree"))
				root.Close()
			} else {
				d.Discard()
			}
		}
		check(t, s.Close())
	}
	for path, want := range map[string]fault.Kind{
		sealed:                        fault.Permission,
		filepath.Join(closed, "old"):  fault.Permission,
		filepath.Join(locked, "old"):  "",
		filepath.Join(locked, "none"): fault.NotFound,
	} {
		s, err := OpenSource(path)
		if fault.Of(err) != want {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
		if err == nil {
			s.Close()
		}
	}
	names := list(t, home)
	if len(names) != 4 { // locked, closed, sealed, journal
		t.Errorf("left %q", names)
	}
}
