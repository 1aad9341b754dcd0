package main

import (
	"encoding/hex"
	"flag"
	"fmt"
	"path/filepath"
	"slices"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// legacyFlags are those of "recovery legacy".
type legacyFlags struct {
	key, as, name  string
	pick           int
	take, showText bool
}

func (f *legacyFlags) set(fs *flag.FlagSet) {
	fs.StringVar(&f.key, "key", "", text.T("cli.flag.legacy_key"))
	fs.StringVar(&f.as, "as", "", text.T("cli.flag.legacy_as"))
	fs.IntVar(&f.pick, "pick", 0, text.T("cli.flag.legacy_pick"))
	fs.BoolVar(&f.take, "import", false, text.T("cli.flag.legacy_import"))
	fs.BoolVar(&f.showText, "show", false, text.T("cli.flag.legacy_show"))
	fs.StringVar(&f.name, "name", "", text.T("cli.flag.key_name"))
}

func (f *recoveryFlags) legacySubs() []sub {
	return []sub{{"legacy", 1, 1, true, func(c *call, eng *engine.Engine, args []string) error { return f.legacy(c, eng, args[0]) }}}
}

var legacyFormats = []legacy.Format{legacy.Any, legacy.PEM, legacy.ECB, legacy.EAX, legacy.OAEP, legacy.Session}

// legacy opens what an old script wrote, says what came out, and does with it what was asked.
func (f *recoveryFlags) legacy(c *call, eng *engine.Engine, name string) error {
	switch {
	case !slices.Contains(legacyFormats, legacy.Format(f.as)):
		return fault.New(fault.Usage, text.T("cli.legacy.as"), nil)
	case f.take && f.out != "", f.take && f.showText, f.out != "" && f.showText:
		return fault.New(fault.Usage, text.T("cli.legacy.one"), nil)
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return fault.FromOS(name, err)
	}
	guesses, err := eng.LegacyLook(path)
	if err != nil {
		return err
	}
	if len(guesses) == 0 {
		return fault.New(fault.LegacyUnknown, path, nil)
	}
	if f.take || f.out != "" {
		if err := c.unlock(eng); err != nil {
			return err
		}
	}
	old := &oldFile{c: c, eng: eng, path: path, pem: guesses[0].Format == legacy.PEM}
	defer old.close()
	if err := old.open(legacy.Format(f.as), f.key); err != nil {
		return err
	}
	if f.take || f.showText || f.out != "" {
		one, err := old.one(f.pick)
		if err != nil {
			return err
		}
		return f.use(old, one)
	}
	old.list()
	return nil
}

// oldFile is what an old script wrote, while the verb runs.
type oldFile struct {
	c     *call
	eng   *engine.Engine
	path  string
	pem   bool
	pass  *secret.Buffer // nil until it was asked for
	found []*legacy.Found
}

func (o *oldFile) close() {
	o.pass.Destroy()
	legacy.Close(o.found)
}

// open asks for a passphrase when it takes one: a key file may do alone, and the passphrase of a private key is asked for
// when it is imported.
func (o *oldFile) open(how legacy.Format, key string) (err error) {
	if key != "" {
		if key, err = filepath.Abs(key); err != nil {
			return fault.FromOS(key, err)
		}
	}
	ask := key == "" && !o.pem
	for {
		if ask {
			if o.pass, err = o.c.ask(text.T("cli.passphrase.import", "name", safefile.Visible(filepath.Base(o.path)))); err != nil {
				return err
			}
		}
		o.found, err = o.eng.LegacyOpen(o.c.ctx, o.path, how, o.pass.Clone(), key)
		if fault.Of(err) != fault.NeedPassphrase || ask {
			return err
		}
		ask = true
	}
}

// one is the result that was asked for.
func (o *oldFile) one(pick int) (*legacy.Found, error) {
	switch {
	case pick < 0 || pick > len(o.found), pick == 0 && (len(o.found) > 1 || o.found[0].What == legacy.Noise):
		o.list()
		return nil, fault.New(fault.Usage, text.T("cli.legacy.pick"), nil)
	case pick == 0:
		pick = 1
	}
	return o.found[pick-1], nil
}

// use takes a result in, writes it or shows it.
func (f *recoveryFlags) use(o *oldFile, one *legacy.Found) error {
	if !one.Authenticated && one.Format != legacy.PEM && !o.c.quiet {
		fmt.Fprintln(o.c.err, text.T("cli.legacy.unproven"))
	}
	switch {
	case f.take && one.What != legacy.Key:
		return fault.New(fault.BadIdentity, o.path, nil)
	case f.take:
		in, err := o.eng.LegacyKeys(o.c.ctx, one, o.askAgain())
		if err != nil {
			return err
		}
		defer in.Close()
		return (&keysFlags{name: f.name}).takeKeys(o.c, o.eng, in, o.path)
	case f.out != "":
		out, err := filepath.Abs(f.out)
		if err != nil {
			return fault.FromOS(f.out, err)
		}
		if err := o.eng.LegacySave(o.c.ctx, one, out); err != nil {
			return err
		}
		o.c.wrote(filepath.Base(o.path), out)
		return nil
	}
	return o.c.showOld(one)
}

// askAgain tries the passphrase that opened the file on the key inside first.
func (o *oldFile) askAgain() identity.Ask {
	ask, tried := o.c.askFor(o.path), o.pass == nil
	return func(again bool) (*secret.Buffer, error) {
		if !tried {
			tried = true
			return o.pass.Clone(), nil
		}
		return ask(again && o.pem)
	}
}

// showOld prints a result as it is, or what is not readable in hexadecimal digits.
func (c *call) showOld(one *legacy.Found) error {
	shown := one.Plain.Bytes()
	if one.What == legacy.Bytes || one.What == legacy.Noise {
		digits := secret.New(hex.EncodedLen(len(shown)) + 1)
		defer digits.Destroy()
		secret.Do(func() { hex.Encode(digits.Bytes(), shown) })
		digits.Bytes()[digits.Len()-1] = '\n'
		shown = digits.Bytes()
	}
	_, err := c.out.Write(shown)
	return err
}

// oldLine is a result as --json prints it.
type oldLine struct {
	Path          string `json:"path"`
	Number        int    `json:"number"`
	Format        string `json:"format"`
	What          string `json:"what"`
	Material      string `json:"material,omitempty"`
	Bytes         int    `json:"bytes"`
	Authenticated bool   `json:"authenticated"`
	Detail        string `json:"detail,omitempty"`
}

var oldNames = map[legacy.What]string{legacy.Key: "key", legacy.Text: "text", legacy.Bytes: "bytes", legacy.Noise: "noise"}

// list says what came out, and what that is worth.
func (o *oldFile) list() {
	c, doubt := o.c, false
	for i, f := range o.found {
		if c.json {
			c.emit(oldLine{o.path, i + 1, string(f.Format), oldNames[f.What], string(f.Material), f.Plain.Len(), f.Authenticated, f.Detail})
			continue
		}
		what := text.T("cli.legacy."+oldNames[f.What], "size", text.Bytes(int64(f.Plain.Len())))
		if f.What == legacy.Key {
			what = text.T("material." + string(f.Material))
		}
		fmt.Fprintf(c.out, "%d  %s\n", i+1, what)
		if f.Detail != "" {
			fmt.Fprintf(c.out, "   %s\n", f.Detail)
		}
		doubt = doubt || !f.Authenticated && f.Format != legacy.PEM
	}
	if doubt && !c.json && !c.quiet {
		fmt.Fprintln(c.err, text.T("cli.legacy.unproven"))
	}
}
