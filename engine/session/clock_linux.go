package session

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleepsShow says that bootTime tells sleep from a wall clock that was set.
const sleepsShow = true

// bootTime is CLOCK_BOOTTIME (clock_gettime(2)): the monotonic clock and the
// time asleep.
func bootTime() (t time.Duration, known bool) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0, false
	}
	return time.Duration(now.Nano()), true
}
