package recovery

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Save asks which way back in to save, over whatever screen is shown; key, if
// not empty, is the pair it is above all for.
func (s *Screen) Save(key string) {
	fits := func(k identity.Public) bool { return onSheet(k) && (key == "" || k.ID == key) }
	any := false
	for _, k := range s.engine.Keys() {
		any = any || fits(k)
	}
	if !any {
		s.backup()
		return
	}
	var choose *widget.Sheet
	then := func(open func()) func() {
		return func() {
			choose.Close()
			open()
		}
	}
	sheet := widget.NewOption("file", text.T("recovery.sheet.title"), text.T("recovery.sheet.about"), then(func() { s.sheetFor(key) }))
	backup := widget.NewOption("archive", text.T("recovery.backup.title"), text.T("recovery.backup.about"), then(s.backup))
	stop := widget.SecondaryButton(text.T("recovery.later"), func() { choose.Close() })
	trace.Place("save.sheet", sheet)
	trace.Place("save.backup", backup)
	trace.Place("save.later", stop)
	choose = widget.NewSheet(text.T("lock.backup.title"), widget.Column(12, []fyne.CanvasObject{sheet, backup}...), stop).Wide(560)
	choose.Open(s.window.Canvas(), sheet)
}
