package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
)

func (f *recoveryFlags) agentSubs() []sub {
	return []sub{
		{"show", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { c.showAgent(eng); return nil }},
		{"set", 1, -1, false, onContact(f.setAgent)},
		{"new", 1, -1, false, f.newAgent},
		{"clear", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return c.clearAgent(eng) }},
		{"add-to", 1, -1, false, func(c *call, eng *engine.Engine, paths []string) error { return c.addAgentTo(eng, paths) }},
	}
}

// agentLine is the recovery agent as --json prints it.
type agentLine struct {
	contactLine
	Since   string   `json:"since"`
	Problem *problem `json:"problem,omitempty"`
}

func (c *call) showAgent(eng *engine.Engine) {
	a, set := eng.Agent()
	var who identity.Contact
	if set && !a.Gone() {
		who, _ = eng.Contact(a.ID)
	}
	if c.json {
		var line *agentLine
		if set {
			line = &agentLine{contactLineOf(who), a.Since.Format(time.RFC3339), problemOf(a.Problem)}
			line.Name = a.Name
		}
		c.emit(struct {
			Agent *agentLine `json:"agent"`
		}{line})
		return
	}
	switch {
	case !set:
		fmt.Fprintln(c.out, text.T("cli.recovery.agent.none"))
	case a.Gone():
		fmt.Fprintln(c.out, a.Name)
	default:
		c.printContact(who)
	}
	if set && a.Problem != nil {
		c.fail(a.Problem)
	}
}

// setAgent asks about somebody nobody verified: they will be able to open
// everything.
func (f *recoveryFlags) setAgent(c *call, eng *engine.Engine, who identity.Contact) error {
	if err := eng.CanBeAgent(who.ID()); err != nil {
		return err
	}
	if !who.Verified && !f.yes {
		yes, asked, err := c.yes(c.ctx, text.T("cli.recovery.agent.unverified", "name", who.Name))
		switch {
		case err != nil:
			return err
		case !asked:
			return fault.New(fault.Usage, text.T("cli.recovery.agent.unverified_yes"), nil)
		case !yes:
			return fault.New(fault.Cancelled, who.Name, nil)
		}
	}
	if err := eng.SetAgent(c.ctx, who.ID()); err != nil {
		return err
	}
	c.agentIs(eng)
	return nil
}

// agentIs says who the agent is now, and what that means.
func (c *call) agentIs(eng *engine.Engine) {
	if c.quiet {
		return
	}
	c.showAgent(eng)
	if a, set := eng.Agent(); set && !c.json {
		fmt.Fprintln(c.err, text.T("cli.recovery.agent.means", "name", a.Name))
	}
}

// newAgent makes a key pair for an agent, which is kept in what is written of it
// alone: shares in a folder, a page in a PDF, or else a file under a passphrase.
func (f *recoveryFlags) newAgent(c *call, eng *engine.Engine, args []string) error {
	if f.out == "" {
		return fault.New(fault.Usage, text.T("cli.keys.where"), nil)
	}
	out, err := filepath.Abs(f.out)
	if err != nil {
		return fault.FromOS(f.out, err)
	}
	k, err := eng.NewOfflineKey(strings.Join(args, " "))
	if err != nil {
		return err
	}
	defer k.Close()
	paths, keep := []string{out}, "cli.recovery.agent.keep"
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		if paths, err = k.SaveShares(c.ctx, f.need, f.of, out, labels()); err != nil {
			return err
		}
		keep = "cli.recovery.agent.keep_shares"
	} else if strings.EqualFold(filepath.Ext(out), ".pdf") {
		sheet, err := k.SaveSheet(c.ctx, out, labels())
		if err != nil {
			return err
		}
		defer sheet.Close()
		keep = "cli.recovery.agent.keep_sheet"
	} else if err := f.agentFile(c, k, out); err != nil {
		return err
	}
	if err := eng.AdoptAgent(c.ctx, k); err != nil {
		return err
	}
	for _, path := range paths {
		c.wrote(k.Public().Name, path)
	}
	c.agentIs(eng)
	c.aside(text.T(keep, "file", safefile.Visible(f.out)))
	return nil
}

func (f *recoveryFlags) agentFile(c *call, k *engine.OfflineKey, path string) error {
	if err := safefile.Precheck(path, safefile.Refuse); err != nil {
		return err // before a passphrase was thought up for it
	}
	pass, err := c.askNew(text.T("cli.passphrase.file_new"), text.T("cli.passphrase.again"))
	if err != nil {
		return err
	}
	return k.SaveFile(c.ctx, path, pass)
}

func (c *call) clearAgent(eng *engine.Engine) error {
	a, set := eng.Agent()
	if !set {
		if !c.quiet {
			c.showAgent(eng)
		}
		return nil
	}
	if err := eng.ClearAgent(c.ctx); err != nil {
		return err
	}
	c.say(a.Name, "cleared", "cli.recovery.agent.cleared")
	return nil
}

// addAgentTo opens what is encrypted already to the agent as well.
func (c *call) addAgentTo(eng *engine.Engine, paths []string) error {
	live := !c.quiet && !c.json && term.IsTerminal(int(os.Stderr.Fd()))
	plan, err := eng.Encrypted(c.ctx, paths, func(files int) {
		if live {
			fmt.Fprint(c.err, "\r\x1b[K"+text.T("cli.recovery.agent.looking", "n", files))
		}
	})
	if live {
		fmt.Fprint(c.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	j, err := eng.AddAgent(plan, batch.OpenOptions{Workers: c.workers})
	if err != nil {
		return err
	}
	c.follow(j)
	c.skipped = "cli.recovery.agent.skipped"
	if a, set := eng.Agent(); set {
		c.agent = a.Name
	}
	return c.finish(plan, j)
}

// withAgent says who else will be able to open what is encrypted now. Where the
// keyring is locked and has an agent, it is unlocked to find out whom. to is
// nobody with a passphrase.
func (c *call) withAgent(eng *engine.Engine, to []identity.Recipient, without bool) error {
	if without || !eng.HasAgent() {
		return nil
	}
	if len(to) == 0 {
		c.aside(text.T("cli.recovery.agent.passphrase"))
		return nil
	}
	if !eng.Unlocked() {
		c.aside(text.T("cli.recovery.agent.unlock"))
		if err := c.unlock(eng); err != nil {
			return err
		}
	}
	if a, set := eng.Agent(); set && a.Problem == nil {
		c.agent = a.Name
		c.aside(text.T("agent.also", "name", a.Name))
	}
	return nil
}
