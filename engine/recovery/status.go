package recovery

import (
	"slices"
	"time"

	"cryptodesk/engine/identity"
)

const (
	// RehearseEvery is how long a rehearsal counts.
	RehearseEvery = 90 * 24 * time.Hour

	// clockSlack is how far ahead a date may be and still be one: of another
	// computer's clock, a time zone set wrong.
	clockSlack = 24 * time.Hour
)

// Answer is the answer to the one question: if you forgot your passphrase
// today, could you get back in?
type Answer string

const (
	NotYet Answer = "notYet"
	Partly Answer = "partly" // some keys would be lost: they were added since
	Yes    Answer = "yes"
)

// Reason is why something about the ways back wants attention.
type Reason string

const (
	NoWay     Reason = "noWay"     // there is none that counts
	KeysAdded Reason = "keysAdded" // keys that no way has
	Rehearse  Reason = "rehearse"  // made, or last rehearsed, 90 days ago or longer
	Failed    Reason = "failed"    // a rehearsal of a way failed, and none since was better
	Clock     Reason = "clock"     // dates of the ways are in the future: the clock was set back, and tells nothing
)

// Reasons returns all of them, for the translations to cover.
func Reasons() []Reason { return []Reason{NoWay, KeysAdded, Rehearse, Failed, Clock} }

// Status is how things stand, from facts. The zero Status, whose Answer is
// empty, is that of a locked profile: nothing is known.
type Status struct {
	Answer Answer
	Ways   []State // all there are, latest first
	Back   int     // how many of them bring back keys to somebody who forgot the passphrase

	Missing  []identity.Public // keys that would be lost
	Hardware []identity.Public // keys on devices, which no way brings back: the device does

	Rehearsed time.Time // when one of Back last passed a rehearsal; zero for never
	Reminders []Reason  // the first is the most important; none: all is well
}

// State is a way, and what it is worth today.
type State struct {
	Way
	Helps   bool              // brings keys back to somebody who forgot the passphrase
	Lost    bool              // brings keys back to somebody who lost the keyring but not its passphrase
	Missing []identity.Public // of the keys there are, those that it does not bring back; all for an agent
	Due     bool              // to be rehearsed
}

// Look says what ways are worth for keys. An agent brings files back and no
// keys, and a backup under the keyring's own passphrase is no help to who
// forgot that: neither counts.
func Look(ways []Way, keys []identity.Public, now time.Time) Status {
	s := Status{Answer: NotYet}
	var wanted []identity.Public
	for _, k := range keys {
		if k.Kind.Hardware() {
			s.Hardware = append(s.Hardware, k)
		} else {
			wanted = append(wanted, k)
		}
	}
	covered := make(map[string]bool)
	failed, ahead, due := false, false, true
	for _, w := range slices.Backward(ways) {
		state := w.state(wanted, now)
		s.Ways = append(s.Ways, state)
		failed = failed || w.failed() && !slices.ContainsFunc(ways, func(o Way) bool { return o.Kind == w.Kind && o.seen().After(w.Rehearsed) })
		if !state.Helps {
			continue
		}
		s.Back++
		for _, id := range w.Keys {
			covered[id] = true
		}
		ahead = ahead || w.ahead(now)
		due = due && state.Due
		if w.Passed && w.Rehearsed.After(s.Rehearsed) {
			s.Rehearsed = w.Rehearsed
		}
	}
	slices.SortStableFunc(s.Ways, func(a, b State) int { return b.Made.Compare(a.Made) })
	for _, k := range wanted {
		if !covered[k.ID] {
			s.Missing = append(s.Missing, k)
		}
	}
	switch {
	case s.Back == 0:
		s.Reminders = append(s.Reminders, NoWay)
	case len(s.Missing) > 0:
		s.Answer = Partly
		s.Reminders = append(s.Reminders, KeysAdded)
	default:
		s.Answer = Yes
	}
	if failed {
		s.Reminders = append(s.Reminders, Failed)
	}
	switch {
	case s.Back == 0:
	case ahead:
		s.Reminders = append(s.Reminders, Clock)
	case due:
		s.Reminders = append(s.Reminders, Rehearse)
	}
	return s
}

// state is what w is worth alone.
func (w Way) state(keys []identity.Public, now time.Time) State {
	s := State{Way: w}
	for _, k := range keys {
		if !w.Kind.BringsKeys() || !slices.Contains(w.Keys, k.ID) {
			s.Missing = append(s.Missing, k)
		}
	}
	works := w.Kind.BringsKeys() && !w.failed() && len(s.Missing) < len(keys)
	s.Helps, s.Lost = works && !w.SamePassphrase, works
	s.Due = w.Kind.BringsKeys() && (w.ahead(now) || !now.Before(w.seen().Add(RehearseEvery)))
	return s
}

// failed says that the last rehearsal did not bring the keys back.
func (w Way) failed() bool { return !w.Rehearsed.IsZero() && !w.Passed }

// seen is when the way was last known to work.
func (w Way) seen() time.Time {
	if w.Passed && w.Rehearsed.After(w.Made) {
		return w.Rehearsed
	}
	return w.Made
}

// ahead says that now, or what was noted, is wrong.
func (w Way) ahead(now time.Time) bool { return w.seen().After(now.Add(clockSlack)) }
