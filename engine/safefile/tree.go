package safefile

import (
	"errors"
	"io/fs"
	"os"
)

// removeTree removes name and all below it. Folders that were given modes
// without the right to change them are opened up first.
func removeTree(parent *os.Root, name string) error {
	err := parent.RemoveAll(name)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	openUp(parent, name)
	return parent.RemoveAll(name)
}

// openUp makes every folder in the tree writable, as far as it goes.
func openUp(parent *os.Root, name string) {
	info, err := parent.Lstat(name)
	if err != nil || !info.IsDir() {
		return
	}
	_ = parent.Chmod(name, 0o700)
	_ = inTree(parent, name, func(folder *os.Root, entries []fs.DirEntry) error {
		for _, e := range entries {
			openUp(folder, e.Name())
		}
		return nil
	})
}

// inTree calls f with the folder name, opened, and what is in it.
func inTree(parent *os.Root, name string, f func(*os.Root, []fs.DirEntry) error) error {
	folder, err := parent.OpenRoot(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	dir, err := folder.Open(".")
	if err != nil {
		return err
	}
	entries, err := dir.ReadDir(-1)
	dir.Close()
	if err != nil {
		return err
	}
	return f(folder, entries)
}

// syncTree flushes every file and folder of the tree one by one, for file
// systems where nothing less does.
func syncTree(parent *os.Root, name string) error {
	info, err := parent.Lstat(name)
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		return reachable(parent, name, info, func() error {
			if err := inTree(parent, name, syncEntries); err != nil {
				return err
			}
			return syncOne(parent, name, os.O_RDONLY, flushFolder)
		})
	case info.Mode().IsRegular():
		return reachable(parent, name, info, func() error {
			return syncOne(parent, name, syncFlag, (*os.File).Sync)
		})
	}
	return nil // a link is part of its folder
}

func syncEntries(folder *os.Root, entries []fs.DirEntry) error {
	for _, e := range entries {
		if err := syncTree(folder, e.Name()); err != nil {
			return err
		}
	}
	return nil
}

func syncOne(parent *os.Root, name string, flag int, flush func(*os.File) error) error {
	file, err := parent.OpenFile(name, flag, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	return flush(file)
}

// reachable runs f on an entry that its own mode may lock us out of.
func reachable(parent *os.Root, name string, info fs.FileInfo, f func() error) error {
	err := f()
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if err := parent.Chmod(name, info.Mode().Perm()|0o700); err != nil {
		return err
	}
	err = f()
	return errors.Join(err, parent.Chmod(name, info.Mode().Perm()))
}
