// Package engine is the one door to everything CryptoDesk can do. It wires
// the rooms below it and has no logic of its own. The window and the command
// line import it and its value packages, never the libraries behind them.
package engine

import (
	"context"
	"encoding/json"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

// Engine is one profile: its keyring, its session and its running jobs. All
// methods are safe for concurrent use; those that take a context may block.
type Engine struct {
	home     string
	store    *safefile.Store
	session  *session.Session
	exchange *exchange.Service

	ctx    context.Context // of every job
	cancel context.CancelFunc
	jobs   sync.WaitGroup
	closed sync.Once

	changes listeners
	asking  atomic.Pointer[identity.Prompter]
	rumour  atomic.Pointer[bool] // what the profile last said of an agent, when the keyring said otherwise

	restores  desks
	noting    sync.WaitGroup // what was answered already, and is still to be written
	searching atomic.Pointer[search.Search]
	clock     func() time.Time // nil: the computer's
}

// Version is what help and the window's settings say.
func Version() string {
	const version = "0.1.0"
	if !secret.Wipes() {
		return version + " TEST BUILD THAT WIPES NOTHING"
	}
	return version
}

// Open opens the profile folder, makes it (0700) when it is not there, and
// sweeps what an interrupted run left behind.
func Open(home string) (*Engine, error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return nil, fault.FromOS(home, err)
	}
	store := safefile.New(filepath.Join(home, "journal"))
	s, err := session.Open(home, store)
	if err != nil {
		store.Close()
		return nil, err
	}
	// A leftover that cannot be removed now (its disk is not mounted, say) is
	// tried again at the next start: no reason not to open.
	_, _ = store.Sweep()
	e := &Engine{home: home, store: store, session: s}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	s.OnChange(func(now session.State) {
		if now == session.Locked {
			e.restores.close()
			e.dropSearch()
		}
		e.changes.tell()
	})
	e.exchange = exchange.New(store, home, e.changes.tell)
	e.exchange.Sweep(time.Now())
	return e, nil
}

// Close finishes what was answered, locks, cancels the running jobs, waits until they have cleaned up and
// the session state is on disk, and wipes every secret. Idempotent.
func (e *Engine) Close() {
	e.closed.Do(func() {
		e.noting.Wait()
		// Then the lock: what is unfinished stays noted as that, and not as
		// cancelled by somebody.
		e.session.Lock()
		e.restores.close()
		e.cancel()
		e.exchange.Close()
		e.jobs.Wait()
		e.session.Close()
		e.store.Close()
		secret.WipeAll()
		identity.AwaitPlugins()
	})
}

// run keeps count of a job so that Close can wait for it.
func (e *Engine) run(j *job.Job, err error) (*job.Job, error) {
	if err != nil {
		return nil, err
	}
	e.jobs.Add(1)
	go func() {
		defer secret.Guard()
		defer e.jobs.Done()
		<-j.Done()
		secret.Settle()
	}()
	return j, nil
}

// Home is the profile folder.
func (e *Engine) Home() string { return e.home }

// State is New (no keyring yet), Locked or Unlocked.
func (e *Engine) State() session.State { return e.session.State() }

// HasKeyring says that the first run is over.
func (e *Engine) HasKeyring() bool { return e.State() != session.New }

// Unlocked says that the keys are at hand.
func (e *Engine) Unlocked() bool { return e.State() == session.Unlocked }

// Owner is the name given at the first run, readable while locked.
func (e *Engine) Owner() string { return e.session.Owner() }

// OnChange calls f after the state, the keys or the contacts changed, on any
// goroutine, until stop is called.
func (e *Engine) OnChange(f func()) (stop func()) { return e.changes.add(f) }

// Create makes the keyring with a first key pair named after the owner, and
// unlocks it. imported, if not nil, is an age identity file whose keys are
// taken in as well. Both buffers are taken over. Takes about a second (scrypt).
func (e *Engine) Create(ctx context.Context, owner string, pass, imported *secret.Buffer) error {
	return e.session.Create(ctx, owner, pass, imported)
}

// Unlock opens the keyring; fault.WrongPassphrase otherwise. pass is taken over.
func (e *Engine) Unlock(ctx context.Context, pass *secret.Buffer) error {
	return e.session.Unlock(ctx, pass)
}

// Lock wipes what is unlocked. Cheap; safe at any time.
func (e *Engine) Lock() { e.session.Lock() }

// Protection says how well memory is guarded here.
func (e *Engine) Protection() secret.Status { return secret.Protection() }

// SetPrompter says who shows what age plugins ask; without one, plugins that
// ask fail.
func (e *Engine) SetPrompter(p identity.Prompter) { e.asking.Store(&p) }

func (e *Engine) prompter() identity.Prompter {
	if p := e.asking.Load(); p != nil {
		return *p
	}
	return nil
}

// Touch says that somebody is there. Cheap; for every key and motion.
func (e *Engine) Touch() { e.session.Touch() }

// SetIdle sets after how long without Touch the session locks; 0 is never.
func (e *Engine) SetIdle(limit time.Duration) { e.session.SetIdle(limit) }

// IdleLeft is the time until the session locks for want of Touch; ok is false
// while locked or when it never will.
func (e *Engine) IdleLeft() (left time.Duration, ok bool) { return e.session.IdleLeft() }

// LockFor is Lock, and remembers why.
func (e *Engine) LockFor(why session.Reason) { e.session.LockFor(why) }

// LockedBy is why the session was last locked; empty before the first time.
func (e *Engine) LockedBy() session.Reason { return e.session.LockedBy() }

// UnlockWait is how long the next passphrase attempt must wait: an earlier one
// is answered fault.TooSoon.
func (e *Engine) UnlockWait() time.Duration { return e.session.Wait() }

// ChangePassphrase gives the keyring another passphrase. Both buffers are taken
// over. Takes some seconds. Errors: WrongPassphrase, TooSoon, Locked,
// Cancelled, and those of writing; then the old one still holds.
func (e *Engine) ChangePassphrase(ctx context.Context, old, fresh *secret.Buffer) error {
	return e.session.ChangePassphrase(ctx, old, fresh)
}

// Remember keeps v, as JSON, in a section of the sealed session state; nil
// removes it. Recall reads it into v and says whether it was there. Both do
// nothing while locked. See session for what that state promises.
func (e *Engine) Remember(section string, v any) {
	if v == nil {
		e.session.Put(section, nil)
		return
	}
	// It holds file names: what json leaves on the heap is wiped too.
	var text []byte
	var err error
	secret.Do(func() { text, err = json.Marshal(v) })
	if err == nil {
		e.session.Put(section, text)
		secret.Wipe(text)
	}
}

// Recall is Remember's other half.
func (e *Engine) Recall(section string, v any) bool {
	text := e.session.Get(section)
	defer secret.Wipe(text)
	return text != nil && json.Unmarshal(text, v) == nil
}

// Headless says that no window is there: session state is neither read nor
// written, so a verb never stands in a window's way. To be called before Unlock.
func (e *Engine) Headless() { e.session.Headless() }

// StateProblem is why what the session before remembered could not be used,
// or nil.
func (e *Engine) StateProblem() error { return e.session.StateProblem() }
