package job

import (
	"context"
	"time"

	"cryptodesk/engine/fault"
)

// State is where a row is in its life.
type State int

const (
	Waiting State = iota
	Running
	Done
	Failed
	Skipped
	Cancelled
)

// Row is a snapshot of one row.
type Row struct {
	Path, Name  string
	State       State
	Done, Total int64 // bytes; Total -1 unknown
	Items       int
	Out         string
	Err         *fault.Error
	Notes       []*fault.Error
	Rate        float64       // bytes/s
	Left        time.Duration // <0 unknown
}

// Progress is a snapshot of the whole job.
type Progress struct {
	Done, Total            int64 // bytes
	Rows, Finished, Failed int
	Rate                   float64       // bytes/s, moving average
	Left                   time.Duration // <0 until known
	Elapsed                time.Duration
}

// Job is work under way or finished. Safe for concurrent use.
type Job struct{}

func Start(ctx context.Context, rows []Row, run func(ctx context.Context, t *Tracker) error) *Job {
	panic("in flight")
}
func (j *Job) Len() int              { panic("in flight") }
func (j *Job) Row(i int) Row         { panic("in flight") }
func (j *Job) Progress() Progress    { panic("in flight") }
func (j *Job) Version() uint64       { panic("in flight") }
func (j *Job) Cancel()               { panic("in flight") }
func (j *Job) CancelRow(i int)       { panic("in flight") }
func (j *Job) Done() <-chan struct{} { panic("in flight") }
func (j *Job) Err() *fault.Error     { panic("in flight") }

// Tracker is what run reports through. Safe for concurrent use.
type Tracker struct{}

func (t *Tracker) Begin(i int) context.Context                     { panic("in flight") }
func (t *Tracker) SetTotal(i int, n int64)                         { panic("in flight") }
func (t *Tracker) Add(i int, n int64)                              { panic("in flight") }
func (t *Tracker) Finish(i int, out string, notes ...*fault.Error) { panic("in flight") }
func (t *Tracker) Fail(i int, err error)                           { panic("in flight") }
func (t *Tracker) Skip(i int)                                      { panic("in flight") }

// Go starts a worker: the job is not done before it returns, and its panic
// becomes fault.Internal like one in run itself.
func (t *Tracker) Go(f func()) { panic("in flight") }
