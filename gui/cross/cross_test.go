package cross

import (
	"testing"
	"time"
)

// clock lets a test decide when a pause is over.
type clock struct{ due []func() }

func (c *clock) after(_ time.Duration, f func()) { c.due = append(c.due, f) }

func (c *clock) tick() {
	due := c.due
	c.due = nil
	for _, f := range due {
		f()
	}
}

func TestManyRingsAreOneRunAPause(t *testing.T) {
	runs := 0
	c := &clock{}
	b := &bell{f: func() { runs++ }, send: func(f func()) { f() }, after: c.after}
	for range 10_000 {
		b.ring()
	}
	if runs != 1 {
		t.Fatalf("%d runs before the pause was over, want 1", runs)
	}
	c.tick()
	if runs != 2 {
		t.Fatalf("%d runs after the pause, want 2: the last ring must arrive", runs)
	}
	c.tick()
	if runs != 2 {
		t.Fatalf("%d runs though nothing rang, want 2", runs)
	}
	b.ring()
	if runs != 3 {
		t.Fatalf("%d runs, want 3: after quiet a ring arrives at once", runs)
	}
}

func TestRingWhileRunIsOnItsWayIsNotLost(t *testing.T) {
	runs := 0
	var queued []func()
	c := &clock{}
	b := &bell{f: func() { runs++ }, send: func(f func()) { queued = append(queued, f) }, after: c.after}
	b.ring()
	b.ring()
	if len(queued) != 1 {
		t.Fatalf("%d runs queued, want 1", len(queued))
	}
	queued[0]()
	b.ring() // while the pause runs
	c.tick()
	if len(queued) != 2 {
		t.Fatalf("%d runs queued, want 2", len(queued))
	}
}

func TestStoppedBellIsSilent(t *testing.T) {
	runs := 0
	var queued []func()
	c := &clock{}
	b := &bell{f: func() { runs++ }, send: func(f func()) { queued = append(queued, f) }, after: c.after}
	b.ring()
	b.stop()
	queued[0]()
	b.ring()
	c.tick()
	if runs != 0 || len(queued) != 1 {
		t.Fatalf("%d runs and %d queued after stop", runs, len(queued))
	}
}

func TestWatchTellsTheEnd(t *testing.T) {
	calls := make(chan struct{}, 16)
	ui := make(chan func(), 16)
	restore := Divert(func(f func()) { ui <- f })
	defer restore()
	done := make(chan struct{})
	stop := Watch(func() uint64 { return 1 }, done, func() { calls <- struct{}{} })
	defer stop()
	(<-ui)()
	close(done)
	(<-ui)()
	if len(calls) != 2 {
		t.Fatalf("%d calls, want the first and the last", len(calls))
	}
}
