package main

import (
	"flag"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/gui/text"
)

func rewrapVerb() *verb {
	var who, files, ids list
	var passphrase, classic, alone bool
	return &verb{
		name: "rewrap",
		args: "-r WHO... [-R FILE]... [-i IDENTITYFILE]... [-p] PATH...",
		flags: func(fs *flag.FlagSet) {
			fs.Var(&who, "r", text.T("cli.flag.r"))
			fs.Var(&files, "R", text.T("cli.flag.R"))
			fs.Var(&ids, "i", text.T("cli.flag.i"))
			fs.BoolVar(&passphrase, "p", false, text.T("cli.flag.p_open"))
			fs.BoolVar(&classic, "classic", false, text.T("cli.flag.classic"))
			fs.BoolVar(&alone, "no-agent", false, text.T("cli.flag.no_agent"))
		},
		run: func(c *call, paths []string) error {
			if len(paths) == 0 {
				return noPaths()
			}
			if len(who)+len(files) == 0 {
				return fault.New(fault.NoRecipients, "", nil)
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
			to, err := c.recipients(eng, who, files, classic)
			if err != nil {
				return err
			}
			if err := c.withAgent(eng, to, alone); err != nil {
				return err
			}
			opt := batch.OpenOptions{Workers: c.workers, NoAgent: alone}
			if !eng.Unlocked() || passphrase || len(ids) > 0 {
				if err := c.credentials(eng, plan, ids, passphrase, &opt); err != nil {
					return err
				}
			}
			j, err := eng.RewrapWith(plan, to, opt)
			if err != nil {
				return err
			}
			c.follow(j)
			return c.finish(plan, j)
		},
	}
}
