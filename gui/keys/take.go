package keys

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// take imports what is new, source by source; the first that fails stops it.
func (m *importing) take() {
	if keys, contacts, _ := m.fresh(); m.busy || keys+contacts == 0 {
		return
	}
	if f, err := m.badName(); err != nil {
		what, do := text.FaultOf(err)
		m.say(what + " " + do)
		m.window.Canvas().Focus(f.field)
		return
	}
	m.keepNames()
	m.busy = true
	m.buttons("", nil, "", nil)
	m.page(text.T("import.title"), widget.Pad(theme.Grid, 0,
		widget.Row(theme.Grid, m.turning, widget.Body(text.T("import.taking")), widget.Spacer())), nil)
	m.turning.Start()
	var wrong *source
	sources := m.sources
	away(func() {
		for _, src := range sources {
			if keys, contacts := src.fresh(); keys+contacts == 0 {
				continue
			}
			// Not the sheet's context: what was begun is finished, or the half
			// of a drop would be missing.
			if src.err = m.engine.Take(context.Background(), src.in); src.err != nil {
				wrong = src
				return
			}
			src.taken = true
		}
	}, func() {
		m.busy = false
		if m.sheet.Closed() {
			m.wipe()
			return
		}
		if wrong != nil {
			m.notTaken(wrong)
			return
		}
		if m.next < len(m.sources) { // more was dropped meanwhile
			m.read()
			return
		}
		m.result()
	})
}

// notTaken says why something was not imported. Private keys are gone with the
// attempt, contacts can be tried again.
func (m *importing) notTaken(src *source) {
	what, do := text.FaultOf(src.err)
	if len(src.in.Keys) > 0 {
		src.in.Close()
		src.in = nil
	}
	m.show()
	m.say(what + " " + do)
}

// result says what was imported, and what is wise to do now.
func (m *importing) result() {
	keys, contacts := 0, 0
	for _, src := range m.sources {
		if src.taken {
			k, c := src.counts()
			keys, contacts = keys+k, contacts+c
		}
	}
	people := m.people()
	notes := m.leftovers()
	more, act, label := m.nextSteps(people)
	notes = append(notes, more...)
	column := widget.Column(theme.Gap)
	if len(notes) < 2 { // there is room for it in the smallest window
		column.Add(container.NewCenter(widget.NewDrawing("done", 160, 102)))
	}
	column.Add(widget.Body(summary("import.done.", keys, contacts, 0)).Align(fyne.TextAlignCenter))
	for _, note := range notes {
		column.Add(note)
	}
	if act != nil {
		m.buttons(text.T("import.later"), m.sheet.Close, label, func() { m.sheet.Close(); act() })
	} else {
		m.buttons("", nil, text.T("import.close"), m.sheet.Close)
	}
	m.wipe()
	m.page(text.T("import.done.title"), column, m.press)
	if m.done != nil {
		m.done(people)
	}
	trace.Event("import.done", map[string]any{"keys": keys, "contacts": contacts})
}

// counts is what of the source was new.
func (s *source) counts() (keys, contacts int) {
	was := s.taken
	s.taken = false
	keys, contacts = s.fresh()
	s.taken = was
	return keys, contacts
}

// leftovers warns that a private key is still where it came from.
func (m *importing) leftovers() []fyne.CanvasObject {
	var notes []fyne.CanvasObject
	open, closed := 0, 0
	name := ""
	for _, src := range m.sources {
		switch keys, _ := src.counts(); {
		case !src.taken || keys == 0:
		case src.clip:
			// It was read by a helper, so the toolkit holds no copy of it.
			clip.Empty()
			notes = append(notes, widget.Note(theme.Muted, text.T("import.left.clipboard")))
		case src.path != "" && src.asked:
			closed++
		case src.path != "":
			open, name = open+1, src.label()
		}
	}
	switch {
	case open == 1:
		notes = append(notes, widget.Note(theme.Warning, text.T("import.left.open", "name", name)))
	case open > 1:
		notes = append(notes, widget.Note(theme.Warning, text.T("import.left.open.many", "n", open)))
	}
	if closed > 0 {
		notes = append(notes, widget.Note(theme.Muted, text.T("import.left.closed", "n", closed)))
	}
	return notes
}

// people are the contacts that came, as they are now.
func (m *importing) people() []identity.Contact {
	came := map[identity.Recipient]bool{}
	for _, src := range m.sources {
		if src.in == nil || !src.taken {
			continue
		}
		for _, c := range src.in.Contacts {
			if !c.Known {
				came[c.Recipient] = true
			}
		}
	}
	var people []identity.Contact
	for _, c := range m.engine.Contacts() {
		if came[c.Recipient] || c.Changed() && came[c.Offered.Recipient] {
			people = append(people, c)
		}
	}
	return people
}

// nextSteps says what the contacts need now: a decision, or to be verified.
func (m *importing) nextSteps(people []identity.Contact) (notes []fyne.CanvasObject, act func(), label string) {
	var changed, fresh []identity.Contact
	for _, c := range people {
		switch {
		case c.Changed():
			changed = append(changed, c)
		case !c.Verified:
			fresh = append(fresh, c)
		}
	}
	after := func() {
		if m.done != nil {
			m.done(nil)
		}
	}
	switch {
	case len(changed) == 1:
		notes = append(notes, widget.Note(theme.Danger, text.T("import.changed", "name", text.Name(changed[0].Name))))
		act, label = func() { resolveContact(m.window, m.engine, changed[0], after) }, text.T("import.decide")
	case len(changed) > 1:
		notes = append(notes, widget.Note(theme.Danger, text.T("import.changed.many", "n", len(changed))))
	case len(fresh) == 1:
		notes = append(notes, widget.Note(theme.Accent, text.T("import.verify", "name", text.Name(fresh[0].Name))))
		act, label = func() { verifyContact(m.window, m.engine, fresh[0], after) }, text.T("import.verify.now")
	case len(fresh) > 1:
		notes = append(notes, widget.Note(theme.Accent, text.T("import.verify.many")))
	}
	return notes, act, label
}
