package batch

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
)

// Rewrap starts a job that changes who can open the plan.Open items. Each file
// is replaced by its new form in one step, and only after that was written
// whole; opt says with what the files are opened now.
func Rewrap(ctx context.Context, store *safefile.Store, plan *Plan, to []identity.Recipient, opt OpenOptions) (*job.Job, error) {
	e := &encryption{opt: EncryptOptions{To: to, Prompter: opt.Prompter, Agent: opt.Agent}}
	if err := e.address(); err != nil {
		keysOf(opt).wipe()
		return nil, err
	}
	r := &rewrapping{store: store, items: plan.Open, opt: opt, to: e.to, keys: keysOf(opt)}
	w := &work{
		items: plan.Open, policy: safefile.Replace, workers: opt.Workers, inPlace: true,
		target: func(i int) string { return plan.Open[i].Path },
		write:  r.write,
		done:   r.done,
	}
	return w.start(ctx, plainSize), nil
}

// rewrapping is what the rows of one job share.
type rewrapping struct {
	store *safefile.Store
	items []Item
	opt   OpenOptions
	keys  keys
	to    []age.Recipient
}

func (r *rewrapping) done() {
	r.keys.wipe()
	r.opt.Agent.done()
}

func (r *rewrapping) write(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) (unpublished, []*fault.Error, error) {
	it := r.items[i]
	if it.Problem != nil {
		return nil, nil, it.Problem
	}
	src, err := safefile.OpenSource(it.Path)
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	dst, err := r.store.Create(it.Path, src.Mode().Perm())
	if err != nil {
		return nil, nil, err
	}
	err = agefile.Rewrap(ctx, src, dst, r.keys.under(ctx), identity.Under(ctx, r.to), agefile.Options{
		Workers: r.opt.Workers, Scratch: s, Made: r.opt.Agent.note(),
		Progress: func(n int64) { t.Add(i, n) },
	})
	if err != nil {
		dst.Discard()
		return nil, nil, err
	}
	return dst, nil, nil
}
