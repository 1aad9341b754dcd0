package agefile

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"io"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// Extracted says what came out of an archive.
type Extracted struct {
	// Name is the one top-level entry the archive had, "" if it had several. A
	// single top folder becomes dst itself; a single file lies in dst under Name.
	Name    string
	File    bool           // the one entry is a file (or a link), not a folder
	Entries int            // files, folders and links written
	Notes   []*fault.Error // links left out because they lead outside (UnsafeLink)
}

// ExtractFolder unpacks the encrypted tar src into dst, never outside it, and
// keeps permissions (not setuid and its like), times, symbolic and hard links.
// Nil means that all of src was authenticated; the caller publishes dst after
// nil and discards it otherwise.
//
// Errors, besides those of Decrypt: UnsafePath, DuplicateEntry, UnsupportedEntry,
// TooDeep, TooMany, NameTooLong, ArchiveDamaged. A link that leads out of the
// folder is left out and becomes a note.
func ExtractFolder(ctx context.Context, src *safefile.Source, dst *safefile.Dir, ids []age.Identity, opt Options) (got Extracted, err error) {
	defer func() { err = about(src.Path(), err) }()
	p, err := openPayload(ctx, src, ids, opt)
	if err != nil {
		return Extracted{}, changedFirst(src, err)
	}
	defer p.key.Destroy()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	plain := p.reader(ctx)
	defer plain.Close()
	if got, err = unpack(ctx, bufio.NewReaderSize(plain, armorBuffer), dst); err != nil {
		return Extracted{}, changedFirst(src, err)
	}
	return got, alive(p.key, src.Changed())
}

// unpack writes the archive in r, which is read to its end, into dst.
func unpack(ctx context.Context, r io.Reader, dst *safefile.Dir) (Extracted, error) {
	u := newUnpacker(ctx, dst.Root())
	err := u.readAll(r)
	if werr := u.wait(); err == nil {
		err = werr
	}
	if err != nil {
		return Extracted{}, err
	}
	return u.finish(dst)
}

// readAll reads the archive and then on to the end of r: only its io.EOF says
// that nothing was cut off.
func (u *unpacker) readAll(r io.Reader) error {
	archive := tar.NewReader(r)
	for {
		head, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return archiveFault(err)
		}
		if err := u.entry(head, archive); err != nil {
			return archiveFault(err)
		}
	}
	if u.count == 0 {
		return fault.New(fault.ArchiveDamaged, "", errors.New("no entries"))
	}
	return u.rest(r)
}

// rest wants nothing but the zeros that pad an archive.
func (u *unpacker) rest(r io.Reader) error {
	block := u.block()
	defer u.giveBack(block)
	for {
		n, err := r.Read(block)
		for _, b := range block[:n] {
			if b != 0 {
				return fault.New(fault.ArchiveDamaged, "", errors.New("data after the end of the archive"))
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return archiveFault(err)
		}
	}
}

// archiveFault gives an error of archive/tar its kind; what the payload or the
// disk said goes through.
func archiveFault(err error) error {
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return f
	}
	if k := fault.Of(err); k != fault.Internal {
		return fault.New(k, "", err)
	}
	return fault.New(fault.ArchiveDamaged, "", err)
}
