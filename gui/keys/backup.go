package keys

import (
	"context"

	"fyne.io/fyne/v2"

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
	to := newPlace(w, "archive", d.Folder, d.backup(), ".age")
	do := widget.PrimaryButton(text.T("lock.backup.save"), nil).WithIcon("save")
	f := newForm(w, text.T("recovery.save"), do,
		widget.Muted(text.T("lock.backup.lead")), widget.Strong(text.T("lock.backup.place")), to.view)
	f.inputs = append(f.inputs, to)
	do.OnTapped = func() {
		path := to.path
		f.run(text.T("lock.backup.busy"), func(ctx context.Context) error { return eng.SaveBackup(ctx, path) }, func(err error) {
			if err == nil {
				trace.Event("keys.backup", nil)
				d.saved(path)
			}
			switch {
			case f.sheet.Closed() && err == nil:
				widget.Toast(w.Canvas(), theme.OK, text.T("lock.backup.done"))
			case f.sheet.Closed():
			case err != nil:
				f.fail(err)
			default:
				f.finish(text.T("lock.backup.done"), widget.Column(theme.Gap, written(d, path, "done"),
					widget.Note(theme.Accent, text.T("lock.backup.outside"))), "", nil)
			}
		})
	}
	trace.Place("backup.do", do)
	f.open(do)
}
