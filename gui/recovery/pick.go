package recovery

import (
	"slices"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// keyPick chooses one of one's own key pairs. With a single one there is
// nothing to see.
type keyPick struct {
	view   fyne.CanvasObject // nil when there is nothing to choose
	button *widget.Button
	window fyne.Window
	ids    []string
	names  []string
	at     int
	chosen func()
}

// pickKey offers the key pairs for which fit is true. everything, if not
// empty, is the word for all of them; its id is empty, and it comes first.
func (s *Screen) pickKey(label, everything string, fit func(identity.Public) bool) *keyPick {
	p := &keyPick{window: s.window}
	if everything != "" {
		p.ids, p.names = []string{""}, []string{everything}
	}
	for _, k := range s.engine.Keys() {
		if fit(k) {
			p.ids, p.names = append(p.ids, k.ID), append(p.names, text.Name(k.Name))
		}
	}
	p.button = widget.SecondaryButton("", p.open).WithIcon("chevron-down").Small()
	trace.Place("recovery.key", p.button)
	if len(s.engine.Keys()) > 1 && len(p.ids) > 1 {
		p.button.SetLabel(p.names[0])
		p.view = widget.Row(theme.Grid, widget.Strong(label), widget.Spacer(), p.button)
	}
	return p
}

func (p *keyPick) open() {
	var items []*widget.MenuItem
	for i, name := range p.names {
		items = append(items, widget.NewMenuItem("key", name, func() { p.choose(i) }))
	}
	widget.OpenMenu(p.window.Canvas(), p.button, items)
}

// prefer begins with a key pair.
func (p *keyPick) prefer(id string) {
	if i := slices.Index(p.ids, id); i >= 0 && id != "" {
		p.choose(i)
	}
}

func (p *keyPick) choose(i int) {
	p.at = i
	p.button.SetLabel(p.names[i])
	if p.chosen != nil {
		p.chosen()
	}
}

// id is of the chosen key pair; empty is everything.
func (p *keyPick) id() string { return at(p.ids, p.at) }

// name is what it is called.
func (p *keyPick) name() string { return at(p.names, p.at) }

func at(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

// anyKey and onSheet say which key pairs a way is for: only the 32 bytes of a
// post-quantum one become words.
func anyKey(identity.Public) bool { return true }

func onSheet(k identity.Public) bool { return k.Kind == identity.Hybrid }
