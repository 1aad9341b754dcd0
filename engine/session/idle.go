package session

import "time"

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

// Touch says that somebody is there. Cheap; called for every key and motion.
func (s *Session) Touch() {}

// SetIdle sets after how long without Touch the session locks; 0 is never.
func (s *Session) SetIdle(limit time.Duration) {}

// IdleLeft is the time until the session locks for want of Touch; ok is false
// while locked or when it never will.
func (s *Session) IdleLeft() (left time.Duration, ok bool) { return 0, false }

// LockFor is Lock, and remembers why.
func (s *Session) LockFor(why Reason) { s.Lock() }

// LockedBy is why the session was last locked; empty before the first time.
func (s *Session) LockedBy() Reason { return "" }
