package keys

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// ownContent is the detail of an own key pair.
func (d *detail) ownContent() (fyne.CanvasObject, fyne.Focusable) {
	k, s := d.item.key, d.s
	facts := widget.Column(theme.Half, fact(text.T("keys.fact.kind"), value(KindName(k.Kind)), nil))
	if !k.Created.IsZero() {
		facts.Add(fact(text.T("keys.fact.created"), value(text.Date(k.Created)), nil))
	}
	facts.Add(d.usedFact())
	column := widget.Column(theme.Gap, facts)
	if !k.Recipient.IsZero() { // a plugin's key may only open
		facts.Add(d.public(k.Recipient.Text))
		column = widget.Column(theme.Gap, fingerprint(k.Fingerprint), facts)
	}
	var first fyne.Focusable = d.done
	if hasCard(k) {
		cp := widget.PrimaryButton(text.T("keys.card.copy"), func() { CopyCard(s.window, s.engine, k.ID) }).WithIcon("copy")
		save := widget.SecondaryButton(text.T("keys.card.save"), func() { SaveCard(s.window, s.engine, k) })
		code := widget.SecondaryButton(text.T("keys.card.show"), func() { s.showCode(k) })
		trace.Place("detail.copyCard", cp)
		trace.Place("detail.saveCard", save)
		trace.Place("detail.showCode", code)
		column.Add(widget.Column(theme.Grid, widget.Muted(text.T("keys.made.note")),
			container.New(flow{theme.Grid}, cp, save, code)))
		first = cp
	}
	column.Add(d.acts(
		act("rename", "edit", text.T("keys.menu.rename"), func() { s.rename(d.item) }),
		act("backup", "archive", text.T("keys.menu.backup"), func() { s.desk.wayBack(k.ID) }),
		act("export", "key", text.T("keys.menu.export"), func() { s.export(d.item) })))
	return column, first
}

// flow puts objects side by side and breaks the line when it is full.
type flow struct{ gap float32 }

func (l flow) place(o []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, c := range o {
		m := c.MinSize()
		if x > 0 && x+m.Width > width {
			x, y, line = 0, y+line+l.gap, 0
		}
		put(c, fyne.NewPos(x, y), m)
		x += m.Width + l.gap
		line = fyne.Max(line, m.Height)
	}
	return y + line
}

// MinSize is that of one line: the sheets are wide enough for two languages.
func (l flow) MinSize(o []fyne.CanvasObject) fyne.Size {
	h := l.place(o, 512, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
	return fyne.NewSize(0, h)
}

func (l flow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.place(o, size.Width, func(c fyne.CanvasObject, at fyne.Position, m fyne.Size) {
		c.Move(at)
		c.Resize(m)
	})
}
