package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
)

func keysVerb() *verb {
	var classic, card, keyring bool
	var out string
	return &verb{
		name: "keys",
		args: "new NAME | list [--json] | export [--card | --classic | --keyring -o FILE] [NAME]",
		flags: func(fs *flag.FlagSet) {
			fs.BoolVar(&classic, "classic", false, text.T("cli.flag.key_classic"))
			fs.BoolVar(&card, "card", false, text.T("cli.flag.card"))
			fs.BoolVar(&keyring, "keyring", false, text.T("cli.flag.keyring"))
			fs.StringVar(&out, "o", "", text.T("cli.flag.o_export"))
		},
		run: func(c *call, args []string) error {
			if len(args) == 0 {
				return fault.New(fault.Usage, text.T("cli.keys.which"), nil)
			}
			eng, err := c.open()
			if err != nil {
				return err
			}
			defer eng.Close()
			switch name := strings.Join(args[1:], " "); args[0] {
			case "new":
				return c.newKey(eng, name, classic)
			case "list":
				return c.listKeys(eng)
			case "export":
				if keyring {
					return c.exportKeyring(eng, out)
				}
				return c.exportKey(eng, name, card, classic, out)
			}
			return fault.New(fault.Usage, text.T("cli.keys.which"), nil)
		},
	}
}

// newKey adds a key pair; the first one makes the keyring.
func (c *call) newKey(eng *engine.Engine, name string, classic bool) error {
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
	if classic {
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
	if err := c.unlock(eng); err != nil {
		return err
	}
	for _, k := range eng.Keys() {
		c.printKey(k)
	}
	return nil
}

func (c *call) printKey(k identity.Public) {
	if c.json {
		c.emit(struct {
			Name        string `json:"name"`
			Kind        string `json:"kind"`
			Recipient   string `json:"recipient"`
			Classic     string `json:"classic,omitempty"`
			Fingerprint string `json:"fingerprint"`
			Created     string `json:"created"`
		}{k.Name, string(k.Kind), k.Recipient.Text, k.Classic.Text, k.Fingerprint, k.Created.UTC().Format("2006-01-02T15:04:05Z")})
		return
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n", k.Name, text.T("cli.kind."+string(k.Kind)), k.Fingerprint)
}

// exportKey prints what may be given to anybody: the public key or the card.
func (c *call) exportKey(eng *engine.Engine, name string, card, classic bool, out string) error {
	if err := c.unlock(eng); err != nil {
		return err
	}
	key, err := eng.Key(name)
	if err != nil {
		return err
	}
	data := []byte(key.Recipient.Text + "\n")
	switch {
	case card:
		if data, err = eng.Card(key.ID); err != nil {
			return err
		}
	case classic:
		data = []byte(key.Classic.Text + "\n")
	}
	if out == "" {
		_, err := c.out.Write(data)
		return err
	}
	path, err := filepath.Abs(out)
	if err != nil {
		return fault.FromOS(out, err)
	}
	_, err = safefile.WriteFile(path, data, 0o644, c.policy())
	return err
}

// exportKeyring copies the keyring, private keys and all, still sealed with
// its passphrase.
func (c *call) exportKeyring(eng *engine.Engine, out string) error {
	if out == "" {
		return fault.New(fault.Usage, text.T("cli.keys.where"), nil)
	}
	path, err := filepath.Abs(out)
	if err != nil {
		return fault.FromOS(out, err)
	}
	return eng.SaveBackup(c.ctx, path)
}
