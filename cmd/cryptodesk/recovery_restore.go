package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// restore brings keys back from whatever there is: into the keyring, or, where
// there is none and with --replace, as a new one.
func (f *recoveryFlags) restore(c *call, eng *engine.Engine, args []string) error {
	how := recovery.Replace
	if eng.HasKeyring() && !f.replace {
		how = recovery.Merge
		if err := c.unlock(eng); err != nil {
			return err
		}
	}
	r, err := f.gather(c, eng, args)
	if err != nil {
		return err
	}
	defer r.Close()
	c.show(r.Found())
	if how == recovery.Merge {
		if err := eng.Restore(c.ctx, r, how, "", nil); err != nil {
			return err
		}
		c.listRestored(eng, r)
		return nil
	}
	if err := f.mayReplace(c, eng); err != nil {
		return err
	}
	fresh, err := c.askNew(text.T("cli.passphrase.new"), text.T("cli.passphrase.again"))
	if err != nil {
		return err
	}
	eng.Headless()
	done := c.working()
	err = eng.Restore(c.ctx, r, how, f.owner, fresh)
	done()
	if err != nil {
		return err
	}
	c.listRestored(eng, r)
	return nil
}

// mayReplace asks whether the keyring that is there is to be put aside.
func (f *recoveryFlags) mayReplace(c *call, eng *engine.Engine) error {
	if !eng.HasKeyring() || f.yes {
		return nil
	}
	yes, asked, err := c.yes(c.ctx, text.T("cli.recovery.replace"))
	switch {
	case err != nil:
		return err
	case !asked:
		return fault.New(fault.Usage, text.T("cli.recovery.replace_yes"), nil)
	case !yes:
		return fault.New(fault.Cancelled, "", nil)
	}
	return nil
}

// gather lays out what args name: files, and "-" for words that are typed. What
// cannot be used is said; what is wrong with all of them together the work to
// come says.
func (f *recoveryFlags) gather(c *call, eng *engine.Engine, args []string) (*recovery.Restore, error) {
	r := eng.NewRestore()
	r.Expect(f.expect)
	r.Words(func(p recovery.Piece, _ bool) (*secret.Buffer, error) {
		words, _, err := c.words(text.T("cli.recovery.restore.answer", "name", p.Holder))
		if err != nil {
			return nil, err
		}
		return secret.Take([]byte(words)), nil // read out on the phone: no secret
	})
	for _, arg := range args {
		if err := f.lay(c, r, arg); err != nil {
			r.Close()
			return nil, err
		}
	}
	for _, p := range r.Pieces() {
		c.printPiece(p)
	}
	return r, nil
}

// lay adds one piece.
func (f *recoveryFlags) lay(c *call, r *recovery.Restore, arg string) error {
	if arg == stdin {
		words, err := c.ask(text.T("cli.recovery.restore.words"))
		if err != nil {
			return err
		}
		_, err = r.AddWords(c.ctx, words)
		return err
	}
	path, err := filepath.Abs(arg)
	if err != nil {
		return fault.FromOS(arg, err)
	}
	_, err = r.AddFile(c.ctx, path, c.askFor(arg))
	return err
}

// pieceLine is a piece as --json prints it.
type pieceLine struct {
	Piece    recovery.PieceKind `json:"piece"`
	Path     string             `json:"path,omitempty"`
	Keys     []keyLine          `json:"keys,omitempty"`
	Contacts int                `json:"contacts,omitempty"`
	Groups   int                `json:"groups,omitempty"`
	Owner    string             `json:"owner,omitempty"`
	Share    int                `json:"share,omitempty"`
	Of       int                `json:"of,omitempty"`
	Need     int                `json:"need,omitempty"`
	Have     int                `json:"have,omitempty"`
	Holder   string             `json:"holder,omitempty"`
	Problem  *problem           `json:"problem,omitempty"`
}

// printPiece says what something is, and what is wrong with it.
func (c *call) printPiece(p recovery.Piece) {
	if c.json {
		line := pieceLine{Piece: p.Kind, Path: p.Path, Contacts: p.Contacts, Groups: p.Groups, Owner: p.Owner, Of: p.Of, Holder: p.Holder, Problem: problemOf(p.Problem)}
		if p.Kind == recovery.SharePiece {
			line.Share, line.Need, line.Have = p.Share, p.Need, p.Have
		}
		for _, k := range p.Keys {
			line.Keys = append(line.Keys, lineOf(k))
		}
		c.emit(line)
		return
	}
	name := text.T("cli.recovery.restore.typed")
	if p.Name != "" {
		name = safefile.Visible(p.Name)
	}
	line := name + ": " + text.T("cli.recovery.piece."+string(p.Kind), "n", p.Share, "need", p.Need, "have", p.Have, "name", p.Holder)
	if len(p.Keys) > 0 {
		line += ", " + strings.Join(namesOf(p.Keys), ", ")
	}
	if p.Problem != nil {
		what, do := text.Fault(p.Problem)
		fmt.Fprintf(c.err, "%s\n  %s %s\n", line, what, do)
		return
	}
	if !c.quiet {
		fmt.Fprintln(c.err, line)
	}
}

// show says what the pieces come to.
func (c *call) show(f recovery.Found) {
	for _, m := range f.Missing {
		c.aside(text.T("cli.recovery.restore.missing", "have", m.Have, "need", m.Need, "n", m.Lacks()))
	}
}

// listRestored prints the keys that are back.
func (c *call) listRestored(eng *engine.Engine, r *recovery.Restore) {
	for _, k := range eng.Keys() {
		for _, found := range r.Found().Keys {
			if found.ID == k.ID || !k.Classic.IsZero() && found.Recipient == k.Classic {
				c.printKey(k)
			}
		}
	}
}

// rehearse tries whether what there is would bring every key back.
func (f *recoveryFlags) rehearse(c *call, eng *engine.Engine, args []string) error {
	r, err := f.gather(c, eng, args)
	if err != nil {
		return err
	}
	defer r.Close()
	c.show(r.Found())
	done := c.working()
	out, err := eng.Rehearse(c.ctx, r)
	done()
	if err != nil {
		return err
	}
	if c.json {
		c.emit(struct {
			Passed  bool     `json:"passed"`
			Opened  []string `json:"opened"`
			Missing []string `json:"missing"`
		}{out.Passed, orNone(namesOf(out.Opened)), orNone(namesOf(out.Missing))})
	} else {
		c.rehearsed(out)
	}
	if !out.Passed {
		return reported{fault.New(fault.NoKey, strings.Join(namesOf(out.Missing), ", "), nil)}
	}
	return nil
}

func (c *call) rehearsed(out recovery.Rehearsal) {
	for _, part := range []struct {
		key  string
		keys []identity.Public
	}{{"opened", out.Opened}, {"missing", out.Missing}} {
		if len(part.keys) > 0 && (!c.quiet || part.key == "missing") {
			fmt.Fprintln(c.out, text.T("cli.recovery.rehearse."+part.key, "names", strings.Join(namesOf(part.keys), ", ")))
		}
	}
}

func orNone(list []string) []string { return append([]string{}, list...) }
