package agefile

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/safefile"
)

// Rewrap writes src to dst with a new header for everyone in to. The payload is
// authenticated to its end first and then copied as it is.
func Rewrap(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, to []age.Recipient, opt Options) error {
	panic("in flight")
}
