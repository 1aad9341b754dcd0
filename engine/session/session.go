// Package session owns what is unlocked now: the one open keyring, and what
// was lent from it.
package session

import (
	"context"

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
type Session struct{}

// Open looks at the profile folder home, which it makes (0700) if needed.
func Open(home string, store *safefile.Store) (*Session, error) { panic("in flight") }

// State is New, Locked or Unlocked.
func (s *Session) State() State { panic("in flight") }

// Owner is the name given at the first run; readable while locked; "" if
// profile.json is lost.
func (s *Session) Owner() string { panic("in flight") }

// Create makes the keyring with a first key pair named after owner and unlocks
// it. imported, if not nil, is an identity file whose keys are taken in as
// well. Both buffers are taken over. Takes about a second.
func (s *Session) Create(ctx context.Context, owner string, pass, imported *secret.Buffer) error {
	panic("in flight")
}

// Unlock opens the keyring. pass is taken over. Takes about a second.
// Errors: WrongPassphrase, KeyringMissing, KeyringDamaged, KeyringTooNew, Busy
// (another Unlock is running), Locked (Lock was called meanwhile), Cancelled.
func (s *Session) Unlock(ctx context.Context, pass *secret.Buffer) error { panic("in flight") }

// Lock wipes what is unlocked, leases included, and stops an Unlock under way.
// Cheap; safe at any time.
func (s *Session) Lock() {}

// Keyring is the open keyring; fault.Locked otherwise. After Lock its methods
// answer fault.Locked.
func (s *Session) Keyring() (*keyring.Keyring, error) { panic("in flight") }

// Lease lends one's private keys to one job, which closes it. After Lock it
// opens nothing more: fault.Locked.
func (s *Session) Lease() (*identity.Opened, error) { panic("in flight") }

// OnChange calls f after the state changed, on any goroutine and with no lock
// held, until stop is called.
func (s *Session) OnChange(f func(State)) (stop func()) { panic("in flight") }
