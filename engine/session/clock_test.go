package session

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// fakeClock moves when a test says so, and calls what is due in between on the
// test's goroutine.
type fakeClock struct {
	mu     sync.Mutex
	now    Reading
	timers []*fakeTimer
	stuck  bool // timers do not fire
}

type fakeTimer struct {
	at time.Duration
	f  func()
}

func (c *fakeClock) Read() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &fakeTimer{c.now.Mono + d, f}
	c.timers = append(c.timers, t)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(other *fakeTimer) bool { return other == t })
	}
}

// shift moves single clocks, with no timer called.
func (c *fakeClock) shift(wall, boot time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Wall += wall
	c.now.Boot += boot
}

// pass lets d go by on all clocks.
func (c *fakeClock) pass(d time.Duration) {
	end := c.Read().Mono + d
	for {
		c.mu.Lock()
		var next *fakeTimer
		for _, t := range c.timers {
			if !c.stuck && t.at <= end && (next == nil || t.at < next.at) {
				next = t
			}
		}
		to := end
		if next != nil {
			to = max(next.at, c.now.Mono)
			c.timers = slices.DeleteFunc(c.timers, func(t *fakeTimer) bool { return t == next })
		}
		step := to - c.now.Mono
		c.now.Mono, c.now.Wall, c.now.Boot = to, c.now.Wall+step, c.now.Boot+step
		c.mu.Unlock()
		if next == nil {
			return
		}
		next.f()
	}
}

func (c *fakeClock) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

func TestSystemClock(t *testing.T) {
	c := newSystemClock()
	a := c.Read()
	b := c.Read()
	if b.Mono < a.Mono || b.Boot < a.Boot || a.Wall == 0 {
		t.Errorf("%+v, %+v", a, b)
	}
	if drift := (b.Boot - a.Boot) - (b.Mono - a.Mono); drift > sleepShows || drift < -sleepShows {
		t.Errorf("awake, and the clocks drift by %v", drift)
	}
	fired := make(chan struct{})
	stop := c.After(time.Hour, func() { t.Error("stopped, and it fired") })
	stop()
	c.After(0, func() { close(fired) })
	<-fired
}
