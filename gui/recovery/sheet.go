package recovery

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// sheet opens the sheet that writes a recovery sheet and asks two of its words
// back.
func (s *Screen) sheet() { s.sheetFor("") }

// sheetFor is sheet with a key pair chosen already; an empty id leaves that to
// the person.
func (s *Screen) sheetFor(id string) {
	do := widget.PrimaryButton(text.T("recovery.sheet.do"), nil).WithIcon("save")
	f := form.New(s.window, text.T("recovery.sheet.title"), do)
	key := s.pickKey(text.T("recovery.key"), "", onSheet)
	key.prefer(id)
	to := form.NewPlace(s.window, "file", s.desk.Folder, sheetName(key.name(), s.desk.now()), ".pdf")
	key.chosen = func() { to.Suggest(s.desk.Folder, sheetName(key.name(), s.desk.now()), ".pdf") }
	f.Inputs = append(f.Inputs, to, key.button)
	column := widget.Column(theme.Gap, explained(
		"file", "recovery.sheet.page", "key", "recovery.sheet.nopass", "warning", "recovery.sheet.care"))
	if key.view != nil {
		column.Add(key.view)
	}
	column.Add(widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), to.View))
	f.Fields.Add(column)
	do.OnTapped = func() {
		id, path := key.id(), to.Path
		var made Sheet
		f.Run(text.T("recovery.sheet.busy"), func(ctx context.Context) (err error) {
			made, err = s.engine.MakeSheet(ctx, id, path, labels())
			return err
		}, func(err error) {
			if err == nil {
				trace.Event("recovery.sheet", nil)
			}
			if !s.wrote(f, to, text.T("recovery.sheet.done"), err) {
				closeSheet(made)
				return
			}
			s.askBack(f, made, to.Path)
		})
	}
	trace.Place("sheet.do", do)
	s.opened(f)
	f.Sheet.Wide(560)
	f.Open(do)
}

func closeSheet(made Sheet) {
	if made != nil {
		made.Close()
	}
}

// explained is a few lines with an icon each.
func explained(pairs ...string) fyne.CanvasObject {
	column := widget.Column(12)
	for i := 0; i < len(pairs); i += 2 {
		column.Add(container.NewBorder(nil, nil, container.NewVBox(widget.NewIcon(pairs[i], theme.Accent, 20)), nil,
			widget.Pad(0, 12, widget.Body(text.T(pairs[i+1])))))
	}
	return column
}

// askBack wants two words from the printed page, and says where it is kept.
func (s *Screen) askBack(f *form.Form, made Sheet, path string) {
	s.askWords(f, made, path, func() {
		f.Finish(text.T("recovery.sheet.read"), widget.Column(theme.Gap, form.Written(s.desk.reveal, path, "done"),
			widget.Note(theme.Accent, text.T("recovery.sheet.keep"))), "", nil)
	})
}

// askWords wants two words from the printed page, and goes on when they are
// right: a sheet that nobody can read is none.
func (s *Screen) askWords(f *form.Form, made Sheet, path string, then func()) {
	ask := newTwoWords(made)
	f.Wipe = append(f.Wipe, ask.close)
	check := func() {
		if f.Busy() || !ask.typed(f.Say) {
			return
		}
		judge := ask.judge()
		f.Run("", func(context.Context) error { judge(); return nil }, func(error) {
			if f.Sheet.Closed() {
				return
			}
			if wrong := ask.wrong(); wrong != "" {
				f.Say(wrong)
				f.Focus(ask.field)
				return
			}
			wiped(f)
			trace.Event("recovery.sheet.read", nil)
			s.Refresh()
			then()
		})
	}
	ask.field.OnSubmit, ask.field.OnChange = check, f.Typed
	f.Ask(text.T("recovery.sheet.ask"), widget.Column(theme.Gap, form.Written(s.desk.reveal, path, "done"), ask.view),
		text.T("recovery.later"), text.T("recovery.sheet.check"), check)
	f.Focus(ask.field)
}
