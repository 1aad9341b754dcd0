package files

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// mostMatches bounds how many people the picker lists at once; the search
// finds the others.
const mostMatches = 50

// pickHeight keeps the sheet still while the search narrows the list.
const pickHeight float32 = 200

// picker is a sheet in which people and groups are ticked.
type picker struct {
	box    *peopleBox
	search *widget.Field
	list   *fyne.Container
	shown  []func() // tick what is listed and can be ticked
	sheet  *widget.Sheet
}

// pick opens the picker.
func (p *peopleBox) pick() {
	k := &picker{box: p, list: container.NewVBox()}
	k.search = widget.NewField(text.T("files.pick.search"), text.T("files.pick.search"))
	k.search.OnChanged = func(string) { k.fill() }
	k.search.OnSubmitted = func(string) { k.tickFirst() }
	add := widget.LinkButton(text.T("files.pick.new"), k.bring).WithIcon("plus").Small()
	done := widget.PrimaryButton(text.T("files.pick.done"), func() { k.sheet.Close() })
	trace.Place("pick.search", k.search)
	trace.Place("pick.new", add)
	trace.Place("pick.done", done)
	k.fill()
	k.sheet = widget.NewSheet(text.T("files.pick.title"),
		widget.Column(theme.Grid, widget.Pad(2, 2, k.search),
			container.New(heightLayout{pickHeight}, widget.FollowFocus(k.list)), container.NewHBox(add)), done)
	k.sheet.Open(p.s.window.Canvas(), k.search)
}

// fill lists who matches the search, everyone when it is empty: groups first.
func (k *picker) fill() {
	wanted := strings.ToLower(strings.TrimSpace(k.search.Text))
	matches := func(name string) bool { return strings.Contains(strings.ToLower(name), wanted) }
	k.shown = k.shown[:0]
	k.list.RemoveAll()
	everyone := k.box.s.engine.People()
	k.box.count(everyone)
	var lines []func() fyne.CanvasObject
	for _, g := range k.box.s.engine.Groups() {
		if len(g.Members) > 0 && matches(text.Name(g.Name)) {
			lines = append(lines, func() fyne.CanvasObject { return k.groupLine(g, everyone) })
		}
	}
	for _, person := range everyone {
		if matches(k.box.nameOf(person)) {
			lines = append(lines, func() fyne.CanvasObject { return k.line(person) })
		}
	}
	for _, line := range lines[:min(len(lines), mostMatches)] {
		k.list.Add(line())
	}
	switch {
	case len(lines) > mostMatches:
		k.list.Add(widget.Caption(text.T("files.pick.refine", "n", mostMatches)))
	case len(lines) > 0:
	case wanted != "":
		k.list.Add(widget.Pad(theme.Grid, 0, widget.Muted(text.T("files.pick.none"))))
	default:
		k.list.Add(widget.Pad(theme.Grid, 0, widget.Muted(text.T("files.pick.empty"))))
	}
	k.list.Refresh()
	if k.sheet != nil {
		k.sheet.Refresh()
	}
}

func (k *picker) line(person engine.Person) fyne.CanvasObject {
	check := widget.NewCheck(k.box.nameOf(person), k.box.who.has(person.ID), func(on bool) { k.set(person, on) })
	right := []fyne.CanvasObject{check, widget.Spacer()}
	if person.Changed {
		check.Disable()
		right = append(right, widget.Caption(text.T("people.changed")).Tone(theme.Danger), keys.VerifiedBadge(false, true))
		return widget.Row(theme.Grid, right...)
	}
	k.shown = append(k.shown, func() { k.set(person, true) })
	if !person.Recipient.PostQuantum() {
		right = append(right, widget.NewBadge(text.T("keys.kind.classic"), theme.Muted))
	}
	if !person.Me {
		right = append(right, keys.VerifiedBadge(person.Verified, false))
	}
	return widget.Row(theme.Grid, right...)
}

// groupLine is a group, which stands for all who are in it.
func (k *picker) groupLine(g keyring.Group, everyone []engine.Person) fyne.CanvasObject {
	set := func(on bool) {
		if on {
			k.box.who.addGroup(g, everyone)
		} else {
			k.box.who.removeGroup(g.Name)
		}
		k.box.build()
		k.fill() // its members are ticked with it
	}
	k.shown = append(k.shown, func() { set(true) })
	check := widget.NewCheck(text.Name(g.Name), k.box.who.hasGroup(g.Name), set)
	return widget.Row(theme.Grid, check, widget.Spacer(),
		widget.NewIcon("people", theme.Muted, 18), widget.Caption(text.T("people.group", "n", len(g.Members))))
}

func (k *picker) set(person engine.Person, on bool) {
	groups := len(k.box.who.circles)
	if on {
		k.box.who.add(person)
	} else {
		k.box.who.remove(person.ID)
	}
	k.box.gone = false
	k.box.build()
	if len(k.box.who.circles) != groups {
		k.fill() // a group that lost somebody is none any more
	}
}

// tickFirst is Enter in the search: it adds the best match and asks for the
// next name; with nothing typed it closes the sheet.
func (k *picker) tickFirst() {
	if strings.TrimSpace(k.search.Text) == "" {
		k.sheet.Close()
		return
	}
	if len(k.shown) > 0 {
		k.shown[0]()
		k.search.SetText("")
		k.fill()
	}
}

// bring imports contacts and ticks them.
func (k *picker) bring() {
	keys.Import(k.box.s.window, k.box.s.engine, nil, func(came []identity.Contact) {
		for _, c := range came {
			for _, person := range k.box.s.engine.People() {
				if person.ID == c.ID() && !person.Changed {
					k.box.who.add(person)
				}
			}
		}
		k.box.build()
		k.fill()
	})
}
