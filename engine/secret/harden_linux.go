package secret

import "golang.org/x/sys/unix"

// harden uses prctl(2) PR_SET_DUMPABLE, which also gives the files of /proc/PID to root, and setrlimit(2).
func harden() (missing []Reason) {
	if unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) != nil {
		missing = append(missing, Readable)
	}
	if unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) != nil {
		missing = append(missing, Dumpable)
	}
	raiseLockLimit()
	return missing
}

func raiseLockLimit() {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_MEMLOCK, &l) == nil && l.Cur < l.Max {
		l.Cur = l.Max
		_ = unix.Setrlimit(unix.RLIMIT_MEMLOCK, &l) // the budget is measured afterwards, whatever came of it
	}
}
