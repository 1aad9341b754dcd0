package keys

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// exporting is the sheet that writes a private key into a file.
type exporting struct {
	s     *Screen
	item  item
	form  *form.Form
	pass  *widget.PassphraseField
	other bool // the file gets a passphrase of its own
	box   *widget.SecretBox
	place *form.Place
}

// export asks for the passphrase again and writes the private key of a key
// pair into a file that is encrypted with it, or with another.
func (s *Screen) export(it item) {
	e := &exporting{s: s, item: it}
	do := widget.PrimaryButton(text.T("keys.export.do"), e.run)
	e.form = form.New(s.window, text.T("keys.export.title", "name", it.name), do)
	e.pass = e.form.Passphrase(text.T("keys.passphrase.yours"))
	e.box = widget.NewSecretBox(text.T("keys.export.other.field"), text.T("files.secret.write"), text.T("keys.export.other.note"), func() { e.form.Typed() }, func() { do.Tapped(nil) })
	e.box.Content.Hide()
	choice := widget.NewChoice([]string{text.T("keys.export.same"), text.T("keys.export.other")}, 0, func(i int) {
		e.other = i == 1
		widget.SetVisible(e.box.Content, e.other)
		e.form.Say("")
		e.form.Sheet.Refresh()
	})
	name, ext := form.FileName(it.key.Name), ".key.age"
	if isSSH(it.key.Kind) {
		ext = ".key"
	}
	e.place = form.NewPlace(s.window, "key", s.desk.Folder, name+ext, ext)
	e.form.Inputs = append(e.form.Inputs, e.box.Field, e.box.Again, choice, e.place)
	e.form.Wipe = append(e.form.Wipe, e.box.Destroy)
	e.form.Fields.Add(widget.Note(theme.Warning, text.T("keys.export.note")))
	e.form.Fields.Add(widget.Column(theme.Half, widget.Caption(text.T("keys.passphrase.yours")), widget.Pad(3, 3, e.pass)))
	e.form.Fields.Add(widget.Column(theme.Half, widget.Caption(text.T("keys.export.protect")), container.NewHBox(widget.Pad(3, 3, choice))))
	e.form.Fields.Add(e.box.Content)
	e.form.Fields.Add(widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), e.place.View))
	trace.Place("export.passphrase", e.pass)
	trace.Place("export.protect", choice)
	trace.Place("export.do", do)
	e.form.Sheet.Wide(520)
	e.form.Open(e.pass)
}

func isSSH(k identity.Kind) bool { return k == identity.SSHEd25519 || k == identity.SSHRSA }

func (e *exporting) run() {
	f := e.form
	switch {
	case f.Busy():
		return
	case e.pass.Empty():
		f.Say(text.T("keys.passphrase.first"))
		f.Focus(e.pass)
		return
	case e.other && e.box.Field.Empty():
		f.Say(text.T("keys.export.other.empty"))
		f.Focus(e.box.Field)
		return
	case e.other && !e.box.Ready():
		f.Say(text.T("lock.again.differ"))
		f.Focus(e.box.Again)
		return
	}
	pass, path := e.pass.Copy(), e.place.Path
	var fresh *secret.Buffer
	if e.other {
		fresh = e.box.Field.Copy()
	}
	f.Run(text.T("keys.export.busy"), func(ctx context.Context) error {
		return e.s.engine.ExportKey(ctx, e.item.id, pass, fresh, path)
	}, func(err error) { e.ended(path, err) })
}

func (e *exporting) ended(path string, err error) {
	f := e.form
	switch {
	case f.Sheet.Closed() && err == nil: // Cancel came too late
		widget.Toast(e.s.window.Canvas(), theme.OK, text.T("keys.exported.file", "file", text.Name(filepath.Base(path))))
	case f.Sheet.Closed():
	case err == nil:
		e.done(path)
	case fault.Of(err) == fault.Exists:
		f.Say(text.T("keys.export.exists"))
		f.Focus(e.place.Change)
	default:
		f.Wrong(err, e.pass, e.s.engine.UnlockWait)
	}
}

// done says where the file is and how it is used without this program.
func (e *exporting) done(path string) {
	trace.Event("keys.exported", nil)
	for _, wipe := range e.form.Wipe {
		wipe()
	}
	base := text.Name(filepath.Base(path))
	sentence := text.T("keys.exported.note")
	if isSSH(e.item.key.Kind) {
		sentence = text.T("keys.exported.ssh")
	}
	e.form.Finish(text.T("keys.exported"), widget.Column(theme.Gap, form.Written(e.s.desk.reveal, path, "done"), widget.Body(sentence),
		widget.Tinted(theme.NeutralSoft, widget.Body("age -d -i "+form.Quoted(base)+" FILE.age").Mono())), "", nil)
}
