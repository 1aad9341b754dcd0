package safefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cryptodesk/engine/fault"
)

const (
	// journalMax bounds what is read of a journal: a few thousand folders.
	journalMax = 16 << 20
	// unreachableFor is how long a journal waits for a folder that is not there.
	unreachableFor = 90 * 24 * time.Hour
)

// sweep goes through the journals in dir. It answers the first error.
func sweep(dir string, now time.Time) (removed int, err error) {
	if dir == "" {
		return 0, nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fault.FromOS(dir, err)
	}
	for _, e := range entries {
		owner, ok := strings.CutSuffix(e.Name(), journalSuffix)
		if !ok || owner == "" || !e.Type().IsRegular() {
			continue
		}
		n, serr := sweepJournal(filepath.Join(dir, e.Name()), owner, now)
		removed += n
		if err == nil {
			err = serr
		}
	}
	return removed, err
}

// sweepJournal removes the temporaries of a dead run, then its journal. One
// that is locked belongs to a living run, or to another sweep.
func sweepJournal(path, owner string, now time.Time) (removed int, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // another sweep was faster
	}
	if err != nil {
		return 0, fault.FromOS(path, err)
	}
	if tryLock(file) != nil {
		return 0, file.Close()
	}
	folders, at, err := readJournal(file)
	if err != nil {
		file.Close()
		return 0, fault.FromOS(path, err)
	}
	finished := true
	for _, folder := range folders {
		n, serr := sweepFolder(folder, owner)
		removed += n
		if errors.Is(serr, fs.ErrNotExist) {
			finished = finished && now.Sub(at) > unreachableFor
			continue
		}
		if serr != nil {
			finished = false
			if err == nil {
				err = fault.FromOS(folder, serr)
			}
		}
	}
	if !finished {
		file.Close()
		return removed, err
	}
	return removed, removeLocked(file, path)
}

// readJournal answers the folders noted and when the last one was. A last path
// without its NUL was being written when the run died: nothing was made there.
func readJournal(file *os.File) (folders []string, at time.Time, err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, at, err
	}
	text, err := io.ReadAll(io.LimitReader(file, journalMax))
	if err != nil {
		return nil, at, err
	}
	folders = strings.Split(string(text), "\x00")
	return folders[:len(folders)-1], info.ModTime(), nil
}

// sweepFolder removes the temporaries of owner in one folder.
func sweepFolder(path, owner string) (removed int, err error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return 0, err
	}
	names, err := dir.Readdirnames(-1)
	dir.Close()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if !isTemp(name, owner) {
			continue
		}
		rerr := removeTree(root, name)
		if rerr == nil {
			removed++
		} else if err == nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = rerr
		}
	}
	return removed, err
}
