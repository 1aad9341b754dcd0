package files

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/gui/keys"
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
	several bool          // I have more than one key pair
	gone    bool          // somebody chosen went meanwhile
	also    *widget.Check // the agent can open it
}

func newPeopleBox(s *Screen, who audience, changed func()) *peopleBox {
	p := &peopleBox{s: s, who: who, changed: changed, content: container.NewVBox()}
	p.add = widget.LinkButton(text.T("files.people.add"), p.pick).WithIcon("plus").Small()
	trace.Place("plan.add", p.add)
	p.build()
	return p
}

// ready says whether the audience can be encrypted for as it is, and as it was
// on screen: when somebody's key changed meanwhile, it shows that first.
func (p *peopleBox) ready() bool {
	if altered, gone := p.who.renew(p.s.engine.People(), keeperOf(p.s.engine)); altered {
		p.gone = p.gone || gone
		p.build()
		return false
	}
	if len(p.who.people) == 0 || p.who.agentBlocks() {
		return false
	}
	_, err := p.who.recipients()
	return err == nil
}

func (p *peopleBox) build() {
	everyone := p.s.engine.People()
	_, gone := p.who.renew(everyone, keeperOf(p.s.engine))
	p.gone = p.gone || gone
	p.count(everyone)
	chips := newFlow(theme.Grid)
	for _, person := range p.who.people {
		if !p.who.inGroup(person.ID) {
			chips.Add(p.chip(person))
		}
	}
	for _, c := range p.who.circles {
		chips.Add(p.groupChip(c))
	}
	chips.Add(p.add)
	p.content.Objects = []fyne.CanvasObject{chips}
	if line := p.agentLine(); line != nil {
		p.content.Add(widget.Pad(theme.Half, 0, line))
	}
	for _, note := range p.notes() {
		p.content.Add(widget.Pad(theme.Half, 0, note))
	}
	p.content.Refresh()
	if p.changed != nil {
		p.changed()
	}
}

// count notes whether there are several key pairs of mine to be told apart.
func (p *peopleBox) count(everyone []engine.Person) {
	mine := 0
	for _, person := range everyone {
		if person.Me {
			mine++
		}
	}
	p.several = mine > 1
}

// chip is one person and a button to take them out.
func (p *peopleBox) chip(person engine.Person) fyne.CanvasObject {
	fill, ink, icon := theme.NeutralSoft, theme.Muted, "person"
	switch {
	case person.Changed:
		fill, ink, icon = theme.DangerSoft, theme.Danger, "warning"
	case person.Me:
		fill, ink = theme.AccentSoft, theme.Accent
	case person.Verified:
		icon, ink = "shield-check", theme.OK
	}
	return p.token(icon, ink, fill, p.nameOf(person), func() { p.who.remove(person.ID) })
}

// groupChip is a group that was chosen as one.
func (p *peopleBox) groupChip(c circle) fyne.CanvasObject {
	return p.token("people", theme.Muted, theme.NeutralSoft, p.groupName(c), func() { p.who.removeGroup(c.name) })
}

func (p *peopleBox) groupName(c circle) string {
	return text.T("people.group.chip", "name", text.Name(c.name), "n", len(c.members))
}

// token is a name on a round tint, and a button to take it out.
func (p *peopleBox) token(icon string, ink, fill fyne.ThemeColorName, name string, remove func()) fyne.CanvasObject {
	out := widget.IconButton("close", text.T("files.people.remove", "name", name), func() {
		remove()
		p.gone = false
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
	if p.several {
		return text.T("files.people.meKey", "name", text.Name(person.Name))
	}
	return text.T("files.people.me")
}

// names lists everyone for the rows, groups by their names.
func (p *peopleBox) names() string {
	var alone []engine.Person
	for _, person := range p.who.people {
		if !p.who.inGroup(person.ID) {
			alone = append(alone, person)
		}
	}
	names := []string{}
	if len(alone) > 0 {
		names = append(names, p.list(alone))
	}
	for _, c := range p.who.circles {
		names = append(names, p.groupName(c))
	}
	return strings.Join(names, ", ")
}

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
	if p.gone {
		notes = append(notes, widget.Note(theme.Warning, text.T("people.gone")))
	}
	if changed := p.who.changed(); len(changed) > 0 {
		notes = append(notes, p.changedNote(changed))
	}
	if note := p.agentNote(); note != nil {
		notes = append(notes, note)
	}
	switch {
	case len(p.who.people) == 0:
		return append(notes, widget.Note(theme.Warning, text.T("files.people.nobody")))
	case p.who.classic:
		notes = append(notes, p.classicNote())
	case p.who.mixed():
		notes = append(notes, p.mixNote())
	}
	if p.who.hardwareOnly() {
		notes = append(notes, p.hardwareNote())
	}
	if !p.who.withMe() {
		notes = append(notes, widget.Note(theme.Warning, text.T("files.people.noMe")))
	}
	return notes
}

// changedNote says that nothing can be encrypted to somebody whose key is in
// doubt, and offers to leave them out or to decide.
func (p *peopleBox) changedNote(changed []engine.Person) fyne.CanvasObject {
	names := p.list(changed)
	leave := widget.SecondaryButton(text.T("people.changed.leave", "names", names), func() {
		for _, person := range changed {
			p.who.remove(person.ID)
		}
		p.build()
		p.s.window.Canvas().Focus(p.add)
	}).Small()
	decide := widget.SecondaryButton(text.T("people.changed.decide"), func() {
		keys.Resolve(p.s.window, p.s.engine, changed[0].ID, p.build)
	}).Small()
	trace.Place("people.leave", leave)
	trace.Place("people.decide", decide)
	return noteWith(theme.Danger, widget.Column(theme.Grid,
		widget.Body(text.T("people.changed.note", "names", names, "n", len(changed))), newFlow(theme.Grid, leave, decide)))
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
