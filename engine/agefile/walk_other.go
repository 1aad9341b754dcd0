//go:build !unix

package agefile

import "io/fs"

const openNonblock = 0

// fileID is the same for all names of one file; this system does not tell it.
type fileID struct{}

func idOf(fs.FileInfo) (fileID, bool) { return fileID{}, false }
