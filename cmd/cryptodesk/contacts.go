package main

import (
	"flag"
	"fmt"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// contactsFlags are those of all words after "contacts".
type contactsFlags struct {
	name, mine, words string
	yes               bool
}

func contactsVerb() *verb {
	f := &contactsFlags{}
	return &verb{
		name: "contacts",
		args: "add | meet | list | card | rename | delete | verify | accept | refuse | group | groups | ungroup ...",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&f.name, "name", "", text.T("cli.flag.name"))
			fs.StringVar(&f.mine, "mine", "", text.T("cli.flag.mine"))
			fs.StringVar(&f.words, "words", "", text.T("cli.flag.words"))
			fs.BoolVar(&f.yes, "yes", false, text.T("cli.flag.yes"))
		},
		run: func(c *call, args []string) error { return c.pick(f.subs(), args, "cli.contacts.which") },
	}
}

func (f *contactsFlags) subs() []sub {
	return []sub{
		{"add", 1, -1, false, f.add},
		{"import", 1, -1, false, f.add},
		{"list", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return c.listContacts(eng) }},
		{"card", 1, -1, false, onContact((*call).printCard)},
		{"meet", 0, 1, false, (*call).meet},
		{"rename", 2, 2, false, f.rename},
		{"delete", 1, -1, false, onContact(f.delete)},
		{"verify", 1, -1, false, onContact(f.verify)},
		{"accept", 1, -1, false, onContact(f.accept)},
		{"refuse", 1, -1, false, onContact((*call).refuseKey)},
		{"group", 2, -1, false, func(c *call, eng *engine.Engine, args []string) error { return c.setGroup(eng, args) }},
		{"groups", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return c.listGroups(eng) }},
		{"ungroup", 1, -1, false, func(c *call, eng *engine.Engine, args []string) error { return c.ungroup(eng, args) }},
	}
}

// onContact finds the contact that all the words together name.
func onContact(do func(c *call, eng *engine.Engine, who identity.Contact) error) func(*call, *engine.Engine, []string) error {
	return func(c *call, eng *engine.Engine, args []string) error {
		who, err := eng.Contact(strings.Join(args, " "))
		if err != nil {
			return err
		}
		return do(c, eng, who)
	}
}

// add takes contact cards and public keys in, from files of any sort.
func (f *contactsFlags) add(c *call, eng *engine.Engine, paths []string) error {
	if f.name != "" && len(paths) > 1 {
		return fault.New(fault.Usage, text.T("cli.one_name"), nil)
	}
	var worst error
	for _, path := range paths {
		if err := f.addFile(c, eng, path); err != nil {
			worst = worse(worst, c.refused(path, err))
		}
		if c.ctx.Err() != nil {
			break
		}
	}
	return worst
}

func (f *contactsFlags) addFile(c *call, eng *engine.Engine, path string) error {
	// What asks for a passphrase is a private key, and nobody's contact.
	private := fault.New(fault.CannotImport, string(identity.AgeIdentity), nil)
	refuse := func(bool) (*secret.Buffer, error) { return nil, private }
	in, err := c.read(eng, path, refuse)
	if err != nil {
		return err
	}
	defer in.Close()
	if len(in.Contacts) == 0 {
		return private
	}
	if f.name != "" {
		if len(in.Contacts) > 1 {
			return fault.New(fault.Usage, text.T("cli.one_name"), nil)
		}
		in.Contacts[0].Name = f.name
		eng.Compare(in)
	}
	if err := eng.Take(c.ctx, in); err != nil {
		return err
	}
	all := eng.Contacts()
	now := make(map[string]identity.Contact, len(all))
	for _, k := range all {
		now[k.ID()] = k
	}
	var changed []string
	for _, p := range in.Contacts {
		id := p.ID()
		if p.Changes() {
			changed, id = append(changed, p.Old.Name), p.Old.ID()
		}
		k, here := now[id]
		if !here { // a classic key of somebody who is there with a stronger one
			k = p.Contact
		}
		c.printTaken(k, path, p.Known)
	}
	if len(changed) > 0 {
		return fault.New(fault.ContactChanged, strings.Join(changed, ", "), nil)
	}
	return nil
}

func (c *call) listContacts(eng *engine.Engine) error {
	for _, k := range eng.Contacts() {
		c.printContact(k)
	}
	return nil
}

// contactLine is a contact as --json prints it.
type contactLine struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Recipient   string `json:"recipient"`
	Classic     string `json:"classic,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Verified    bool   `json:"verified"`
	Changed     bool   `json:"changed"`
	Offered     string `json:"offered,omitempty"` // the key that came under the name
	Path        string `json:"path,omitempty"`    // of an import
	Known       bool   `json:"known,omitempty"`   // they were there already
}

func contactLineOf(k identity.Contact) contactLine {
	line := contactLine{
		Name: k.Name, Kind: string(k.Recipient.Kind), Recipient: k.Recipient.Text, Classic: k.Classic.Text,
		Fingerprint: k.Recipient.Fingerprint(), Verified: k.Verified, Changed: k.Changed(),
	}
	if k.Changed() {
		line.Offered = k.Offered.Recipient.Text
	}
	return line
}

// printTaken prints a contact that was read from path.
func (c *call) printTaken(k identity.Contact, path string, known bool) {
	switch {
	case c.json:
		line := contactLineOf(k)
		line.Path, line.Known = path, known
		c.emit(line)
	case known && !c.quiet:
		fmt.Fprintln(c.out, text.T("cli.known", "name", k.Name))
	case !known && !c.quiet:
		c.printContact(k)
	}
}

func (c *call) printContact(k identity.Contact) {
	if c.json {
		c.emit(contactLineOf(k))
		return
	}
	state := "cli.contacts.unverified"
	switch {
	case k.Changed():
		state = "cli.contacts.changed"
	case k.Verified:
		state = "cli.contacts.verified"
	}
	fmt.Fprintf(c.out, "%s  %s  %s  %s\n", k.Name, text.T("cli.kind."+string(k.Recipient.Kind)), k.Recipient.Fingerprint(), text.T(state))
}

// printCard prints a contact's public key under their name, to be given on.
// Their own card only they can sign.
func (c *call) printCard(_ *engine.Engine, who identity.Contact) error {
	if who.Changed() {
		return fault.New(fault.ContactChanged, who.Name, nil)
	}
	if c.json {
		c.emit(contactLineOf(who))
		return nil
	}
	fmt.Fprintf(c.out, "# name: %s\n%s\n", who.Name, who.Recipient.Text)
	return nil
}

func (f *contactsFlags) rename(c *call, eng *engine.Engine, args []string) error {
	who, err := eng.Contact(args[0])
	if err != nil {
		return err
	}
	if err := eng.RenameContact(c.ctx, who.ID(), args[1]); err != nil {
		return err
	}
	return c.showContact(eng, who.ID())
}

// showContact prints a contact as it is now.
func (c *call) showContact(eng *engine.Engine, id string) error {
	now, err := eng.Contact(id)
	if err == nil && !c.quiet {
		c.printContact(now)
	}
	return err
}

func (f *contactsFlags) delete(c *call, eng *engine.Engine, who identity.Contact) error {
	if a, set := eng.Agent(); set && a.ID == who.ID() {
		c.aside(text.T("cli.contacts.delete_agent", "name", who.Name))
	}
	if !f.yes {
		yes, asked, err := c.yes(c.ctx, text.T("cli.contacts.delete", "name", who.Name))
		switch {
		case err != nil:
			return err
		case !asked:
			return fault.New(fault.Usage, text.T("cli.contacts.delete_yes"), nil)
		case !yes:
			return fault.New(fault.Cancelled, who.Name, nil)
		}
	}
	if err := eng.DeleteContact(c.ctx, who.ID()); err != nil {
		return err
	}
	c.say(who.Name, "deleted", "cli.deleted")
	return nil
}
