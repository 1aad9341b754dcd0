package safefile

import (
	"errors"
	"os"
	"syscall"
)

// TryLock takes the lock of f if nobody has it; the system lets go of it when
// its holder dies. Where a file system knows no locks there is only one
// program, and it goes on without.
func TryLock(f *os.File) (taken bool, err error) {
	switch err := tryLock(f); {
	case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK):
		return true, nil
	case errors.Is(err, errLocked):
		return false, nil
	default:
		return false, err
	}
}
