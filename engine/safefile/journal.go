package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cryptodesk/engine/fault"
)

// journal says which folders hold named temporaries of this run. It is a file
// "<owner>.journal" holding absolute folder paths, each ended by a NUL, which no
// path contains. The run keeps it locked; the system drops the lock when the run
// dies, however it dies, and that is how a sweep tells the dead from the living.
// The owner is part of every temporary's name, so a sweep of one dead run cannot
// take what belongs to another.
type journal struct {
	dir string

	mu    sync.Mutex
	owner string
	file  *os.File // locked; nil until something was noted
	noted map[string]bool
}

const journalSuffix = ".journal"

func newJournal(dir string) *journal {
	return &journal{dir: dir, owner: randomName()}
}

// note makes durable that folder may hold temporaries of the owner it answers.
func (j *journal) note(folder string) (owner string, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.dir == "" || j.noted[folder] {
		return j.owner, nil
	}
	if j.file == nil {
		if err := j.open(); err != nil {
			return "", fault.FromOS(j.dir, err)
		}
	}
	if _, err = j.file.WriteString(folder + "\x00"); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return "", fault.FromOS(j.dir, err)
	}
	j.noted[folder] = true
	return j.owner, nil
}

// open makes and locks the journal. A sweep may come between the two, take the
// empty journal for a dead one and remove it; then the next name is tried.
func (j *journal) open() error {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	for {
		path := filepath.Join(j.dir, j.owner+journalSuffix)
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		// Where locks do not exist no sweep gets one either, so nothing is lost.
		if err := tryLock(file); err != errLocked && stillThere(file, path) {
			j.file, j.noted = file, make(map[string]bool)
			return syncPath(j.dir)
		}
		file.Close()
		j.owner = randomName()
	}
}

func stillThere(file *os.File, path string) bool {
	open, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(open, there)
}

func syncPath(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return flushFolder(d)
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	path := j.file.Name()
	err := removeLocked(j.file, path)
	j.file, j.noted, j.owner = nil, nil, randomName()
	return err
}

// removeLocked removes a locked journal while it is locked where the system
// lets it, else right after.
func removeLocked(file *os.File, path string) error {
	err := os.Remove(path)
	file.Close()
	if err != nil {
		err = os.Remove(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.FromOS(path, err)
	}
	return nil
}

// isTemp says whether name is a temporary of owner.
func isTemp(name, owner string) bool {
	return strings.HasPrefix(name, tempPrefix+owner+"-") && strings.HasSuffix(name, tempSuffix)
}
