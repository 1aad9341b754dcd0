package keyring

import (
	"context"
	"slices"
	"sync"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Keyring is an open keyring file. Every method that changes something has
// written the file when it returns nil; when it returns an error, nothing
// changed. Safe for concurrent use; reading never waits for a disk.
type Keyring struct {
	store *safefile.Store
	path  string
	turn  sync.Mutex   // held by the one change under way
	using sync.RWMutex // held for reading while guarded text is copied

	mu     sync.Mutex // guards what follows
	book   *book      // never changed, only replaced
	seal   *seal
	closed bool
}

// Create writes a new keyring with first in it. pass stays
// the caller's; the key pairs become the keyring's, also on error. Takes about
// a second (scrypt). Errors: KeyringExists, and those of safefile.
func Create(ctx context.Context, store *safefile.Store, path string, pass *secret.Buffer, first ...*identity.KeyPair) (*Keyring, error) {
	b := &book{}
	b.forget(b.addKeys(first))
	k := &Keyring{store: store, path: path, book: b}
	err := k.create(ctx, pass)
	if err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

func (k *Keyring) create(ctx context.Context, pass *secret.Buffer) error {
	seal, err := newSeal(ctx, pass)
	if err != nil {
		return err
	}
	k.seal = seal
	unlock, err := lockFile(ctx, lockPath(k.path))
	if err != nil {
		return err
	}
	defer unlock()
	// One that is left alone without its newer self is still somebody's keys.
	for _, taken := range []string{k.path, Previous(k.path)} {
		if _, err := readRaw(taken); fault.Of(err) != fault.KeyringMissing {
			return fault.New(fault.KeyringExists, taken, nil)
		}
	}
	raw, err := k.encrypt(k.book, k.seal)
	if err != nil {
		return err
	}
	err = publish(k.store, k.path, raw, safefile.Refuse)
	if fault.Of(err) == fault.Exists {
		return fault.New(fault.KeyringExists, k.path, nil)
	}
	k.seal.remember(raw)
	return err
}

// Open reads the keyring at path, or the one before it when only that is left.
// pass stays the caller's. Takes about a second. Errors: KeyringMissing,
// WrongPassphrase, KeyringDamaged (then the file at Previous(path) may be
// whole), KeyringTooNew, WorkFactor, Cancelled, and those of reading.
func Open(ctx context.Context, store *safefile.Store, path string, pass *secret.Buffer) (*Keyring, error) {
	raw, err := readRaw(path)
	if fault.Of(err) == fault.KeyringMissing {
		var old error
		if raw, old = readRaw(Previous(path)); old == nil {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	seal, err := openSeal(ctx, path, raw, pass)
	if err != nil {
		return nil, err
	}
	b, err := seal.open(path, raw)
	if err != nil {
		seal.destroy()
		return nil, err
	}
	seal.remember(raw)
	return &Keyring{store: store, path: path, book: b, seal: seal}, nil
}

// Previous is where the keyring as it was before the last save is kept.
func Previous(path string) string { return path + ".old" }

// Path is where the keyring is.
func (k *Keyring) Path() string { return k.path }

// now is the state at this moment; fault.Locked when closed.
func (k *Keyring) now() (*book, *seal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, nil, fault.New(fault.Locked, "", nil)
	}
	return k.book, k.seal, nil
}

// Keys are one's own key pairs, in the order of the file, oldest first and those
// of plugins last; nil when closed. They stay the keyring's.
func (k *Keyring) Keys() []*identity.KeyPair {
	b, _, err := k.now()
	if err != nil {
		return nil
	}
	return slices.Clone(b.keys)
}

// Key finds a key pair by its ID. Errors: KeyMissing, Locked.
func (k *Keyring) Key(id string) (*identity.KeyPair, error) {
	b, _, err := k.now()
	if err != nil {
		return nil, err
	}
	if i := b.findKey(id); i >= 0 {
		return b.keys[i], nil
	}
	return nil, fault.New(fault.KeyMissing, "", nil)
}

// Contacts are the people known, by name; nil when closed.
func (k *Keyring) Contacts() []identity.Contact {
	b, _, err := k.now()
	if err != nil {
		return nil
	}
	return slices.Clone(b.contacts)
}

// Close wipes every key; idempotent. Afterwards changes answer fault.Locked.
// It does not wait for a disk: a save under way completes or leaves the file
// as it was.
func (k *Keyring) Close() {
	k.mu.Lock()
	was := k.closed
	k.closed = true
	b, seal := k.book, k.seal
	k.mu.Unlock()
	if was {
		return
	}
	k.using.Lock()
	defer k.using.Unlock()
	b.destroy()
	seal.destroy()
}
