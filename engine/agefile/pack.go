package agefile

import (
	"archive/tar"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// Bounds of an archive, in both directions.
const (
	maxDepth   = 1000      // folders in each other
	maxEntries = 4_000_000 // files, folders and links
	aheadSize  = 64 << 10  // files up to this size are read ahead of their turn, in bytes
	aheadFiles = 64        // how many of them
)

// packOne writes a tar of one file.
func packOne(ctx context.Context, w io.Writer, src *safefile.Source, name string) error {
	if name == "" || name != filepath.Base(name) || name == "." || name == ".." {
		return fault.New(fault.BadName, name, nil)
	}
	t := &packer{ctx: ctx, tar: tar.NewWriter(w)}
	head := fileHeader(name, src.Mode(), src.ModTime())
	head.Size = src.Size()
	if err := t.copy(head, io.NewSectionReader(src, 0, src.Size()), src.Path()); err != nil {
		return err
	}
	if err := endsThere(src); err != nil {
		return err
	}
	if err := src.Changed(); err != nil {
		return err
	}
	return asFault("", t.tar.Close())
}

// packFolder writes a tar of dir. The same folder gives the same bytes: entries
// come in the order of their names, and owners are left out.
func packFolder(ctx context.Context, w io.Writer, dir string) (notes []*fault.Error, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fault.FromOS(dir, err)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fault.New(fault.NotRegular, dir, nil)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.FromOS(dir, err)
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	walk := newWalk(ctx, root, dir)
	t := &packer{ctx: ctx, tar: tar.NewWriter(w)}
	for e := range walk.found {
		if err := t.add(walk, e); err != nil {
			cancel()
			walk.wait()
			return nil, err
		}
	}
	if err := walk.wait(); err != nil {
		return nil, err
	}
	if err := walk.unchanged(); err != nil {
		return nil, err
	}
	return walk.notes, asFault(dir, t.tar.Close())
}

// packer writes entries to a tar.
type packer struct {
	ctx   context.Context
	tar   *tar.Writer
	block []byte
}

func (t *packer) add(walk *walk, e *entry) error {
	switch {
	case e.file != nil:
		defer e.file.Close()
		if err := t.copy(e.head, e.file, e.path); err != nil {
			return err
		}
		return unchanged(e.path, e.file, e.was)
	case e.data != nil:
		defer walk.giveBack(e.data)
	}
	if err := t.tar.WriteHeader(e.head); err != nil {
		return asFault(e.path, err)
	}
	_, err := t.tar.Write(e.data)
	return asFault(e.path, err)
}

// copy writes an entry with the content of src, which must have head.Size bytes.
func (t *packer) copy(head *tar.Header, src io.Reader, path string) error {
	if err := t.tar.WriteHeader(head); err != nil {
		return asFault(path, err)
	}
	if t.block == nil {
		t.block = make([]byte, armorBuffer)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{t.tar}, cancellable{t.ctx, io.LimitReader(src, head.Size)}, t.block)
	if err == nil && n < head.Size {
		return fault.New(fault.SourceChanged, path, io.ErrUnexpectedEOF)
	}
	return asFault(path, err)
}

// fileHeader is the tar header of a regular file. Owners would tell names of
// accounts and mean nothing elsewhere; the permissions and the time mean something.
func fileHeader(name string, mode fs.FileMode, modified time.Time) *tar.Header {
	return &tar.Header{
		Typeflag: tar.TypeReg, Name: name, Format: tar.FormatPAX,
		Mode: int64(mode.Perm()), ModTime: modified,
	}
}

// unchanged checks that an open file still is what it was when it was found.
func unchanged(path string, file *os.File, was fs.FileInfo) error {
	now, err := file.Stat()
	if err != nil {
		return fault.FromOS(path, err)
	}
	if !os.SameFile(now, was) || now.Size() != was.Size() || !now.ModTime().Equal(was.ModTime()) {
		return fault.New(fault.SourceChanged, path, nil)
	}
	return nil
}
