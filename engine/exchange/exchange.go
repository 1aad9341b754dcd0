package exchange

import (
	"sync"
	"sync/atomic"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/transfer"
)

// Phase is where an exchange is before, while and after bytes move.
type Phase int32

const (
	Preparing  Phase = iota // sender: what is to be sent is being encrypted
	Connecting              // sender: the other program is looked for
	Asking                  // the receiver is being asked
	Moving                  // bytes move
	Over                    // the job's rows and Err say how it went
)

// Exchange is one sending or receiving. Its Job has a row for each file, whose
// Out, once received, is where the file is. Safe for concurrent use.
type Exchange struct {
	*job.Job
	ID       string // random; the offer's, once there is one, for incoming ones
	Incoming bool
	Peer     transfer.Peer

	phase   atomic.Int32
	changed func()

	mu    sync.Mutex
	trail []*fault.Error // interruptions that it went on after
}

// Phase is where the exchange is.
func (x *Exchange) Phase() Phase { return Phase(x.phase.Load()) }

// Interruptions are what it went on after, oldest first.
func (x *Exchange) Interruptions() []*fault.Error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]*fault.Error(nil), x.trail...)
}

func (x *Exchange) enter(p Phase) {
	if Phase(x.phase.Swap(int32(p))) != p {
		x.changed()
	}
}

func (x *Exchange) interrupted(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.trail = append(x.trail, fault.As(err))
}

// meter turns what a transfer says into the rows of a job.
type meter struct {
	t    *job.Tracker
	done map[int]int64
}

func newMeter(t *job.Tracker) *meter { return &meter{t: t, done: make(map[int]int64)} }

// moved is a transfer.Progress: what is there is said, and the job wants what is
// new. Going on at an earlier place is not told: a bar does not run back.
func (m *meter) moved(entry int, done int64, out string) {
	before, begun := m.done[entry]
	if !begun {
		m.t.Begin(entry)
	}
	if done > before || !begun {
		m.t.Add(entry, done-before)
		m.done[entry] = done
	}
	if out != "" {
		m.t.Finish(entry, out)
	}
}

// rows are the files of an offer, as they may be shown.
func rows(o *transfer.Offer) []job.Row {
	all := make([]job.Row, len(o.Entries))
	for i, e := range o.Entries {
		all[i] = job.Row{Path: e.Name, Name: safefile.Visible(e.Name), Items: 1, Total: e.Size}
	}
	return all
}
