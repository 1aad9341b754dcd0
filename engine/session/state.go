package session

import (
	"bytes"
	"sync"
	"time"

	"cryptodesk/engine/secret"
)

const (
	writeDelay = 2 * time.Second  // from the first Put to the write
	retryDelay = 30 * time.Second // after a write that failed
	rekeyAfter = 1 << 16          // writes
)

// Put keeps v, some KiB of JSON, in the section of that name of the sealed
// state. It is on disk within two seconds and at Lock. v nil removes the
// section, and so does a v with which the state would be larger than 4 MiB: an
// old value in place of a new one would be a lie. Does nothing while locked.
func (s *Session) Put(section string, v []byte) {
	if n := s.notes(); n != nil {
		n.put(section, v)
	}
}

// Get is a copy of what Put kept under that name, in this session or an earlier
// one; nil if nothing, and while locked.
func (s *Session) Get(section string) []byte {
	if n := s.notes(); n != nil {
		return n.get(section)
	}
	return nil
}

// StateProblem is why the state of the session before could not be used: nil,
// StateDamaged, StateOld, StateForeign (sealed under another passphrase or of
// another profile), TooNew, ProfileBusy (another program holds it), or why it
// could not be read. It stands until the next unlock.
func (s *Session) StateProblem() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problem
}

func (s *Session) notes() *notes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// notes is the sealed state while it is open. It may be nil.
type notes struct {
	disk   *disk
	derive deriver

	mu       sync.Mutex // guards what follows; taken before disk.mu
	sections map[string][]byte
	keys     *stateKeys
	seq      uint64 // of the last write
	dirty    bool   // something is not written
	armed    bool   // a write is coming
	stop     func() // keeps it from coming
	closed   bool
}

func (n *notes) put(section string, v []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	old := n.sections[section]
	if n.closed || len(section) == 0 || len(section) > maxName || v != nil && old != nil && bytes.Equal(old, v) || v == nil && old == nil {
		return
	}
	secret.Wipe(old)
	delete(n.sections, section)
	if v != nil && plainSize(n.sections)+sectionSize(section, v) <= maxPlain {
		n.sections[section] = bytes.Clone(v)
		if n.sections[section] == nil {
			n.sections[section] = []byte{}
		}
	}
	n.changed(writeDelay)
}

func (n *notes) get(section string) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	return bytes.Clone(n.sections[section])
}

// changed asks for a write, unless one is coming.
func (n *notes) changed(delay time.Duration) {
	n.dirty = true
	if !n.armed {
		n.armed = true
		n.stop = n.disk.clock.After(delay, n.save)
	}
}

// save writes what changed. It runs on a timer's goroutine.
func (n *notes) save() {
	n.disk.turn.Lock()
	defer n.disk.turn.Unlock()
	n.mu.Lock()
	n.armed = false
	if n.closed || !n.dirty {
		n.mu.Unlock()
		return
	}
	if n.keys.spent(n.disk.rekey) {
		// Without a keyring to derive from there will be no later write.
		if fresh, err := newStateKeys(n.derive); err == nil {
			n.keys.destroy()
			n.keys = fresh
		}
	}
	f, err := n.freeze()
	if err == nil {
		n.dirty = false
		n.disk.announce(f.entry)
	}
	n.mu.Unlock()
	secret.Settle() // sealing left copies of the key, and an idle program collects nothing for minutes
	if err == nil {
		err = n.disk.write(f)
	}
	if err != nil {
		n.mu.Lock()
		if !n.closed {
			n.changed(retryDelay)
		}
		n.mu.Unlock()
	}
}

// reseal writes the state under keys derived anew: the passphrase changed. A
// file that is left under the old one tells its next reader so.
func (n *notes) reseal() {
	fresh, err := newStateKeys(n.derive)
	if err != nil {
		return
	}
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		fresh.destroy()
		return
	}
	n.keys.destroy()
	n.keys = fresh
	n.dirty = true
	n.mu.Unlock()
	n.save()
}

// freeze seals the state as it is, for disk.write.
func (n *notes) freeze() (frozen, error) {
	n.seq++
	state, err := n.keys.seal(n.seq, n.sections)
	if err != nil {
		return frozen{}, err
	}
	e := entry{seq: n.seq, digest: digestOf(state)}
	f := frozen{entry: e, state: state}
	if f.before, err = n.keys.signMark(append(n.disk.possible(), e)); err != nil {
		return frozen{}, err
	}
	f.after, err = n.keys.signMark([]entry{e})
	return f, err
}

// close seals what is not written yet, forgets everything, and leaves the disk
// to another goroutine.
func (n *notes) close() {
	if n == nil {
		return
	}
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return
	}
	var f frozen
	var err error
	if n.dirty || n.disk.unsettled() {
		f, err = n.freeze()
	}
	n.forget()
	n.mu.Unlock()
	if err == nil && f.state != nil {
		n.disk.writeLast(f)
	}
}

// discard forgets everything and writes nothing.
func (n *notes) discard() {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
}

func (n *notes) forget() {
	n.closed = true
	if n.armed {
		n.stop()
	}
	wipeAll(n.sections)
	n.sections = nil
	n.keys.destroy()
}

func wipeAll(sections map[string][]byte) {
	for _, v := range sections {
		secret.Wipe(v)
	}
}
