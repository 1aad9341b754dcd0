package job

import (
	"context"
	"sync/atomic"
	"time"

	"cryptodesk/engine/fault"
)

// State is where a row is in its life. Waiting and Running are left behind; the
// others are final, and after a job is done every row is in one of those.
type State int

const (
	Waiting State = iota
	Running
	Done
	Failed    // Err says why
	Skipped   // the name was taken and the policy was to leave it
	Cancelled // by CancelRow, Cancel, or because the job broke before its turn
)

// Final says whether s never changes again.
func (s State) Final() bool { return s >= Done }

// Row is a snapshot of one row. Err and what Notes points to are shared and
// never change.
type Row struct {
	Path, Name  string // what it is about; the name as it may be shown
	State       State
	Done, Total int64          // bytes; Total is -1 while unknown
	Items       int            // files in it
	Out         string         // the result, once Done
	Err         *fault.Error   // once Failed
	Notes       []*fault.Error // what a Done row still has to say
	Rate        float64        // bytes/s, moving average; 0 unless Running
	Left        time.Duration  // <0 while unknown, 0 once final
}

// row is the live form. What is not atomic is guarded by Job.mu.
type row struct {
	path, name string
	items      int
	state      atomic.Int32 // written under Job.mu
	done       atomic.Int64
	total      atomic.Int64 // written under Job.mu

	out    string
	err    *fault.Error
	notes  []*fault.Error
	ctx    context.Context // while Running, with its cancel
	cancel context.CancelFunc
	began  time.Time
	meter  *meter // made when somebody looks at the running row
}

func (r *row) is() State { return State(r.state.Load()) }

// snapshot is called with Job.mu held.
func (r *row) snapshot(now time.Time) Row {
	s := Row{
		Path: r.path, Name: r.name, Items: r.items, State: r.is(), Done: r.done.Load(), Total: r.total.Load(),
		Out: r.out, Err: r.err, Notes: r.notes, Left: -1,
	}
	if s.Total >= 0 && s.Done > s.Total {
		s.Done = s.Total
	}
	switch {
	case s.State.Final():
		s.Left = 0
	case s.State == Running:
		if r.meter == nil {
			r.meter = new(meter)
		}
		at := sample{at: now.Sub(r.began), bytes: s.Done, work: s.Done}
		var pace float64
		s.Rate, pace = r.meter.rates(at)
		s.Left = left(at, s.Total, pace)
	}
	return s
}
