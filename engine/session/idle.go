package session

import (
	"sync"
	"time"
)

// Reason is why the session was locked.
type Reason string

const (
	Asked     Reason = "asked"     // by the person, or the program ends
	Idle      Reason = "idle"      // nobody was there
	Suspended Reason = "suspended" // the computer went to sleep
	Screen    Reason = "screen"    // the screen was locked
)

// IdleWarning is how long before an idle lock IdleLeft says that it comes.
const IdleWarning = 30 * time.Second

const (
	lookEvery  = 5 * time.Second        // how often the clocks are compared while unlocked
	sleepShows = 2 * time.Second        // boot-time clock ahead of the monotonic one
	aheadShows = 10 * time.Second       // wall clock ahead, where there is no boot-time clock
	setShows   = time.Minute            // wall clock set back, or ahead where there is one
	lateShows  = 30 * time.Second       // a timer that fired that late
	shortLeft  = 100 * time.Millisecond // no more looks than that: a timer may fire early by its grain
)

// idle is the idle clock: it says when the session is to be locked, and when in
// doubt that is now.
type idle struct {
	clock Clock
	lock  func(Reason) // on any goroutine

	mu      sync.Mutex // never held while calling out
	watched bool       // SetIdle was called: a window is there
	open    bool       // unlocked, and not yet told to lock
	limit   time.Duration
	touched time.Duration // monotonic
	due     time.Duration // monotonic: when the next look should come
	last    Reading
	gap     time.Duration // boot-time minus monotonic when it began
	stop    func()
}

// Touch says that somebody is there. Cheap; called for every key and motion.
// It does not reprieve a session whose time is over.
func (s *Session) Touch() {
	if why := s.idle.touch(); why != "" {
		go s.LockFor(why) // the caller may hold the screen's goroutine
	}
}

// SetIdle sets after how long without Touch the session locks; 0 is never. The
// first call also begins to watch the clocks: from then on the session locks
// when the computer slept, the wall clock was set back by more than a minute or
// timers fire late, whatever the limit. A program that never calls it, as verbs
// do, is not watched, so its work goes on after a sleep.
func (s *Session) SetIdle(limit time.Duration) {
	s.Touch()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle.set(max(0, limit))
	if s.ring != nil {
		s.idle.begin()
	}
}

func (c *idle) set(limit time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watched, c.limit = true, limit
}

// IdleLeft is the time until the session locks for want of Touch; ok is false
// while locked or when it never will.
func (s *Session) IdleLeft() (left time.Duration, ok bool) {
	c := &s.idle
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open || c.limit == 0 {
		return 0, false
	}
	return max(0, c.touched+c.limit-c.clock.Read().Mono), true
}

// LockFor is Lock, and remembers why.
func (s *Session) LockFor(why Reason) { s.lock(why) }

// LockedBy is why the session was last locked; empty before the first time.
func (s *Session) LockedBy() Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

// begin starts the clock anew: the session was unlocked, or the limit changed.
func (c *idle) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.watched {
		return
	}
	now := c.clock.Read()
	if !c.open {
		c.last, c.gap = now, now.Boot-now.Mono
	}
	c.open = true
	c.touched = now.Mono
	c.next(now)
}

// end stops it: the session is locked.
func (c *idle) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish()
}

func (c *idle) finish() {
	c.open = false
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
}

func (c *idle) touch() Reason {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		return ""
	}
	now := c.clock.Read()
	if why := c.judge(now); why != "" {
		c.finish()
		return why
	}
	c.touched = now.Mono
	return ""
}

// look is what the timer calls.
func (c *idle) look() {
	c.mu.Lock()
	if !c.open {
		c.mu.Unlock()
		return
	}
	now := c.clock.Read()
	why := c.judge(now)
	if why == "" {
		c.next(now)
	} else {
		c.finish()
	}
	c.mu.Unlock()
	if why != "" {
		c.lock(why)
	}
}

// next asks for the next look.
func (c *idle) next(now Reading) {
	wait := lookEvery
	if c.limit > 0 {
		wait = min(wait, max(shortLeft, c.touched+c.limit-now.Mono))
	}
	if c.stop != nil {
		c.stop()
	}
	c.due = now.Mono + wait
	c.stop = c.clock.After(wait, c.look)
}

// judge answers why to lock now, or "".
func (c *idle) judge(now Reading) Reason {
	drift := (now.Wall - c.last.Wall) - (now.Mono - c.last.Mono)
	ahead := aheadShows
	if sleepsShow {
		ahead = setShows
	}
	c.last = now
	switch {
	case now.Boot-now.Mono-c.gap > sleepShows, drift > ahead:
		return Suspended
	case c.limit > 0 && now.Mono >= c.touched+c.limit:
		return Idle
	case drift < -setShows, now.Mono < c.touched, now.Mono > c.due+lateShows:
		return Idle
	}
	return ""
}
