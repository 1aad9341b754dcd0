package main

import (
	"flag"
	"slices"

	"cryptodesk/gui/text"
)

// recoveryFlags are those of all words after "recovery".
type recoveryFlags struct {
	out string
	yes bool
	wayFlags
	escrowFlags
	legacyFlags
	searchFlags
}

func recoveryVerb() *verb {
	f := &recoveryFlags{}
	return &verb{
		name:  "recovery",
		args:  "status | backup | sheet | shares | restore | rehearse | agent | deposit | request | release | releases | legacy | search ...",
		more:  []string{"cli.recovery.ways.help", "cli.recovery.escrow.help", "cli.recovery.agent.help", "cli.recovery.legacy.help", "cli.recovery.search.help"},
		files: searchSamples,
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&f.out, "o", "", text.T("cli.flag.o_export"))
			fs.BoolVar(&f.yes, "yes", false, text.T("cli.flag.yes"))
			f.wayFlags.set(fs)
			f.escrowFlags.set(fs)
			f.legacyFlags.set(fs)
			f.searchFlags.set(fs)
		},
		run: func(c *call, args []string) error {
			if len(args) > 0 && args[0] == "agent" {
				return c.pick(f.agentSubs(), args[1:], "cli.recovery.agent.which")
			}
			return c.pick(slices.Concat(f.waySubs(), f.escrowSubs(), f.legacySubs(), f.searchSubs()), args, "cli.recovery.which")
		},
	}
}
