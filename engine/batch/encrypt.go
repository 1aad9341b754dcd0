package batch

import (
	"context"
	"path/filepath"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
)

// Encrypt starts a job with a row for each plan.Encrypt item, in order.
// Results are published one by one (small files group by group); a failed row
// does not stop the others.
func Encrypt(ctx context.Context, store *safefile.Store, plan *Plan, opt EncryptOptions) (*job.Job, error) {
	e := &encryption{store: store, items: plan.Encrypt, opt: opt}
	if err := e.address(); err != nil {
		opt.Passphrase.Destroy()
		return nil, err
	}
	w := &work{
		items: plan.Encrypt, policy: opt.Policy, workers: opt.Workers,
		target: e.target, write: e.write, done: e.done,
	}
	if opt.RemoveOriginals {
		w.published = e.removeOriginal
	}
	return w.start(ctx, func(it Item) int64 { return it.Size }), nil
}

// encryption is what the rows of one job share.
type encryption struct {
	store *safefile.Store
	items []Item
	opt   EncryptOptions

	to     []age.Recipient
	pass   *agefile.Passphrase
	shared lazyHeader // of a passphrase job
	proofs proofs     // file keys kept until an original was compared and removed
}

// address turns the options into what age wraps file keys to.
func (e *encryption) address() error {
	if e.opt.Passphrase != nil {
		if len(e.opt.To) > 0 {
			return fault.New(fault.PassphraseAlone, "", nil)
		}
		e.opt.Agent = Agent{}
		e.pass = agefile.NewPassphrase(e.opt.Passphrase)
		e.to = []age.Recipient{e.pass}
		return nil
	}
	if len(e.opt.To) == 0 {
		return fault.New(fault.NoRecipients, "", nil)
	}
	quantum := make(map[bool]bool)
	for _, r := range e.opt.To {
		// A plugin alone knows which sort it is: age's labels decide with the
		// first file.
		if r.Kind != identity.Plugin {
			quantum[r.PostQuantum()] = true
		}
		if len(quantum) > 1 {
			return fault.New(fault.MixedKeys, "", nil)
		}
		to, err := r.Age(e.opt.Prompter)
		if err != nil {
			return err
		}
		e.to = append(e.to, to)
	}
	if e.opt.Agent.IsZero() || e.opt.Agent.among(e.opt.To) {
		return nil
	}
	agent, err := e.opt.Agent.age()
	e.to = append(e.to, agent) // last: it joins the others
	return err
}

func (e *encryption) target(i int) string {
	if e.opt.HideNames {
		return "" // drawn when written; cannot be taken
	}
	return EncryptedPath(e.items[i], e.opt)
}

// write seals item i into an unpublished file.
func (e *encryption) write(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) (_ unpublished, notes []*fault.Error, err error) {
	it := e.items[i]
	target := EncryptedPath(it, e.opt)
	opt := agefile.Options{
		Armor: e.opt.Armor, Workers: e.opt.Workers, Scratch: s, Made: e.opt.Agent.note(),
		Progress: func(n int64) { t.Add(i, n) },
	}
	to := identity.Under(ctx, e.to)
	if opt.Header, err = e.header(i, to); err != nil {
		return nil, nil, err
	}
	if it.Folder {
		return e.writeFolder(ctx, it, target, to, opt)
	}
	src, err := safefile.OpenSource(it.Path)
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	t.SetTotal(i, src.Size())
	dst, err := e.store.Create(target, src.Mode().Perm())
	if err != nil {
		return nil, nil, err
	}
	if e.opt.HideNames {
		err = agefile.PackOne(ctx, src, filepath.Base(it.Path), dst, to, opt)
	} else {
		err = agefile.Encrypt(ctx, src, dst, to, opt)
	}
	if err != nil {
		dst.Discard()
		return nil, nil, err
	}
	return dst, nil, nil
}

// header is the one all files of a passphrase job share, or, when originals
// are to be removed, one whose key is kept to read the result back; else nil
// and agefile makes its own.
func (e *encryption) header(i int, to []age.Recipient) (*agefile.Header, error) {
	if e.pass != nil {
		return e.shared.get(e.to)
	}
	if !e.opt.RemoveOriginals {
		return nil, nil
	}
	h, err := agefile.NewHeader(to...)
	if err == nil {
		e.proofs.keep(i, h)
	}
	return h, err
}

func (e *encryption) writeFolder(ctx context.Context, it Item, target string, to []age.Recipient, opt agefile.Options) (unpublished, []*fault.Error, error) {
	dst, err := e.store.Create(target, 0o600)
	if err != nil {
		return nil, nil, err
	}
	notes, err := agefile.EncryptFolder(ctx, it.Path, dst, to, opt)
	if err != nil {
		dst.Discard()
		return nil, nil, err
	}
	return dst, notes, nil
}

func (e *encryption) done() {
	e.shared.destroy()
	e.proofs.destroy()
	e.pass.Destroy()
	e.opt.Agent.done()
}
