package files

import (
	"fyne.io/fyne/v2"

	"path/filepath"

	"cryptodesk/engine/batch"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// openCard says of each encrypted file whether and with what it opens.
func (p *planView) openCard() fyne.CanvasObject {
	n := len(p.plan.Open)
	title := text.T("files.plan.open", "n", n)
	byKey, byPassphrase, never := p.openable()
	box := widget.Column(theme.Gap, cardHead(title, text.Bytes(sum(p.plan.Open))))
	ordered := append(append(append([]batch.Item{}, byPassphrase...), never...), byKey...)
	offered := false // once is enough: it is the same card for every sender
	box.Add(p.lines(title, ordered, func(it batch.Item) fyne.CanvasObject {
		var offer fyne.CanvasObject
		if it.Access == batch.NoAccess && !offered {
			offer, offered = p.cardOffer(), true
		}
		return p.openLine(it, offer)
	}))
	if len(byPassphrase) > 0 {
		box.Add(widget.Rule())
		box.Add(p.unlockField(len(byPassphrase)))
	}
	return widget.Card(box)
}

// openLine explains one encrypted file.
func (p *planView) openLine(it batch.Item, offer fyne.CanvasObject) fyne.CanvasObject {
	icon, tone, ink := "lock", theme.Muted, theme.Muted
	sentence := ""
	switch it.Access {
	case batch.ByKey:
		icon, tone, ink = "unlock", theme.OK, theme.OK
		sentence = text.T("files.open.byKey", "key", text.Name(it.KeyName))
		if it.KeyName == "" {
			sentence = text.T("files.open.mine")
		}
	case batch.ByPassphrase:
		icon, tone = "key", theme.Accent
		sentence = text.T("files.open.byPassphrase")
	case batch.NoAccess:
		tone, ink = theme.Warning, theme.Warning
		sentence = text.T("files.open.noAccess")
	case batch.Unreadable:
		icon, tone, ink = "warning", theme.Danger, theme.Danger
		what, do := text.Fault(it.Problem)
		sentence = what + " " + do
	default:
		sentence = text.T("files.open.unknown")
	}
	if it.Access == batch.ByKey || it.Access == batch.ByPassphrase || it.Access == batch.AccessUnknown {
		path, _ := batch.OpenedPath(it, batch.OpenOptions{})
		sentence += "  " + text.T("files.plan.becomes", "name", text.Name(filepath.Base(path)))
	}
	return widget.Pad(theme.Half, 0, explained(icon, tone, text.Name(it.Name), sentence, ink, offer))
}

// cardOffer gives what the sender needs to add one.
func (p *planView) cardOffer() fyne.CanvasObject {
	for _, k := range p.s.engine.Keys() {
		if k.Signing != nil {
			return newFlow(theme.Grid, widget.SecondaryButton(text.T("files.open.copyCard"), func() {
				keys.CopyCard(p.s.window, p.s.engine, k.ID)
			}).WithIcon("copy").Small())
		}
	}
	return nil
}

// unlockField asks once for the passphrase of all files that have one.
func (p *planView) unlockField(n int) fyne.CanvasObject {
	if p.unlock == nil {
		p.unlock = widget.NewPassphraseField(text.T("files.ask.field"))
		p.unlock.OnChange = p.update
		p.unlock.OnSubmit = p.start
		trace.Place("plan.passphrase", p.unlock)
	}
	leave := widget.LinkButton(text.T("files.ask.leave", "n", n), p.leavePassphraseFiles).Small()
	return widget.Column(theme.Grid,
		widget.Row(theme.Grid, widget.Strong(text.T("files.ask.for", "n", n)), widget.Spacer(), leave),
		widget.Pad(3, 3, p.unlock))
}

// leavePassphraseFiles takes the files with a passphrase out of the plan.
func (p *planView) leavePassphraseFiles() {
	var kept []batch.Item
	for _, it := range p.plan.Open {
		if it.Access != batch.ByPassphrase {
			kept = append(kept, it)
		}
	}
	p.plan.Open = kept
	p.unlock.Destroy()
	p.unlock = nil
	if !p.anything() && len(kept)+len(p.plan.Special)+len(p.plan.Refused) == 0 {
		p.s.Escape()
		return
	}
	p.build()
	p.focus()
}

func sum(items []batch.Item) int64 {
	var n int64
	for _, it := range items {
		n += it.Size
	}
	return n
}
