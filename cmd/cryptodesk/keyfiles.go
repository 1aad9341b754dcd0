package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// importKeys takes private keys in from files of any sort; one that cannot be
// read does not keep the others out.
func (f *keysFlags) importKeys(c *call, eng *engine.Engine, paths []string) error {
	if f.name != "" && len(paths) > 1 {
		return fault.New(fault.Usage, text.T("cli.one_name"), nil)
	}
	var worst error
	for _, path := range paths {
		if err := f.importFile(c, eng, path); err != nil {
			worst = worse(worst, c.refused(path, err))
		}
		if c.ctx.Err() != nil {
			break
		}
	}
	return worst
}

func (f *keysFlags) importFile(c *call, eng *engine.Engine, path string) error {
	in, err := c.read(eng, path, c.askFor(path))
	if err != nil {
		return err
	}
	defer in.Close()
	if len(in.Keys) == 0 {
		return fault.New(fault.CannotImport, string(in.Material), nil)
	}
	return f.takeKeys(c, eng, in, path)
}

// takeKeys takes in the keys that were read from a file, and says which.
func (f *keysFlags) takeKeys(c *call, eng *engine.Engine, in *engine.Incoming, path string) error {
	f.nameKeys(eng, in, path)
	if err := eng.Take(c.ctx, in); err != nil {
		return err
	}
	for _, k := range in.Keys {
		switch {
		case c.json:
			line := lineOf(k.Public)
			line.Path, line.Known = path, k.Known
			c.emit(line)
		case k.Known && !c.quiet:
			fmt.Fprintln(c.out, text.T("cli.known", "name", k.Name))
		case !k.Known && !c.quiet:
			c.printKey(k.Public)
		}
	}
	return nil
}

// nameKeys gives every new key a name that is free: --name, its own, or the
// file's. Only --name may fail because it is taken.
func (f *keysFlags) nameKeys(eng *engine.Engine, in *engine.Incoming, path string) {
	used := map[string]bool{"me": true}
	for _, p := range eng.People() {
		used[strings.ToLower(p.Name)] = true
	}
	for _, g := range eng.Groups() {
		used[strings.ToLower(g.Name)] = true
	}
	own := eng.Keys()
	for i := range in.Keys {
		k := &in.Keys[i]
		if k.Known {
			for _, o := range own {
				if o.ID == k.ID || !k.Recipient.IsZero() && o.Classic == k.Recipient {
					k.Name = o.Name // as it is called here
				}
			}
			continue
		}
		name := k.Name
		if name == "" {
			name = nameOf(path)
		}
		k.Name = freeName(name, func(s string) bool { return used[strings.ToLower(s)] })
		if f.name != "" && len(in.Keys) == 1 {
			k.Name = f.name
		}
		used[strings.ToLower(k.Name)] = true
	}
}

// export writes what was asked for of one key pair, or the whole keyring.
func (f *keysFlags) export(c *call, eng *engine.Engine, args []string) error {
	chosen := 0
	for _, on := range []bool{f.card, f.classic, f.keyring, f.private, f.qr != ""} {
		if on {
			chosen++
		}
	}
	switch {
	case chosen > 1:
		return fault.New(fault.Usage, text.T("cli.keys.one_form"), nil)
	case (f.keyring || f.private) && f.out == "":
		return fault.New(fault.Usage, text.T("cli.keys.where"), nil)
	}
	if err := c.unlock(eng); err != nil {
		return err
	}
	if f.keyring {
		return c.exportKeyring(eng, f.out)
	}
	key, err := eng.Key(strings.Join(args, " "))
	if err != nil {
		return err
	}
	switch {
	case f.private:
		return f.exportPrivate(c, eng, key)
	case f.qr != "":
		return c.exportQR(eng, key, f.qr)
	}
	return f.exportPublic(c, eng, key)
}

// exportPublic writes what may be given to anybody: the public key or the card.
func (f *keysFlags) exportPublic(c *call, eng *engine.Engine, key identity.Public) error {
	if key.Recipient.IsZero() {
		return fault.New(fault.NoRecipients, key.Name, nil) // a plugin's key that only opens
	}
	data := []byte(key.Recipient.Text + "\n")
	switch {
	case f.card:
		var err error
		if data, err = eng.Card(key.ID); err != nil {
			return err
		}
	case f.classic && key.Kind == identity.X25519: // it is classic
	case f.classic && key.Classic.IsZero():
		return fault.New(fault.KeyMissing, key.Name, nil)
	case f.classic:
		data = []byte(key.Classic.Text + "\n")
	}
	if f.out == "" || f.out == stdin {
		if c.json {
			c.emit(lineOf(key))
			return nil
		}
		_, err := c.out.Write(data)
		return err
	}
	return c.write(f.out, data)
}

// write puts public data into a file.
func (c *call) write(out string, data []byte) error {
	path, err := filepath.Abs(out)
	if err != nil {
		return fault.FromOS(out, err)
	}
	_, err = safefile.WriteFile(path, data, 0o644, c.policy())
	return err
}

// exportPrivate asks for the keyring's passphrase again, and never replaces a
// file, --force or not: it could be the only copy of another key.
func (f *keysFlags) exportPrivate(c *call, eng *engine.Engine, key identity.Public) error {
	path, err := filepath.Abs(f.out)
	if err != nil {
		return fault.FromOS(f.out, err)
	}
	pass, err := c.ask(text.T("cli.passphrase.private", "name", key.Name))
	if err != nil {
		return err
	}
	var fresh *secret.Buffer
	if f.fresh {
		if fresh, err = c.askNew(text.T("cli.passphrase.file_new"), text.T("cli.passphrase.again")); err != nil {
			pass.Destroy()
			return err
		}
	}
	if err := eng.ExportKey(c.ctx, key.ID, pass, fresh, path); err != nil {
		return err
	}
	c.wrote(key.Name, path)
	return nil
}

// wrote says where something went.
func (c *call) wrote(name, path string) {
	switch {
	case c.json:
		c.emit(struct {
			Name string `json:"name"`
			Out  string `json:"out"`
		}{name, path})
	case !c.quiet:
		fmt.Fprintf(c.out, "%s -> %s\n", name, safefile.Visible(path))
	}
}

// exportKeyring copies the keyring, private keys and all, still sealed with
// its passphrase.
func (c *call) exportKeyring(eng *engine.Engine, out string) error {
	path, err := filepath.Abs(out)
	if err != nil {
		return fault.FromOS(out, err)
	}
	return eng.SaveBackup(c.ctx, path)
}

// pixels of a module in a picture of a QR code: large enough for a photo of a
// screen.
const modulePixels = 8

// exportQR writes the contact card as a picture.
func (c *call) exportQR(eng *engine.Engine, key identity.Public, out string) error {
	code, err := eng.CardCode(key.ID)
	if err != nil {
		return err
	}
	size := code.Bounds().Size().Mul(modulePixels)
	large := image.NewPaletted(image.Rectangle{Max: size}, color.Palette{color.White, color.Black})
	for y := range size.Y {
		for x := range size.X {
			from := code.Bounds().Min.Add(image.Pt(x/modulePixels, y/modulePixels))
			large.Set(x, y, code.At(from.X, from.Y))
		}
	}
	var raw bytes.Buffer
	if err := png.Encode(&raw, large); err != nil {
		return fault.New(fault.Internal, "", err)
	}
	if err := c.write(out, raw.Bytes()); err != nil {
		return err
	}
	c.wrote(key.Name, out)
	return nil
}
