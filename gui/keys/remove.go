package keys

import (
	"context"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// remove asks before a key pair or contact is deleted.
func (s *Screen) remove(it item) {
	switch {
	case !it.own:
		s.removeContact(it)
	case len(s.all.mine) == 1:
		s.lastKey()
	default:
		s.removeKey(it)
	}
}

// lastKey says why the only key pair stays.
func (s *Screen) lastKey() {
	what, do := text.Fault(fault.New(fault.LastKey, "", nil))
	create := widget.SecondaryButton(text.T("keys.new"), nil)
	done := widget.PrimaryButton(text.T("app.close"), nil)
	sheet := widget.NewSheet(text.T("keys.delete.last"), widget.Body(what+" "+do), create, done)
	done.OnTapped = sheet.Close
	create.OnTapped = func() {
		sheet.Close()
		s.newKey()
	}
	sheet.Open(s.window.Canvas(), done)
}

// removeKey wants the name typed: nothing brings a private key back.
func (s *Screen) removeKey(it item) {
	name := widget.NewField(text.T("keys.delete.name"), it.name)
	del := widget.DangerButton(text.T("keys.delete.do"), nil)
	first := widget.LinkButton(text.T("keys.delete.export"), nil).WithIcon("key").Small()
	column := widget.Column(theme.Gap,
		widget.Note(theme.Danger, text.T("keys.delete.consequence")),
		widget.Body(usedSentence(it)),
		widget.Row(0, first, widget.Spacer()),
		widget.Column(theme.Half, widget.Body(text.T("keys.delete.type", "name", it.name)), widget.Pad(2, 2, name)))
	f := form.New(s.window, text.T("keys.delete.title", "name", it.name), del, column)
	f.Inputs = append(f.Inputs, name)
	del.Disable()
	name.OnChanged = func(typed string) {
		f.Say("")
		if names(typed, it) {
			del.Enable()
		} else {
			del.Disable()
		}
	}
	name.OnSubmitted = func(string) { del.Tapped(nil) }
	first.OnTapped = func() {
		f.Sheet.Close()
		s.export(it)
	}
	del.OnTapped = func() {
		f.Run("", func(ctx context.Context) error { return s.engine.DeleteKey(ctx, it.id) }, func(err error) { s.removed(f, it, err) })
	}
	trace.Place("delete.name", name)
	trace.Place("delete.do", del)
	trace.Place("delete.export", first)
	f.Open(name)
}

// usedSentence says when the key pair was last used, as far as this computer
// knows.
func usedSentence(it item) string {
	if it.used.IsZero() {
		return text.T("keys.delete.unused")
	}
	return text.T("keys.delete.used", "date", text.Date(it.used))
}

// names says whether somebody typed the name of a key pair, as it is or as it
// is shown.
func names(typed string, it item) bool {
	clean, err := identity.CleanName(typed)
	return err == nil && clean == it.key.Name || strings.TrimSpace(typed) == it.name
}

// removeContact is one question: a contact can be added again.
func (s *Screen) removeContact(it item) {
	del := widget.DangerButton(text.T("keys.menu.delete.do"), nil)
	sentence := text.T("keys.delete.contact", "name", it.name)
	if len(it.groups) > 0 {
		sentence += " " + text.T("keys.delete.groups", "groups", strings.Join(it.groups, ", "))
	}
	column := widget.Column(theme.Gap, widget.Body(sentence))
	if note := agentNote(s.engine, it.id, "agent.delete"); note != nil {
		column.Add(note)
	}
	f := form.New(s.window, text.T("keys.delete.title", "name", it.name), del, column)
	del.OnTapped = func() {
		f.Run("", func(ctx context.Context) error { return s.engine.DeleteContact(ctx, it.id) }, func(err error) { s.removed(f, it, err) })
	}
	trace.Place("delete.do", del)
	f.Open(f.Stop)
}

// removed says how it went.
func (s *Screen) removed(f *form.Form, it item, err error) {
	if err != nil {
		f.Fail(err)
		return
	}
	f.Sheet.Close()
	s.Refresh()
	trace.Event("keys.deleted", nil)
	widget.Toast(s.window.Canvas(), theme.OK, text.T("keys.deleted", "name", it.name))
}
