//go:build unix

package secret

import "golang.org/x/sys/unix"

// lockLimit returns how many bytes the process may lock, by RLIMIT_MEMLOCK (getrlimit(2)), at most maxLocked.
func lockLimit() int {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &l); err != nil {
		return 0
	}
	return int(min(l.Cur, maxLocked))
}

// canLock tries it and lets go again. memguard has no way to ask.
func canLock(n int) bool {
	if n <= 0 {
		return false
	}
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return false
	}
	defer unix.Munmap(b) // also unlocks
	return unix.Mlock(b) == nil
}
