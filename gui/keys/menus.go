package keys

import (
	"fyne.io/fyne/v2"

	"cryptodesk/gui/clip"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// anchor puts the keyboard on the list when it is nowhere, which a click on a
// button leaves behind, so that it comes back there when a sheet closes.
func (s *Screen) anchor() {
	if c := s.window.Canvas(); c.Focused() == nil && c.Overlays().Top() == nil {
		c.Focus(s.list)
	}
}

// menu offers what concerns the whole keyring.
func (s *Screen) menu() {
	s.anchor()
	widget.OpenMenu(s.window.Canvas(), s.more, []*widget.MenuItem{
		widget.NewMenuItem("archive", text.T("keys.menu.backup"), func() { s.desk.wayBack("") }),
		widget.NewMenuItem("lock", text.T("keys.menu.passphrase"), s.changePassphrase),
	})
}

// rowMenu offers what can be done with one key pair or contact.
func (s *Screen) rowMenu(it item, from fyne.CanvasObject) {
	s.anchor()
	var items []*widget.MenuItem
	add := func(icon, label string, f func()) { items = append(items, widget.NewMenuItem(icon, label, f)) }
	add("info", text.T("keys.menu.details"), func() { s.show(it) })
	if it.own {
		if hasCard(it.key) {
			add("copy", text.T("keys.card.copy"), func() { CopyCard(s.window, s.engine, it.id) })
			add("save", text.T("keys.card.save"), func() { SaveCard(s.window, s.engine, it.key) })
			add("card", text.T("keys.card.show"), func() { s.showCode(it.key) })
		}
		add("edit", text.T("keys.menu.rename"), func() { s.rename(it) })
		add("key", text.T("keys.menu.export"), func() { s.export(it) })
	} else {
		if it.contact.Changed() {
			add("warning", text.T("keys.resolve"), func() { s.resolve(it.contact) })
		} else {
			add("shield-check", text.T(verifyKey(it)), func() { s.verify(it.contact) })
		}
		add("copy", text.T("keys.public.copy"), func() { s.copyPublic(it) })
		add("edit", text.T("keys.menu.rename"), func() { s.rename(it) })
	}
	items = append(items, widget.NewMenuItem("trash", text.T("keys.menu.delete"), func() { s.remove(it) }).Danger())
	widget.OpenMenu(s.window.Canvas(), from, items)
}

// verifyKey is the word of the button that compares safety words.
func verifyKey(it item) string {
	if it.contact.Verified {
		return "keys.verify.again"
	}
	return "keys.verify"
}

// tapped opens what a row is about, and leaves the keyboard on the row.
func (s *Screen) tapped(it item) {
	for i, other := range s.rows {
		if other.id == it.id {
			s.window.Canvas().Focus(s.list)
			s.list.GoTo(i)
		}
	}
	s.show(it)
}

// copyPublic puts a public key on the clipboard.
func (s *Screen) copyPublic(it item) {
	public := it.contact.Recipient
	if it.own {
		public = it.key.Recipient
	}
	clip.Copy(public.Text)
}
