package keys

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// contactContent is the detail of a contact.
func (d *detail) contactContent() (fyne.CanvasObject, fyne.Focusable) {
	c, s := d.item.contact, d.s
	column := widget.Column(theme.Gap)
	note, first := d.trust()
	column.Add(note)
	facts := widget.Column(theme.Half, fact(text.T("keys.fact.kind"), value(KindName(c.Recipient.Kind)), nil))
	if !c.Added.IsZero() {
		facts.Add(fact(text.T("keys.fact.added"), value(text.Date(c.Added)), nil))
	}
	facts.Add(d.usedFact())
	if len(d.item.groups) > 0 {
		facts.Add(fact(text.T("keys.fact.groups"), value(strings.Join(d.item.groups, ", ")), nil))
	}
	if a, ok := agentIs(s.engine, d.item.id); ok {
		facts.Add(fact(text.T("agent.title"), value(text.T("agent.since", "date", text.Date(a.Since))), nil))
	}
	facts.Add(d.public(c.Recipient.Text))
	column.Add(fingerprint(c.Recipient.Fingerprint()))
	column.Add(facts)
	column.Add(d.acts(act("rename", "edit", text.T("keys.menu.rename"), func() { s.rename(d.item) })))
	return column, first
}

// trust says how sure the contact's keys are, and offers to make them surer.
func (d *detail) trust() (fyne.CanvasObject, fyne.Focusable) {
	it, s := d.item, d.s
	soft, sentence := theme.NeutralSoft, text.T("keys.trust.none")
	button := widget.PrimaryButton(text.T(verifyKey(it)), func() { s.verify(it.contact) })
	id := "detail.verify"
	switch {
	case it.contact.Changed():
		soft, sentence = theme.DangerSoft, text.T("keys.trust.changed")
		button, id = widget.PrimaryButton(text.T("keys.resolve"), func() { s.resolve(it.contact) }), "detail.resolve"
	case it.contact.Verified:
		soft, sentence = theme.OKSoft, text.T("keys.trust.verified")
		button = widget.SecondaryButton(text.T(verifyKey(it)), func() { s.verify(it.contact) })
	}
	trace.Place(id, button)
	label, tone := verdict(it.contact.Verified, it.contact.Changed())
	icon := map[bool]string{true: "shield-check", false: "shield"}[it.contact.Verified]
	if it.contact.Changed() {
		icon = "warning"
	}
	if tone == theme.Muted {
		tone = theme.Quiet
	}
	words := widget.Column(theme.Half, widget.Row(theme.Half, widget.NewIcon(icon, tone, 18), widget.Strong(label).Tone(tone)), widget.Body(sentence))
	return widget.Tinted(soft, container.NewBorder(nil, nil, nil, widget.Pad(0, theme.Half, container.NewCenter(button)), words)), button
}
