package batch

import (
	"context"
	"path/filepath"
	"regexp"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
)

// Open starts a job with a row for each plan.Open item, in order. Nothing is
// published before it was authenticated to its end.
func Open(ctx context.Context, store *safefile.Store, plan *Plan, opt OpenOptions) (*job.Job, error) {
	o := &opening{store: store, items: plan.Open, opt: opt, keys: keysOf(opt)}
	w := &work{
		items: plan.Open, policy: opt.Policy, workers: opt.Workers,
		target: o.target, write: o.write, done: o.done,
	}
	return w.start(ctx, plainSize), nil
}

// plainSize is the total of a row: bytes after decryption, -1 when unknown.
func plainSize(it Item) int64 {
	if it.Info == nil {
		return -1
	}
	return it.Info.PlainSize
}

// opening is what the rows of one job share.
type opening struct {
	store *safefile.Store
	items []Item
	opt   OpenOptions
	keys  keys
}

// keys is everything one job can open files with.
type keys struct {
	own  *identity.Opened
	pass *agefile.Passphrase
	all  []age.Identity
}

func keysOf(opt OpenOptions) keys {
	k := keys{own: opt.Keys}
	if opt.Keys != nil {
		k.all = append(k.all, opt.Keys.Identities()...)
	}
	if opt.Passphrase != nil {
		k.pass = agefile.NewPassphrase(opt.Passphrase)
		k.all = append(k.all, k.pass)
	}
	return k
}

// under is all of them, their plugins ending with ctx.
func (k keys) under(ctx context.Context) []age.Identity { return identity.Under(ctx, k.all) }

// wipe ends the keys, at the end of a job.
func (k keys) wipe() {
	k.own.Close()
	k.pass.Destroy()
}

func (o *opening) done() { o.keys.wipe() }

func (o *opening) target(i int) string {
	path, _ := OpenedPath(o.items[i], o.opt)
	return path
}

// write opens item i into an unpublished file or folder.
func (o *opening) write(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) (unpublished, []*fault.Error, error) {
	it := o.items[i]
	if it.Problem != nil {
		return nil, nil, it.Problem
	}
	target, folder := OpenedPath(it, o.opt)
	opt := agefile.Options{
		Workers: o.opt.Workers, Scratch: s,
		Progress: func(n int64) { t.Add(i, n) },
	}
	src, err := safefile.OpenSource(it.Path)
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	if folder {
		return o.extract(ctx, src, target, opt)
	}
	dst, err := o.store.Create(target, src.Mode().Perm())
	if err != nil {
		return nil, nil, err
	}
	if err := agefile.Decrypt(ctx, src, dst, o.keys.under(ctx), opt); err != nil {
		dst.Discard()
		return nil, nil, err
	}
	return dst, nil, nil
}

// hidden is the outer name that hiddenName draws.
var hidden = regexp.MustCompile(`^[0-9a-f]{16}$`)

// extract unpacks a folder archive. What was encrypted under a hidden name
// comes back under its own.
func (o *opening) extract(ctx context.Context, src *safefile.Source, target string, opt agefile.Options) (unpublished, []*fault.Error, error) {
	dst, err := o.store.CreateDir(target, 0o700)
	if err != nil {
		return nil, nil, err
	}
	got, err := agefile.ExtractFolder(ctx, src, dst, o.keys.under(ctx), opt)
	if err != nil {
		dst.Discard()
		return nil, nil, err
	}
	var out unpublished = dst
	if got.File {
		out = dst.Only(got.Name)
	}
	if got.Name != "" && o.opt.Out == "" && hidden.MatchString(filepath.Base(target)) {
		dst.Rename(got.Name)
		out = foundInside{out}
	}
	return out, got.Notes, nil
}
