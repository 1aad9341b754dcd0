package keys

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// groups opens the list of groups.
func (s *Screen) groups() {
	all := s.engine.Groups()
	var sheet *widget.Sheet
	edit := func(g keyring.Group) {
		sheet.Close()
		s.editGroup(g)
	}
	list := widget.NewList(groupHeight, func() int { return len(all) },
		func() fyne.CanvasObject { return newGroupRow() },
		func(i int, o fyne.CanvasObject) { o.(*groupRow).show(all[i], func() { edit(all[i]) }) })
	list.Chosen = func(i int) { edit(all[i]) }
	add := widget.PrimaryButton(text.T("groups.new"), func() { edit(keyring.Group{}) }).WithIcon("plus")
	done := widget.SecondaryButton(text.T("app.close"), func() { sheet.Close() })
	trace.Place("groups.list", list)
	trace.Place("groups.new", add)
	var content fyne.CanvasObject = widget.Column(theme.Grid, widget.Muted(text.T("groups.note")),
		container.New(tall{min(groupHeight*float32(len(all)), 240)}, list))
	first := fyne.Focusable(list)
	if len(all) == 0 {
		content, first = widget.EmptyState("contacts", text.T("groups.empty")), add
	}
	sheet = widget.NewSheet(text.T("groups.title"), content, done, add)
	sheet.Open(s.window.Canvas(), first)
}

// tall gives its content a fixed height and the width there is.
type tall struct{ height float32 }

func (t tall) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, t.height)
}

func (t tall) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// grouping is the sheet in which a group gets its name and its people.
type grouping struct {
	s      *Screen
	old    string // the name it has; empty for a new group
	people []identity.Contact
	shown  []int // of people, those that match the search
	in     map[string]bool

	name, search *widget.Field
	list         *widget.List
	count        *widget.Text
	problem      *widget.Text
	sheet        *widget.Sheet
}

func (s *Screen) editGroup(g keyring.Group) {
	e := &grouping{s: s, old: g.Name, in: map[string]bool{}, people: slices.Clone(s.engine.Contacts())}
	for _, id := range g.Members {
		e.in[id] = true
	}
	// Who is in comes first, so that one sees them without searching.
	slices.SortStableFunc(e.people, func(a, b identity.Contact) int {
		switch in := e.in[a.ID()]; {
		case in == e.in[b.ID()]:
			return 0
		case in:
			return -1
		}
		return 1
	})
	e.name = widget.NewField(text.T("groups.name"), text.T("groups.name.placeholder"))
	e.name.SetText(g.Name)
	e.search = widget.NewField(text.T("groups.search"), text.T("groups.search"))
	e.search.OnChanged = func(string) { e.find() }
	e.search.OnSubmitted = func(string) { e.tickFirst() }
	e.count = widget.Caption("")
	e.problem = widget.Body("").Tone(theme.Danger)
	e.problem.Hide()
	e.list = widget.NewList(pickHeight, func() int { return len(e.shown) },
		func() fyne.CanvasObject { return newPickRow() },
		func(i int, o fyne.CanvasObject) {
			c := e.people[e.shown[i]]
			o.(*pickRow).show(text.Name(c.Name), e.in[c.ID()], func() { e.toggle(i) })
		})
	e.list.Chosen = e.toggle
	e.open()
}

// open lays the sheet out.
func (e *grouping) open() {
	save := widget.PrimaryButton(text.T("groups.save"), nil)
	stop := widget.SecondaryButton(text.T("app.cancel"), func() { e.sheet.Close(); e.s.groups() })
	buttons := []*widget.Button{stop, save}
	save.OnTapped = func() { e.save(buttons) }
	e.name.OnSubmitted = func(string) { e.save(buttons) }
	trace.Place("groups.name", e.name)
	trace.Place("groups.search", e.search)
	trace.Place("groups.people", e.list)
	trace.Place("groups.save", save)
	title := text.T("groups.new")
	foot := []fyne.CanvasObject{stop, save}
	if e.old != "" {
		title = text.T("groups.edit")
		remove := widget.LinkButton(text.T("groups.delete"), e.remove)
		trace.Place("groups.delete", remove)
		foot = append([]fyne.CanvasObject{remove}, foot...)
	}
	// As many rows as leave room for the rest of the sheet in a small window.
	rows := max(3, min(8, int((e.s.window.Canvas().Size().Height-330)/pickHeight)))
	people := fyne.CanvasObject(container.New(tall{pickHeight * float32(rows)}, e.list))
	if len(e.people) == 0 {
		people = widget.Muted(text.T("groups.nobody"))
	}
	e.sheet = widget.NewSheet(title, widget.Column(theme.Grid,
		widget.Caption(text.T("groups.name")), widget.Pad(2, 2, e.name),
		widget.Row(theme.Grid, widget.Caption(text.T("groups.people")), widget.Spacer(), e.count),
		widget.Pad(2, 2, e.search), people, e.problem), foot...)
	e.find()
	first := e.name
	if e.old != "" {
		first = e.search
	}
	e.sheet.Open(e.s.window.Canvas(), first)
}

// find lists who matches the search, everyone when it is empty.
func (e *grouping) find() {
	wanted := strings.ToLower(strings.TrimSpace(e.search.Text))
	e.shown = e.shown[:0]
	for i, c := range e.people {
		if strings.Contains(strings.ToLower(c.Name), wanted) {
			e.shown = append(e.shown, i)
		}
	}
	e.list.Refresh()
	e.tally()
}

func (e *grouping) tally() { e.count.Set(text.T("groups.count", "n", len(e.members()))) }

func (e *grouping) toggle(i int) {
	id := e.people[e.shown[i]].ID()
	e.in[id] = !e.in[id]
	e.list.Refresh()
	e.tally()
}

// tickFirst is Enter in the search: it takes the best match in and asks for the
// next name.
func (e *grouping) tickFirst() {
	if strings.TrimSpace(e.search.Text) == "" || len(e.shown) == 0 {
		return
	}
	e.in[e.people[e.shown[0]].ID()] = true
	e.search.SetText("")
	e.find()
}

// members are the IDs of those who are in, in the order shown.
func (e *grouping) members() []string {
	ids := []string{}
	for _, c := range e.people {
		if e.in[c.ID()] {
			ids = append(ids, c.ID())
		}
	}
	return ids
}

func (e *grouping) save(buttons []*widget.Button) {
	g := keyring.Group{Name: strings.TrimSpace(e.name.Text), Members: e.members()}
	wrong, at := "", e.name
	switch {
	case g.Name == "":
		wrong = text.T("keys.name.empty")
	case len(g.Members) == 0:
		wrong, at = text.T("groups.none"), e.search
	}
	if wrong != "" {
		e.problem.Set(wrong)
		e.problem.Show()
		e.sheet.Refresh()
		e.s.window.Canvas().Focus(at)
		return
	}
	settle(e.sheet, e.problem, func() error { return e.s.engine.SetGroup(context.Background(), e.old, g) }, func() {
		trace.Event("groups.saved", map[string]any{"members": len(g.Members)})
		e.s.Refresh()
		e.s.groups()
	}, buttons...)
}

// remove asks, and forgets the group; its people stay contacts.
func (e *grouping) remove() {
	e.sheet.Close()
	var sheet *widget.Sheet
	problem := widget.Body("").Tone(theme.Danger)
	problem.Hide()
	keep := widget.SecondaryButton(text.T("app.cancel"), func() { sheet.Close(); e.s.groups() })
	remove := widget.DangerButton(text.T("groups.delete"), nil)
	remove.OnTapped = func() {
		settle(sheet, problem, func() error { return e.s.engine.DeleteGroup(context.Background(), e.old) }, func() {
			trace.Event("groups.deleted", nil)
			e.s.Refresh()
			e.s.groups()
		}, keep, remove)
	}
	trace.Place("groups.delete.sure", remove)
	sheet = widget.NewSheet(text.T("groups.delete.title", "name", text.Name(e.old)),
		widget.Column(theme.Gap, widget.Body(text.T("groups.delete.note")), problem), keep, remove)
	sheet.Open(e.s.window.Canvas(), keep)
}
