// Package session owns what is unlocked now: the one open keyring of a profile
// folder, what was lent from it, when it locks by itself, how fast passphrases
// may be tried, the sealed state that outlives a lock (session.state), and the
// little that can be read while locked (profile.json: the owner's name, and
// whether there is a recovery agent).
//
// It may import keyring, identity, safefile, secret and fault. It never keeps a
// passphrase, and after Lock it holds no key: what runs on finishes with the
// file keys it has. Nothing of the state is on disk in plain, ever, and after
// Lock nothing of it is in memory.
//
// # One program holds the state
//
// The first program that unlocks a profile keeps the state until it ends
// (session.lock). Another one goes on without: it reads and writes nothing of
// it, and StateProblem is fault.ProfileBusy. Headless says so from the start:
// verbs neither read nor write it, so a script never stands in a window's way.
package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// State is where a profile is between first run and unlocked.
type State int

const (
	New      State = iota // no keyring yet
	Locked                // a keyring, and no key in memory
	Unlocked              // keys at hand
)

// Session is the state of one profile folder. Safe for concurrent use.
type Session struct {
	home  string
	store *safefile.Store
	clock Clock
	turn  chan struct{} // holds one token while a scrypt runs
	idle  idle
	disk  *disk

	mu       sync.Mutex // guards what follows; never held while calling out
	ring     *keyring.Keyring
	leases   []*identity.Opened
	state    *notes // nil while locked, and without state
	problem  error
	locks    int // how often Lock was called: an Unlock under way notices
	why      Reason
	tried    attempts
	owner    string
	agent    bool
	watchers map[*func(State)]struct{}
}

// Options are what tests set. The zero value is for everybody else.
type Options struct {
	Clock Clock  // nil: the computer's
	Rekey uint64 // writes of the state under one session key; 0: 65,536
}

// Open looks at the profile folder home, which it makes (0700) if needed.
// store is where files are written through. Errors: those of making a folder.
func Open(home string, store *safefile.Store) (*Session, error) {
	return OpenWith(home, store, Options{})
}

// OpenWith is Open with another clock, for tests.
func OpenWith(home string, store *safefile.Store, opt Options) (*Session, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fault.FromOS(home, err)
	}
	if opt.Clock == nil {
		opt.Clock = newSystemClock()
	}
	if opt.Rekey == 0 {
		opt.Rekey = rekeyAfter
	}
	s := &Session{
		home:     home,
		store:    store,
		clock:    opt.Clock,
		turn:     make(chan struct{}, 1),
		disk:     newDisk(home, store, opt),
		watchers: make(map[*func(State)]struct{}),
	}
	s.idle.clock, s.idle.lock = opt.Clock, s.LockFor
	last := readProfile(s.profilePath())
	s.owner, s.agent = last.Owner, last.Agent
	return s, nil
}

// Headless says that no window is there: the sealed state is neither read nor
// written. To be called before the first unlock.
func (s *Session) Headless() { s.disk.none.Store(true) }

// Close locks, waits until the state is on disk and lets other programs have
// it. Idempotent; the Session must not be unlocked again.
func (s *Session) Close() {
	s.Lock()
	s.disk.close()
}

// KeyringPath is where the keyring is, or will be.
func (s *Session) KeyringPath() string { return filepath.Join(s.home, "keyring.age") }

func (s *Session) profilePath() string { return filepath.Join(s.home, "profile.json") }

// State is New, Locked or Unlocked.
func (s *Session) State() State {
	switch {
	case s.unlocked():
		return Unlocked
	case absent(s.KeyringPath()) && absent(keyring.Previous(s.KeyringPath())):
		return New
	}
	return Locked
}

func (s *Session) unlocked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ring != nil
}

func absent(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Owner is the name given at the first run; readable while locked. "" before
// that, and when profile.json is lost until the next unlock restores it.
func (s *Session) Owner() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owner
}

// Keyring is the open keyring; fault.Locked otherwise. After Lock its methods
// answer fault.Locked.
func (s *Session) Keyring() (*keyring.Keyring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ring == nil {
		return nil, fault.New(fault.Locked, "", nil)
	}
	return s.ring, nil
}

// Lease lends all of one's private keys to one job, which closes it. After
// Lock it opens no further header: fault.Locked.
func (s *Session) Lease() (*identity.Opened, error) {
	ring, err := s.Keyring()
	if err != nil {
		return nil, err
	}
	lease, err := identity.Open(ring.Keys()...)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ring != ring {
		lease.Close()
		return nil, fault.New(fault.Locked, "", nil)
	}
	open := s.leases[:0]
	for _, l := range s.leases {
		if !l.Closed() {
			open = append(open, l)
		}
	}
	clear(s.leases[len(open):])
	s.leases = append(open, lease)
	return lease, nil
}

// Lock wipes what is unlocked, leases and the plain state included, and stops
// an Unlock under way. It waits for the header a lease is opening right now,
// milliseconds at most, and not for the disk: the state goes there sealed.
// Safe at any time and as often as one likes.
func (s *Session) Lock() { s.lock(Asked) }

func (s *Session) lock(why Reason) {
	s.mu.Lock()
	s.locks++
	ring, leases, state := s.ring, s.leases, s.state
	s.ring, s.leases, s.state = nil, nil, nil
	if ring != nil {
		s.why = why
	}
	s.idle.end()
	s.mu.Unlock()
	for _, l := range leases {
		l.Close()
	}
	if ring == nil {
		return
	}
	ring.Close()
	state.close()
	s.changed()
	secret.Settle()
}

// OnChange calls f after the state changed, on any goroutine and with no lock
// held, until stop is called. f is told the state at that moment.
func (s *Session) OnChange(f func(State)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := &f
	s.watchers[id] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

func (s *Session) changed() {
	s.mu.Lock()
	var told []func(State)
	for f := range s.watchers {
		told = append(told, *f)
	}
	s.mu.Unlock()
	for _, f := range told {
		f(s.State())
	}
}
