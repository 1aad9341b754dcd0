package safefile

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func renameNoReplace(fo *folder, from, to string) error {
	fd := int(fo.dir.Fd())
	err := again(func() error { return unix.RenameatxNp(fd, from, fd, to, unix.RENAME_EXCL) })
	switch err {
	case unix.EINVAL, unix.ENOTSUP:
		return errors.ErrUnsupported
	}
	return os.NewSyscallError("renameatx_np", err)
}

// changeTime is when the inode last changed.
func changeTime(info os.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctimespec.Unix())
	}
	return time.Time{}
}
