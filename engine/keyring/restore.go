package keyring

import (
	"context"
	"io"
	"os"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Replacement is a whole keyring that was written, opened from disk and
// checked, and that nobody sees yet. Commit or Discard ends it. Not safe for
// concurrent use.
type Replacement struct {
	store *safefile.Store
	path  string
	draft *draft
	over  bool
}

// Replace readies a keyring of what c holds, under pass, in place of whatever
// is at path. Nothing that is there is touched, and nothing is left behind by an
// error or a kill. pass and c stay the caller's. Takes two seconds. Errors:
// KeyMissing (no key pair in it), NeedPassphrase, Cancelled, DiskError, and those
// of writing.
func Replace(ctx context.Context, store *safefile.Store, path string, pass *secret.Buffer, c *Content) (*Replacement, error) {
	if len(c.book.keys) == 0 {
		return nil, fault.New(fault.KeyMissing, "", nil)
	}
	d, err := newDraft(ctx, store, path, pass, c.book)
	if err != nil {
		return nil, err
	}
	return &Replacement{store: store, path: path, draft: d}, nil
}

// Commit puts the keyring in its place and answers it, open. What was there is
// kept beside it, as keyring.age.DATE.aside and, of the one before that,
// keyring.age.old.DATE.aside: copies, made and flushed before, so that at every
// instant there is a keyring that opens with its passphrase. Nothing of ours
// ever deletes those. Errors: ProfileBusy, and those of writing; then what was
// there still is.
func (r *Replacement) Commit() (*Keyring, error) {
	if r.over {
		return nil, fault.New(fault.Internal, r.path, nil)
	}
	unlock, err := lockFile(context.Background(), lockPath(r.path))
	if err != nil {
		return nil, err
	}
	defer unlock()
	copies, err := r.setAside(time.Now().UTC().Format(time.DateOnly))
	if err == nil {
		_, err = r.draft.file.Commit(safefile.Replace)
	}
	if err != nil && !landed(r.path, r.draft.raw) {
		for _, c := range copies { // of what is still there
			_ = os.Remove(c)
		}
		return nil, err
	}
	r.over = true
	// The one before would open with another passphrase in its place.
	previous, err := r.draft.seal.close(r.draft.book)
	if err == nil {
		err = publish(r.store, Previous(r.path), previous, safefile.Replace)
	}
	if err != nil {
		_ = os.Remove(Previous(r.path)) // a copy of it is aside
	}
	return &Keyring{store: r.store, path: r.path, book: r.draft.book, seal: r.draft.seal}, nil
}

// Discard leaves everything as it was. It does nothing after a Commit.
func (r *Replacement) Discard() {
	if !r.over {
		r.over = true
		r.draft.discard()
	}
}

// setAside copies the keyring that is there and the one before it. Also on an
// error it answers what it made.
func (r *Replacement) setAside(day string) (copies []string, err error) {
	for _, there := range []string{r.path, Previous(r.path)} {
		made, err := copyAside(r.store, there, there+"."+day+".aside")
		if made != "" {
			copies = append(copies, made)
		}
		if err != nil {
			return copies, err
		}
	}
	return copies, nil
}

// copyAside copies the file at path, if there is one, whatever is in it.
func copyAside(store *safefile.Store, path, aside string) (made string, err error) {
	src, err := safefile.OpenSource(path)
	if kind := fault.Of(err); kind == fault.NotFound || kind == fault.DanglingLink {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer src.Close()
	f, err := store.Create(aside, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Discard()
	if _, err := io.Copy(f, src); err != nil {
		return "", fault.FromOS(aside, err)
	}
	f.SetTimes(src.ModTime())
	return f.Commit(safefile.KeepBoth)
}
