package session

import (
	"time"

	"cryptodesk/engine/secret"
)

// Clock is where the session takes the time from, so that tests can run it.
type Clock interface {
	Read() Reading
	// After calls f on a goroutine of its own once the monotonic clock has
	// moved by d, unless stop comes first.
	After(d time.Duration, f func()) (stop func())
}

// Reading is one look at a computer's clocks. Only differences between two
// readings of the same Clock mean anything.
type Reading struct {
	Wall time.Duration // what people set and networks correct
	Mono time.Duration // never set; on most systems it stands still in sleep
	Boot time.Duration // never set, and runs on in sleep; where no such clock is, equal to Mono
}

type systemClock struct{ start time.Time }

func newSystemClock() systemClock { return systemClock{time.Now()} }

func (c systemClock) After(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, func() {
		defer secret.Guard()
		f()
	})
	return func() { t.Stop() }
}

// Read takes the boot-time clock between two looks at the monotonic one: a
// process that was held up in between must not look as if it had slept.
func (c systemClock) Read() Reading {
	const together = 50 * time.Millisecond
	for try := 0; ; try++ {
		now := time.Now()
		boot, known := bootTime()
		r := Reading{
			Wall: time.Duration(now.UnixNano()),
			Mono: now.Sub(c.start),
			Boot: boot,
		}
		if !known {
			r.Boot = r.Mono
			return r
		}
		if time.Since(now) < together || try == 3 {
			return r
		}
	}
}
