//go:build unix

package agefile

import (
	"io/fs"
	"syscall"
)

// openNonblock keeps an open from waiting for the other end of a pipe.
const openNonblock = syscall.O_NONBLOCK

// fileID is the same for all names of one file.
type fileID struct{ dev, inode uint64 }

// idOf answers the identity of a file, and whether it has several names.
func idOf(info fs.FileInfo) (fileID, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}, false
	}
	return fileID{uint64(s.Dev), s.Ino}, s.Nlink > 1
}
