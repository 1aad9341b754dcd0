package recovery

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// mostShares is what the format of shares allows.
const mostShares = 16

// sharing is the sheet that writes shares for trusted people.
type sharing struct {
	s        *Screen
	form     *form.Form
	key      *keyPick
	need, of *widget.Stepper
	meaning  *widget.Text
	folder   string
	where    *widget.Text
}

// shares opens the sheet.
func (s *Screen) shares() {
	sh := &sharing{s: s, folder: s.desk.Folder, meaning: widget.Body("")}
	do := widget.PrimaryButton(text.T("recovery.shares.do"), sh.run).WithIcon("people")
	sh.form = form.New(s.window, text.T("recovery.shares.title"), do)
	sh.key = s.pickKey(text.T("recovery.key"), "", onSheet)
	sh.of = widget.NewStepper(3, 2, mostShares, text.T("recovery.shares.less"), text.T("recovery.shares.more"), func(int) { sh.count() })
	sh.need = widget.NewStepper(2, 2, 3, text.T("recovery.shares.less"), text.T("recovery.shares.more"), func(int) { sh.count() })
	change := widget.LinkButton(text.T("keys.place.change"), sh.choose).Small()
	sh.where = widget.FileName(text.Name(sh.folder))
	for id, o := range map[string]fyne.CanvasObject{"shares.do": do, "shares.folder": change} {
		trace.Place(id, o)
	}
	less, more := sh.of.Buttons()
	trace.Place("shares.less", less)
	trace.Place("shares.more", more)
	less, more = sh.need.Buttons()
	trace.Place("shares.need.less", less)
	trace.Place("shares.need.more", more)
	column := widget.Column(theme.Gap, widget.Muted(text.T("recovery.shares.lead")))
	if sh.key.view != nil {
		column.Add(sh.key.view)
	}
	column.Add(widget.Column(theme.Grid,
		widget.Row(theme.Grid, widget.Strong(text.T("recovery.shares.of")), widget.Spacer(), sh.of.View),
		widget.Row(theme.Grid, widget.Strong(text.T("recovery.shares.need")), widget.Spacer(), sh.need.View)))
	column.Add(widget.Tinted(theme.AccentSoft, sh.meaning))
	column.Add(widget.Column(theme.Half, widget.Caption(text.T("recovery.shares.folder")),
		widget.CardPadded(12, container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon("folder", theme.Muted, 24)),
			container.NewCenter(change), widget.Pad(0, 12, sh.where)))))
	sh.form.Fields.Add(column)
	sh.form.Inputs = append(sh.form.Inputs, sh.of, sh.need, change, sh.key.button)
	sh.count()
	s.opened(sh.form)
	sh.form.Sheet.Wide(560)
	sh.form.Open(do)
}

// count follows the numbers and says what they mean.
func (sh *sharing) count() {
	sh.need.Bound(2, sh.of.Value())
	sh.meaning.Set(text.T("recovery.shares.meaning", "need", sh.need.Value(), "of", sh.of.Value()))
	sh.form.Typed()
	sh.form.Sheet.Refresh()
}

func (sh *sharing) choose() {
	form.ChoosePath(sh.s.window, shell.Request{Title: text.T("recovery.shares.folder"), Accept: text.T("app.choose"), Folder: true, Start: sh.folder},
		func(paths []string) {
			if len(paths) > 0 {
				sh.folder = filepath.Clean(paths[0])
				sh.where.Set(text.Name(sh.folder))
			}
		})
}

func (sh *sharing) run() {
	s, f := sh.s, sh.form
	key, need, of, folder := sh.key.id(), sh.need.Value(), sh.of.Value(), sh.folder
	words := labels()
	var paths []string
	f.Run(text.T("recovery.shares.busy"), func(ctx context.Context) (err error) {
		paths, err = s.engine.MakeShares(ctx, key, need, of, folder, words)
		return err
	}, func(err error) {
		if err != nil {
			if !f.Sheet.Closed() {
				f.Fail(err)
			}
			return
		}
		trace.Event("recovery.shares", map[string]any{"files": len(paths)})
		s.Refresh()
		if f.Sheet.Closed() {
			widget.Toast(s.window.Canvas(), theme.OK, text.T("recovery.shares.done", "n", of))
			return
		}
		sh.done(paths)
	})
}

// done lists what was written.
func (sh *sharing) done(paths []string) {
	list := widget.Column(theme.Grid)
	for _, path := range paths {
		show := widget.LinkButton(text.T("keys.place.show"), func() { sh.s.desk.reveal(path) }).Small()
		list.Add(widget.Row(theme.Grid, widget.NewIcon("file", theme.Muted, 20), widget.FileName(text.Name(base(path))).Bold(false), show))
	}
	sh.form.Finish(text.T("recovery.shares.done", "n", sh.of.Value()), widget.Column(theme.Gap,
		widget.Note(theme.Accent, text.T("recovery.shares.hand")), widget.CardPadded(12, list)), "", nil)
}
