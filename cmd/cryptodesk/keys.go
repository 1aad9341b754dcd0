package main

import (
	"flag"
	"fmt"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
)

// keysFlags are those of all words after "keys".
type keysFlags struct {
	classic, card, keyring, private, fresh, yes bool
	out, qr, name                               string
}

func keysVerb() *verb {
	f := &keysFlags{}
	return &verb{
		name: "keys",
		args: "new | list | import | export | rename | delete | passphrase ...",
		flags: func(fs *flag.FlagSet) {
			fs.BoolVar(&f.classic, "classic", false, text.T("cli.flag.key_classic"))
			fs.BoolVar(&f.card, "card", false, text.T("cli.flag.card"))
			fs.BoolVar(&f.keyring, "keyring", false, text.T("cli.flag.keyring"))
			fs.BoolVar(&f.private, "private", false, text.T("cli.flag.private"))
			fs.BoolVar(&f.fresh, "new-passphrase", false, text.T("cli.flag.new_passphrase"))
			fs.BoolVar(&f.yes, "yes", false, text.T("cli.flag.yes"))
			fs.StringVar(&f.qr, "qr", "", text.T("cli.flag.qr"))
			fs.StringVar(&f.out, "o", "", text.T("cli.flag.o_export"))
			fs.StringVar(&f.name, "name", "", text.T("cli.flag.key_name"))
		},
		run: func(c *call, args []string) error { return c.pick(f.subs(), args, "cli.keys.which") },
	}
}

func (f *keysFlags) subs() []sub {
	return []sub{
		{"new", 0, -1, true, f.newKey},
		{"list", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return c.listKeys(eng) }},
		{"import", 1, -1, false, f.importKeys},
		{"export", 0, -1, true, f.export},
		{"rename", 2, 2, false, f.rename},
		{"delete", 1, -1, false, f.delete},
		{"passphrase", 0, 0, true, f.passphrase},
	}
}

// newKey adds a key pair; the first one makes the keyring.
func (f *keysFlags) newKey(c *call, eng *engine.Engine, args []string) error {
	name := strings.Join(args, " ")
	if name == "" {
		return fault.New(fault.NameMissing, "", nil)
	}
	if !eng.HasKeyring() {
		pass, err := c.askNew(text.T("cli.passphrase.new"), text.T("cli.passphrase.again"))
		if err != nil {
			return err
		}
		if err := eng.Create(c.ctx, name, pass, nil); err != nil {
			return err
		}
		c.printKey(eng.Keys()[0])
		return nil
	}
	if err := c.unlock(eng); err != nil {
		return err
	}
	kind := identity.Hybrid
	if f.classic {
		kind = identity.X25519
	}
	key, err := eng.NewKey(c.ctx, name, kind)
	if err != nil {
		return err
	}
	c.printKey(key)
	return nil
}

func (c *call) listKeys(eng *engine.Engine) error {
	for _, k := range eng.Keys() {
		c.printKey(k)
	}
	return nil
}

// keyLine is a key pair as --json prints it.
type keyLine struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Recipient   string `json:"recipient"`
	Classic     string `json:"classic,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Created     string `json:"created,omitempty"`
	Path        string `json:"path,omitempty"`  // of an import
	Known       bool   `json:"known,omitempty"` // it was there already
}

func lineOf(k identity.Public) keyLine {
	line := keyLine{Name: k.Name, Kind: string(k.Kind), Recipient: k.Recipient.Text, Classic: k.Classic.Text, Fingerprint: k.Fingerprint}
	if !k.Created.IsZero() {
		line.Created = k.Created.UTC().Format("2006-01-02T15:04:05Z")
	}
	return line
}

func (c *call) printKey(k identity.Public) {
	if c.json {
		c.emit(lineOf(k))
		return
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n", k.Name, text.T("cli.kind."+string(k.Kind)), k.Fingerprint)
}

func (f *keysFlags) rename(c *call, eng *engine.Engine, args []string) error {
	key, err := eng.Key(args[0])
	if err != nil {
		return err
	}
	if err := eng.RenameKey(c.ctx, key.ID, args[1]); err != nil {
		return err
	}
	if key, err = keyByID(eng, key.ID); err != nil {
		return err
	}
	c.printKey(key)
	return nil
}

func keyByID(eng *engine.Engine, id string) (identity.Public, error) {
	for _, k := range eng.Keys() {
		if k.ID == id {
			return k, nil
		}
	}
	return identity.Public{}, fault.New(fault.KeyMissing, "", nil)
}

// delete says what will be lost, and has the name typed again.
func (f *keysFlags) delete(c *call, eng *engine.Engine, args []string) error {
	key, err := eng.Key(strings.Join(args, " "))
	if err != nil {
		return err
	}
	if len(eng.Keys()) == 1 {
		return fault.New(fault.LastKey, "", nil)
	}
	what := "cli.keys.delete_warning"
	if key.Kind.Hardware() {
		what = "cli.keys.delete_hardware"
	}
	if !c.quiet {
		fmt.Fprintln(c.err, text.T(what, "name", key.Name))
	}
	if !f.yes {
		answer, ok, err := c.question(c.ctx, text.T("cli.keys.delete_name"))
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.Usage, text.T("cli.keys.delete_yes"), nil)
		}
		if name, err := identity.CleanName(answer); err != nil || name != key.Name {
			return c.refused(key.Name, fault.New(fault.Cancelled, "", nil))
		}
	}
	if err := eng.DeleteKey(c.ctx, key.ID); err != nil {
		return err
	}
	c.say(key.Name, "deleted", "cli.deleted")
	return nil
}

// say prints that something was done to name.
func (c *call) say(name, state, key string) {
	switch {
	case c.json:
		c.emit(struct {
			Name  string `json:"name"`
			State string `json:"state"`
		}{name, state})
	case !c.quiet:
		fmt.Fprintln(c.out, text.T(key, "name", name))
	}
}

// passphrase changes that of the keyring.
func (f *keysFlags) passphrase(c *call, eng *engine.Engine, _ []string) error {
	old, err := c.unlockWith(eng, text.T("cli.passphrase.old"))
	if err != nil {
		return err
	}
	fresh, err := c.askNew(text.T("cli.passphrase.new"), text.T("cli.passphrase.again"))
	if err != nil {
		old.Destroy()
		return err
	}
	if err := eng.ChangePassphrase(c.ctx, old, fresh); err != nil {
		return err
	}
	c.say(eng.Owner(), "changed", "cli.keys.passphrase_changed")
	return nil
}
