package recovery

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// personPick chooses one of the contacts.
type personPick struct {
	view   *fyne.Container
	button *widget.Button
	who    identity.Contact // nobody while the name is empty

	window   fyne.Window
	contacts func() []identity.Contact
	title    string
	chosen   func()
}

// mostPeople bounds how many are listed at once; the search finds the others.
const mostPeople = 30

// pickPerson offers the contacts; title asks whom. chosen is called after
// somebody was chosen.
func pickPerson(w fyne.Window, contacts func() []identity.Contact, title string, chosen func()) *personPick {
	p := &personPick{view: container.NewStack(), window: w, contacts: contacts, title: title, chosen: chosen}
	p.button = widget.SecondaryButton(text.T("escrow.person.choose"), p.open).Small()
	trace.Place("person.choose", p.button)
	p.show()
	return p
}

// set chooses somebody.
func (p *personPick) set(who identity.Contact) {
	p.who = who
	p.button.SetLabel(text.T("escrow.person.change"))
	p.show()
	if p.chosen != nil {
		p.chosen()
	}
}

// renew takes the contact as it is now: verified a moment ago, perhaps.
func (p *personPick) renew() {
	for _, c := range p.contacts() {
		if c.ID() == p.who.ID() {
			p.set(c)
			return
		}
	}
}

func (p *personPick) show() {
	words := widget.Column(2, widget.Muted(text.T("escrow.person.nobody")))
	row := widget.Row(12, widget.Disc("person", theme.Muted, 40), words, p.button)
	if p.who.Name != "" {
		words.Objects = []fyne.CanvasObject{widget.FileName(text.Name(p.who.Name)), widget.Row(theme.Half, verdict(p.who))}
		row.Objects[0] = widget.Disc("person", theme.Accent, 40)
	}
	p.view.Objects = []fyne.CanvasObject{widget.CardPadded(12,
		container.NewBorder(nil, nil, row.Objects[0], container.NewCenter(p.button), widget.Pad(0, 12, container.NewVBox(layoutCentre(words)...))))}
	p.view.Refresh()
}

func layoutCentre(o fyne.CanvasObject) []fyne.CanvasObject {
	return []fyne.CanvasObject{widget.Spacer(), o, widget.Spacer()}
}

// verdict says whether it is known that the keys are theirs.
func verdict(c identity.Contact) *widget.Badge {
	switch {
	case c.Changed():
		return widget.NewBadge(text.T("escrow.person.changed"), theme.Danger)
	case c.Verified:
		return widget.NewBadge(text.T("escrow.person.verified"), theme.OK)
	}
	return widget.NewBadge(text.T("escrow.person.unverified"), theme.Warning)
}

// open lists the contacts.
func (p *personPick) open() {
	list := widget.Column(theme.Grid)
	search := widget.NewField(text.T("files.pick.search"), text.T("files.pick.search"))
	stop := widget.SecondaryButton(text.T("app.cancel"), nil)
	var sheet *widget.Sheet
	var first func()
	fill := func() {
		first = nil
		list.Objects = nil
		for _, c := range p.matching(search.Text) {
			choose := func() {
				sheet.Close()
				p.set(c)
			}
			if first == nil {
				first = choose
			}
			option := widget.NewOption("person", text.Name(c.Name), state(c), choose)
			trace.Place("person."+c.Name, option)
			list.Add(option)
		}
		if first == nil {
			key := "escrow.person.none"
			if search.Text == "" {
				key = "escrow.person.empty"
			}
			list.Add(widget.Muted(text.T(key)))
		}
		if sheet != nil {
			sheet.Refresh()
		}
	}
	search.OnChanged = func(string) { fill() }
	search.OnSubmitted = func(string) {
		if first != nil {
			first()
		}
	}
	fill()
	trace.Place("person.search", search)
	sheet = widget.NewSheet(p.title, widget.Column(theme.Gap, ringed(search), list), stop).Wide(520)
	stop.OnTapped = sheet.Close
	sheet.Open(p.window.Canvas(), search)
}

// matching are the contacts whose name has what was searched for, verified ones
// first.
func (p *personPick) matching(search string) (found []identity.Contact) {
	wanted := strings.ToLower(strings.TrimSpace(search))
	var rest []identity.Contact
	for _, c := range p.contacts() {
		switch {
		case !strings.Contains(strings.ToLower(text.Name(c.Name)), wanted):
		case c.Verified && !c.Changed():
			found = append(found, c)
		default:
			rest = append(rest, c)
		}
	}
	found = append(found, rest...)
	return found[:min(len(found), mostPeople)]
}

func state(c identity.Contact) string {
	says := verdict(c).AccessibilityLabel()
	if !c.Recipient.PostQuantum() {
		says += " · " + text.T("keys.kind.classic")
	}
	return says
}
