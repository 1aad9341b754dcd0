package search

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Lost is how much work a crash costs at most, beside the guesses under way.
const Lost = 10 * time.Second

// noteEvery is when a checkpoint is written; half of Lost, for slow disks.
const noteEvery = Lost / 2

// Options of a search. The zero value tries all guesses and keeps no checkpoint.
type Options struct {
	Team
	Shard, Shards uint64 // every Shards-th guess, the Shard-th first; Shards 0 is 1
	Checkpoint    string // absolute path of the file that says how far it came
	Store         *safefile.Store
	Longest       time.Duration // refuse what would take longer; 0: nothing is refused
	Rate          float64       // guesses a second, measured before; for Longest
}

// State is where a search is.
type State int

const (
	Counting State = iota // the guesses are gone over before the first is tried
	Running
	Pausing // the guesses under way are given up
	Paused
	Found
	Exhausted // every guess was tried: fault.NoGuess
	Stopped
	Failed
)

// Over says whether s never changes again.
func (s State) Over() bool { return s >= Found }

// Search tries the guesses of one recipe on one file. All methods are safe for
// concurrent use; none waits for a guess but Close.
type Search struct {
	target  *Target
	guesses *Guesses
	opt     Options
	now     func() time.Time
	tried   func(number uint64) // for tests: after each guess

	begun  atomic.Bool
	closed atomic.Bool
	halt   atomic.Bool // tells the workers to give up their guesses
	quit   atomic.Bool // tells everything to
	ended  chan struct{}
	ctx    context.Context // of the counting
	cancel context.CancelFunc
	point  *checkpoint // nil without one
	saving sync.Mutex  // held by the one who writes it

	mu      sync.Mutex // guards what follows
	changed *sync.Cond // wanted did
	wanted  State      // Running, Paused or Stopped
	state   State
	err     error
	problem *fault.Error
	count   Count
	order   *order
	next    uint64              // where the order begins that comes after a pause
	flight  map[uint64]struct{} // numbers of guesses handed out and not done
	level   int
	meter   meter
	saved   time.Time     // when the checkpoint was last written
	ran     time.Duration // before since
	since   time.Time     // when it last began to run
	found   *secret.Buffer
}

// New readies a search; it takes the guesses over. Start begins it, Close ends
// it.
func New(t *Target, g *Guesses, opt Options) *Search {
	if opt.Shards == 0 {
		opt.Shards = 1
	}
	if opt.Store == nil {
		opt.Store = safefile.New("")
	}
	s := &Search{target: t, guesses: g, opt: opt, now: time.Now, wanted: Running,
		ended: make(chan struct{}), flight: make(map[uint64]struct{})}
	s.changed = sync.NewCond(&s.mu)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Start begins in a goroutine of its own; to be called once. It stops when ctx
// ends.
func (s *Search) Start(ctx context.Context) {
	s.begun.Store(true)
	forget := context.AfterFunc(ctx, s.Stop)
	go func() {
		defer secret.Guard()
		defer close(s.ended)
		defer forget()
		s.finish(s.run())
	}()
}

// Pause gives the guesses under way up, writes the checkpoint and gives the
// memory back.
func (s *Search) Pause() { s.want(Paused) }

// Resume goes on after Pause.
func (s *Search) Resume() { s.want(Running) }

// Stop ends it for good. With a checkpoint, another Search can go on.
func (s *Search) Stop() { s.want(Stopped) }

func (s *Search) want(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Over() || s.wanted == Stopped {
		return
	}
	s.wanted = state
	if state == Stopped {
		s.quit.Store(true)
		s.cancel()
	}
	if state != Running {
		s.halt.Store(true)
	}
	switch {
	case state == Paused && s.state == Running:
		s.state = Pausing
	case state == Running && s.state == Paused:
		s.state = Running
	}
	s.changed.Broadcast()
}

// Done is closed when it is over.
func (s *Search) Done() <-chan struct{} { return s.ended }

// Err is why it is over: nil when the passphrase was found, NoGuess when it is
// none of the guesses, Cancelled when it was stopped, otherwise Hopeless,
// MemoryShort, CheckpointDamaged, CheckpointForeign and what reading can bring.
// Nil while it runs.
func (s *Search) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Found is a copy of the passphrase, nil if there is none or it is closed.
func (s *Search) Found() *secret.Buffer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found.Clone()
}

// Target is what it tries guesses on.
func (s *Search) Target() *Target { return s.target }

// Closed says that Close was called.
func (s *Search) Closed() bool { return s.closed.Load() }

// Forget removes the checkpoint of a search that is over, once what was found
// is in use: until then another Search finds it again in a moment. One that
// found nothing has removed it.
func (s *Search) Forget() {
	if s.opt.Checkpoint != "" {
		os.Remove(s.opt.Checkpoint)
	}
}

// Close stops it, waits until its memory is wiped and given back, and wipes
// what was remembered, unless it is over and that is done, and what was found;
// idempotent.
func (s *Search) Close() {
	s.closed.Store(true)
	s.Stop()
	if s.begun.Load() {
		<-s.ended
	}
	s.cancel()
	s.guesses.Close()
	s.mu.Lock()
	s.found.Destroy()
	s.mu.Unlock()
	secret.Settle()
}
