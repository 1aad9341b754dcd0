package main

import (
	"flag"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

func decryptVerb() *verb {
	var files list
	var out string
	var passphrase bool
	return &verb{
		name: "decrypt",
		args: "[-i IDENTITYFILE]... [-p] [-o OUT_OR_DIR] PATH...",
		flags: func(fs *flag.FlagSet) {
			fs.Var(&files, "i", text.T("cli.flag.i"))
			fs.BoolVar(&passphrase, "p", false, text.T("cli.flag.p_open"))
			fs.StringVar(&out, "o", "", text.T("cli.flag.o_open"))
		},
		run: func(c *call, paths []string) error {
			if len(paths) == 0 {
				return noPaths()
			}
			eng, err := c.open()
			if err != nil {
				return err
			}
			defer c.leave(eng)
			plan, err := eng.PlanTo(c.ctx, batch.ToOpen, paths)
			if err != nil {
				return err
			}
			opt := batch.OpenOptions{Policy: c.policy(), Workers: c.workers}
			if opt.Dir, opt.Out, err = place(out, len(plan.Open)); err != nil {
				return err
			}
			if err := c.credentials(eng, plan, files, passphrase, &opt); err != nil {
				return err
			}
			j, err := eng.Decrypt(plan, opt)
			if err != nil {
				return err
			}
			c.follow(j)
			return c.finish(plan, j)
		},
	}
}

// credentials gets what opens the files: identity files, a passphrase, or the
// keyring. Files that all take a passphrase ask for it without -p.
func (c *call) credentials(eng *engine.Engine, plan *batch.Plan, files []string, passphrase bool, opt *batch.OpenOptions) error {
	if len(plan.Open) == 0 {
		return nil
	}
	if len(files) > 0 {
		keys, err := c.identities(eng, files)
		opt.Keys = keys
		return err
	}
	if passphrase || onlyPassphrases(plan) {
		pass, err := c.ask(text.T("cli.passphrase.file"))
		opt.Passphrase = pass
		return err
	}
	return c.unlock(eng)
}

func (c *call) identities(eng *engine.Engine, files []string) (*identity.Opened, error) {
	return eng.OpenIdentityFiles(c.ctx, files, func() (*secret.Buffer, error) {
		return c.ask(text.T("cli.passphrase.identity"))
	})
}

func onlyPassphrases(plan *batch.Plan) bool {
	for _, it := range plan.Open {
		if it.Access != batch.ByPassphrase {
			return false
		}
	}
	return true
}

// finish reports the rows of a job and what the plan had refused.
func (c *call) finish(plan *batch.Plan, j *job.Job) error {
	err := c.report(j)
	for _, it := range plan.Refused {
		c.reportRow(job.Row{Path: it.Path, State: job.Failed, Err: it.Problem})
		if err == nil {
			err = reported{it.Problem}
		}
	}
	return err
}
