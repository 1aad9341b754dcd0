package keyring

import (
	"bytes"
	"context"
	"io"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// draft is a keyring file that nobody sees yet, and what came of opening it
// from disk with its passphrase.
type draft struct {
	file *safefile.File
	raw  []byte
	book *book
	seal *seal
}

// newDraft writes b under pass, with a header of its own, and opens what lies
// on the disk then as somebody would who has only that and the passphrase.
// Takes two seconds. Errors: NeedPassphrase, Cancelled, DiskError when
// something else comes back, and those of writing; then nothing is left.
func newDraft(ctx context.Context, store *safefile.Store, target string, pass *secret.Buffer, b *book) (*draft, error) {
	made, err := newSeal(ctx, pass)
	if err != nil {
		return nil, err
	}
	defer made.destroy()
	raw, err := made.close(b)
	if err != nil {
		return nil, err
	}
	f, err := store.Create(target, 0o600)
	if err != nil {
		return nil, err
	}
	d := &draft{file: f, raw: raw}
	if err := d.proof(ctx, target, pass, b); err != nil {
		d.discard()
		return nil, err
	}
	return d, nil
}

// proof fills in what the file on disk holds, if that is b.
func (d *draft) proof(ctx context.Context, target string, pass *secret.Buffer, b *book) error {
	if _, err := d.file.Write(d.raw); err != nil {
		return err
	}
	if err := d.file.Sync(); err != nil {
		return err
	}
	back, err := io.ReadAll(io.NewSectionReader(d.file, 0, int64(len(d.raw))+1))
	if err != nil {
		return fault.FromOS(target, err)
	}
	if !bytes.Equal(back, d.raw) {
		return fault.New(fault.DiskError, target, errText)
	}
	if d.seal, err = openSeal(ctx, target, back, pass); err != nil {
		return err
	}
	d.seal.remember(back)
	if d.book, err = d.seal.open(target, back); err != nil {
		return err
	}
	same, err := d.book.sameText(b)
	if err == nil && !same {
		err = fault.New(fault.DiskError, target, errText)
	}
	return err
}

// discard leaves nothing behind.
func (d *draft) discard() {
	d.file.Discard()
	if d.book != nil {
		d.book.destroy()
	}
	d.seal.destroy()
}

// sameText says that two would be written as one and the same.
func (b *book) sameText(other *book) (bool, error) {
	mine, err := b.marshal()
	if err != nil {
		return false, err
	}
	defer mine.Destroy()
	theirs, err := other.marshal()
	if err != nil {
		return false, err
	}
	defer theirs.Destroy()
	return mine.Equal(theirs), nil
}
