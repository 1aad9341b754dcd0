package safefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

// syncFlag opens a file so that it can be flushed.
const syncFlag = os.O_RDWR

func openReading(path string) (*os.File, error) { return os.Open(path) }

// flushFolder: NTFS journals names; there is no call to wait for it, but
// renames are made with MOVEFILE_WRITE_THROUGH.
func flushFolder(*os.File) error { return nil }

func renameNoReplace(fo *folder, from, to string) error {
	old, err := windows.UTF16PtrFromString(filepath.Join(fo.path, from))
	if err != nil {
		return err
	}
	final, err := windows.UTF16PtrFromString(filepath.Join(fo.path, to))
	if err != nil {
		return err
	}
	return os.NewSyscallError("MoveFileEx", windows.MoveFileEx(old, final, windows.MOVEFILE_WRITE_THROUGH))
}

func cannotLink(error) bool { return false }

func cannotChmod(error) bool { return false }

// changeTime does not exist in what the standard library reads of a file.
func changeTime(fs.FileInfo) time.Time { return time.Time{} }

// hardLinks is not in what the standard library reads of a file.
func hardLinks(os.FileInfo) uint64 { return 1 }

const errLocked = windows.ERROR_LOCK_VIOLATION

func tryLock(file *os.File) error {
	return lock(file, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
}

func waitLock(file *os.File) error { return lock(file, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// lock takes a byte far behind the text: on Windows a locked range cannot be
// read through another handle.
func lock(file *os.File, flags uint32) error {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	return windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &at)
}
