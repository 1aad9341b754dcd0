package agefile

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/safefile"
)

// Decrypt writes the plaintext of src, binary or armored, to dst. Nil means that
// every byte was authenticated; on an error dst may hold part of the plaintext
// and must be discarded.
func Decrypt(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, opt Options) error {
	panic("in flight")
}
