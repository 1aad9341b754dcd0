package lock

import (
	"context"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/cross"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Step 3: a copy of the keyring in another place. Later is allowed.
func (f *FirstRun) askBackup() {
	f.fresh(text.T("lock.backup.save"), f.saveBackup)
	if f.place == "" {
		f.place = shell.Free(f.desk.Backups, BackupName(time.Now()), ".age")
	}
	name := widget.FileName(text.Name(base(f.place)))
	folder := widget.Caption(text.Name(filepath.Dir(f.place))).Fits(widget.FitMiddle)
	choose := widget.LinkButton(text.T("lock.backup.choose"), func() {
		f.desk.Place(base(f.place), func(path string) {
			if path != "" {
				f.place = path
				f.askBackup()
			}
		})
	})
	later := widget.SecondaryButton(text.T("lock.backup.later"), f.done)
	trace.Place("lock.later", later)
	trace.Place("lock.place", choose)
	f.back = later
	card := widget.CardPadded(theme.Gap, container.NewBorder(nil, nil, widget.Pad(0, 0, widget.NewIcon("archive", theme.Muted, 24)),
		container.NewCenter(choose), widget.Pad(0, 12, widget.Column(0, name, folder))))
	f.show("lock.backup", page{
		step: 3, drawing: "recovery", aside: text.T("lock.aside.backup"),
		title: text.T("lock.backup.title"), lead: text.T("lock.backup.lead"),
		content: widget.Column(theme.Grid, widget.Strong(text.T("lock.backup.place")), card, f.status()),
		right:   []fyne.CanvasObject{later, f.next},
	}, f.next)
}

func (f *FirstRun) saveBackup() {
	if f.creating {
		return
	}
	f.busy(true, text.T("lock.backup.busy"), f.back)
	place := f.place
	var err error
	cross.Go(func() { err = f.eng.SaveBackup(context.Background(), place) }, func() {
		if err == nil {
			f.desk.Saved(place)
		}
		if f.closed {
			return
		}
		f.busy(false, "", f.back)
		if err != nil {
			f.message.Tone(theme.Danger)
			f.message.Set(sentence(err))
			return
		}
		f.backupSaved()
	})
}

func (f *FirstRun) backupSaved() {
	f.fresh(text.T("lock.backup.start"), f.done)
	show := widget.LinkButton(text.T("lock.backup.show"), func() { f.desk.Reveal(f.place) })
	card := widget.CardPadded(theme.Gap, container.NewBorder(nil, nil, widget.NewIcon("done", theme.OK, 24), container.NewCenter(show),
		widget.Pad(0, 12, widget.Column(0, widget.FileName(text.Name(base(f.place))),
			widget.Caption(text.Name(filepath.Dir(f.place))).Fits(widget.FitMiddle)))))
	f.show("lock.saved", page{
		step: 3, drawing: "done", aside: text.T("lock.aside.backup"),
		title: text.T("lock.backup.title"), lead: text.T("lock.backup.done"),
		content: widget.Column(theme.Gap, card, widget.Note(theme.Accent, text.T("lock.backup.outside"))),
		right:   []fyne.CanvasObject{f.next},
	}, f.next)
}
