package agefile

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// EncryptFolder writes dir as an encrypted tar, which unpacks to one folder of
// the name of dir, to dst. Notes name what such an archive cannot hold (devices,
// pipes, sockets): they are left out, the rest is in. Nothing under dir may
// change meanwhile: SourceChanged, SourceGone. dst inside dir is InsideItself.
func EncryptFolder(ctx context.Context, dir string, dst *safefile.File, to []age.Recipient, opt Options) (notes []*fault.Error, err error) {
	defer func() { err = about(dir, err) }()
	if inside(dst.Target(), dir) {
		return nil, fault.New(fault.InsideItself, dst.Target(), nil)
	}
	err = sealWritten(ctx, dst, dir, to, opt, func(ctx context.Context, w io.Writer) (err error) {
		notes, err = packFolder(ctx, w, dir)
		return err
	})
	return notes, err
}

// PackOne writes src as a tar of one file called name to dst, so that the outer
// name can be anything. A folder hides its name in the same way by EncryptFolder.
func PackOne(ctx context.Context, src *safefile.Source, name string, dst *safefile.File, to []age.Recipient, opt Options) (err error) {
	defer func() { err = about(src.Path(), err) }()
	return sealWritten(ctx, dst, src.Path(), to, opt, func(ctx context.Context, w io.Writer) error {
		return packOne(ctx, w, src, name)
	})
}

// sealWritten seals what write produces while it produces it.
func sealWritten(ctx context.Context, dst *safefile.File, from string, to []age.Recipient, opt Options, write func(context.Context, io.Writer) error) error {
	h, done, err := opt.header(ctx, to)
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, w := io.Pipe()
	written := make(chan error, 1)
	go func() {
		defer secret.Guard()
		buffered := bufio.NewWriterSize(w, armorBuffer)
		err := write(ctx, buffered)
		if err == nil {
			err = buffered.Flush()
		}
		w.CloseWithError(err)
		written <- err
	}()
	err = seal(ctx, h, r, dst, from, opt)
	r.CloseWithError(err) // for a writer that is still at it
	if werr := <-written; werr != nil && (err == nil || fault.Of(err) == fault.Of(werr)) {
		return werr // it knows which entry
	}
	return err
}

// inside says whether path lies in dir, links resolved where there is something to resolve.
func inside(path, dir string) bool {
	parent, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return false
	}
	dir, err = filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	parent, err1 := filepath.Abs(parent)
	dir, err2 := filepath.Abs(dir)
	rel, err := filepath.Rel(dir, parent)
	return err == nil && err1 == nil && err2 == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
