package keys

import (
	"context"

	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// rename asks for another name of a key pair or contact.
func (s *Screen) rename(it item) {
	old := it.contact.Name
	if it.own {
		old = it.key.Name
	}
	name := widget.NewField(text.T("keys.new.name"), "")
	name.SetText(old)
	name.CursorColumn = len([]rune(old))
	note := "keys.rename.contact"
	if it.own {
		note = "keys.rename.own"
	}
	do := widget.PrimaryButton(text.T("keys.rename.do"), nil)
	f := form.New(s.window, text.T("keys.rename.title"), do,
		widget.Muted(text.T(note)), widget.Pad(2, 2, name))
	f.Inputs = append(f.Inputs, name)
	do.OnTapped = func() {
		to := name.Text
		if to == old {
			f.Sheet.Close()
			return
		}
		f.Run("", func(ctx context.Context) error {
			if it.own {
				return s.engine.RenameKey(ctx, it.id, to)
			}
			return s.engine.RenameContact(ctx, it.id, to)
		}, func(err error) {
			if err != nil {
				f.Fail(err)
				f.Focus(name)
				return
			}
			f.Sheet.Close()
			s.Refresh()
			trace.Event("keys.renamed", nil)
		})
	}
	name.OnSubmitted = func(string) { do.Tapped(nil) }
	name.OnChanged = func(string) { f.Say("") }
	trace.Place("rename.name", name)
	trace.Place("rename.do", do)
	f.Open(name)
}
