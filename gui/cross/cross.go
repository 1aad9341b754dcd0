// Package cross is the one way from a working goroutine to the UI goroutine.
// It coalesces: a flood of news becomes at most ten updates a second for each
// subscriber, and the last news always arrives. A panic in what runs here wipes
// every secret and ends the program. It imports the toolkit and engine/secret.
package cross

import (
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/secret"
)

// Interval is the least time between two updates of one subscriber.
const Interval = 100 * time.Millisecond

// deliver is how a function gets to the UI goroutine; nil is the toolkit's way.
var deliver atomic.Pointer[func(func())]

// over says that the toolkit ends.
var over atomic.Bool

// End is to be called before the toolkit ends: what still comes would run on the
// goroutine it comes from, with no window there any more.
func End() { over.Store(true) }

// Do runs f on the UI goroutine, soon. For single events such as the end of
// a piece of work; for repeated news use Coalesce or Watch. After End it does
// nothing.
func Do(f func()) {
	if to := deliver.Load(); to != nil {
		(*to)(f)
		return
	}
	if over.Load() {
		return
	}
	var begun atomic.Bool
	defer func() {
		if !begun.Load() { // the toolkit panics when its queue is closed just now
			_ = recover()
		}
	}()
	fyne.Do(func() { begun.Store(true); f() })
}

// Divert sends what Do gets to another place, until restore is called: a test
// plays the UI goroutine itself, because the toolkit's test driver runs it on
// whichever goroutine asks.
func Divert(to func(f func())) (restore func()) {
	deliver.Store(&to)
	return func() { deliver.Store(nil) }
}

// Go runs work on its own goroutine and then done on the UI goroutine.
func Go(work func(), done func()) {
	go func() {
		defer secret.Guard()
		work()
		Do(done)
	}()
}

// Coalesce answers ring, which may be called from any goroutine as often as
// one likes: f runs on the UI goroutine at once when it has been quiet, at
// most every Interval otherwise, and always after the last ring. After stop
// no new run is begun.
func Coalesce(f func()) (ring func(), stop func()) {
	b := &bell{f: f, send: Do, after: func(d time.Duration, f func()) { time.AfterFunc(d, f) }}
	return b.ring, b.stop
}

// Watch polls version and calls f on the UI goroutine whenever it changed, at
// most every Interval, and once more after done was closed. After stop no new
// run is begun.
func Watch(version func() uint64, done <-chan struct{}, f func()) (stop func()) {
	quit := make(chan struct{})
	var once sync.Once
	ring, silence := Coalesce(f)
	go func() {
		defer secret.Guard()
		tick := time.NewTicker(Interval)
		defer tick.Stop()
		seen := version()
		ring()
		for {
			select {
			case <-quit:
				return
			case <-done:
				ring()
				return
			case <-tick.C:
				if v := version(); v != seen {
					seen = v
					ring()
				}
			}
		}
	}()
	return func() {
		silence()
		once.Do(func() { close(quit) })
	}
}

// bell is one coalesced subscriber.
type bell struct {
	f     func()
	send  func(func())
	after func(time.Duration, func())

	mu      sync.Mutex
	waiting bool // a run is due: on its way or its pause is running
	again   bool // rung meanwhile
	stopped bool
}

func (b *bell) ring() {
	b.mu.Lock()
	idle := !b.waiting && !b.stopped
	b.again = b.waiting
	b.waiting = b.waiting || idle
	b.mu.Unlock()
	if idle {
		b.send(b.run) // not under the lock: a test's driver runs it at once
	}
}

// run is on the UI goroutine. The pause begins when f has ended, so that a
// slow f cannot fill the queue.
func (b *bell) run() {
	b.mu.Lock()
	stopped := b.stopped
	b.again = false
	b.mu.Unlock()
	if stopped {
		return
	}
	b.f()
	b.after(Interval, b.rested)
}

func (b *bell) rested() {
	b.mu.Lock()
	due := b.again && !b.stopped
	b.again, b.waiting = false, due
	b.mu.Unlock()
	if due {
		b.send(b.run)
	}
}

func (b *bell) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
}
