package files

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// hardwareOnly says that everybody's key is on a device that can be lost, the
// agent's counted, which never is.
func (a *audience) hardwareOnly() bool {
	if a.withAgent() {
		return false
	}
	for _, p := range a.people {
		if !p.Hardware() {
			return false
		}
	}
	return len(a.people) > 0
}

// second is the key pair of mine that would open the files when the devices
// are gone: one that goes with the others without a change, if there is one.
func (a *audience) second(everyone []engine.Person) (mine engine.Person, ok bool) {
	for _, p := range everyone {
		if !p.Me || p.Hardware() {
			continue
		}
		if p.Recipient.PostQuantum() == a.people[0].Recipient.PostQuantum() {
			return p, true
		}
		if !ok {
			mine, ok = p, true
		}
	}
	return mine, ok
}

// hardwareNote warns of files that are lost with a device, and offers a second
// way to open them. It blocks nothing: the person may have two devices.
func (p *peopleBox) hardwareNote() fyne.CanvasObject {
	mine, ok := p.who.second(p.s.engine.People())
	add := widget.SecondaryButton(text.T("files.hardware.pick"), p.pick).Small()
	if ok {
		add = widget.SecondaryButton(text.T("files.hardware.add", "name", p.nameOf(mine)), func() {
			p.who.add(mine)
			p.build()
			p.s.window.Canvas().Focus(p.add)
		}).Small()
	}
	trace.Place("hardware.add", add)
	return noteWith(theme.Warning, widget.Column(theme.Grid,
		widget.Body(text.T("files.hardware.note", "n", len(p.who.people))), newFlow(theme.Grid, add)))
}
