//go:build linux || darwin

package safefile

import "golang.org/x/sys/unix"

// Space is how many bytes somebody without special rights can still write to the
// file system that folder is on; ok is false when that cannot be known.
func Space(folder string) (free int64, ok bool) {
	var disk unix.Statfs_t
	if again(func() error { return unix.Statfs(folder, &disk) }) != nil || disk.Bsize <= 0 {
		return 0, false
	}
	blocks, size := disk.Bavail, uint64(disk.Bsize)
	if blocks > (1<<62)/size {
		return 1 << 62, true
	}
	return int64(blocks * size), true
}
