package recovery

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

const (
	mostMatches      = 50  // listed at once; the search finds the others
	peopleHeight     = 216 // pixels, so that the sheet stays still while the search narrows the list
	nameLetters  int = 40
)

// agentPick chooses one of the contacts, and says what it means.
func (s *Screen) agentPick() {
	p := &agentPicker{s: s, list: container.NewVBox()}
	p.search = widget.NewField(text.T("agent.pick.search"), text.T("agent.pick.search"))
	p.search.OnChanged = func(string) { p.fill() }
	p.search.OnSubmitted = func(string) {
		if p.first != nil {
			p.first()
		}
	}
	stop := widget.SecondaryButton(text.T("app.cancel"), func() { p.sheet.Close() })
	trace.Place("agent.search", p.search)
	p.fill()
	p.sheet = widget.NewSheet(text.T("agent.pick.title"), widget.Column(theme.Grid, widget.Pad(2, 2, p.search),
		container.New(fixedHeight(peopleHeight), widget.FollowFocus(p.list))), stop).Wide(560)
	p.sheet.Open(s.window.Canvas(), p.search)
}

// agentPicker is the sheet of all contacts.
type agentPicker struct {
	s      *Screen
	search *widget.Field
	list   *fyne.Container
	sheet  *widget.Sheet
	first  func() // chooses the best match
}

// fixedHeight gives its content that height and the width there is.
type fixedHeight float32

func (h fixedHeight) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, float32(h))
}

func (h fixedHeight) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// fill lists who matches the search.
func (p *agentPicker) fill() {
	wanted := strings.ToLower(strings.TrimSpace(p.search.Text))
	p.list.RemoveAll()
	p.first = nil
	matches, all := 0, p.s.engine.Contacts()
	for _, c := range all {
		if !strings.Contains(strings.ToLower(text.Name(c.Name)), wanted) {
			continue
		}
		if matches++; matches <= mostMatches {
			p.list.Add(p.line(c))
		}
	}
	switch {
	case len(all) == 0:
		p.list.Add(widget.Pad(theme.Grid, 0, widget.Muted(text.T("agent.pick.empty"))))
	case matches == 0:
		p.list.Add(widget.Pad(theme.Grid, 0, widget.Muted(text.T("agent.pick.none"))))
	case matches > mostMatches:
		p.list.Add(widget.Caption(text.T("files.pick.refine", "n", mostMatches)))
	}
	p.list.Refresh()
	if p.sheet != nil {
		p.sheet.Refresh()
	}
}

// line is one person, and why it cannot be them.
func (p *agentPicker) line(c identity.Contact) fyne.CanvasObject {
	row := []fyne.CanvasObject{widget.NewIcon("person", theme.Muted, 20), widget.FileName(text.Name(c.Name)).Bold(false).Fits(widget.FitEnd)}
	switch fault.Of(p.s.engine.CanBeAgent(c.ID())) {
	case fault.ContactChanged:
		row = append(row, verdict(c))
	case fault.AgentIncomplete:
		row = append(row, widget.Caption(text.T("agent.pick.incomplete")))
	default:
		choose := func() {
			p.sheet.Close()
			p.s.agentConfirm(c)
		}
		button := widget.SecondaryButton(text.T("app.choose"), choose).Small()
		if p.first == nil {
			p.first = choose
			trace.Place("agent.choose", button)
		}
		row = append(row, verdict(c), button)
	}
	return widget.Pad(theme.Half, 0, widget.Row(theme.Grid, row...))
}

// agentConfirm says what it means that somebody becomes the agent, and does it.
func (s *Screen) agentConfirm(c identity.Contact) {
	name := text.Name(c.Name)
	do := widget.PrimaryButton(text.T("agent.confirm.do"), nil)
	f := form.New(s.window, text.T("agent.confirm", "name", brief(c.Name, nameLetters)), do)
	column := widget.Column(theme.Gap, agentMeans())
	if !c.Verified {
		column.Add(widget.Note(theme.Warning, text.T("agent.confirm.unverified", "name", name)))
	}
	column.Add(widget.Column(theme.Half, widget.Caption(text.T("agent.confirm.print")),
		widget.Tinted(theme.NeutralSoft, widget.Body(c.Recipient.Fingerprint()).Mono())))
	f.Fields.Add(column)
	do.OnTapped = func() {
		f.Run("", func(ctx context.Context) error { return s.engine.SetAgent(ctx, c.ID()) }, func(err error) {
			s.Refresh()
			if f.Sheet.Closed() {
				return
			}
			if err != nil {
				f.Fail(err)
				return
			}
			trace.Event("agent.set", map[string]any{"offline": false})
			s.agentDone(f, name)
		})
	}
	trace.Place("agent.confirm", do)
	f.Sheet.Wide(560)
	first := fyne.Focusable(do)
	if !c.Verified {
		first = f.Stop
	}
	f.Open(first)
}
