package secret

import (
	"sync/atomic"
	"time"
)

// calm is how long no Do may have run before what the last ones left is swept up. Long enough not to happen inside a job.
const calm = 300 * time.Millisecond

// tidy settles by itself after the last Do of a burst, so that no caller can forget to: a plan that tried a header, an
// export, the session state written two seconds after a change.
var tidy struct {
	running atomic.Int32  // Dos at this moment
	ended   atomic.Uint64 // Dos that are over
	due     atomic.Bool   // a look is on its way
	settled atomic.Uint64 // looks that settled
}

func beginDo() { tidy.running.Add(1) }

func endDo() {
	tidy.ended.Add(1)
	tidy.running.Add(-1)
	if !tidy.due.Load() && tidy.due.CompareAndSwap(false, true) {
		time.AfterFunc(calm, func() { lookIfCalm(0) })
	}
}

func lookIfCalm(before uint64) {
	ended := tidy.ended.Load()
	if ended != before || tidy.running.Load() > 0 {
		time.AfterFunc(calm, func() { lookIfCalm(ended) })
		return
	}
	Settle()
	tidy.settled.Add(1)
	tidy.due.Store(false)
	// A Do that ended just now has seen that a look was due.
	if tidy.ended.Load() != ended && tidy.due.CompareAndSwap(false, true) {
		time.AfterFunc(calm, func() { lookIfCalm(0) })
	}
}

// Settled is 0 while a Do runs, or what one left is not yet swept up; otherwise a number that grows each time that was
// done. For tests that wait for such a moment.
func Settled() uint64 {
	if tidy.due.Load() || tidy.running.Load() > 0 {
		return 0
	}
	return 1 + tidy.settled.Load()
}
