package gui

import (
	"context"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/gui/cross"
	"cryptodesk/gui/lock"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// recovery is the screen of the ways back in that exist: a copy of the keyring.
type recovery struct {
	w       *window
	view    fyne.CanvasObject
	state   *widget.Text
	detail  *widget.Text
	message *widget.Text
	save    *widget.Button
	spinner *widget.Spinner
}

func newRecovery(w *window) *recovery {
	r := &recovery{w: w}
	r.state = widget.Heading("").Align(fyne.TextAlignCenter)
	r.detail = widget.Muted("").Align(fyne.TextAlignCenter)
	r.message = widget.Body("").Align(fyne.TextAlignCenter)
	r.save = widget.PrimaryButton(text.T("recovery.save"), r.choose).WithIcon("save")
	r.spinner = widget.NewSpinner(20)
	trace.Place("recovery.save", r.save)
	middle := container.New(layout.NewCustomPaddedVBoxLayout(theme.Gap), layout.NewSpacer(),
		container.NewCenter(widget.NewDrawing("recovery", 200, 128)),
		widget.AtMost(440, widget.Column(theme.Grid, r.state, r.detail)),
		container.NewCenter(widget.Row(12, r.spinner, r.save)),
		widget.AtMost(440, r.message), layout.NewSpacer())
	head := widget.Column(theme.Half, widget.Title(text.T("recovery.title")), widget.Muted(text.T("recovery.lead")))
	r.view = widget.Pad(theme.Wide, theme.Wide, container.NewBorder(head, nil, nil, nil, container.NewVScroll(middle)))
	r.tell()
	return r
}

func (r *recovery) shown() {
	trace.Screen("recovery")
	r.w.win.Canvas().Focus(r.save)
}

// tell says what exists.
func (r *recovery) tell() {
	day, err := time.ParseInLocation(time.DateOnly, r.w.settings.Saved, time.Local)
	if err != nil {
		r.state.Set(text.T("recovery.none"))
		r.detail.Set(text.T("recovery.none.text") + " " + text.T("recovery.opens"))
		return
	}
	r.state.Set(text.T("recovery.some", "date", text.Date(day)))
	r.detail.Set(text.T("recovery.opens"))
}

func (r *recovery) choose() {
	r.w.place(lock.BackupName(time.Now()), func(path string) {
		if path != "" {
			r.run(path)
		}
	})
}

func (r *recovery) run(path string) {
	r.save.Disable()
	r.spinner.Start()
	r.message.Tone(theme.Muted).Set(text.T("recovery.saving"))
	var err error
	cross.Go(func() { err = r.w.eng.SaveBackup(context.Background(), path) }, func() {
		r.save.Enable()
		r.spinner.Stop()
		if err != nil {
			what, do := text.FaultOf(err)
			r.message.Tone(theme.Danger).Set(what + " " + do)
			return
		}
		r.w.saved(path)
		r.message.Tone(theme.OK).Set(text.T("recovery.saved", "file", text.Name(filepath.Base(path))))
	})
}

// saved remembers that a copy exists, which takes the badge away.
func (w *window) saved(string) {
	w.settings.Saved = time.Now().Format(time.DateOnly)
	w.settings.save()
	if w.rail != nil {
		w.rail.alert(false)
		if w.recovery != nil {
			w.recovery.tell()
		}
	}
}

// place asks where to save a file of that name.
func (w *window) place(name string, done func(path string)) {
	shell.Choose(w.win, shell.Request{
		Title: text.T("recovery.choose"), Accept: text.T("app.save"), SaveAs: name, Start: documents(),
	}, func(paths []string) {
		if len(paths) == 0 {
			done("")
			return
		}
		done(filepath.Clean(paths[0]))
	})
}
