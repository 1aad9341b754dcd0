package keyring

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

const mountChild = "CRYPTODESK_KEYRING_MOUNTS"

// ownMounts runs the test that calls it again in a process with a private view
// of the mounts, and answers true there.
func ownMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv(mountChild) == t.Name() {
		return true
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	child.Env = append(os.Environ(), mountChild+"="+t.Name())
	child.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		child.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := child.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOSPC):
		t.Logf("no namespaces of its own here: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// small is a folder on a file system of 128 KiB.
func small(t *testing.T) (dir string, remount func(flags uintptr)) {
	t.Helper()
	dir = t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir, func(flags uintptr) {
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|flags, "size=128k"); err != nil {
			t.Fatal(err)
		}
	}
}

// fill leaves no byte free.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	f := must(os.Create(filepath.Join(dir, "zz-filler")))
	defer f.Close()
	for size := 4096; size > 0; size /= 2 {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
	return func() { os.Remove(f.Name()) }
}

// A full disk, and one that takes no writes, keep the keyring that is there.
func TestReplaceOnAFullDisk(t *testing.T) {
	if !ownMounts(t) {
		return
	}
	dir, remount := small(t)
	store, path := safefile.New(t.TempDir()), filepath.Join(dir, "keyring.age")
	k := quick(t, store, path, must(identity.New("Old")))
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	c := contentNamed("New")
	defer c.Destroy()
	unchanged := func(when string, kind fault.Kind, try func() error) {
		t.Helper()
		before := files(t, dir)
		if err := try(); fault.Of(err) != kind {
			t.Errorf("%s: %v", when, err)
		}
		if after := files(t, dir); !slices.Equal(before, after) {
			t.Errorf("%s: something changed", when)
		}
	}
	ready := quickReplacement(t, store, path, must(c.Clone()))
	free := fill(t, dir)
	unchanged("no room to put the old one aside", fault.NoSpace, func() error { _, err := ready.Commit(); return err })
	ready.Discard()
	free()
	free = fill(t, dir)
	unchanged("no room for the new one", fault.NoSpace, func() error { _, err := Replace(ctx, store, path, guard("x"), c); return err })
	unchanged("no room for a merge", fault.NoSpace, func() error { return k.Merge(c) })
	unchanged("no room for a backup", fault.NoSpace, func() error { return k.Backup(ctx, filepath.Join(dir, "backup.age"), guard("x"), "") })
	free()
	remount(unix.MS_RDONLY)
	unchanged("read only", fault.ReadOnly, func() error { _, err := Replace(ctx, store, path, guard("x"), c); return err })
	unchanged("a backup on a disk that is read only", fault.ReadOnly, func() error { return k.Backup(ctx, filepath.Join(dir, "backup.age"), guard("x"), "") })
	remount(0)
	if keys, _ := names(must(again(t, store, path))); !slices.Equal(keys, []string{"Old"}) {
		t.Errorf("%q", keys)
	}
	// And when there is room, it goes through.
	if next, err := quickReplacement(t, store, path, must(c.Clone())).Commit(); err != nil {
		t.Error(err)
	} else {
		next.Close()
	}
}
