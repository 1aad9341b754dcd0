package safefile

import (
	"io/fs"
	"syscall"
	"time"
)

// changeTime is when the inode last changed.
func changeTime(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return time.Time{}
}
