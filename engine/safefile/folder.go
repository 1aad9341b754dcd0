package safefile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// folder is where results appear, kept open while any is unfinished so that
// they land in it even when it is renamed meanwhile. Opening one needs the
// right to list it.
type folder struct {
	store  *Store
	path   string // absolute
	root   *os.Root
	dir    *os.File // the same, for flushing and for what os.Root has no method for
	traits traits
	refs   int // guarded by store.mu
}

// traits are facts of the file system a folder is on.
type traits struct {
	nameMax int    // bytes of the longest name
	device  uint64 // equal for folders that one syncfs covers
	syncAll bool   // syncfs makes content durable and reports write errors
}

const usualNameMax = 255

func openFolder(s *Store, path string) (*folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	dir, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, err
	}
	fo := &folder{store: s, path: path, root: root, dir: dir, traits: traitsOf(dir)}
	fo.traits.syncAll = fo.traits.syncAll && !s.without.syncAll
	return fo, nil
}

func (fo *folder) close() {
	fo.dir.Close()
	fo.root.Close()
}

func (fo *folder) release() {
	fo.store.mu.Lock()
	defer fo.store.mu.Unlock()
	if fo.refs--; fo.refs == 0 {
		delete(fo.store.folders, fo.path)
		fo.close()
	}
}

const (
	tempPrefix = ".cryptodesk-"
	tempSuffix = ".part"
)

// tempName is a name for a temporary, noted in the journal before it exists.
func (fo *folder) tempName() (string, error) {
	owner, err := fo.store.journal.note(fo.path)
	if err != nil {
		return "", err
	}
	return tempPrefix + owner + "-" + randomName() + tempSuffix, nil
}

// randomName is 80 bits as 16 characters that every file system keeps apart.
func randomName() string { return strings.ToLower(rand.Text()[:16]) }

// create makes a file readable and writable by nobody else: one without a name
// where the file system can, else temp is its name.
func (fo *folder) create() (file *os.File, temp string, err error) {
	if !fo.store.without.unnamed {
		file, err = createUnnamed(fo.dir)
		if !errors.Is(err, errors.ErrUnsupported) {
			return file, "", err
		}
	}
	if temp, err = fo.tempName(); err != nil {
		return nil, "", err
	}
	file, err = fo.root.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return file, temp, err
}

func (fo *folder) createDir() (root *os.Root, temp string, err error) {
	if temp, err = fo.tempName(); err != nil {
		return nil, "", err
	}
	if err = fo.root.Mkdir(temp, 0o700); err != nil {
		return nil, "", err
	}
	if root, err = fo.root.OpenRoot(temp); err != nil {
		fo.root.Remove(temp)
		return nil, "", err
	}
	return root, temp, nil
}

// rename gives temp its final name unless that is taken (fs.ErrExist).
func (fo *folder) rename(temp, name string, isDir bool) error {
	err := errors.ErrUnsupported
	if !fo.store.without.noReplace {
		err = renameNoReplace(fo, temp, name)
	}
	if errors.Is(err, errors.ErrUnsupported) && !isDir && !fo.store.without.link {
		if err = fo.root.Link(temp, name); err == nil {
			// Both names are the complete file; a kill here leaves one to sweep.
			_ = fo.root.Remove(temp)
			return nil
		}
		if cannotLink(err) {
			err = errors.ErrUnsupported
		}
	}
	if errors.Is(err, errors.ErrUnsupported) {
		err = fo.lookAndRename(temp, name)
	}
	return err
}

// lookAndRename is the last resort described in the package comment.
func (fo *folder) lookAndRename(temp, name string) error {
	turn, err := fo.root.Open(".") // an open of its own: locks belong to opens, not to processes
	if err != nil {
		return err
	}
	defer turn.Close() // unlocks
	// Where not even locks work, the look alone has to do.
	_ = waitLock(turn)
	if _, err = fo.root.Lstat(name); err == nil {
		return fs.ErrExist
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fo.root.Rename(temp, name)
}

// replace renames temp over name; a folder is never replaced.
func (fo *folder) replace(temp, name string) error {
	if info, err := fo.root.Lstat(name); err == nil && info.IsDir() {
		return fs.ErrExist
	}
	return fo.root.Rename(temp, name)
}

// flush makes the names in the folder durable.
func (fo *folder) flush() error { return flushFolder(fo.dir) }
