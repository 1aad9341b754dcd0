// Package engine is the one door to everything CryptoDesk can do. It wires
// the rooms below it and has no logic of its own. The window and the command
// line import it and its value packages, never the libraries behind them.
package engine

import (
	"context"
	"path/filepath"
	"sync"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

// Engine is one profile: its keyring, its session and its running jobs. All
// methods are safe for concurrent use; those that take a context may block.
type Engine struct {
	home    string
	store   *safefile.Store
	session *session.Session

	ctx    context.Context // of every job
	cancel context.CancelFunc
	jobs   sync.WaitGroup
	closed sync.Once

	changes listeners
}

// Version is what help and the window's settings say.
func Version() string { return "0.1.0" }

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
	s.OnChange(func(session.State) { e.changes.tell() })
	return e, nil
}

// Close locks, cancels the running jobs, waits until they have cleaned up, and
// wipes every secret. Idempotent.
func (e *Engine) Close() {
	e.closed.Do(func() {
		e.cancel()
		e.session.Lock()
		e.jobs.Wait()
		e.store.Close()
		secret.WipeAll()
	})
}

// run keeps count of a job so that Close can wait for it.
func (e *Engine) run(j *job.Job, err error) (*job.Job, error) {
	if err != nil {
		return nil, err
	}
	e.jobs.Add(1)
	go func() {
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

// Keys lists one's own key pairs, oldest first; nil while locked.
func (e *Engine) Keys() []identity.Public {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil
	}
	var keys []identity.Public
	for _, k := range ring.Keys() {
		keys = append(keys, k.Public())
	}
	return keys
}

// Key is the own key pair of that name; with an empty name, the first.
func (e *Engine) Key(name string) (identity.Public, error) {
	if !e.Unlocked() {
		return identity.Public{}, fault.New(fault.Locked, "", nil)
	}
	for _, k := range e.Keys() {
		if name == "" || k.Name == name {
			return k, nil
		}
	}
	return identity.Public{}, fault.New(fault.KeyMissing, name, nil)
}

// NewKey makes a key pair (identity.Hybrid or identity.X25519) and saves it.
func (e *Engine) NewKey(ctx context.Context, name string, kind identity.Kind) (identity.Public, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return identity.Public{}, err
	}
	make := identity.New
	if kind == identity.X25519 {
		make = identity.NewClassic
	}
	k, err := make(name)
	if err != nil {
		return identity.Public{}, err
	}
	public := k.Public()
	if err := ring.AddKey(k); err != nil {
		return identity.Public{}, err
	}
	e.changes.tell()
	return public, nil
}

// Contacts lists the people in the keyring by name; nil while locked.
func (e *Engine) Contacts() []identity.Contact {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil
	}
	return ring.Contacts()
}

// AddContact takes a contact card or a public key in text form and saves it.
// name may be empty when the card has one.
func (e *Engine) AddContact(ctx context.Context, name string, text []byte) (identity.Contact, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return identity.Contact{}, err
	}
	c, err := identity.ParseContact(name, text)
	if err != nil {
		return identity.Contact{}, err
	}
	if err := ring.AddContact(c); err != nil {
		return identity.Contact{}, err
	}
	e.changes.tell()
	return c, nil
}

// Card is the contact card of one's own key pair with that ID: public text.
func (e *Engine) Card(id string) ([]byte, error) {
	k, err := e.keyPair(id)
	if err != nil {
		return nil, err
	}
	return identity.MarshalCard(k)
}

func (e *Engine) keyPair(id string) (*identity.KeyPair, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil, err
	}
	for _, k := range ring.Keys() {
		if k.Public().ID == id {
			return k, nil
		}
	}
	return nil, fault.New(fault.KeyMissing, id, nil)
}

// SaveBackup writes a copy of the keyring, which opens with the same
// passphrase, to path, and reads it back. It replaces nothing.
func (e *Engine) SaveBackup(ctx context.Context, path string) error {
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	return ring.SaveCopy(path)
}

// Protection says how well memory is guarded here.
func (e *Engine) Protection() secret.Status { return secret.Protection() }
