package job

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"cryptodesk/engine/fault"
)

// Tracker is what the work reports through. Safe for concurrent use. Reports on
// a row that is final already are ignored: the first one counts.
type Tracker struct{ job *Job }

// Begin says that row i is being worked on. The context ends with CancelRow,
// Cancel, and the row itself; it is cancelled already when the row is.
func (t *Tracker) Begin(i int) context.Context {
	j := t.job
	now := j.now()
	j.mu.Lock()
	defer j.mu.Unlock()
	r := &j.rows[i]
	if r.is() == Running {
		return r.ctx
	}
	ctx, cancel := context.WithCancel(j.ctx)
	if r.is().Final() {
		cancel()
		return ctx
	}
	r.ctx, r.cancel, r.began = ctx, cancel, now
	r.state.Store(int32(Running))
	j.version.Add(1)
	return ctx
}

// SetTotal says how many bytes row i will be, -1 if that is unknown.
func (t *Tracker) SetTotal(i int, n int64) {
	j := t.job
	j.mu.Lock()
	defer j.mu.Unlock()
	r := &j.rows[i]
	if r.is().Final() {
		return
	}
	n = max(-1, n)
	was := r.total.Swap(n)
	j.total += max(0, n) - max(0, was)
	if was < 0 {
		j.unknown--
	}
	if n < 0 {
		j.unknown++
	}
	j.version.Add(1)
}

// Add says that n more bytes of row i are done. It takes no lock and makes no
// garbage: call it for every block.
func (t *Tracker) Add(i int, n int64) {
	r := &t.job.rows[i]
	if r.is().Final() {
		return
	}
	r.done.Add(n)
	t.job.done.Add(n)
	t.job.version.Add(1)
}

// Finish says that row i is done, that its result is at out, and what there is
// to note.
func (t *Tracker) Finish(i int, out string, notes ...*fault.Error) {
	t.final(i, Done, func(r *row) { r.out, r.notes = out, slices.Clone(notes) })
}

// Fail says why row i is not done. An error of kind fault.Cancelled makes it
// Cancelled, not Failed.
func (t *Tracker) Fail(i int, err error) {
	if fault.Of(err) == fault.Cancelled {
		t.final(i, Cancelled, func(*row) {})
		return
	}
	failure := fault.As(err)
	if failure == nil {
		failure = fault.New(fault.Internal, "", nil)
	}
	t.final(i, Failed, func(r *row) { r.err = failure })
}

// Skip says that row i was left alone.
func (t *Tracker) Skip(i int) { t.final(i, Skipped, func(*row) {}) }

func (t *Tracker) final(i int, s State, fill func(*row)) {
	j := t.job
	j.mu.Lock()
	defer j.mu.Unlock()
	r := &j.rows[i]
	if !r.is().Final() {
		fill(r)
		j.finish(r, s)
	}
}

// Go starts a worker, from run or from another worker. The job is not done
// before it returns, and its panic is caught like one in run; a panic in a
// goroutine started otherwise ends the program.
func (t *Tracker) Go(f func()) {
	t.job.workers.Go(func() { t.job.guard(f) })
}

// guard runs f. When f panics, or leaves without returning, that becomes the
// fault of the rows that are running, and the rest of the job is cancelled.
func (j *Job) guard(f func()) {
	returned := false
	defer func() {
		if returned {
			return
		}
		broken := fault.New(fault.Internal, "", panicked(recover()))
		j.mu.Lock()
		if j.broken == nil {
			j.broken = broken
		}
		j.mu.Unlock()
		j.cancel(nil)
	}()
	f()
	returned = true
}

// panicked describes a panic: where, but never with arguments, which a stack
// trace prints and which could be secrets.
func panicked(value any) error {
	var text string
	switch v := value.(type) {
	case nil:
		text = "the work left without returning"
	case error:
		text = v.Error()
	case string:
		text = v
	default:
		text = fmt.Sprintf("%T", v)
	}
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var at strings.Builder
	for {
		frame, more := frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			fmt.Fprintf(&at, " < %s:%d", frame.Function, frame.Line)
		}
		if !more {
			break
		}
	}
	return fmt.Errorf("panic: %s%s", text, at.String())
}
