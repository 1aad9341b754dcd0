package safefile

import (
	"io/fs"
	"os"
	"sync"
	"time"

	"cryptodesk/engine/fault"
)

// Dir is a folder being filled that nobody else can enter until Commit. Fill it
// through Root from as many goroutines as you like; the other methods are for
// one at a time.
type Dir struct {
	folder *folder
	target string
	name   string
	temp   string
	root   *os.Root

	mu    sync.Mutex
	mode  fs.FileMode
	mtime time.Time
	over  bool // committed or discarded
}

// Root is the folder to fill; whatever goes through it stays inside. It must
// not be used once Commit or Discard was called.
func (d *Dir) Root() *os.Root { return d.root }

// Target is the path given to CreateDir.
func (d *Dir) Target() string { return d.target }

// SetTimes sets the modification time the folder itself will have.
func (d *Dir) SetTimes(mtime time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mtime = mtime
}

// Commit makes everything inside durable and publishes the folder under its
// target, or under "name (2)" and so on as policy says. Replace never replaces
// a folder or a file: what is there may hold more than what would come, so it
// answers fault.Exists. Errors as for File.Commit.
func (d *Dir) Commit(policy Policy) (final string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.dress(); err != nil {
		return "", fault.FromOS(d.target, err)
	}
	place := func(name string) error { return d.folder.rename(d.temp, name, true) }
	over := func(string) error { return fs.ErrExist }
	name, err := settle(d.name, d.folder.traits.nameMax, policy, splitFolder, place, over)
	if err == ErrSkipped {
		return "", err
	}
	if err != nil {
		return "", fault.FromOS(d.target, err)
	}
	final = sibling(d.target, name)
	d.over = true
	defer d.folder.release()
	if err := d.folder.flush(); err != nil {
		return final, fault.FromOS(d.target, err)
	}
	return final, nil
}

// dress gives the folder its permissions and its time and flushes it all. The
// handle is closed first: some systems rename no open folder.
func (d *Dir) dress() error {
	if d.over {
		return fault.New(fault.Internal, d.target, os.ErrClosed)
	}
	if err := checkName(d.name, d.folder.traits.nameMax); err != nil {
		return err
	}
	d.root.Close()
	if d.mode != 0o700 {
		if err := d.folder.root.Chmod(d.temp, d.mode); err != nil && !cannotChmod(err) {
			return err
		}
	}
	if !d.mtime.IsZero() {
		if err := d.folder.root.Chtimes(d.temp, time.Time{}, d.mtime); err != nil {
			return err
		}
	}
	if d.folder.traits.syncAll {
		return syncAll(d.folder.dir)
	}
	return syncTree(d.folder.root, d.temp)
}

// Discard removes the folder and all that is in it. It does nothing after a
// Commit that published it, or after another Discard: defer it.
func (d *Dir) Discard() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return
	}
	d.over = true
	d.root.Close()
	// What cannot be removed now is the next sweep's.
	_ = removeTree(d.folder.root, d.temp)
	d.folder.release()
}
