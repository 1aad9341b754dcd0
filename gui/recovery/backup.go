package recovery

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// backup opens the sheet that writes a backup file.
func (s *Screen) backup() {
	do := widget.PrimaryButton(text.T("recovery.backup.do"), nil).WithIcon("archive")
	f := form.New(s.window, text.T("recovery.backup.title"), do)
	to := form.NewPlace(s.window, "archive", s.desk.Folder, backupName("", s.desk.now()), ".age")
	key := s.pickKey(text.T("recovery.backup.what"), text.T("recovery.backup.everything"), anyKey)
	pass := widget.NewFreshPassphrase(text.T("recovery.backup.passphrase"), f.Typed, func() { do.Tapped(nil) })
	f.Inputs = append(f.Inputs, pass, to, key.button)
	f.Wipe = append(f.Wipe, pass.Destroy)
	column := widget.Column(theme.Gap, widget.Muted(text.T("recovery.backup.lead")))
	if key.view != nil {
		column.Add(key.view)
	}
	column.Add(pass.Content)
	column.Add(widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), to.View))
	f.Fields.Add(column)
	do.OnTapped = func() {
		if f.Busy() {
			return
		}
		if sentence, where := pass.Wants(); sentence != "" {
			f.Say(sentence)
			f.Focus(where)
			return
		}
		secret, id, path := pass.Copy(), key.id(), to.Path
		f.Run(text.T("recovery.backup.busy"), func(ctx context.Context) error {
			return s.engine.MakeBackup(ctx, path, secret, id)
		}, func(err error) { s.backedUp(f, to, err) })
	}
	trace.Place("backup.do", do)
	s.opened(f)
	f.Sheet.Wide(560)
	f.Open(pass.First())
}

// backedUp says how it went.
func (s *Screen) backedUp(f *form.Form, to *form.Place, err error) {
	if !s.wrote(f, to, text.T("recovery.backup.done"), err) {
		return
	}
	trace.Event("recovery.backup", nil)
	wiped(f)
	f.Finish(text.T("recovery.backup.done"), widget.Column(theme.Gap, form.Written(s.desk.reveal, to.Path, "done"),
		widget.Note(theme.Accent, text.T("recovery.backup.keep")), stock(to.Path)), "", nil)
}

// wrote says what kept a way from being written, or, when the sheet is gone,
// that it was; true when the sheet shall say how it goes on.
func (s *Screen) wrote(f *form.Form, to *form.Place, done string, err error) bool {
	if err == nil {
		s.Refresh()
	}
	return wrote(s.window, f, to, done, err)
}

func wrote(w fyne.Window, f *form.Form, to *form.Place, done string, err error) bool {
	switch {
	case f.Sheet.Closed() && err == nil:
		widget.Toast(w.Canvas(), theme.OK, done)
	case f.Sheet.Closed():
	case err == nil:
		return true
	case fault.Of(err) == fault.Exists:
		f.Say(text.T("recovery.exists"))
		f.Focus(to.Change)
	default:
		f.Fail(err)
	}
	return false
}

// wiped forgets what was typed into a form whose work is done.
func wiped(f *form.Form) {
	for _, wipe := range f.Wipe {
		wipe()
	}
}

// stock says how a key file is used without this program.
func stock(path string) fyne.CanvasObject {
	command := "age -d -i " + form.Quoted(text.Name(base(path))) + " FILE.age"
	return widget.Column(theme.Half, widget.Caption(text.T("recovery.stock")),
		widget.Tinted(theme.NeutralSoft, widget.Body(command).Mono()))
}
