package agefile

import (
	"archive/tar"
	"context"
	"io/fs"
	"strings"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/safefile"
)

// Entry is what an archive says of one thing in it.
type Entry struct {
	Name    string // as it is in the archive, without the slash of a folder
	Folder  bool
	Size    int64
	ModTime time.Time
}

// FirstEntry reads the beginning of an encrypted archive, as PackOne and
// EncryptFolder write them, up to what it says of its first entry. What it
// answers is authentic; that the rest is, it does not say.
func FirstEntry(ctx context.Context, src *safefile.Source, ids []age.Identity) (e Entry, err error) {
	defer func() { err = about(src.Path(), err) }()
	p, err := openPayload(ctx, src, ids, Options{Workers: 1})
	if err != nil {
		return e, err
	}
	defer p.key.Destroy()
	r := p.reader(ctx)
	defer r.Close()
	head, err := tar.NewReader(r).Next()
	if err != nil {
		return e, archiveFault(err)
	}
	return Entry{strings.TrimSuffix(head.Name, "/"), head.FileInfo().Mode()&fs.ModeDir != 0, head.Size, head.ModTime}, nil
}
