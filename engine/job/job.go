package job

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"cryptodesk/engine/fault"
)

// rowCost is what a row costs beside its bytes, in bytes that could have been
// sealed meanwhile: 10,000 files of 4 KiB go at some 6,000/s where large ones go
// at 1 to 2 GB/s. It makes the time left right for a mix of both.
const rowCost = 256 << 10

// Progress is a snapshot of the whole job.
type Progress struct {
	Done, Total            int64         // bytes; rows of unknown size count with what they have done
	Rows, Finished, Failed int           // Finished counts every final state, Failed only that one
	Rate                   float64       // bytes/s: moving average, the overall one at the end
	Left                   time.Duration // <0 until known, 0 at the end
	Elapsed                time.Duration
}

// Job is work under way or finished. All methods are safe for concurrent use
// and return at once.
type Job struct {
	now     func() time.Time
	ctx     context.Context
	cancel  context.CancelCauseFunc
	workers sync.WaitGroup
	over    chan struct{}

	version atomic.Uint64
	rows    []row
	done    atomic.Int64

	mu       sync.Mutex
	total    int64
	unknown  int // rows not final whose total is not known
	finished int
	failed   int
	stopped  int // rows Cancelled
	meter    meter
	started  time.Time
	ended    time.Time
	broken   *fault.Error // the first panic
	err      *fault.Error
}

// Start runs run in a goroutine of its own. Of rows, Path, Name, Items and Total
// are taken, and those in a final state (refused before the start) as they are.
// run tells through the tracker how far each row is and returns when all are
// final; workers it starts with Tracker.Go may outlive it. The context it gets is
// cancelled by Cancel, with ctx, and when a worker panics.
func Start(ctx context.Context, rows []Row, run func(ctx context.Context, t *Tracker) error) *Job {
	return start(ctx, rows, run, time.Now)
}

func start(ctx context.Context, rows []Row, run func(context.Context, *Tracker) error, now func() time.Time) *Job {
	j := &Job{now: now, over: make(chan struct{}), rows: make([]row, len(rows)), started: now()}
	j.ctx, j.cancel = context.WithCancelCause(ctx)
	for i := range rows {
		j.take(&j.rows[i], rows[i])
	}
	forget := context.AfterFunc(ctx, func() { j.stop(context.Cause(ctx)) }) // which may be before ctx itself reached j.ctx
	go func() {
		var err error
		defer close(j.over)
		defer func() {
			forget()
			j.workers.Wait()
			j.end(err)
		}()
		j.guard(func() { err = run(j.ctx, &Tracker{j}) })
	}()
	return j
}

func (j *Job) take(r *row, given Row) {
	r.path, r.name, r.items = given.Path, given.Name, given.Items
	r.total.Store(max(-1, given.Total))
	if given.State.Final() {
		r.total.Store(0)
		r.out, r.err, r.notes = given.Out, given.Err, given.Notes
		j.count(r, given.State)
		return
	}
	if given.Total < 0 {
		j.unknown++
	}
	j.total += max(0, given.Total)
}

// Len is the number of rows.
func (j *Job) Len() int { return len(j.rows) }

// Version changes whenever a row or the progress did. Read it before what it
// versions, and no change is ever missed.
func (j *Job) Version() uint64 { return j.version.Load() }

// Done is closed when every row is final and no goroutine of the job is left.
func (j *Job) Done() <-chan struct{} { return j.over }

// Err is nil while the job runs and when it ran to its end, whatever became of
// its rows. fault.Cancelled when a cancel left rows undone, fault.Internal after
// a panic, else what run returned.
func (j *Job) Err() *fault.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// Row is a snapshot of row i.
func (j *Job) Row(i int) Row {
	now := j.now()
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.rows[i].snapshot(now)
}

// Progress is a snapshot of the whole.
func (j *Job) Progress() Progress {
	now := j.now()
	j.mu.Lock()
	defer j.mu.Unlock()
	p := Progress{
		Done: j.done.Load(), Total: j.total, Rows: len(j.rows), Finished: j.finished, Failed: j.failed, Left: -1,
	}
	p.Total = max(p.Total, p.Done)
	if !j.ended.IsZero() {
		p.Left, p.Elapsed = 0, j.ended.Sub(j.started)
		if s := p.Elapsed.Seconds(); s > 0 {
			p.Rate = float64(p.Done) / s
		}
		return p
	}
	p.Elapsed = now.Sub(j.started)
	at := sample{at: p.Elapsed, bytes: p.Done, work: p.Done + rowCost*int64(j.finished)}
	var pace float64
	p.Rate, pace = j.meter.rates(at)
	if j.unknown == 0 {
		p.Left = left(at, p.Total+rowCost*int64(len(j.rows)), pace)
	}
	return p
}

// Cancel cancels the rows that wait, at once, and the contexts of those that
// run; they end as soon as their work notices.
func (j *Job) Cancel() { j.stop(nil) }

func (j *Job) stop(cause error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cancel(cause)
	for i := range j.rows {
		if r := &j.rows[i]; r.is() == Waiting {
			j.finish(r, Cancelled)
		}
	}
}

// CancelRow does the same for one row.
func (j *Job) CancelRow(i int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch r := &j.rows[i]; r.is() {
	case Waiting:
		j.finish(r, Cancelled)
	case Running:
		r.cancel()
	}
}

// finish moves a row into a final state; j.mu is held. At the end the job's Done
// and Total are equal: bytes that will not come any more are no longer expected.
func (j *Job) finish(r *row, s State) {
	total, done := r.total.Load(), r.done.Load()
	if total < 0 {
		j.unknown--
	}
	if s == Done && total > done {
		r.done.Store(total)
		j.done.Add(total - done)
		done = total
	}
	j.total += done - max(0, total)
	if s == Done {
		r.total.Store(done)
	}
	if r.cancel != nil {
		r.cancel()
	}
	r.ctx, r.cancel, r.meter = nil, nil, nil
	j.count(r, s)
}

func (j *Job) count(r *row, s State) {
	r.state.Store(int32(s))
	j.finished++
	switch s {
	case Failed:
		j.failed++
	case Cancelled:
		j.stopped++
	}
	j.version.Add(1)
}

// end gives every row that is left a final state.
func (j *Job) end(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	cancelled := j.ctx.Err() != nil
	rest := fault.As(err)
	if rest == nil {
		rest = fault.New(fault.Internal, "", errors.New("the work ended without a result for this row"))
	}
	for i := range j.rows {
		r := &j.rows[i]
		switch {
		case r.is().Final():
		case j.broken != nil && r.is() == Running:
			r.err = j.broken
			j.finish(r, Failed)
		case cancelled || rest.Kind == fault.Cancelled:
			j.finish(r, Cancelled)
		default:
			r.err = rest
			j.finish(r, Failed)
		}
	}
	switch {
	case j.broken != nil:
		j.err = j.broken
	case cancelled && j.stopped > 0:
		j.err = fault.New(fault.Cancelled, "", j.ctx.Err())
	case err != nil:
		j.err = fault.As(err)
	}
	j.ended = j.now()
	j.cancel(nil)
	j.version.Add(1)
}
