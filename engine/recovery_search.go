package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// SearchTarget reads what guesses at a forgotten passphrase are tried on, out
// of the file at path; the own keyring when path is empty. Works in any state.
// Errors: KeyringMissing, NotPassphrase, WorkFactor, and those of reading.
func (e *Engine) SearchTarget(path string) (*search.Target, error) {
	if path != "" {
		return search.OpenTarget(path)
	}
	own := e.session.KeyringPath()
	if _, err := os.Lstat(own); errors.Is(err, fs.ErrNotExist) {
		own = keyring.Previous(own)
	}
	t, err := search.OpenTarget(own)
	if fault.Of(err) == fault.NotFound {
		return nil, fault.New(fault.KeyringMissing, own, nil)
	}
	return t, err
}

// Search begins to try the guesses, which it takes over, on t. The caller polls
// it and closes it; Close of the engine stops it. It goes on when the session
// locks, for it has no keys; one that is over is closed then.
func (e *Engine) Search(t *search.Target, g *search.Guesses, opt search.Options) *search.Search {
	opt.Store = e.store
	s := search.New(t, g, opt)
	s.Start(e.ctx)
	e.searching.Store(s)
	e.jobs.Add(1)
	go func() {
		defer secret.Guard()
		defer e.jobs.Done()
		<-s.Done()
		secret.Settle()
	}()
	return s
}

// Searching is the search that Search began last, nil once it is closed: a
// window that comes back to it finds it there.
func (e *Engine) Searching() *search.Search {
	if s := e.searching.Load(); s != nil && !s.Closed() {
		return s
	}
	return nil
}

// dropSearch closes a search that is over: nobody may have come back for what it
// found, and that is a passphrase.
func (e *Engine) dropSearch() {
	if s := e.searching.Load(); s != nil && s.Progress().State.Over() {
		s.Close()
	}
}

// SearchNotes is where a search for t keeps how far it came: in the profile,
// under a name that only tells which file it is to who has the file. Each shard
// of several has its own.
func (e *Engine) SearchNotes(t *search.Target, shard, shards uint64) string {
	part := ""
	if shards > 1 {
		part = fmt.Sprintf("-%d-of-%d", shard, shards)
	}
	return filepath.Join(e.home, "search-"+t.Name()+part+".checkpoint")
}

// GetIn ends a search that found the passphrase: at once the file at path gets
// the passphrase fresh, and the own keyring is unlocked with it, for which path
// is empty or its own. Both buffers are taken over. Takes some seconds. Errors:
// WrongPassphrase, NeedPassphrase, Cancelled, and those of writing; then the
// passphrase that was found still holds.
func (e *Engine) GetIn(ctx context.Context, path string, found, fresh *secret.Buffer) (own bool, err error) {
	defer secret.Settle()
	if own = path == "" || e.isOwn(path); !own {
		return false, e.rekey(ctx, path, found, fresh)
	}
	// Wrong ones before the search still count.
	if wait := e.session.Wait(); wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	return true, e.session.Regain(ctx, found, fresh)
}

// isOwn says whether path leads to the keyring of this profile, or to what is
// left of it.
func (e *Engine) isOwn(path string) bool {
	is, err := os.Stat(path)
	if err != nil {
		return false
	}
	t, err := os.Stat(e.session.KeyringPath())
	if errors.Is(err, fs.ErrNotExist) {
		t, err = os.Stat(keyring.Previous(e.session.KeyringPath()))
	}
	return err == nil && os.SameFile(is, t)
}

// rekey replaces an encrypted file by one with the same content that opens with
// another passphrase, in one step.
func (e *Engine) rekey(ctx context.Context, path string, was, is *secret.Buffer) (err error) {
	defer was.Destroy()
	defer is.Destroy()
	if is.Len() == 0 {
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	src, err := safefile.OpenSource(path)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := e.store.Create(path, src.Mode().Perm())
	if err != nil {
		return err
	}
	defer dst.Discard()
	if err := agefile.Rekey(ctx, src, dst, was, is, agefile.Options{}); err != nil {
		return err
	}
	_, err = dst.Commit(safefile.Replace)
	return err
}
