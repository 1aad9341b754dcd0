package keys

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Backer writes copies of the keyring.
type Backer interface {
	SaveBackup(ctx context.Context, path string) error
}

func (s *Screen) backup() { Backup(s.window, s.engine, s.desk) }

// Backup opens a sheet that saves a copy of the keyring.
func Backup(w fyne.Window, eng Backer, d Desk) {
	to := form.NewPlace(w, "archive", d.Folder, d.backup(), ".age")
	do := widget.PrimaryButton(text.T("lock.backup.save"), nil).WithIcon("save")
	f := form.New(w, text.T("recovery.save"), do,
		widget.Muted(text.T("lock.backup.lead")), widget.Strong(text.T("lock.backup.place")), to.View)
	f.Inputs = append(f.Inputs, to)
	do.OnTapped = func() {
		path := to.Path
		f.Run(text.T("lock.backup.busy"), func(ctx context.Context) error { return eng.SaveBackup(ctx, path) }, func(err error) {
			if err == nil {
				trace.Event("keys.backup", nil)
				d.saved(path)
			}
			switch {
			case f.Sheet.Closed() && err == nil:
				widget.Toast(w.Canvas(), theme.OK, text.T("lock.backup.done"))
			case f.Sheet.Closed():
			case err != nil:
				f.Fail(err)
			default:
				f.Finish(text.T("lock.backup.done"), widget.Column(theme.Gap, form.Written(d.reveal, path, "done"),
					widget.Note(theme.Accent, text.T("lock.backup.outside"))), "", nil)
			}
		})
	}
	trace.Place("backup.do", do)
	f.Open(do)
}
