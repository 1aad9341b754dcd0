package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
)

func contactsVerb() *verb {
	var name string
	return &verb{
		name: "contacts",
		args: "add [--name NAME] FILE | list [--json]",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&name, "name", "", text.T("cli.flag.name"))
		},
		run: func(c *call, args []string) error {
			if len(args) == 0 || args[0] != "list" && (args[0] != "add" || len(args) != 2) {
				return fault.New(fault.Usage, text.T("cli.contacts.which"), nil)
			}
			eng, err := c.open()
			if err != nil {
				return err
			}
			defer eng.Close()
			if args[0] == "add" {
				return c.addContact(eng, name, args[1])
			}
			if err := c.unlock(eng); err != nil {
				return err
			}
			for _, k := range eng.Contacts() {
				c.printContact(k)
			}
			return nil
		},
	}
}

// maxCard bounds a contact card or public key: real ones are under 4 KiB.
const maxCard = 64 << 10

func (c *call) addContact(eng *engine.Engine, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fault.FromOS(path, err)
	}
	defer f.Close()
	card, err := io.ReadAll(io.LimitReader(f, maxCard+1))
	if err != nil {
		return fault.FromOS(path, err)
	}
	if len(card) > maxCard {
		return fault.New(fault.TooLarge, path, nil)
	}
	if err := c.unlock(eng); err != nil {
		return err
	}
	contact, err := eng.AddContact(c.ctx, name, card)
	if err != nil {
		return err
	}
	c.printContact(contact)
	return nil
}

func (c *call) printContact(k identity.Contact) {
	if c.json {
		c.emit(struct {
			Name      string `json:"name"`
			Kind      string `json:"kind"`
			Recipient string `json:"recipient"`
			Verified  bool   `json:"verified"`
		}{k.Name, string(k.Recipient.Kind), k.Recipient.Text, k.Verified})
		return
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n", k.Name, text.T("cli.kind."+string(k.Recipient.Kind)), k.Recipient.Fingerprint())
}
