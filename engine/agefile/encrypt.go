package agefile

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/safefile"
)

// Encrypt writes src, encrypted to everyone in to, to dst, with src's mode bits
// and modification time. The caller publishes dst after nil and discards it
// otherwise. src need not be at its start.
func Encrypt(ctx context.Context, src *safefile.Source, dst *safefile.File, to []age.Recipient, opt Options) error {
	panic("in flight")
}
