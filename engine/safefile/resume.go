package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cryptodesk/engine/fault"
)

// Resume opens the unfinished file called part in the folder of target, or makes it
// when it is not there, and says how many bytes it has. It is a File like those of
// Create, but Keep leaves it for another Resume, in a later run too; so its name
// is the caller's, begins with ".cryptodesk-" and ends with ".part", and so are
// the sweeps. Faults as Create; Busy when something else has that name.
func (s *Store) Resume(target, part string, mode fs.FileMode) (f *File, size int64, err error) {
	if !strings.HasPrefix(part, tempPrefix) || !strings.HasSuffix(part, tempSuffix) || !oneElement(part) {
		return nil, 0, fault.New(fault.Internal, part, nil)
	}
	fo, name, err := s.hold(target)
	if err != nil {
		return nil, 0, err
	}
	f = &File{folder: fo, target: target, name: name, mode: mode.Perm(), temp: part}
	f.file, size, err = fo.openPart(part)
	if err != nil {
		fo.release()
		return nil, 0, fault.FromOS(fo.path, err)
	}
	return f, size, nil
}

// openPart takes only an ordinary file with one name, and opens what it looked at.
func (fo *folder) openPart(part string) (*os.File, int64, error) {
	was, err := fo.root.Lstat(part)
	if errors.Is(err, fs.ErrNotExist) {
		file, err := fo.root.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		return file, 0, err
	}
	if err != nil {
		return nil, 0, err
	}
	if !was.Mode().IsRegular() {
		return nil, 0, fault.New(fault.Busy, part, nil)
	}
	file, err := fo.root.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return nil, 0, err
	}
	is, err := file.Stat()
	if err == nil && (!os.SameFile(was, is) || hardLinks(is) > 1) {
		err = fault.New(fault.Busy, part, nil)
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, is.Size(), nil
}

// Truncate cuts or extends what was written to size bytes.
func (f *File) Truncate(size int64) error { return f.failed(f.file.Truncate(size)) }

// Keep flushes a file of Resume and leaves it unpublished under its own name. It does
// nothing after Commit or Discard.
func (f *File) Keep() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over || f.shut {
		return nil
	}
	err := f.failed(f.file.Sync())
	if cerr := f.failed(f.file.Close()); err == nil {
		err = cerr
	}
	f.shut = true
	f.over = true
	f.folder.release()
	return err
}

// RemovePart removes an unfinished file that Keep left in folder; none is no
// error.
func (s *Store) RemovePart(folder, part string) error {
	fo, name, err := s.hold(filepath.Join(folder, part))
	if err != nil {
		return err
	}
	defer fo.release()
	if err := fo.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.FromOS(fo.path, err)
	}
	return nil
}
