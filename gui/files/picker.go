package files

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
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

// picker is a sheet in which people are ticked.
type picker struct {
	box    *peopleBox
	search *widget.Field
	list   *fyne.Container
	shown  []engine.Person
	sheet  *widget.Sheet
}

// pick opens the picker.
func (p *peopleBox) pick() {
	k := &picker{box: p, list: container.NewVBox()}
	k.search = widget.NewField(text.T("files.pick.search"), text.T("files.pick.search"))
	k.search.OnChanged = func(string) { k.fill() }
	k.search.OnSubmitted = func(string) { k.tickFirst() }
	add := widget.LinkButton(text.T("files.pick.new"), k.addContact).WithIcon("plus").Small()
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

// fill lists who matches the search, everyone when it is empty.
func (k *picker) fill() {
	wanted := strings.ToLower(strings.TrimSpace(k.search.Text))
	k.shown = k.shown[:0]
	k.list.RemoveAll()
	for _, person := range k.box.s.engine.People() {
		if !strings.Contains(strings.ToLower(k.box.nameOf(person)), wanted) {
			continue
		}
		if len(k.shown) == mostMatches {
			k.list.Add(widget.Caption(text.T("files.pick.refine", "n", mostMatches)))
			break
		}
		k.shown = append(k.shown, person)
		k.list.Add(k.line(person))
	}
	switch {
	case len(k.shown) > 0:
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
	if !person.Recipient.PostQuantum() {
		right = append(right, widget.NewBadge(text.T("keys.kind.classic"), theme.Muted))
	}
	if !person.Me {
		right = append(right, keys.VerifiedBadge(person.Verified))
	}
	return widget.Row(theme.Grid, right...)
}

func (k *picker) set(person engine.Person, on bool) {
	if on {
		k.box.who.add(person)
	} else {
		k.box.who.remove(person.ID)
	}
	k.box.build()
}

// tickFirst is Enter in the search: it adds the best match and asks for the
// next name; with nothing typed it closes the sheet.
func (k *picker) tickFirst() {
	if strings.TrimSpace(k.search.Text) == "" {
		k.sheet.Close()
		return
	}
	if len(k.shown) > 0 {
		k.set(k.shown[0], true)
		k.search.SetText("")
		k.fill()
	}
}

// addContact takes a pasted key or card and ticks who it belongs to.
func (k *picker) addContact() {
	keys.AddContact(k.box.s.window, k.box.s.engine, nil, func(c identity.Contact) {
		for _, person := range k.box.s.engine.People() {
			if person.Recipient == c.Recipient {
				k.set(person, true)
			}
		}
		k.fill()
	})
}
