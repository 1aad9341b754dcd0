package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/gui/text"
)

// escrowFlags are those of what is left with somebody and asked back.
type escrowFlags struct {
	note                string
	unverified, classic bool
}

func (e *escrowFlags) set(fs *flag.FlagSet) {
	fs.StringVar(&e.note, "note", "", text.T("cli.flag.note"))
	fs.BoolVar(&e.unverified, "unverified", false, text.T("cli.flag.unverified"))
	fs.BoolVar(&e.classic, "classic", false, text.T("cli.flag.deposit_classic"))
}

func (f *recoveryFlags) escrowSubs() []sub {
	return []sub{
		{"deposit", 1, -1, false, onContact(f.deposit)},
		{"request", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return f.request(c, eng) }},
		{"release", 2, 2, false, f.release},
		{"releases", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { c.releases(eng); return nil }},
	}
}

// where is -o, which these words cannot do without.
func (f *recoveryFlags) where() (string, error) {
	if f.out == "" {
		return "", fault.New(fault.Usage, text.T("cli.keys.where"), nil)
	}
	path, err := filepath.Abs(f.out)
	if err != nil {
		return "", fault.FromOS(f.out, err)
	}
	return path, nil
}

// deposit leaves everything with a contact.
func (f *recoveryFlags) deposit(c *call, eng *engine.Engine, who identity.Contact) error {
	path, err := f.where()
	if err != nil {
		return err
	}
	terms := escrow.Terms{Note: f.note, Check: text.T("escrow.check"), Unverified: f.unverified, Classic: f.classic}
	if err := eng.Deposit(c.ctx, who.ID(), path, terms); err != nil {
		return err
	}
	c.wrote(who.Name, path)
	c.aside(text.T("cli.recovery.deposit.next", "name", who.Name))
	return nil
}

// request asks for what was deposited.
func (f *recoveryFlags) request(c *call, eng *engine.Engine) error {
	path, err := f.where()
	if err != nil {
		return err
	}
	code, err := eng.MakeRequest(c.ctx, path)
	if err != nil {
		return err
	}
	if c.json {
		c.emit(struct {
			Out  string   `json:"out"`
			Code []string `json:"code"`
		}{path, code})
		return nil
	}
	c.wrote(eng.Owner(), path)
	c.aside(text.T("cli.recovery.request.next"))
	fmt.Fprintln(c.out, strings.Join(code, " "))
	return nil
}

// release gives back what somebody deposited.
func (f *recoveryFlags) release(c *call, eng *engine.Engine, args []string) error {
	path, err := f.where()
	if err != nil {
		return err
	}
	for i, arg := range args {
		if args[i], err = filepath.Abs(arg); err != nil {
			return fault.FromOS(arg, err)
		}
	}
	what, err := eng.ReadRelease(c.ctx, args[0], args[1])
	if err != nil {
		return err
	}
	c.lay(what)
	answer, err := c.decide(eng, what, path)
	if err != nil {
		return err
	}
	if c.json {
		c.emit(struct {
			Out    string   `json:"out"`
			Name   string   `json:"name"`
			Answer []string `json:"answer"`
		}{path, what.Depositor.Name, answer})
		return nil
	}
	c.wrote(what.Depositor.Name, path)
	c.aside(text.T("cli.recovery.release.next", "name", what.Depositor.Name))
	fmt.Fprintln(c.out, strings.Join(answer, " "))
	return nil
}

// lay shows what there is to decide about.
func (c *call) lay(what *escrow.Case) {
	if c.json || c.quiet {
		return
	}
	say := func(key string, args ...any) { fmt.Fprintln(c.err, text.T("cli.recovery.release."+key, args...)) }
	old, fresh := what.Depositor, what.Request.Who
	say("deposit", "name", old.Name, "date", text.Date(what.Date.Local()), "key", old.Recipient.Fingerprint())
	switch {
	case what.Known.Name == "":
		say("unknown")
	case what.Known.Verified:
		say("verified", "name", what.Known.Name)
	default:
		say("known", "name", what.Known.Name)
	}
	for _, line := range what.Note {
		say("note", "text", line)
	}
	say("request", "name", fresh.Name, "date", text.Date(what.Request.Date.Local()), "key", fresh.Recipient.Fingerprint())
	if what.Asker.Name != "" {
		say("asker", "name", what.Asker.Name)
	}
	if !what.SameName() {
		say("other_name")
	}
	say("warning", "name", old.Name)
}

// decide asks for the code as often as the request allows; a script has one
// line.
func (c *call) decide(eng *engine.Engine, what *escrow.Case, path string) (answer []string, err error) {
	for {
		code, asked, err := c.words(text.T("cli.recovery.release.code", "name", what.Depositor.Name))
		if err != nil {
			return nil, err
		}
		answer, err = eng.Release(c.ctx, what, code, path)
		kind := fault.Of(err)
		if !asked || kind != fault.BadCode && kind != fault.WrongCode {
			return answer, err
		}
		c.fail(err)
	}
}

// words asks for words that were read out: they are no secret, so they show as
// they are typed. asked is false when they came from a script.
func (c *call) words(prompt string) (words string, asked bool, err error) {
	if words, asked, err = c.question(c.ctx, prompt); asked || err != nil {
		return words, asked, err
	}
	line, err := c.ask(prompt)
	if err != nil {
		return "", false, err
	}
	defer line.Destroy()
	return string(line.Bytes()), false, nil
}

// releases lists the log.
func (c *call) releases(eng *engine.Engine) {
	log := eng.Releases()
	if len(log) == 0 && !c.json && !c.quiet {
		fmt.Fprintln(c.out, text.T("cli.recovery.releases.none"))
	}
	for _, e := range log {
		if c.json {
			c.emit(e)
			continue
		}
		line := text.T("cli.recovery.releases."+string(e.Kind), "name", e.Name, "n", e.Wrong)
		if len(e.Words) > 0 {
			line += "  " + strings.Join(e.Words, " ")
		}
		fmt.Fprintf(c.out, "%s  %s\n", e.At.Local().Format("2006-01-02 15:04"), line)
	}
}

// aside says what to do next, to a person.
func (c *call) aside(sentence string) {
	if !c.json && !c.quiet {
		fmt.Fprintln(c.err, sentence)
	}
}
