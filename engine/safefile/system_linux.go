package safefile

import (
	"errors"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// procWorks says whether open files can be reached through /proc, which a file
// without a name needs to get one.
var procWorks = sync.OnceValue(func() bool {
	info, err := os.Stat("/proc/self/fd")
	return err == nil && info.IsDir()
})

// unnamedPath reaches a file that has no name.
func unnamedPath(file *os.File) string {
	return "/proc/self/fd/" + strconv.Itoa(int(file.Fd()))
}

// createUnnamed makes a file in dir that has no name and goes with its last
// handle; errors.ErrUnsupported where the kernel or the file system cannot.
func createUnnamed(dir *os.File) (*os.File, error) {
	if !procWorks() {
		return nil, errors.ErrUnsupported
	}
	var fd int
	err := again(func() (err error) {
		fd, err = unix.Openat(int(dir.Fd()), ".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		return err
	})
	switch err {
	case nil:
		return os.NewFile(uintptr(fd), dir.Name()), nil
	case unix.EOPNOTSUPP, unix.EISDIR, unix.EINVAL, unix.ENOSYS: // open(2): what older kernels and others answer
		return nil, errors.ErrUnsupported
	}
	return nil, os.NewSyscallError("openat", err)
}

// linkUnnamed gives the file its name, or answers fs.ErrExist.
func linkUnnamed(file, dir *os.File, name string) error {
	return os.NewSyscallError("linkat", again(func() error {
		return unix.Linkat(unix.AT_FDCWD, unnamedPath(file), int(dir.Fd()), name, unix.AT_SYMLINK_FOLLOW)
	}))
}

func renameNoReplace(fo *folder, from, to string) error {
	fd := int(fo.dir.Fd())
	err := again(func() error { return unix.Renameat2(fd, from, fd, to, unix.RENAME_NOREPLACE) })
	switch err {
	case unix.EINVAL, unix.ENOSYS, unix.EOPNOTSUPP: // NFS, some FUSE; kernels before 3.15
		return errors.ErrUnsupported
	}
	return os.NewSyscallError("renameat2", err)
}

// syncAll flushes the whole disk that dir is on and reports write errors since
// dir was opened (Linux 5.8).
func syncAll(dir *os.File) error {
	return os.NewSyscallError("syncfs", again(func() error { return unix.Syncfs(int(dir.Fd())) }))
}

// beginWriting starts, without waiting, to write out what is dirty in file
// (sync_file_range(2)). An error is the final flush's to find again.
func beginWriting(file *os.File) {
	conn, err := file.SyscallConn() // holds on to the descriptor while it is used
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		_ = unix.SyncFileRange(int(fd), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
	})
}

// traitsOf trusts syncfs only on file systems known to write everything out and
// wait for it: over FUSE it does not reach the other side.
func traitsOf(dir *os.File) traits {
	t := traits{nameMax: usualNameMax}
	var disk unix.Statfs_t
	if again(func() error { return unix.Fstatfs(int(dir.Fd()), &disk) }) == nil {
		if disk.Namelen > 0 {
			t.nameMax = int(disk.Namelen)
		}
		switch int64(disk.Type) {
		case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC,
			unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, unix.MSDOS_SUPER_MAGIC:
			t.syncAll = true
		}
	}
	var info unix.Stat_t
	if again(func() error { return unix.Fstat(int(dir.Fd()), &info) }) == nil {
		t.device = uint64(info.Dev)
	} else {
		t.syncAll = false
	}
	return t
}
