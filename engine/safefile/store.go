package safefile

import (
	"io/fs"
	"sync"
	"time"

	"cryptodesk/engine/fault"
)

// Store makes files and folders. Safe for concurrent use.
type Store struct {
	journal *journal
	without missingAbilities

	mu      sync.Mutex
	folders map[string]*folder // those that unfinished files are in
}

// missingAbilities are what a file system cannot do; the zero value is a Linux
// disk. Tests set them to walk the ways that other file systems need.
type missingAbilities struct {
	unnamed   bool // O_TMPFILE
	noReplace bool // RENAME_NOREPLACE and its like
	link      bool // hard links
	syncAll   bool // a trustworthy syncfs
}

// New makes a store that notes in the folder journal (made with 0700 when first
// needed) which folders hold named temporaries. With "" nothing is noted, and
// what a kill leaves behind stays.
func New(journal string) *Store {
	return &Store{journal: newJournal(journal), folders: make(map[string]*folder)}
}

// Sweep removes what runs that are dead left behind in the folders their
// journals name, and says how many files and folders that were. Other live
// programs are never touched. A folder that cannot be reached now (a stick that
// is not plugged in) is tried again by later sweeps for 90 days. The error is
// the first of what could not be removed; the rest was.
func (s *Store) Sweep() (removed int, err error) {
	return sweep(s.journal.dir, time.Now())
}

// Close removes the journal of this run. Files and folders still unfinished
// keep it, for the next sweep to find.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.folders) > 0 {
		return nil
	}
	return s.journal.close()
}

// Create starts a file that will appear as target when it is committed. Exactly
// the permission bits of mode are set then, whatever the umask; until then
// nobody else can open it. The caller must Commit or Discard. Faults: NotFound
// (no such folder), Permission, ReadOnly, NoSpace, NameTooLong, BadName.
func (s *Store) Create(target string, mode fs.FileMode) (*File, error) {
	fo, name, err := s.hold(target)
	if err != nil {
		return nil, err
	}
	f := &File{folder: fo, target: target, name: name, mode: mode.Perm()}
	f.file, f.temp, err = fo.create()
	if err != nil {
		fo.release()
		return nil, fault.FromOS(fo.path, err)
	}
	return f, nil
}

// CreateDir starts a folder, private until it is committed as target with the
// permission bits of mode. The caller must Commit or Discard. Faults as Create.
func (s *Store) CreateDir(target string, mode fs.FileMode) (*Dir, error) {
	fo, name, err := s.hold(target)
	if err != nil {
		return nil, err
	}
	d := &Dir{folder: fo, target: target, name: name, mode: mode.Perm()}
	d.root, d.temp, err = fo.createDir()
	if err != nil {
		fo.release()
		return nil, fault.FromOS(fo.path, err)
	}
	return d, nil
}

// hold opens the folder of target, or takes the one that is open already. It
// opens outside the lock: a network folder that hangs must not hold up others.
func (s *Store) hold(target string) (*folder, string, error) {
	path, name, err := splitTarget(target)
	if err != nil {
		return nil, "", err
	}
	fo := s.take(path, nil)
	if fo == nil {
		opened, err := openFolder(s, path)
		if err != nil {
			return nil, "", fault.FromOS(path, err)
		}
		fo = s.take(path, opened)
	}
	if len(name) > fo.traits.nameMax {
		fo.release()
		return nil, "", fault.New(fault.NameTooLong, target, nil)
	}
	return fo, name, nil
}

// take counts one more use of the open folder at path. When there is none it
// becomes opened, which may be nil; when there is, opened is closed.
func (s *Store) take(path string, opened *folder) *folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	fo := s.folders[path]
	switch {
	case fo == nil && opened == nil:
		return nil
	case fo == nil:
		fo = opened
		s.folders[path] = fo
	case opened != nil:
		opened.close()
	}
	fo.refs++
	return fo
}
