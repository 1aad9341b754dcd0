package safefile

import (
	"io/fs"
	"syscall"
	"time"
)

// Placed is when a file of this package began to be written, whatever its
// modification time says: Windows keeps no later moment that nobody can set.
func Placed(info fs.FileInfo) time.Time {
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		return time.Unix(0, data.CreationTime.Nanoseconds())
	}
	return time.Time{}
}
