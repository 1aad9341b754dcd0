package agefile

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// EncryptFolder writes dir as an encrypted tar to dst. Notes name what a tar
// of files cannot hold (devices, FIFOs, sockets): they are left out, the rest is in.
func EncryptFolder(ctx context.Context, dir string, dst *safefile.File, to []age.Recipient, opt Options) (notes []*fault.Error, err error) {
	panic("in flight")
}

// PackOne writes src as a tar of one file called name to dst: the outer name can
// then be anything. A folder hides its name the same way, by EncryptFolder.
func PackOne(ctx context.Context, src *safefile.Source, name string, dst *safefile.File, to []age.Recipient, opt Options) error {
	panic("in flight")
}
