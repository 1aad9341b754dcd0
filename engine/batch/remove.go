package batch

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

// removeOriginal deletes what item i was made from, but only after the
// published file was read back from disk and decrypted to the same bytes. Any
// doubt keeps the original and is said as a note.
func (e *encryption) removeOriginal(ctx context.Context, i int, final string) error {
	if e.onlyPlugins() {
		e.proofs.take(i).Destroy()
		return fault.New(fault.Unproven, e.items[i].Path, nil)
	}
	header := e.proof(i)
	if header == nil {
		return fault.New(fault.Internal, final, nil)
	}
	if e.pass == nil {
		defer header.Destroy()
	}
	it := e.items[i]
	enc, err := safefile.OpenSource(final)
	if err != nil {
		return err
	}
	defer enc.Close()
	opt := agefile.Options{Workers: e.opt.Workers, Header: header}
	if it.Folder {
		return e.removeFolder(ctx, it, enc, opt)
	}
	src, err := safefile.OpenSource(it.Path)
	if err != nil {
		return err
	}
	defer src.Close()
	if e.opt.HideNames {
		err = agefile.VerifyOne(ctx, enc, src, filepath.Base(it.Path), opt)
	} else {
		err = agefile.Verify(ctx, enc, src, opt)
	}
	if err != nil {
		return err
	}
	if err := src.Changed(); err != nil {
		return err
	}
	return remove(it.Path)
}

// onlyPlugins says that everybody's part of the header is a plugin's work. That
// the file key reads the result back then says nothing of whether anybody gets
// at the file key: a plugin that is wrong would have cost the original.
func (e *encryption) onlyPlugins() bool {
	for _, r := range e.opt.To {
		if r.Kind != identity.Plugin {
			return false
		}
	}
	return len(e.opt.To) > 0
}

// proof is the header whose file key reads item i back.
func (e *encryption) proof(i int) *agefile.Header {
	if e.pass != nil {
		h, _ := e.shared.get(e.to)
		return h
	}
	return e.proofs.take(i)
}

// removeFolder compares the archive with the folder as it is now, and then
// deletes just the entries that were compared and have not changed since: what
// appeared or was written meanwhile stays, and so do the folders around it.
func (e *encryption) removeFolder(ctx context.Context, it Item, enc *safefile.Source, opt agefile.Options) error {
	entries, err := list(ctx, it.Path)
	if err != nil {
		return err
	}
	if err := agefile.VerifyFolder(ctx, enc, it.Path, opt); err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) { // children before their folder
		if err := e.remove(); err != nil {
			return err
		}
	}
	return nil
}

// entry is something in a folder and what it looked like when it was listed.
type entry struct {
	path string
	info fs.FileInfo
}

func list(ctx context.Context, dir string) (entries []entry, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, "", ctx.Err())
		}
		if err != nil {
			return fault.FromOS(path, err)
		}
		info, err := d.Info()
		if err != nil {
			return fault.FromOS(path, err)
		}
		entries = append(entries, entry{path, info})
		return nil
	})
	return entries, err
}

// remove deletes the entry if it is still the same. A folder goes only when it
// is empty, which os.Remove sees to.
func (e entry) remove() error {
	now, err := os.Lstat(e.path)
	if err != nil {
		return fault.FromOS(e.path, err)
	}
	if !now.IsDir() && (!os.SameFile(now, e.info) || now.Size() != e.info.Size() || !now.ModTime().Equal(e.info.ModTime())) {
		return fault.New(fault.SourceChanged, e.path, nil)
	}
	return remove(e.path)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fault.FromOS(path, err)
	}
	return nil
}
