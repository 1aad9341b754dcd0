package keys

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// How much of what came is shown: enough to recognise it, and no more than a
// sheet can hold. The names of a few can be changed here, those of many later.
const (
	mostShown   = 100
	mostRenamed = 20
)

// show says what everything that was read is, and what importing would do.
func (m *importing) show() {
	if len(m.sources) == 1 && m.sources[0].gaveUp() {
		m.wipe()
		m.begin()
		return
	}
	m.problem = widget.Body("").Tone(theme.Danger)
	m.problem.Hide()
	keys, contacts, failed := m.fresh()
	m.suggestNames()
	column := widget.Column(theme.Gap)
	if len(m.sources) > 1 || m.entries() > mostRenamed {
		column.Add(widget.Body(summary("import.found.", keys, contacts, failed)))
	}
	room := mostShown
	for i, src := range m.sources {
		if room <= 0 {
			break
		}
		if i > 0 {
			column.Add(widget.Rule())
		}
		column.Add(m.block(src, &room))
	}
	if rest := m.entries() - mostShown; rest > 0 {
		column.Add(widget.Caption(text.T("import.rest", "n", rest)))
	}
	column.Add(m.problem)
	title := text.T("import.title")
	if keys+contacts > 0 {
		m.buttons(text.T("app.cancel"), m.sheet.Close, text.T("import.go"), m.take)
	} else {
		title = text.T("import.nothing")
		m.buttons(text.T("import.other"), func() { m.wipe(); m.begin() }, text.T("app.close"), m.sheet.Close)
	}
	m.page(title, column, m.firstName())
	trace.Event("import.read", map[string]any{"keys": keys, "contacts": contacts, "failed": failed})
}

// gaveUp says that the person did not type the passphrase.
func (s *source) gaveUp() bool { return fault.Of(s.err) == fault.Cancelled }

// entries counts the keys and contacts that came, and what was none.
func (m *importing) entries() int {
	n := 0
	for _, src := range m.sources {
		n += max(1, src.size())
	}
	return n
}

func (s *source) size() int {
	if s.in == nil {
		return 0
	}
	return len(s.in.Keys) + len(s.in.Contacts)
}

// fresh counts what would be taken in, and what cannot be.
func (m *importing) fresh() (keys, contacts, failed int) {
	for _, src := range m.sources {
		if src.in == nil {
			failed++
			continue
		}
		k, c := src.fresh()
		keys, contacts = keys+k, contacts+c
	}
	return keys, contacts, failed
}

func (s *source) fresh() (keys, contacts int) {
	if s.in == nil || s.taken {
		return 0, 0
	}
	for _, k := range s.in.Keys {
		if !k.Known {
			keys++
		}
	}
	for _, c := range s.in.Contacts {
		if !c.Known {
			contacts++
		}
	}
	return keys, contacts
}

// summary puts counts into a sentence: those that are not zero.
func summary(key string, keys, contacts, failed int) string {
	s := ""
	for _, part := range []struct {
		key string
		n   int
	}{{key + "keys", keys}, {key + "contacts", contacts}, {key + "failed", failed}} {
		if part.n == 0 {
			continue
		}
		if s != "" {
			s += " "
		}
		s += text.T(part.key, "n", part.n)
	}
	return s
}

// block is one source: what it is, and what is in it.
func (m *importing) block(src *source, room *int) fyne.CanvasObject {
	if src.in == nil {
		*room--
		return m.failed(src)
	}
	icon := "person"
	switch {
	case len(src.in.Keys) > 0:
		icon = "key"
	case len(src.in.Contacts) > 1:
		icon = "people"
	}
	words := widget.Column(2, widget.FileName(src.label()), widget.Caption(text.T("material."+string(src.in.Material))).Fits(widget.FitEnd))
	column := widget.Column(theme.Gap, container.NewBorder(nil, nil,
		container.NewCenter(disc(icon, theme.Accent, theme.AccentSoft)), nil, widget.Pad(0, 12, words)))
	if src.taken {
		column.Add(widget.Note(theme.OK, text.T("import.taken")))
		*room--
		return column
	}
	for i := range src.in.Keys {
		if *room--; *room < 0 {
			break
		}
		column.Add(m.keyEntry(src, i))
	}
	for i := range src.in.Contacts {
		if *room--; *room < 0 {
			break
		}
		column.Add(m.contactEntry(src, i))
	}
	return column
}

// failed says what something is and why it cannot be imported.
func (m *importing) failed(src *source) fyne.CanvasObject {
	what, do := text.FaultOf(src.err)
	if f := fault.As(src.err); f.Kind == fault.CannotImport && f.Subject != "" {
		what, do = text.T("material."+f.Subject), text.T("material."+f.Subject+".why")
	}
	if src.gaveUp() {
		what, do = text.T("import.ask.skipped"), ""
	}
	words := widget.Column(2, widget.FileName(src.label()), widget.Body(what))
	if do != "" {
		words.Add(widget.Muted(do))
	}
	return container.NewBorder(nil, nil, container.NewVBox(disc("warning", theme.Warning, theme.WarningSoft)), nil,
		widget.Pad(0, 12, words))
}

// disc is an icon on a round tint.
func disc(icon string, tone, soft fyne.ThemeColorName) fyne.CanvasObject {
	face := widget.NewPanel(soft, 20)
	face.Least = fyne.NewSquareSize(40)
	return container.NewStack(face, container.NewCenter(widget.NewIcon(icon, tone, 20)))
}

// keyEntry is a private key that would become one's own.
func (m *importing) keyEntry(src *source, i int) fyne.CanvasObject {
	k := src.in.Keys[i]
	line := about(k.Kind, k.Fingerprint)
	if k.Known {
		return known(k.Name, text.T("import.known.key"), line)
	}
	if f := src.name(true, i); f != nil {
		return widget.Column(theme.Half, widget.Caption(text.T("import.name.key")), widget.Pad(2, 2, f.field), line)
	}
	return widget.Column(2, widget.FileName(text.Name(k.Name)), line)
}

// contactEntry is somebody who would become a contact.
func (m *importing) contactEntry(src *source, i int) fyne.CanvasObject {
	c := src.in.Contacts[i]
	line := about(c.Recipient.Kind, c.Recipient.Fingerprint())
	if c.Known {
		return known(c.Name, text.T("import.known.contact"), line)
	}
	if old, there := m.sameKey(c); there {
		return widget.Column(theme.Grid, known(old.Name, text.T("import.known.contact"), line),
			widget.Note(theme.Warning, text.T("import.completes", "name", text.Name(old.Name))))
	}
	f := src.name(false, i)
	if f == nil {
		column := widget.Column(theme.Half, widget.FileName(text.Name(c.Name)), line)
		if _, changes := m.changes(c, c.Name); changes {
			column.Add(widget.Caption(text.T("import.changes.short", "name", text.Name(c.Name))).Tone(theme.Warning).Fits(widget.FitWrap))
		}
		return column
	}
	warning := container.NewVBox()
	column := widget.Column(theme.Half, widget.Caption(text.T("import.name.contact")), widget.Pad(2, 2, f.field), line, warning)
	f.field.OnChanged = func(name string) {
		warning.RemoveAll()
		if old, changes := m.changes(c, name); changes {
			warning.Add(widget.Pad(theme.Half, 0, widget.Note(theme.Warning, text.T("import.changes", "name", text.Name(old.Name)))))
		}
		m.sheet.Refresh()
	}
	f.field.OnChanged(f.field.Text)
	return column
}

// known is what is there already.
func known(name, badge string, line fyne.CanvasObject) fyne.CanvasObject {
	return widget.Column(2, widget.Row(theme.Grid, widget.FileName(text.Name(name)), widget.NewBadge(badge, theme.Muted)), line)
}

// about is what kind a key is, and its fingerprint.
func about(kind identity.Kind, fingerprint string) fyne.CanvasObject {
	return widget.Column(0, widget.Caption(KindName(kind)), widget.Caption(fingerprint).Mono().Fits(widget.FitWrap))
}

// sameKey is the contact who has the main key already. Other keys beside it
// are an offer, like any other: anybody can make a card around a public key.
func (m *importing) sameKey(c engine.IncomingContact) (identity.Contact, bool) {
	for _, o := range m.contacts {
		if o.Recipient == c.Recipient {
			return o, true
		}
	}
	return identity.Contact{}, false
}

// changes is the contact who has that name and another key.
func (m *importing) changes(c engine.IncomingContact, name string) (identity.Contact, bool) {
	o, there := m.byName[folded(name)]
	return o, there && o.Recipient != c.Recipient
}
