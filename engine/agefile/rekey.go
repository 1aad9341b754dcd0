package agefile

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Rekey writes src, which the passphrase was opens, to dst so that the
// passphrase is opens it: encrypted again, armored if src is. Both buffers stay
// the caller's. Errors: as Rewrap.
func Rekey(ctx context.Context, src *safefile.Source, dst *safefile.File, was, is *secret.Buffer, opt Options) error {
	from, to := NewPassphrase(was.Clone()), NewPassphrase(is.Clone())
	defer from.Destroy()
	defer to.Destroy()
	return Rewrap(ctx, src, dst, []age.Identity{from}, []age.Recipient{to}, opt)
}
