package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
)

func encryptVerb() *verb {
	var who, files list
	var out string
	var passphrase, armor, hide, classic, remove, alone bool
	return &verb{
		name: "encrypt",
		args: "[-r WHO]... [-R FILE]... [-p] [-o OUT] [-a] PATH...",
		flags: func(fs *flag.FlagSet) {
			fs.Var(&who, "r", text.T("cli.flag.r"))
			fs.Var(&files, "R", text.T("cli.flag.R"))
			fs.BoolVar(&passphrase, "p", false, text.T("cli.flag.p"))
			fs.StringVar(&out, "o", "", text.T("cli.flag.o"))
			fs.BoolVar(&armor, "a", false, text.T("cli.flag.a"))
			fs.BoolVar(&hide, "hide-names", false, text.T("cli.flag.hide"))
			fs.BoolVar(&classic, "classic", false, text.T("cli.flag.classic"))
			fs.BoolVar(&remove, "remove-originals", false, text.T("cli.flag.remove"))
			fs.BoolVar(&alone, "no-agent", false, text.T("cli.flag.no_agent"))
		},
		run: func(c *call, paths []string) error {
			if len(paths) == 0 {
				return noPaths()
			}
			if passphrase && len(who)+len(files) > 0 {
				return fault.New(fault.PassphraseAlone, "", nil)
			}
			eng, err := c.open()
			if err != nil {
				return err
			}
			defer c.leave(eng)
			plan, err := eng.PlanTo(c.ctx, batch.ToEncrypt, paths)
			if err != nil {
				return err
			}
			opt := batch.EncryptOptions{
				Armor: armor, HideNames: hide, RemoveOriginals: remove, NoAgent: alone,
				Policy: c.policy(), Workers: c.workers,
			}
			if opt.Dir, opt.Out, err = place(out, len(plan.Encrypt)); err != nil {
				return err
			}
			if passphrase {
				opt.Passphrase, err = c.askNew(text.T("cli.passphrase.new"), text.T("cli.passphrase.again"))
			} else {
				opt.To, err = c.recipients(eng, who, files, classic)
			}
			if err != nil {
				return err
			}
			if err := c.withAgent(eng, opt.To, alone); err != nil {
				opt.Passphrase.Destroy()
				return err
			}
			if engine.HardwareOnly(opt.To) && c.agent == "" {
				fmt.Fprintln(c.err, text.T("cli.hardware_only"))
			}
			j, err := eng.Encrypt(plan, opt)
			if err != nil {
				return err
			}
			c.follow(j)
			return c.finish(plan, j)
		},
	}
}

func noPaths() error {
	return fault.New(fault.Usage, text.T("cli.no_paths"), nil)
}

// policy is what happens to a taken name: a verb never chooses another name
// and never replaces without --force.
func (c *call) policy() safefile.Policy {
	if c.force {
		return safefile.Replace
	}
	return safefile.Refuse
}

// place reads -o: a folder that is there (or ends in a slash) takes all
// results, anything else is the exact name of the only one.
func place(out string, items int) (dir, file string, err error) {
	if out == "" {
		return "", "", nil
	}
	abs, err := filepath.Abs(out)
	if err != nil {
		return "", "", fault.FromOS(out, err)
	}
	if fi, err := os.Stat(abs); err == nil && fi.IsDir() {
		return abs, "", nil
	}
	if strings.HasSuffix(out, string(filepath.Separator)) {
		return "", "", fault.New(fault.NotFound, out, os.ErrNotExist)
	}
	if items > 1 {
		return "", "", fault.New(fault.Usage, text.T("cli.one_out"), nil)
	}
	return "", abs, nil
}

// open opens the profile without unlocking it.
func (c *call) open() (*engine.Engine, error) {
	if c.kept != nil {
		return c.kept, nil
	}
	home := c.home
	if home == "" {
		var err error
		if home, err = engine.DefaultHome(); err != nil {
			return nil, err
		}
	}
	eng, err := engine.Open(home)
	if err == nil {
		eng.SetPrompter(&terminal{call: c, told: make(map[string]bool)}) // a window brings its own
	}
	return eng, err
}

// leave is the end of what open began.
func (c *call) leave(eng *engine.Engine) {
	if c.kept == nil {
		eng.Close()
	}
}

// unlock asks for the profile's passphrase.
func (c *call) unlock(eng *engine.Engine) error {
	if c.kept != nil && eng.Unlocked() {
		return nil
	}
	if !eng.HasKeyring() {
		return fault.New(fault.KeyringMissing, eng.Home(), nil)
	}
	pass, err := c.ask(text.T("cli.passphrase.unlock"))
	if err != nil {
		return err
	}
	eng.Headless()
	return eng.Unlock(c.ctx, pass)
}

// recipients resolves -r and -R. Public keys need no keyring; "me" and the
// names of contacts are kept in it, sealed, so it is unlocked for them.
func (c *call) recipients(eng *engine.Engine, who, files []string, classic bool) ([]identity.Recipient, error) {
	var to []identity.Recipient
	for _, path := range files {
		more, err := recipientsFrom(path)
		if err != nil {
			return nil, err
		}
		to = append(to, more...)
	}
	var names []string
	for _, w := range who {
		if engine.LooksLikeRecipient(w) {
			r, err := identity.ParseRecipient(w)
			if err != nil {
				return nil, err
			}
			to = append(to, r)
			continue
		}
		names = append(names, w)
	}
	if len(who)+len(files) == 0 {
		names = []string{"me"}
	}
	if len(names) == 0 {
		return to, nil
	}
	if err := c.unlock(eng); err != nil {
		return nil, err
	}
	people, err := eng.Find(names)
	if err != nil {
		return nil, err
	}
	for _, r := range to {
		people = append(people, engine.Person{Name: r.Fingerprint(), Recipient: r})
	}
	return engine.Audience(people, classic)
}

func recipientsFrom(path string) ([]identity.Recipient, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	defer f.Close()
	return identity.ParseRecipients(f)
}
