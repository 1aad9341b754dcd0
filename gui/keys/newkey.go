package keys

import (
	"context"
	"strings"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"

	"fyne.io/fyne/v2/container"
)

// newKey asks for a name and makes a key pair.
func (s *Screen) newKey() {
	name := widget.NewField(text.T("keys.new.name"), text.T("keys.new.placeholder"))
	kind := identity.Hybrid
	about := widget.Muted(text.T("keys.new.postQuantum.about"))
	choice := widget.NewChoice([]string{text.T("keys.kind.postQuantum"), text.T("keys.kind.classic")}, 0, func(i int) {
		kind = []identity.Kind{identity.Hybrid, identity.X25519}[i]
		about.Set(text.T([]string{"keys.new.postQuantum.about", "keys.new.classic.about"}[i]))
	})
	extra := widget.Column(theme.Grid, container.NewHBox(choice), about)
	extra.Hide()
	var sheet *widget.Sheet
	more := moreButton(extra, func() { sheet.Refresh() })
	problem := widget.Body("").Tone(theme.Danger)
	problem.Hide()

	create := widget.PrimaryButton(text.T("keys.new.create"), nil)
	stop := widget.SecondaryButton(text.T("app.cancel"), func() { sheet.Close() })
	create.OnTapped = func() {
		if strings.TrimSpace(name.Text) == "" {
			problem.Set(text.T("keys.name.empty"))
			problem.Show()
			sheet.Refresh()
			s.window.Canvas().Focus(name)
			return
		}
		create.Disable()
		var made identity.Public
		var err error
		away(func() { made, err = s.engine.NewKey(context.Background(), name.Text, kind) }, func() {
			create.Enable()
			if err != nil {
				what, do := text.FaultOf(err)
				problem.Set(what + " " + do)
				problem.Show()
				sheet.Refresh()
				return
			}
			sheet.Close()
			if len(s.engine.Keys()) == 0 {
				return // locked meanwhile
			}
			s.Refresh()
			s.made(made)
		})
	}
	name.OnSubmitted = func(string) { create.OnTapped() }
	trace.Place("newkey.name", name)
	trace.Place("newkey.create", create)
	sheet = widget.NewSheet(text.T("keys.new.title"), widget.Column(theme.Grid,
		widget.Strong(text.T("keys.new.name")), widget.Pad(2, 2, name), problem,
		container.NewHBox(more), extra), stop, create)
	sheet.Open(s.window.Canvas(), name)
}

// moreButton shows and hides what is not needed every day.
func moreButton(extra interface {
	Show()
	Hide()
	Visible() bool
}, changed func()) *widget.Button {
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

// made says that the key pair is there and what to do with it.
func (s *Screen) made(k identity.Public) {
	trace.Event("keys.made", map[string]any{"kind": string(k.Kind)})
	var sheet *widget.Sheet
	done := widget.PrimaryButton(text.T("keys.done"), func() { sheet.Close() })
	cp := widget.SecondaryButton(text.T("keys.card.copy"), func() { CopyCard(s.window, s.engine, k.ID) }).WithIcon("copy")
	save := widget.SecondaryButton(text.T("keys.card.save"), func() { SaveCard(s.window, s.engine, k) }).WithIcon("save")
	column := widget.Column(theme.Gap,
		container.NewCenter(widget.NewDrawing("done", 160, 102)),
		widget.Body(text.T("keys.made.note")),
		widget.Tinted(theme.NeutralSoft, widget.Column(theme.Half,
			widget.Caption(text.T("keys.made.fingerprint")), widget.Body(k.Fingerprint).Mono())))
	if hasCard(k) {
		column.Add(widget.Row(theme.Grid, cp, save))
	}
	sheet = widget.NewSheet(text.T("keys.made.title", "name", text.Name(k.Name)), column, done)
	sheet.Open(s.window.Canvas(), done)
}
