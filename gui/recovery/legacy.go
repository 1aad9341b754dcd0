package recovery

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// OldFiles is what the sheet for old scripts' files asks of the engine.
type OldFiles interface {
	LegacyLook(path string) ([]legacy.Guess, error)
	LegacyOpen(ctx context.Context, path string, how legacy.Format, pass *secret.Buffer, keyPath string) ([]*legacy.Found, error)
	LegacySave(ctx context.Context, f *legacy.Found, path string) error
}

// oldFile is the sheet that opens what an old script wrote: the file, and a
// passphrase or the file of a key; then what came out of it. A key goes to the
// pieces that are brought back, anything else into an encrypted file.
type oldFile struct {
	window fyne.Window
	engine Engine
	desk   Desk
	pieces *gather

	form  *form.Form
	file  *picked
	key   *picked
	pass  *widget.PassphraseField
	typed *secret.Buffer // the passphrase that opened it
	found []*legacy.Found
	alone bool // it is a private key itself, so that nothing else opens it
}

// newOldFile opens the sheet; path, if not empty, is the file.
func newOldFile(w fyne.Window, eng Engine, desk Desk, pieces *gather, path string) *oldFile {
	o := &oldFile{window: w, engine: eng, desk: desk, pieces: pieces}
	do := widget.PrimaryButton(text.T("recovery.old.do"), o.open).WithIcon("unlock")
	o.form = form.New(w, text.T("recovery.old.title"), do)
	o.file = newPicked(w, "file", text.T("recovery.old.file"), text.T("recovery.old.file.none"), o.look)
	o.key = newPicked(w, "key", text.T("recovery.old.key"), text.T("recovery.old.key.none"), func(string) {
		trace.Event("recovery.old.key", nil)
		o.form.Typed()
	})
	o.pass = o.form.Passphrase(text.T("recovery.old.passphrase"))
	o.form.Inputs = append(o.form.Inputs, o.file, o.key)
	o.form.Wipe = append(o.form.Wipe, o.wipe)
	o.form.Fields.Add(widget.Column(theme.Grid, o.file.view,
		widget.Column(theme.Half, widget.Caption(text.T("recovery.old.passphrase")), widget.Pad(3, 3, o.pass)), o.key.view))
	trace.Place("old.do", do)
	trace.Place("old.file", o.file.change)
	trace.Place("old.key", o.key.change)
	trace.Place("old.passphrase", o.pass)
	o.form.Sheet.Wide(560)
	o.form.Open(o.file.change)
	if path != "" {
		o.file.set(path)
	}
	return o
}

func (o *oldFile) wipe() {
	o.typed.Destroy()
	legacy.Close(o.found)
}

// closed says whether the sheet is gone.
func (o *oldFile) closed() bool { return o == nil || o.form.Sheet.Closed() }

// drop takes the file, or the key's if there is a file already.
func (o *oldFile) drop(path string) {
	switch {
	case o.form.Busy() || o.found != nil:
	case o.file.path == "":
		o.file.set(path)
	default:
		o.key.set(path)
	}
}

// look says what the chosen file is, as far as one can tell.
func (o *oldFile) look(path string) {
	o.form.Typed()
	o.alone = false
	var guesses []legacy.Guess
	var err error
	form.Away(func() { guesses, err = o.engine.LegacyLook(path) }, func() {
		if o.closed() || path != o.file.path {
			return
		}
		if err == nil && len(guesses) == 0 {
			err = fault.New(fault.LegacyUnknown, path, nil)
		}
		trace.Event("recovery.old.look", map[string]any{"guesses": len(guesses)})
		if err != nil {
			o.form.Fail(err)
			return
		}
		o.alone = guesses[0].Format == legacy.PEM
		if o.alone {
			o.file.say(text.T("recovery.old.file.pem"))
		} else {
			o.file.say(text.T("recovery.old.file.any"))
		}
		o.form.Focus(o.pass)
	})
}

// open tries everything that is known.
func (o *oldFile) open() {
	if o.form.Busy() {
		return
	}
	switch {
	case o.file.path == "":
		o.form.Say(text.T("recovery.old.wants.file"))
		o.form.Focus(o.file.change)
		return
	case o.pass.Empty() && o.key.path == "" && !o.alone:
		o.form.Say(text.T("recovery.old.wants.secret"))
		o.form.Focus(o.pass)
		return
	}
	var pass *secret.Buffer
	if !o.pass.Empty() {
		pass = o.pass.Copy()
	}
	typed, path, key := pass.Clone(), o.file.path, o.key.path
	var found []*legacy.Found
	o.form.Run(text.T("recovery.old.busy"), func(ctx context.Context) (err error) {
		found, err = o.engine.LegacyOpen(ctx, path, legacy.Any, pass, key)
		return err
	}, func(err error) {
		trace.Event("recovery.old", map[string]any{"found": len(found), "ok": err == nil})
		if o.closed() || err != nil {
			typed.Destroy()
			legacy.Close(found)
			o.failed(err)
			return
		}
		o.typed, o.found = typed, found
		o.show()
	})
}

// failed says why nothing came out.
func (o *oldFile) failed(err error) {
	if err == nil || o.closed() {
		return
	}
	switch fault.Of(err) {
	case fault.WrongPassphrase, fault.LegacyNothing, fault.NeedPassphrase:
		o.pass.Wrong(true)
		o.form.Fail(err)
		o.form.Focus(o.pass)
	case fault.LegacyNeedKey:
		o.form.Fail(err)
		o.form.Focus(o.key.change)
	default:
		o.form.Fail(err)
	}
}
