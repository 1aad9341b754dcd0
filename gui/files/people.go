package files

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// peopleBox lets one choose an audience: a chip for each person, a button to
// add more, and a note when the choice needs one.
type peopleBox struct {
	s       *Screen
	who     audience
	changed func()
	content *fyne.Container
	add     *widget.Button
}

func newPeopleBox(s *Screen, who audience, changed func()) *peopleBox {
	p := &peopleBox{s: s, who: who, changed: changed, content: container.NewVBox()}
	p.add = widget.LinkButton(text.T("files.people.add"), p.pick).WithIcon("plus").Small()
	trace.Place("plan.add", p.add)
	p.build()
	return p
}

// ready says whether the audience can be encrypted for as it is.
func (p *peopleBox) ready() bool {
	if len(p.who.people) == 0 {
		return false
	}
	_, err := p.who.recipients()
	return err == nil
}

func (p *peopleBox) build() {
	chips := newFlow(theme.Grid)
	for _, person := range p.who.people {
		chips.Add(p.chip(person))
	}
	chips.Add(p.add)
	p.content.Objects = []fyne.CanvasObject{chips}
	for _, note := range p.notes() {
		p.content.Add(widget.Pad(theme.Half, 0, note))
	}
	p.content.Refresh()
	if p.changed != nil {
		p.changed()
	}
}

// chip is one person and a button to take them out.
func (p *peopleBox) chip(person engine.Person) fyne.CanvasObject {
	name := p.nameOf(person)
	fill, ink, icon := theme.NeutralSoft, theme.Muted, "person"
	switch {
	case person.Me:
		fill, ink = theme.AccentSoft, theme.Accent
	case person.Verified:
		icon, ink = "shield-check", theme.OK
	}
	out := widget.IconButton("close", text.T("files.people.remove", "name", name), func() {
		p.who.remove(person.ID)
		p.build()
		p.s.window.Canvas().Focus(p.add)
	}).Small()
	return container.NewStack(widget.NewPanel(fill, 16),
		widget.Row(theme.Half, widget.Pad(0, theme.Half, widget.NewIcon(icon, ink, 18)),
			widget.Label(name), out))
}

// nameOf is how a person is called here: Me, with the key pair's name when
// there are several.
func (p *peopleBox) nameOf(person engine.Person) string {
	if !person.Me {
		return text.Name(person.Name)
	}
	mine := 0
	for _, other := range p.s.engine.People() {
		if other.Me {
			mine++
		}
	}
	if mine > 1 {
		return text.T("files.people.meKey", "name", text.Name(person.Name))
	}
	return text.T("files.people.me")
}

// names lists everyone, Me first, for the rows.
func (p *peopleBox) names() string { return p.list(p.who.people) }

func (p *peopleBox) list(people []engine.Person) string {
	names := make([]string, len(people))
	for i, person := range people {
		names[i] = p.nameOf(person)
	}
	return strings.Join(names, ", ")
}

// notes are what has to be said, or decided, about the choice.
func (p *peopleBox) notes() []fyne.CanvasObject {
	var notes []fyne.CanvasObject
	switch {
	case len(p.who.people) == 0:
		return []fyne.CanvasObject{widget.Note(theme.Warning, text.T("files.people.nobody"))}
	case p.who.classic:
		notes = append(notes, p.classicNote())
	case p.who.mixed():
		notes = append(notes, p.mixNote())
	}
	if !p.who.withMe() {
		notes = append(notes, widget.Note(theme.Warning, text.T("files.people.noMe")))
	}
	return notes
}

// mixNote explains why the keys do not go together and offers the two ways
// out. Neither is chosen for the person.
func (p *peopleBox) mixNote() fyne.CanvasObject {
	classic := p.who.classicOnly()
	names := p.list(classic)
	leave := widget.SecondaryButton(text.T("files.mix.leave", "names", names), func() {
		p.who.leaveOut()
		p.build()
		p.s.window.Canvas().Focus(p.add)
	}).Small()
	buttons := newFlow(theme.Grid, leave)
	if p.who.canAllBeClassic() {
		all := widget.SecondaryButton(text.T("files.mix.classic"), func() {
			p.who.classic = true
			p.build()
			p.s.window.Canvas().Focus(p.add)
		}).Small()
		trace.Place("mix.classic", all)
		buttons.Add(all)
	}
	trace.Place("mix.leave", leave)
	words := widget.Column(theme.Grid,
		widget.Body(text.T("files.mix.what", "names", names, "n", len(classic))), buttons)
	return noteWith(theme.Warning, words)
}

func (p *peopleBox) classicNote() fyne.CanvasObject {
	undo := widget.SecondaryButton(text.T("files.mix.undo"), func() {
		p.who.classic = false
		p.build()
		p.s.window.Canvas().Focus(p.add)
	}).Small()
	return noteWith(theme.Muted, widget.Column(theme.Grid, widget.Body(text.T("files.mix.chosen")), newFlow(theme.Grid, undo)))
}

// noteWith is a tinted note that holds more than a sentence.
func noteWith(tone fyne.ThemeColorName, content fyne.CanvasObject) fyne.CanvasObject {
	fill, icon := theme.NeutralSoft, "info"
	switch tone {
	case theme.Warning:
		fill, icon = theme.WarningSoft, "warning"
	case theme.Danger:
		fill, icon = theme.DangerSoft, "warning"
	}
	return widget.Tinted(fill, container.NewBorder(nil, nil,
		container.NewVBox(widget.NewIcon(icon, tone, 20)), nil, widget.Pad(0, theme.Grid, content)))
}
