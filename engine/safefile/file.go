package safefile

import (
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"cryptodesk/engine/fault"
)

// File is a file being written that nobody sees until Commit. WriteAt and
// ReadAt may be called from many goroutines, the others by one at a time;
// Discard at any time. Errors are faults about the target.
type File struct {
	folder *folder
	target string // as the caller gave it
	name   string // its last name
	file   *os.File
	ahead  ahead

	mu    sync.Mutex
	mode  fs.FileMode
	mtime time.Time
	temp  string // its name while unpublished; "" when it has none
	shut  bool   // file is closed
	over  bool   // committed or discarded
}

// Write appends.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	f.ahead.add(f, n)
	return n, f.failed(err)
}

// WriteAt writes at off.
func (f *File) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.file.WriteAt(p, off)
	f.ahead.add(f, n)
	return n, f.failed(err)
}

// ReadAt reads back what was written, as io.ReaderAt says.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(p, off)
	return n, f.failed(err)
}

// Sync makes what was written durable. Commit does it; there is no need to.
func (f *File) Sync() error { return f.failed(f.file.Sync()) }

// Target is the path given to Create.
func (f *File) Target() string { return f.target }

// SetTimes sets the modification time it will have when committed.
func (f *File) SetTimes(mtime time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mtime = mtime
}

func (f *File) failed(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fault.FromOS(f.target, err)
}

// Commit flushes the content, publishes the file under its target (policy says
// what if that is taken) and flushes the folder; final is the path it got. After
// an error with an empty final the file is still unpublished and may be
// committed with another policy, or discarded. An error beside a final path
// means that the file is there and complete, but that the disk did not confirm
// the name.
func (f *File) Commit(policy Policy) (final string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.dress(); err != nil {
		return "", err
	}
	if !f.shut {
		if err := f.file.Sync(); err != nil {
			return "", f.failed(err)
		}
	}
	if final, err = f.publish(policy); err != nil {
		return "", err
	}
	err = f.folder.flush()
	f.end()
	return final, f.failed(err)
}

// dress gives the finished content its permissions and its time.
func (f *File) dress() error {
	if f.over {
		return fault.New(fault.Internal, f.target, os.ErrClosed)
	}
	if f.shut {
		return nil
	}
	if f.mode != 0o600 {
		if err := f.file.Chmod(f.mode); err != nil && !cannotChmod(err) {
			return f.failed(err)
		}
	}
	if f.mtime.IsZero() {
		return nil
	}
	var err error
	if f.temp == "" {
		err = os.Chtimes(unnamedPath(f.file), time.Time{}, f.mtime)
	} else {
		err = f.folder.root.Chtimes(f.temp, time.Time{}, f.mtime)
	}
	return f.failed(err)
}

// publish gives it its final name and answers the whole path.
func (f *File) publish(policy Policy) (string, error) {
	place, over := f.linkTo, f.linkOver
	if f.temp != "" {
		place, over = f.renameTo, f.renameOver
		// Some systems rename only closed files. What a close can still report
		// (quotas on network disks) the flush before has already asked for.
		if !f.shut {
			f.shut = true
			if err := f.file.Close(); err != nil {
				return "", f.failed(err)
			}
		}
	}
	name, err := settle(f.name, f.folder.traits.nameMax, policy, splitFile, place, over)
	if err == ErrSkipped {
		return "", err
	}
	if err != nil {
		return "", f.failed(err)
	}
	f.temp = ""
	return sibling(f.target, name), nil
}

func (f *File) linkTo(name string) error { return linkUnnamed(f.file, f.folder.dir, name) }

// linkOver takes a name of its own first: link never replaces, rename does.
func (f *File) linkOver(name string) error {
	temp, err := f.folder.tempName()
	if err != nil {
		return err
	}
	if err := f.linkTo(temp); err != nil {
		return err
	}
	if err := f.folder.replace(temp, name); err != nil {
		f.folder.root.Remove(temp)
		return err
	}
	return nil
}

func (f *File) renameTo(name string) error   { return f.folder.rename(f.temp, name, false) }
func (f *File) renameOver(name string) error { return f.folder.replace(f.temp, name) }

// Discard throws the file away. It does nothing after a Commit that published
// it, or after another Discard: defer it.
func (f *File) Discard() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.end()
	}
}

func (f *File) end() {
	f.over = true
	if !f.shut {
		f.shut = true
		f.file.Close()
	}
	if f.temp != "" {
		f.folder.root.Remove(f.temp)
	}
	f.folder.release()
}
