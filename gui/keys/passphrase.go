package keys

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Rekeyer changes the passphrase of the keyring.
type Rekeyer interface {
	Backer
	ChangePassphrase(ctx context.Context, old, fresh *secret.Buffer) error
	UnlockWait() time.Duration
}

func (s *Screen) changePassphrase() { ChangePassphrase(s.window, s.engine, s.desk, nil) }

// ChangePassphrase opens the sheet that changes the keyring's passphrase, and
// calls done, if not nil, once it was changed.
func ChangePassphrase(w fyne.Window, eng Rekeyer, d Desk, done func()) {
	do := widget.PrimaryButton(text.T("keys.passphrase.change"), nil)
	f := newForm(w, text.T("keys.passphrase.title"), do)
	old := f.passphrase(text.T("keys.passphrase.present"))
	box := widget.NewSecretBox(text.T("keys.passphrase.fresh"), text.T("keys.passphrase.write"), text.T("keys.passphrase.note"), func() { f.typed() }, func() { do.Tapped(nil) })
	box.Retype = true
	f.inputs = append(f.inputs, box.Field, box.Again)
	f.wipe = append(f.wipe, box.Destroy)
	old.OnSubmit = func() { f.focus(box.Field) }
	f.fields.Objects = []fyne.CanvasObject{
		widget.Column(theme.Half, widget.Caption(text.T("keys.passphrase.present")), widget.Pad(3, 3, old)),
		widget.Rule(), box.Content,
	}
	do.OnTapped = func() { change(f, eng, d, old, box, done) }
	trace.Place("passphrase.old", old)
	trace.Place("passphrase.do", do)
	f.sheet.Wide(520)
	f.open(old)
}

func change(f *form, eng Rekeyer, d Desk, old *widget.PassphraseField, box *widget.SecretBox, done func()) {
	switch {
	case f.busy():
		return
	case old.Empty():
		f.say(text.T("keys.passphrase.first"))
		f.focus(old)
		return
	case box.Field.Empty():
		f.say(text.T("lock.passphrase.empty"))
		f.focus(box.Field)
		return
	case !box.Ready():
		f.say(text.T("lock.again.differ"))
		f.focus(box.Again)
		return
	}
	was, fresh := old.Copy(), box.Field.Copy()
	f.sheet.Pinned = true // closing it could not say which passphrase holds
	f.run(text.T("keys.passphrase.busy"), func(ctx context.Context) error { return eng.ChangePassphrase(ctx, was, fresh) }, func(err error) {
		f.sheet.Pinned = false
		if err != nil {
			f.wrong(err, old, eng.UnlockWait)
			return
		}
		trace.Event("keys.passphrase", nil)
		for _, wipe := range f.wipe {
			wipe()
		}
		if done != nil {
			done()
		}
		if f.sheet.Closed() {
			widget.Toast(f.window.Canvas(), theme.OK, text.T("keys.passphrase.changed"))
			return
		}
		f.finish(text.T("keys.passphrase.changed"), widget.Column(theme.Gap,
			container.NewCenter(widget.NewDrawing("done", 160, 102)),
			widget.Note(theme.Warning, text.T("keys.passphrase.copies"))),
			text.T("lock.backup.save"), func() { Backup(f.window, eng, d) })
	})
}

// wrong says what is wrong with a passphrase that was asked for again, or with
// what it was for.
func (f *form) wrong(err error, field *widget.PassphraseField, wait func() time.Duration) {
	if f.sheet.Closed() {
		return
	}
	switch fault.Of(err) {
	case fault.WrongPassphrase:
		field.Clear()
		field.Wrong(true)
		f.fail(err)
		f.focus(field)
		if wait() > 0 {
			f.slow(wait)
		}
	case fault.TooSoon:
		f.focus(field)
		f.slow(wait)
	default:
		f.fail(err)
	}
}
