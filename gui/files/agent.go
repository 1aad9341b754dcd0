package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// keeper is the recovery agent, as an audience knows them. The zero value is
// nobody.
type keeper struct {
	person  engine.Person
	problem fault.Kind // why nothing can be encrypted for them; "" if nothing keeps it
}

func keeperOf(eng Engine) (k keeper) {
	a, set := eng.Agent()
	if !set {
		return keeper{}
	}
	k.person = a.Person
	if a.Problem != nil {
		k.problem = a.Problem.Kind
	}
	return k
}

func (k keeper) isNobody() bool { return k == keeper{} }

// name is short enough for a line.
func (k keeper) name() string {
	const most = 48
	name := []rune(text.Name(k.person.Name))
	if len(name) > most {
		return string(name[:most-1]) + "…"
	}
	return string(name)
}

// withAgent says that the recovery agent can open the files, and was not chosen
// by hand as well.
func (a *audience) withAgent() bool {
	return !a.agent.isNobody() && a.agent.problem == "" && !a.alone && !a.has(a.agent.person.ID)
}

// agentBlocks says that nothing can be encrypted unless the agent is left out.
func (a *audience) agentBlocks() bool { return a.agent.problem != "" && !a.alone }

// agentName is who can open the files besides those named; "" if nobody can.
func (a *audience) agentName() string {
	if !a.withAgent() {
		return ""
	}
	return a.agent.name()
}

// agentLine says that the recovery agent can open it too, and leaves them out of
// these files when that is not wanted; nil when there is nothing to say.
func (p *peopleBox) agentLine() fyne.CanvasObject {
	who := &p.who
	if who.agent.isNobody() || who.agentBlocks() || who.has(who.agent.person.ID) {
		return nil
	}
	if p.also == nil { // made once, so that the keyboard keeps its place
		p.also = widget.NewCheck("", true, func(on bool) {
			p.who.alone = !on
			p.build()
		})
		trace.Place("plan.agent", p.also)
	}
	p.also.SetLabel(text.T("agent.check", "name", who.agent.name()))
	p.also.SetOn(!who.alone)
	line := container.NewVBox(container.NewHBox(p.also))
	if who.alone {
		line.Add(widget.Pad(0, 34, widget.Caption(text.T("agent.left_out")).Fits(widget.FitWrap)))
	}
	return line
}

// agentNote says what keeps the agent out, and offers to leave them out or to
// decide.
func (p *peopleBox) agentNote() fyne.CanvasObject {
	who := &p.who
	if !who.agentBlocks() || who.agent.problem == fault.ContactChanged && who.has(who.agent.person.ID) {
		return nil
	}
	name := who.agent.name()
	leave := widget.SecondaryButton(text.T("agent.leave"), func() {
		p.who.alone = true
		p.build()
		p.s.window.Canvas().Focus(p.add)
	}).Small()
	trace.Place("agent.leave", leave)
	buttons := newFlow(theme.Grid, leave)
	if who.agent.problem == fault.ContactChanged {
		decide := widget.SecondaryButton(text.T("people.changed.decide"), func() {
			keys.Resolve(p.s.window, p.s.engine, who.agent.person.ID, p.build)
		}).Small()
		trace.Place("agent.decide", decide)
		buttons.Add(decide)
	}
	what, do := text.Fault(fault.New(who.agent.problem, who.agent.person.Name, nil))
	return noteWith(theme.Danger, widget.Column(theme.Grid,
		widget.Body(text.T("agent.blocked", "name", name)).Bold(true), widget.Body(what+" "+do), buttons))
}
