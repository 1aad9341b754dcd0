//go:build unix

package safefile

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// syncFlag opens a file so that it can be flushed.
const syncFlag = os.O_RDONLY

// again repeats a call that a signal interrupted.
func again(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// openReading does not wait for the other end of a pipe, nor for a lease, and
// takes no terminal.
func openReading(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
}

// flushFolder makes the names in dir durable. File systems that cannot be asked
// to (some FUSE and network ones) do it in their own time.
func flushFolder(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	return err
}

// cannotLink tells "no hard links here" from a link that failed: EPERM is what
// FAT answers, by link(2).
func cannotLink(err error) bool {
	return errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS) ||
		errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EMLINK)
}

// hardLinks is how many names a file has.
func hardLinks(info os.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Nlink)
	}
	return 1
}

// cannotChmod is a file system without permissions: the file is ours, so EPERM
// means nothing else.
func cannotChmod(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS)
}

// errLocked is what tryLock answers when another open of the file holds it.
const errLocked = unix.EWOULDBLOCK

func tryLock(file *os.File) error {
	return again(func() error { return unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
}

func waitLock(file *os.File) error {
	return again(func() error { return unix.Flock(int(file.Fd()), unix.LOCK_EX) })
}
