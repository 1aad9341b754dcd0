package secret

import "sync"

// Level says how well secrets in memory are protected.
type Level int

const (
	Full    Level = iota // everything this package can do is in force
	Partial              // something is missing; Status.Reasons says what
)

// Reason names a protection that is missing. Its text is the translation "memory.<reason>".
type Reason string

const (
	Swappable Reason = "swappable" // the system lets the process lock too little memory: secrets could reach the swap
	Lingering Reason = "lingering" // no runtime/secret here: copies can stay in freed memory for a while
	Readable  Reason = "readable"  // other programs of the same account are not kept from reading this one
	Dumpable  Reason = "dumpable"  // a crash could write memory to disk
	Unwiped   Reason = "unwiped"   // a build for tests that wipes nothing
)

// Reasons returns every Reason, for the translations to cover.
func Reasons() []Reason { return []Reason{Swappable, Lingering, Readable, Dumpable, Unwiped} }

// Status is the protection in force. Reasons is empty at Level Full.
type Status struct {
	Level   Level
	Reasons []Reason
}

var hardened struct {
	sync.Mutex
	done    bool
	missing []Reason
}

// Harden protects the whole process and returns what is in force: no core dumps, no reading or tracing by other programs of
// the same account, as much lockable memory as the system grants. To be called once at the start of
// the program; further calls only report.
func Harden() Status {
	hardened.Lock()
	if !hardened.done {
		hardened.missing = harden()
		hardened.done = true
		memory.resize()
	}
	hardened.Unlock()
	return Protection()
}

// Protection returns what is in force now. It changes to Partial when lockable memory runs out, and stays so.
func Protection() Status {
	hardened.Lock()
	defer hardened.Unlock()
	var s Status
	if memory.exposed() {
		s.Reasons = append(s.Reasons, Swappable)
	}
	if !wiping {
		s.Reasons = append(s.Reasons, Unwiped)
	}
	if !erasing {
		s.Reasons = append(s.Reasons, Lingering)
	}
	if hardened.done {
		s.Reasons = append(s.Reasons, hardened.missing...)
	} else {
		s.Reasons = append(s.Reasons, Readable, Dumpable)
	}
	if len(s.Reasons) > 0 {
		s.Level = Partial
	}
	return s
}

// Wipes is false in a build for tests that wipes nothing.
func Wipes() bool { return wiping }
