package agefile

import (
	"context"

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

// ExtractFolder unpacks the encrypted tar src into dst, never outside it. The
// caller publishes dst after nil and discards it otherwise.
func ExtractFolder(ctx context.Context, src *safefile.Source, dst *safefile.Dir, ids []age.Identity, opt Options) (Extracted, error) {
	panic("in flight")
}
