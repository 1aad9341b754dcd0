package files

import (
	"context"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// changeWho asks who shall be able to open an encrypted file from now on.
func (s *Screen) changeWho(at spot) {
	path := at.state().Out
	var plan *batch.Plan
	var err error
	s.away(func() { plan, err = s.engine.Plan(context.Background(), []string{path}) }, func() {
		if s.locked {
			return
		}
		if err == nil {
			err = changeable(plan, path)
		}
		if err != nil {
			keys.Problem(s.window, err)
			return
		}
		s.askWho(plan, at)
	})
}

// changeable says why who can open a file cannot be changed, nil if it can.
func changeable(plan *batch.Plan, path string) error {
	if len(plan.Refused) > 0 {
		return plan.Refused[0].Problem
	}
	if len(plan.Open) == 0 {
		return fault.New(fault.NotEncrypted, path, nil)
	}
	switch it := plan.Open[0]; it.Access {
	case batch.ByPassphrase:
		return fault.New(fault.PassphraseAlone, path, nil)
	case batch.NoAccess:
		return fault.New(fault.NoKey, path, nil)
	case batch.Unreadable:
		return it.Problem
	}
	return nil
}

func (s *Screen) askWho(plan *batch.Plan, at spot) {
	who := at.run.people
	if len(who.people) == 0 {
		who = onlyMe(s.engine.People())
	}
	var sheet *widget.Sheet
	press := widget.PrimaryButton(text.T("files.change.go"), nil)
	problem := widget.Body("").Tone(theme.Danger)
	problem.Hide()
	box := newPeopleBox(s, audience{people: append(who.people[:0:0], who.people...), classic: who.classic, alone: who.alone}, nil)
	box.changed = func() {
		if box.ready() {
			press.Enable()
		} else {
			press.Disable()
		}
		if sheet != nil {
			sheet.Refresh()
		}
	}
	press.OnTapped = func() {
		to, err := box.who.recipients()
		if err == nil {
			r := &run{work: changing, items: plan.Open, who: box.names(), people: box.who, agent: box.who.agentName()}
			if r.job, err = s.engine.RewrapWith(plan, to, batch.OpenOptions{NoAgent: box.who.alone}); err == nil {
				sheet.Close()
				s.board.hide(at)
				s.begin(r)
				s.showRest()
				return
			}
		}
		what, do := text.FaultOf(err)
		problem.Set(what + " " + do)
		problem.Show()
		sheet.Refresh()
	}
	trace.Place("change.go", press)
	stop := widget.SecondaryButton(text.T("files.cancel"), func() { sheet.Close() })
	sheet = widget.NewSheet(text.T("files.change.title"), widget.Column(theme.Gap,
		widget.Body(text.T("files.change.lead", "name", text.Name(at.state().Name))), box.content,
		widget.Note(theme.Muted, text.T("files.change.note")), problem), stop, press)
	sheet.Open(s.window.Canvas(), box.add)
}
