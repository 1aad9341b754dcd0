package recovery

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

func (s *Screen) agentCard() (card, bool) {
	c := card{id: "agent", icon: "shield", open: s.agent, title: text.T("agent.title"), about: text.T("agent.about"),
		act: text.T("agent.make"), state: text.T("recovery.state.none"), tone: theme.Muted}
	if a, set := s.engine.Agent(); set {
		c.act, c.state, c.tone = text.T("agent.manage"), brief(a.Name, 20), theme.OK
		if a.Problem != nil {
			c.state, c.tone = text.T("agent.state.problem"), theme.Danger
		}
	}
	return c, true
}

// agentFacts are what the card shows, to be compared.
type agentFacts struct {
	name    string
	problem bool
}

func (s *Screen) agentFacts() agentFacts {
	a, set := s.engine.Agent()
	if !set {
		return agentFacts{}
	}
	return agentFacts{a.Name, a.Problem != nil}
}

// brief is a name short enough for a line.
func brief(name string, most int) string {
	letters := []rune(text.Name(name))
	if len(letters) <= most {
		return string(letters)
	}
	return string(letters[:most-1]) + "…"
}

// agent opens the sheet that says who the recovery agent is, or offers the two
// ways to get one.
func (s *Screen) agent() {
	a, set := s.engine.Agent()
	if !set {
		s.agentNone()
		return
	}
	s.agentSet(a)
}

// leads is a sheet of things to go on with; each closes it first.
func (s *Screen) leads(title string, content []fyne.CanvasObject, options ...func(then func(func()) func()) *widget.Option) {
	var sheet *widget.Sheet
	then := func(open func()) func() {
		return func() {
			sheet.Close()
			open()
		}
	}
	column := widget.Column(theme.Gap, content...)
	list := widget.Column(12)
	var first fyne.Focusable
	for _, make := range options {
		o := make(then)
		if first == nil {
			first = o
		}
		list.Add(o)
	}
	column.Add(list)
	stop := widget.SecondaryButton(text.T("app.close"), func() { sheet.Close() })
	trace.Place("agent.close", stop)
	sheet = widget.NewSheet(title, column, stop).Wide(560)
	sheet.Open(s.window.Canvas(), first)
}

func lead(id, icon, key string, open func()) func(then func(func()) func()) *widget.Option {
	return func(then func(func()) func()) *widget.Option {
		o := widget.NewOption(icon, text.T(key), text.T(key+".about"), then(open))
		trace.Place("agent."+id, o)
		return o
	}
}

func (s *Screen) agentNone() {
	s.leads(text.T("agent.title"), []fyne.CanvasObject{agentMeans()},
		lead("contact", "person", "agent.contact", s.agentPick),
		lead("own", "key", "agent.own", s.agentKey))
}

// agentMeans is what an agent can do and what not.
func agentMeans() fyne.CanvasObject {
	return explained("people", "agent.means.open", "check", "agent.means.visible", "lock", "agent.means.passphrase")
}

func (s *Screen) agentSet(a engine.Agent) {
	content := []fyne.CanvasObject{agentFace(a)}
	if a.Problem == nil {
		content = append(content, widget.Muted(text.T("agent.can")))
	} else {
		content = append(content, widget.Note(theme.Danger, sentence(a.Problem)))
	}
	options := []func(func(func()) func()) *widget.Option{
		lead("add", "folder", "agent.existing", s.agentAdd),
		lead("other", "people", "agent.another", s.agentNone),
		lead("off", "close", "agent.off", func() { s.agentOff(a) }),
	}
	if a.Problem != nil {
		options = options[1:]
	}
	s.leads(text.T("agent.title"), content, options...)
}

// agentFace is who the agent is.
func agentFace(a engine.Agent) fyne.CanvasObject {
	words := widget.Column(2, widget.FileName(text.Name(a.Name)))
	if !a.Since.IsZero() {
		words.Add(widget.Caption(text.T("agent.since", "date", text.Date(a.Since))))
	}
	var badge fyne.CanvasObject
	if !a.Gone() {
		who := identity.Contact{Verified: a.Verified}
		if a.Changed {
			who = who.Offer(who)
		}
		badge = container.NewCenter(verdict(who))
	}
	tone := theme.OK
	if a.Problem != nil {
		tone = theme.Danger
	}
	return widget.CardPadded(12, container.NewBorder(nil, nil, container.NewCenter(widget.Disc("shield", tone, 40)), badge, widget.Pad(0, 12, words)))
}

// agentOff asks before there is no agent any more.
func (s *Screen) agentOff(a engine.Agent) {
	do := widget.DangerButton(text.T("agent.off.do"), nil)
	f := form.New(s.window, text.T("agent.off.title"), do, widget.Body(text.T("agent.off.what", "name", text.Name(a.Name))))
	do.OnTapped = func() {
		f.Run("", func(ctx context.Context) error { return s.engine.ClearAgent(ctx) }, func(err error) {
			s.Refresh()
			if f.Sheet.Closed() {
				return
			}
			if err != nil {
				f.Fail(err)
				return
			}
			trace.Event("agent.off", nil)
			f.Sheet.Close()
			widget.Toast(s.window.Canvas(), theme.OK, text.T("agent.off.done"))
		})
	}
	trace.Place("agent.off.do", do)
	f.Open(f.Stop)
}

// agentDone says that there is an agent now, and offers to open to them what
// is encrypted already.
func (s *Screen) agentDone(f *form.Form, name string, content ...fyne.CanvasObject) {
	column := widget.Column(theme.Gap, content...)
	column.Add(widget.Note(theme.OK, text.T("agent.done.now", "name", name)))
	column.Add(widget.Muted(text.T("agent.done.before", "name", name)))
	trace.Place("agent.done.add", f.Stop)
	f.Finish(text.T("agent.done", "name", brief(name, 40)), column, text.T("agent.existing.short"), s.agentAdd)
}
