package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"cryptodesk/assets"
	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
)

// wayFlags are those of making ways back and of using them.
type wayFlags struct {
	whose, owner, expect string
	need, of             int
	replace              bool
}

func (w *wayFlags) set(fs *flag.FlagSet) {
	fs.StringVar(&w.whose, "for", "", text.T("cli.flag.way_key"))
	fs.IntVar(&w.need, "need", 2, text.T("cli.flag.need"))
	fs.IntVar(&w.of, "of", 3, text.T("cli.flag.of"))
	fs.StringVar(&w.owner, "owner", "", text.T("cli.flag.owner"))
	fs.StringVar(&w.expect, "expect", "", text.T("cli.flag.expect"))
	fs.BoolVar(&w.replace, "replace", false, text.T("cli.flag.replace"))
}

func (f *recoveryFlags) waySubs() []sub {
	return []sub{
		{"status", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { c.status(eng); return nil }},
		{"backup", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return f.backup(c, eng) }},
		{"sheet", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return f.sheet(c, eng) }},
		{"shares", 0, 0, false, func(c *call, eng *engine.Engine, _ []string) error { return f.shares(c, eng) }},
		{"restore", 1, -1, true, f.restore},
		{"rehearse", 1, -1, false, f.rehearse},
	}
}

// wayLine is a way back as --json prints it.
type wayLine struct {
	Kind           recovery.Kind `json:"kind"`
	Made           string        `json:"made"`
	Keys           []string      `json:"keys"` // names of those that are there still
	Missing        []string      `json:"missing,omitempty"`
	Need           int           `json:"need,omitempty"`
	Of             int           `json:"of,omitempty"`
	With           string        `json:"with,omitempty"`
	SamePassphrase bool          `json:"samePassphrase,omitempty"`
	Helps          bool          `json:"helps"`
	Due            bool          `json:"due,omitempty"`
	Rehearsed      string        `json:"rehearsed,omitempty"`
	Passed         bool          `json:"passed,omitempty"`
}

// statusLine is the status as --json prints it.
type statusLine struct {
	Answer    recovery.Answer   `json:"answer"`
	Back      int               `json:"back"`
	Missing   []string          `json:"missing,omitempty"`
	Rehearsed string            `json:"rehearsed,omitempty"`
	Reminders []recovery.Reason `json:"reminders,omitempty"`
	Ways      []wayLine         `json:"ways"`
}

func (c *call) status(eng *engine.Engine) {
	s := eng.Recovery()
	if c.json {
		line := statusLine{Answer: s.Answer, Back: s.Back, Missing: namesOf(s.Missing), Rehearsed: stamp(s.Rehearsed), Reminders: s.Reminders, Ways: []wayLine{}}
		for _, w := range s.Ways {
			line.Ways = append(line.Ways, lineOfWay(eng, w))
		}
		c.emit(line)
		return
	}
	missing := strings.Join(namesOf(s.Missing), ", ")
	fmt.Fprintln(c.out, text.T("cli.recovery.answer."+string(s.Answer), "n", s.Back, "names", missing))
	for _, w := range s.Ways {
		fmt.Fprintln(c.out, "  "+describe(eng, w))
	}
	for _, r := range s.Reminders {
		c.aside(text.T("cli.recovery.reason."+string(r), "names", missing))
	}
}

func lineOfWay(eng *engine.Engine, w recovery.State) wayLine {
	line := wayLine{Kind: w.Kind, Made: stamp(w.Made), Keys: []string{}, Missing: namesOf(w.Missing), Need: w.Need, Of: w.Of, With: holder(eng, w.To),
		SamePassphrase: w.SamePassphrase, Helps: w.Helps, Due: w.Due, Rehearsed: stamp(w.Rehearsed), Passed: w.Passed}
	for _, k := range eng.Keys() {
		for _, id := range w.Keys {
			if k.ID == id {
				line.Keys = append(line.Keys, k.Name)
			}
		}
	}
	return line
}

// describe is a way on one line.
func describe(eng *engine.Engine, w recovery.State) string {
	line := text.T("cli.recovery.way."+string(w.Kind), "need", w.Need, "of", w.Of, "name", holder(eng, w.To)) + "  " + text.Date(w.Made.Local())
	if keys := lineOfWay(eng, w).Keys; len(keys) > 0 {
		line += "  " + strings.Join(keys, ", ")
	}
	note := ""
	switch {
	case w.SamePassphrase:
		note = "same"
	case !w.Rehearsed.IsZero() && !w.Passed:
		note = "failed"
	case w.Due:
		note = "due"
	case w.Passed:
		note = "rehearsed"
	default:
		return line
	}
	return line + "  " + text.T("cli.recovery.note."+note, "date", text.Date(w.Rehearsed.Local()))
}

// holder is what the contact with that ID is called.
func holder(eng *engine.Engine, id string) string {
	if who, err := eng.Contact(id); err == nil {
		return who.Name
	}
	return ""
}

func namesOf(keys []identity.Public) (names []string) {
	for _, k := range keys {
		names = append(names, k.Name)
	}
	return names
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// backup writes a file with a passphrase of its own.
func (f *recoveryFlags) backup(c *call, eng *engine.Engine) error {
	path, err := f.where()
	if err != nil {
		return err
	}
	id, name := "", eng.Owner()
	if f.whose != "" {
		key, err := eng.Key(f.whose)
		if err != nil {
			return err
		}
		id, name = key.ID, key.Name
	}
	if err := safefile.Precheck(path, safefile.Refuse); err != nil {
		return err // before a passphrase was thought up for it
	}
	pass, err := c.askNew(text.T("cli.passphrase.backup"), text.T("cli.passphrase.again"))
	if err != nil {
		return err
	}
	done := c.working()
	err = eng.MakeBackup(c.ctx, path, pass, id)
	done()
	if err != nil {
		return err
	}
	c.wrote(name, path)
	c.sameAsKeyring(eng)
	return nil
}

// sameAsKeyring warns of a backup that is worth nothing to who forgets the
// keyring's passphrase.
func (c *call) sameAsKeyring(eng *engine.Engine) {
	if s := eng.Recovery(); len(s.Ways) > 0 && s.Ways[0].SamePassphrase {
		c.aside(text.T("cli.recovery.same"))
	}
}

// own is the key pair that --for names, or the first that has a sheet.
func (f *recoveryFlags) own(eng *engine.Engine) (identity.Public, error) {
	if f.whose == "" {
		for _, k := range eng.Keys() {
			if k.Kind == identity.Hybrid {
				return k, nil
			}
		}
	}
	return eng.Key(f.whose)
}

// sheet writes the page to print, and asks two of its words back if there is
// somebody to ask.
func (f *recoveryFlags) sheet(c *call, eng *engine.Engine) error {
	path, err := f.where()
	if err != nil {
		return err
	}
	key, err := f.own(eng)
	if err != nil {
		return err
	}
	done := c.working()
	sheet, err := eng.MakeSheet(c.ctx, key.ID, path, labels())
	done()
	if err != nil {
		return err
	}
	defer sheet.Close()
	c.wrote(key.Name, path)
	c.aside(text.T("cli.recovery.sheet.next"))
	if c.quiet || c.json || c.passphraseFD >= 0 {
		return nil // nobody is there who has printed it
	}
	c.aside(text.T("cli.recovery.sheet.ask"))
	return c.askBack(sheet)
}

// askBack asks two words of the sheet. Who has none at hand leaves it.
func (c *call) askBack(sheet *recovery.Sheet) error {
	i, j := sheet.Ask()
	for _, number := range []int{i, j} {
		for {
			word, err := c.ask(text.T("cli.recovery.sheet.word", "n", number))
			if kind := fault.Of(err); kind == fault.Cancelled || kind == fault.NeedPassphrase {
				c.aside("\n" + text.T("cli.recovery.sheet.later"))
				return nil
			}
			if err != nil {
				return err
			}
			right := sheet.Right(number, word.Bytes())
			word.Destroy()
			if right {
				break
			}
			c.aside(text.T("cli.recovery.sheet.wrong"))
		}
	}
	c.aside(text.T("cli.recovery.sheet.right"))
	return nil
}

// shares writes a page and a text file for each share into the folder of -o.
func (f *recoveryFlags) shares(c *call, eng *engine.Engine) error {
	dir := f.out
	if dir == "" {
		dir = "."
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fault.FromOS(f.out, err)
	}
	key, err := f.own(eng)
	if err != nil {
		return err
	}
	done := c.working()
	paths, err := eng.MakeShares(c.ctx, key.ID, f.need, f.of, dir, labels())
	done()
	if err != nil {
		return err
	}
	for _, path := range paths {
		c.wrote(key.Name, path)
	}
	c.aside(text.T("cli.recovery.shares.next", "need", f.need, "of", f.of))
	return nil
}

// labels are the words of what is printed.
func labels() recovery.Labels {
	return recovery.Labels{Language: string(text.Current()), Regular: assets.Font("Regular"), Bold: assets.Font("SemiBold"), T: text.T}
}
