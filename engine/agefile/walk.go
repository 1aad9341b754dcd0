package agefile

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// entry is one thing found in a folder.
type entry struct {
	path string // where it is, for messages
	head *tar.Header
	data []byte      // the content of a small file
	file *os.File    // or a large one, open
	was  fs.FileInfo // what the large one looked like
}

// walk finds what is in a folder, in the order of names, and reads small files
// ahead of the tar that wants them: opening files takes longer than sealing them.
type walk struct {
	ctx   context.Context
	root  *os.Root
	dir   string // absolute
	base  string // name of the folder in the archive
	found chan *entry
	free  chan []byte // buffers to read ahead into

	count int
	dirs  []visited
	links map[fileID]string // regular files with several names: the first one
	notes []*fault.Error
	err   error // readable when found is closed
}

// visited is a folder whose entries were listed.
type visited struct {
	rel string
	was fs.FileInfo
}

func newWalk(ctx context.Context, root *os.Root, dir string) *walk {
	w := &walk{
		ctx: ctx, root: root, dir: dir, base: filepath.Base(dir),
		found: make(chan *entry, aheadFiles),
		free:  make(chan []byte, aheadFiles),
		links: make(map[fileID]string),
	}
	if w.base == string(filepath.Separator) {
		w.base = "root"
	}
	for range aheadFiles {
		w.free <- nil // made when first used
	}
	go func() {
		defer secret.Guard()
		defer close(w.found)
		w.err = w.folder(".", 1)
	}()
	return w
}

// wait is for the end of the walk, which the caller has cancelled or read to its end.
func (w *walk) wait() error {
	for e := range w.found {
		if e.file != nil {
			e.file.Close()
		}
	}
	return w.err
}

func (w *walk) giveBack(data []byte) { w.free <- data[:0] }

// place is where rel is, for messages.
func (w *walk) place(rel string) string { return filepath.Join(w.dir, filepath.FromSlash(rel)) }

// folder sends the folder rel and all that is in it.
func (w *walk) folder(rel string, depth int) error {
	if depth > maxDepth {
		return fault.New(fault.TooDeep, w.place(rel), nil)
	}
	was, names, err := w.list(rel)
	if err != nil {
		return err
	}
	w.dirs = append(w.dirs, visited{rel, was})
	head := fileHeader(path.Join(w.base, rel)+"/", was.Mode(), was.ModTime())
	head.Typeflag = tar.TypeDir
	if err := w.send(&entry{path: w.place(rel), head: head}); err != nil {
		return err
	}
	for _, name := range names {
		if err := w.entry(path.Join(rel, name), depth); err != nil {
			return err
		}
	}
	return nil
}

// unchanged says whether all folders still list what they did, at the end, when
// everything in them was read.
func (w *walk) unchanged() error {
	for _, d := range w.dirs {
		now, err := w.root.Lstat(d.rel)
		if err != nil {
			return w.gone(d.rel, err)
		}
		if !os.SameFile(now, d.was) || !now.ModTime().Equal(d.was.ModTime()) {
			return fault.New(fault.SourceChanged, w.place(d.rel), nil)
		}
	}
	return nil
}

func (w *walk) list(rel string) (fs.FileInfo, []string, error) {
	dir, err := w.root.Open(rel)
	if err != nil {
		return nil, nil, w.gone(rel, err)
	}
	defer dir.Close()
	was, err := dir.Stat()
	if err != nil {
		return nil, nil, fault.FromOS(w.place(rel), err)
	}
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, nil, fault.FromOS(w.place(rel), err)
	}
	slices.SortFunc(names, cmp.Compare)
	return was, names, nil
}

// entry sends what rel is.
func (w *walk) entry(rel string, depth int) error {
	if w.count++; w.count > maxEntries {
		return fault.New(fault.TooMany, w.dir, nil)
	}
	info, err := w.root.Lstat(rel)
	if err != nil {
		return w.gone(rel, err)
	}
	head := fileHeader(path.Join(w.base, rel), info.Mode(), info.ModTime())
	switch mode := info.Mode(); {
	case mode.IsDir():
		return w.folder(rel, depth+1)
	case mode.IsRegular():
		return w.regular(rel, info, head)
	case mode&fs.ModeSymlink != 0:
		head.Typeflag = tar.TypeSymlink
		if head.Linkname, err = w.root.Readlink(rel); err != nil {
			return w.gone(rel, err)
		}
		return w.send(&entry{path: w.place(rel), head: head})
	}
	w.notes = append(w.notes, fault.New(fault.UnsupportedEntry, w.place(rel), nil))
	return nil
}

func (w *walk) regular(rel string, info fs.FileInfo, head *tar.Header) error {
	if id, several := idOf(info); several {
		if first, seen := w.links[id]; seen {
			head.Typeflag, head.Linkname = tar.TypeLink, first
			return w.send(&entry{path: w.place(rel), head: head})
		}
		w.links[id] = head.Name
	}
	// Between the look and the open, a pipe may have taken the file's place.
	file, err := w.root.OpenFile(rel, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return w.gone(rel, err)
	}
	e := &entry{path: w.place(rel), head: head, was: info}
	if err := unchanged(e.path, file, info); err != nil {
		file.Close()
		return err
	}
	if head.Size = info.Size(); head.Size > aheadSize {
		e.file = file
		return w.send(e)
	}
	defer file.Close()
	if head.Size > 0 {
		if err := w.readAhead(e, file); err != nil {
			return err
		}
	}
	return w.send(e)
}

// readAhead reads the whole of a small file.
func (w *walk) readAhead(e *entry, file *os.File) error {
	select {
	case e.data = <-w.free:
	case <-w.ctx.Done():
		return fault.New(fault.Cancelled, "", w.ctx.Err())
	}
	e.data = slices.Grow(e.data[:0], int(e.head.Size))[:e.head.Size]
	if _, err := io.ReadFull(file, e.data); err == io.EOF || err == io.ErrUnexpectedEOF {
		return fault.New(fault.SourceChanged, e.path, err)
	} else if err != nil {
		return fault.FromOS(e.path, err)
	}
	return unchanged(e.path, file, e.was)
}

func (w *walk) send(e *entry) error {
	select {
	case w.found <- e:
		return nil
	case <-w.ctx.Done():
		if e.file != nil {
			e.file.Close()
		}
		return fault.New(fault.Cancelled, "", w.ctx.Err())
	}
}

// gone is why something that was just there cannot be reached.
func (w *walk) gone(rel string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.SourceGone, w.place(rel), err)
	}
	return fault.FromOS(w.place(rel), err)
}
