package session

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// disk is where the sealed state of a profile lies, and what this process knows
// of it. It holds nothing secret and outlives the locks.
type disk struct {
	path  string
	store *safefile.Store
	clock Clock
	rekey uint64
	none  atomic.Bool // neither read nor write

	turn sync.Mutex // held while files are read or written

	mu      sync.Mutex
	holding *os.File      // the lock file, once this is the program that keeps the state
	known   bool          // this process read or wrote the files
	there   []entry       // one of these is on disk, if known
	coming  *entry        // being written
	told    int           // entries in the mark on disk
	last    chan struct{} // closed when the last write is over
	untold  error
}

// frozen is one write, sealed.
type frozen struct {
	entry         entry
	state         []byte
	before, after []byte // the mark
}

func newDisk(home string, store *safefile.Store, opt Options) *disk {
	return &disk{path: filepath.Join(home, "session.state"), store: store, clock: opt.Clock, rekey: opt.Rekey}
}

func (d *disk) markPath() string    { return filepath.Join(filepath.Dir(d.path), "session.mark") }
func (d *disk) lockPath() string    { return filepath.Join(filepath.Dir(d.path), "session.lock") }
func (d *disk) refusedPath() string { return d.path + ".refused" }

// hold makes this the program that keeps the state, until close.
func (d *disk) hold() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holding != nil {
		return nil
	}
	f, err := os.OpenFile(d.lockPath(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fault.FromOS(d.lockPath(), err)
	}
	taken, err := safefile.TryLock(f)
	if err == nil && taken {
		d.holding = f
		return nil
	}
	f.Close()
	if err != nil {
		return fault.FromOS(d.lockPath(), err)
	}
	return fault.New(fault.ProfileBusy, d.path, nil)
}

func (d *disk) close() {
	d.settled()
	d.turn.Lock()
	defer d.turn.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holding != nil {
		d.holding.Close()
		d.holding = nil
		d.known = false
	}
}

// possible is what may be on disk now, and so must be in a mark.
func (d *disk) possible() []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := slices.Clone(d.there)
	if d.coming != nil {
		all = append(all, *d.coming)
	}
	return all
}

// unsettled says that the mark on disk allows more than one state.
func (d *disk) unsettled() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.coming != nil || d.told > 1
}

// announce says that e is on its way to write: marks made meanwhile allow it.
func (d *disk) announce(e entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.coming = &e
}

// write puts f on disk. The mark comes first: a crash in between is no alarm.
// Called with turn held, and after announce or by the last write.
func (d *disk) write(f frozen) error {
	_, err := d.publish(d.markPath(), f.before)
	there := false
	if err == nil {
		there, err = d.publish(d.path, f.state)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.coming, d.told = nil, 2
	if there {
		d.there = []entry{f.entry}
	}
	return err
}

// writeLast writes f in its turn, and then a mark that allows nothing else.
func (d *disk) writeLast(f frozen) {
	done := make(chan struct{})
	d.mu.Lock()
	before := d.last
	d.last = done
	d.mu.Unlock()
	go func() {
		defer secret.Guard()
		defer close(done)
		if before != nil {
			<-before
		}
		d.turn.Lock()
		defer d.turn.Unlock()
		if d.write(f) != nil {
			return // what was written last is still there, and marked
		}
		if _, err := d.publish(d.markPath(), f.after); err == nil {
			d.mu.Lock()
			d.told = 1
			d.mu.Unlock()
		}
	}()
}

// settled waits for writeLast.
func (d *disk) settled() {
	d.mu.Lock()
	last := d.last
	d.mu.Unlock()
	if last != nil {
		<-last
	}
}

// publish writes a file whole or not at all. There may be an error although it
// is there: the disk did not confirm.
func (d *disk) publish(path string, raw []byte) (there bool, err error) {
	f, err := d.store.Create(path, 0o600)
	if err != nil {
		return false, err
	}
	defer f.Discard()
	if _, err := f.Write(raw); err != nil {
		return false, err
	}
	final, err := f.Commit(safefile.Replace)
	return final != "", err
}

// read is a whole small file; nil if there is none.
func read(path string, limit int64) ([]byte, error) {
	src, err := safefile.OpenSource(path)
	switch fault.Of(err) {
	case fault.NotFound:
		return nil, nil
	case fault.DanglingLink, fault.LinkLoop, fault.NotRegular:
		return nil, errDamaged
	}
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if src.Size() > limit {
		return nil, errDamaged
	}
	raw, err := io.ReadAll(io.LimitReader(src, limit+1))
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	return raw, nil
}

// putAside keeps a refused file out of the way, in place of one refused before.
func (d *disk) putAside() error {
	if err := os.Rename(d.path, d.refusedPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault.FromOS(d.path, err)
	}
	// Without a state the mark would raise the same alarm again.
	if err := os.RemoveAll(d.markPath()); err != nil {
		return fault.FromOS(d.markPath(), err)
	}
	return nil
}

func (d *disk) tellLater(problem error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.untold = problem
}

func (d *disk) toldNow() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	problem := d.untold
	d.untold = nil
	return problem
}
