package batch

import (
	"context"
	"slices"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
)

// among says whether a is one of those people already.
func (a Agent) among(to []identity.Recipient) bool {
	return slices.Contains(to, a.Main) || slices.Contains(to, a.Classic)
}

// age is a in the form that age encrypts to. Errors: AgentIncomplete.
func (a Agent) age() (either agefile.Either, err error) {
	if !a.Main.PostQuantum() || a.Classic.IsZero() || a.Classic.PostQuantum() {
		return either, fault.New(fault.AgentIncomplete, "", nil)
	}
	if either.Quantum, err = a.Main.Age(nil); err == nil {
		either.Classic, err = a.Classic.Age(nil)
	}
	return either, err
}

// note is what agefile tells of a file that is open to a; nil if nobody notes it.
func (a Agent) note() func(header []byte) {
	if a.IsZero() || a.Notes == nil {
		return nil
	}
	return a.Notes.Add
}

func (a Agent) noted(header []byte) bool { return a.Notes != nil && a.Notes.Has(header) }

// done is for the end of a job.
func (a Agent) done() {
	if a.Notes != nil {
		_ = a.Notes.Flush() // a lost note costs time, later
	}
}

// AddAgent starts a job that opens the plan.Open items to the agent as well;
// for those who can open them nothing changes. A file that is noted as theirs
// is skipped. Each is replaced by its new form in one step, and only after that
// was written whole; opt says with what they are opened.
func AddAgent(ctx context.Context, store *safefile.Store, plan *Plan, agent Agent, opt OpenOptions) (*job.Job, error) {
	keys := keysOf(opt)
	either, err := agent.age()
	if err != nil {
		keys.wipe()
		return nil, err
	}
	a := &adding{store: store, items: plan.Open, opt: opt, agent: agent, to: []age.Recipient{either}, keys: keys}
	w := &work{
		items: plan.Open, policy: safefile.Replace, workers: opt.Workers, inPlace: true,
		target: func(i int) string { return plan.Open[i].Path },
		write:  a.write,
		done:   a.done,
	}
	return w.start(ctx, plainSize), nil
}

// adding is what the rows of one job share.
type adding struct {
	store *safefile.Store
	items []Item
	opt   OpenOptions
	agent Agent
	to    []age.Recipient
	keys  keys
}

func (a *adding) done() {
	a.keys.wipe()
	a.agent.done()
}

func (a *adding) write(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) (unpublished, []*fault.Error, error) {
	it := a.items[i]
	if it.Problem != nil {
		return nil, nil, it.Problem
	}
	src, err := safefile.OpenSource(it.Path)
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	if raw, _, _, err := agefile.ReadHeader(src, src.Size()); err == nil && a.agent.noted(raw) {
		return nil, nil, safefile.ErrSkipped
	}
	dst, err := a.store.Create(it.Path, src.Mode().Perm())
	if err != nil {
		return nil, nil, err
	}
	err = agefile.Add(ctx, src, dst, a.keys.under(ctx), a.to, agefile.Options{
		Workers: a.opt.Workers, Scratch: s, Made: a.agent.note(),
		Progress: func(n int64) { t.Add(i, n) },
	})
	if err != nil {
		dst.Discard()
		return nil, nil, err
	}
	return dst, nil, nil
}
