package keys

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// CopyCard puts the contact card of an own key pair on the clipboard.
func CopyCard(w fyne.Window, eng Carder, id string) {
	card, err := eng.Card(id)
	if err != nil {
		Problem(w, err)
		return
	}
	clip.Copy(string(card))
}

// SaveCard asks for a place and writes the contact card there.
func SaveCard(w fyne.Window, eng Carder, k identity.Public) {
	card, err := eng.Card(k.ID)
	if err != nil {
		Problem(w, err)
		return
	}
	shell.Choose(w, shell.Request{
		Title: text.T("keys.card.save.title"), Accept: text.T("keys.card.save.accept"), SaveAs: cardName(k.Name),
	}, func(paths []string) {
		if len(paths) == 0 {
			return
		}
		var err error
		away(func() { _, err = safefile.WriteFile(paths[0], card, 0o644, safefile.Refuse) }, func() {
			if err != nil {
				Problem(w, err)
				return
			}
			widget.Toast(w.Canvas(), theme.OK, text.T("keys.card.saved", "path", text.Name(paths[0])))
		})
	})
}

// cardName is a file name that any system takes.
func cardName(name string) string { return form.FileName(name) + ".card.txt" }

// Problem shows the two sentences of a failure.
func Problem(w fyne.Window, err error) {
	what, do := text.FaultOf(err)
	var sheet *widget.Sheet
	done := widget.PrimaryButton(text.T("app.close"), func() { sheet.Close() })
	sheet = widget.NewSheet(what, widget.Body(do), done)
	sheet.Open(w.Canvas(), done)
}
