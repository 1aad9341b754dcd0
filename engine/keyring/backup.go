package keyring

import (
	"bytes"
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Backup writes everything, or only the key pair with that ID if it is not
// empty, to a file that opens with pass, which stays the caller's. It was
// opened from disk when the answer is nil. A file that is there is not
// replaced: fault.Exists. Takes two seconds. Errors: KeyMissing, those of
// newDraft, Locked.
func (k *Keyring) Backup(ctx context.Context, target string, pass *secret.Buffer, id string) error {
	if err := safefile.Precheck(target, safefile.Refuse); err != nil {
		return err
	}
	c, err := k.Content()
	if err != nil {
		return err
	}
	defer c.Destroy()
	if id != "" {
		if err := c.Only(id); err != nil {
			return err
		}
	}
	d, err := newDraft(ctx, k.store, target, pass, c.book)
	if err != nil {
		return err
	}
	defer d.discard()
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, target, ctx.Err())
	}
	if _, err := d.file.Commit(safefile.Refuse); err != nil {
		return err
	}
	there, err := readRaw(target)
	if err == nil && !bytes.Equal(there, d.raw) {
		err = fault.New(fault.DiskError, target, errText)
	}
	return err
}
