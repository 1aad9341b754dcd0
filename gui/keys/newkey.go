package keys

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// newKey asks for a name and makes a key pair.
func (s *Screen) newKey() {
	s.anchor()
	name := widget.NewField(text.T("keys.new.name"), text.T("keys.new.placeholder"))
	kind := identity.Hybrid
	about := widget.Muted(text.T("keys.new.postQuantum.about"))
	choice := widget.NewChoice([]string{text.T("keys.kind.postQuantum"), text.T("keys.kind.classic")}, 0, func(i int) {
		kind = []identity.Kind{identity.Hybrid, identity.X25519}[i]
		about.Set(text.T([]string{"keys.new.postQuantum.about", "keys.new.classic.about"}[i]))
	})
	extra := widget.Column(theme.Grid, container.NewHBox(widget.Pad(3, 3, choice)), about)
	extra.Hide()
	create := widget.PrimaryButton(text.T("keys.new.create"), nil)
	var f *form.Form
	more := moreButton(extra, func() { f.Sheet.Refresh() })
	f = form.New(s.window, text.T("keys.new.title"), create,
		widget.Strong(text.T("keys.new.name")), widget.Pad(2, 2, name), container.NewHBox(more), extra)
	f.Inputs = append(f.Inputs, name, choice)
	name.OnChanged = func(string) { f.Typed() }
	forget := drafted(s.engine, "key.name", name)
	f.Wipe = append(f.Wipe, settled(f.Sheet, forget))
	create.OnTapped = func() {
		typed := name.Text
		if _, err := identity.CleanName(typed); err != nil {
			f.Fail(err)
			f.Focus(name)
			return
		}
		var made identity.Public
		f.Run(text.T("keys.new.busy"), func(ctx context.Context) (err error) {
			made, err = s.engine.NewKey(ctx, typed, kind)
			return err
		}, func(err error) {
			switch {
			case err != nil:
				f.Fail(err)
				f.Focus(name)
			case f.Sheet.Swept(): // locked meanwhile
			default:
				forget()
				f.Sheet.Close()
				s.goTo(made.ID)
				s.Refresh()
				s.made(made)
			}
		})
	}
	name.OnSubmitted = func(string) { create.Tapped(nil) }
	trace.Place("newkey.name", name)
	trace.Place("newkey.create", create)
	trace.Place("newkey.more", more)
	trace.Place("newkey.kind", choice)
	f.Open(name)
}

// moreButton shows and hides what is not needed every day.
func moreButton(extra fyne.CanvasObject, changed func()) *widget.Button {
	more := widget.LinkButton(text.T("keys.more"), nil).WithIcon("chevron-right").Small()
	more.OnTapped = func() {
		defer changed()
		if extra.Visible() {
			extra.Hide()
			more.WithIcon("chevron-right")
			return
		}
		extra.Show()
		more.WithIcon("chevron-down")
	}
	return more
}

// made says that the key pair is there and what to do with it: above all, a
// copy of it in another place.
func (s *Screen) made(k identity.Public) {
	trace.Event("keys.made", map[string]any{"kind": string(k.Kind)})
	var sheet *widget.Sheet
	done := widget.SecondaryButton(text.T("keys.made.later"), func() { sheet.Close() })
	backup := widget.PrimaryButton(text.T("keys.made.backup"), func() {
		sheet.Close()
		s.desk.wayBack(k.ID)
	}).WithIcon("archive")
	cp := widget.SecondaryButton(text.T("keys.card.copy"), func() { CopyCard(s.window, s.engine, k.ID) }).WithIcon("copy")
	save := widget.SecondaryButton(text.T("keys.card.save"), func() { SaveCard(s.window, s.engine, k) })
	column := widget.Column(theme.Gap,
		container.NewCenter(widget.NewDrawing("done", 160, 102)),
		fingerprint(k.Fingerprint),
		widget.Note(theme.Accent, text.T("keys.made.unsaved")))
	if hasCard(k) {
		column.Add(widget.Column(theme.Grid, widget.Muted(text.T("keys.made.note")),
			container.New(flow{theme.Grid}, cp, save)))
	}
	trace.Place("made.backup", backup)
	trace.Place("made.done", done)
	sheet = widget.NewSheet(text.T("keys.made.title", "name", text.Name(k.Name)), column, done, backup).Wide(520)
	sheet.Open(s.window.Canvas(), backup)
}
