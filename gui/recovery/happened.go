package recovery

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// happening is one answer to "What happened?".
type happening struct {
	id   string // of its texts, recovery.why.ID and .about, and recovery.gather.lead.ID
	icon string
	last bool // with nothing at hand there is the last resort
}

// happenings are the answers, in the order of the page; the first is what is
// taken for granted when pieces come unasked.
func (z *Wizard) happenings() []happening {
	computer, forgot := happening{id: "computer", icon: "computer"}, happening{id: "forgot", icon: "lock", last: true}
	lost, script := happening{id: "lost", icon: "file"}, happening{id: "script", icon: "clock"}
	if z.engine.State() == session.New {
		return []happening{computer, lost, script}
	}
	return []happening{forgot, lost, computer, script}
}

// ask is step 1: what happened.
func (z *Wizard) ask() {
	z.leave()
	column := widget.Column(12)
	var first fyne.Focusable
	for _, why := range z.happenings() {
		option := widget.NewOption(why.icon, text.T("recovery.why."+why.id), text.T("recovery.why."+why.id+".about"), func() { z.gather(why) })
		trace.Place("why."+why.id, option)
		column.Add(option)
		if first == nil {
			first = option
		}
	}
	if z.engine.State() != session.New {
		column.Add(widget.Pad(theme.Grid, 0, widget.Note(theme.Accent, text.T("recovery.why.promise"))))
	}
	if z.engine.State() == session.Locked {
		column.Add(widget.Muted(text.T("recovery.why.typing")))
	}
	z.show("restore.why", widget.Page{
		Step: 1, Of: z.steps(), Title: text.T("recovery.why.title"), Lead: text.T("recovery.why.lead"), Content: column,
	}, first)
}

// passphrase is the new one for the engine to own, nil when none was asked for.
func (z *Wizard) passphrase() *secret.Buffer {
	if z.fresh == nil {
		return nil
	}
	return z.fresh.Copy()
}
