package engine

import (
	"context"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/session"
)

// Plan looks at dropped paths: what is encrypted would be opened, the rest
// encrypted. Nothing is changed.
func (e *Engine) Plan(ctx context.Context, paths []string) (*batch.Plan, error) {
	return e.PlanTo(ctx, batch.Auto, paths)
}

// PlanTo is Plan for somebody who said what they want.
func (e *Engine) PlanTo(ctx context.Context, intent batch.Intent, paths []string) (*batch.Plan, error) {
	if intent == batch.ToEncrypt {
		return batch.Look(ctx, paths, intent, nil)
	}
	keys := openTrial(e.session)
	defer keys.close()
	return batch.Look(ctx, paths, intent, keys)
}

// Encrypt starts a job with one row for each plan.Encrypt item, in order. What
// is encrypted to keys is so to the recovery agent as well, unless opt says
// NoAgent; with what keeps them out it does not start: see agentFor.
func (e *Engine) Encrypt(plan *batch.Plan, opt batch.EncryptOptions) (*job.Job, error) {
	var err error
	if opt.Agent, err = e.agentFor(opt.To, opt.NoAgent); err != nil {
		opt.Passphrase.Destroy()
		return nil, err
	}
	opt.Prompter = e.prompter()
	j, err := e.run(batch.Encrypt(e.ctx, e.store, plan, opt))
	if err == nil {
		e.usedFor(opt.Everybody())
	}
	return j, err
}

// Decrypt starts a job with one row for each plan.Open item, in order. The
// unlocked keyring helps when opt brings no keys; it is needed when opt brings
// no passphrase either: fault.Locked otherwise.
func (e *Engine) Decrypt(plan *batch.Plan, opt batch.OpenOptions) (*job.Job, error) {
	opt, err := e.withKeys(opt)
	if err != nil {
		return nil, err
	}
	j, err := e.run(batch.Open(e.ctx, e.store, plan, opt))
	if err == nil {
		e.usedToOpen(plan)
	}
	return j, err
}

// Rewrap starts a job that changes who can open the plan.Open items, with the
// keys of the unlocked keyring.
func (e *Engine) Rewrap(plan *batch.Plan, to []identity.Recipient) (*job.Job, error) {
	return e.RewrapWith(plan, to, batch.OpenOptions{})
}

// RewrapWith is Rewrap of files that other keys or a passphrase open now. The
// recovery agent is added as by Encrypt.
func (e *Engine) RewrapWith(plan *batch.Plan, to []identity.Recipient, opt batch.OpenOptions) (*job.Job, error) {
	var err error
	if opt.Agent, err = e.agentFor(to, opt.NoAgent); err != nil {
		opt.Passphrase.Destroy()
		opt.Keys.Close()
		return nil, err
	}
	opt, err = e.withKeys(opt)
	if err != nil {
		return nil, err
	}
	opt.Prompter = e.prompter()
	return e.run(batch.Rewrap(e.ctx, e.store, plan, to, opt))
}

func (e *Engine) withKeys(opt batch.OpenOptions) (batch.OpenOptions, error) {
	if opt.Keys != nil {
		opt.Keys.SetPrompter(e.prompter())
		return opt, nil
	}
	lease, err := e.session.Lease()
	if err != nil {
		if opt.Passphrase != nil {
			return opt, nil
		}
		return opt, err
	}
	lease.SetPrompter(e.prompter())
	opt.Keys = lease
	return opt, nil
}

// Inspect says what can be known of an age file without any key.
func (e *Engine) Inspect(path string) (agefile.Info, error) {
	info, err := agefile.Inspect(path)
	if err == nil && info.Problem != nil && info.Problem.Subject == "" {
		info.Problem = fault.New(info.Problem.Kind, path, info.Problem.Err)
	}
	return info, err
}

// trial tries headers against each own key pair, to say beforehand whose file
// one is. A plugin is never run for it: it would ask for a PIN or a touch while
// nothing was decided yet.
type trial struct {
	names   []string
	keys    []*identity.Opened
	plugins bool            // there are keys that only a job may try
	backups map[string]bool // by mark
}

// openTrial readies the unlocked keys; none while locked.
func openTrial(s *session.Session) *trial {
	t := &trial{backups: make(map[string]bool)}
	ring, err := s.Keyring()
	if err != nil {
		return t
	}
	for _, w := range recovery.ReadWays(ring.Records(keyring.WayTag)) {
		if w.Kind == recovery.BackupWay {
			t.backups[w.Mark] = true
		}
	}
	for _, k := range ring.Keys() {
		if k.Public().Kind == identity.Plugin {
			t.plugins = true
			continue
		}
		opened, err := identity.Open(k)
		if err != nil {
			continue // locked meanwhile: the job will say so
		}
		t.names = append(t.names, k.Public().Name)
		t.keys = append(t.keys, opened)
	}
	return t
}

// Backup says whether a header is of a backup that is noted as a way back.
func (t *trial) Backup(header []byte) bool {
	mark := recovery.MarkOfHeader(header)
	return mark != "" && t.backups[mark]
}

// Opens answers the name of the key pair that opens a header. Whether none does
// is not known when there are plugins.
func (t *trial) Opens(header []byte) (name string, opened, ok bool) {
	for i, k := range t.keys {
		if key, err := agefile.OpenHeader(header, k.Identities()...); err == nil {
			key.Destroy()
			return t.names[i], true, true
		}
	}
	return "", false, len(t.keys) > 0 && !t.plugins
}

func (t *trial) close() {
	for _, k := range t.keys {
		k.Close()
	}
}
