package keys

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Rekeyer changes the passphrase of the keyring.
type Rekeyer interface {
	ChangePassphrase(ctx context.Context, old, fresh *secret.Buffer) error
	UnlockWait() time.Duration
}

func (s *Screen) changePassphrase() { ChangePassphrase(s.window, s.engine, s.desk, nil) }

// ChangePassphrase opens the sheet that changes the keyring's passphrase, and
// calls done, if not nil, once it was changed.
func ChangePassphrase(w fyne.Window, eng Rekeyer, d Desk, done func()) {
	do := widget.PrimaryButton(text.T("keys.passphrase.change"), nil)
	f := form.New(w, text.T("keys.passphrase.title"), do)
	old := f.Passphrase(text.T("keys.passphrase.present"))
	box := widget.NewSecretBox(text.T("keys.passphrase.fresh"), text.T("keys.passphrase.write"), text.T("keys.passphrase.note"), func() { f.Typed() }, func() { do.Tapped(nil) })
	box.Retype = true
	f.Inputs = append(f.Inputs, box.Field, box.Again)
	f.Wipe = append(f.Wipe, box.Destroy)
	old.OnSubmit = func() { f.Focus(box.Field) }
	f.Fields.Objects = []fyne.CanvasObject{
		widget.Column(theme.Half, widget.Caption(text.T("keys.passphrase.present")), widget.Pad(3, 3, old)),
		widget.Rule(), box.Content,
	}
	do.OnTapped = func() { change(f, eng, d, old, box, done) }
	trace.Place("passphrase.old", old)
	trace.Place("passphrase.do", do)
	f.Sheet.Wide(520)
	f.Open(old)
}

func change(f *form.Form, eng Rekeyer, d Desk, old *widget.PassphraseField, box *widget.SecretBox, done func()) {
	switch {
	case f.Busy():
		return
	case old.Empty():
		f.Say(text.T("keys.passphrase.first"))
		f.Focus(old)
		return
	case box.Field.Empty():
		f.Say(text.T("lock.passphrase.empty"))
		f.Focus(box.Field)
		return
	case !box.Ready():
		f.Say(text.T("lock.again.differ"))
		f.Focus(box.Again)
		return
	}
	was, fresh := old.Copy(), box.Field.Copy()
	f.Sheet.Pinned = true // closing it could not say which passphrase holds
	f.Run(text.T("keys.passphrase.busy"), func(ctx context.Context) error { return eng.ChangePassphrase(ctx, was, fresh) }, func(err error) {
		f.Sheet.Pinned = false
		if err != nil {
			f.Wrong(err, old, eng.UnlockWait)
			return
		}
		trace.Event("keys.passphrase", nil)
		for _, wipe := range f.Wipe {
			wipe()
		}
		if done != nil {
			done()
		}
		if f.Sheet.Closed() {
			widget.Toast(f.Window.Canvas(), theme.OK, text.T("keys.passphrase.changed"))
			return
		}
		f.Finish(text.T("keys.passphrase.changed"), widget.Column(theme.Gap,
			container.NewCenter(widget.NewDrawing("done", 160, 102)),
			widget.Note(theme.Warning, text.T("keys.passphrase.copies"))),
			text.T("recovery.begin"), func() { d.wayBack("") })
	})
}
