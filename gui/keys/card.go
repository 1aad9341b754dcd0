package keys

import (
	"os"
	"strings"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
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
	fyne.CurrentApp().Clipboard().SetContent(string(card))
	widget.Toast(w.Canvas(), theme.OK, text.T("keys.card.copied"))
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
		away(func() { err = writeNew(paths[0], card) }, func() {
			if err != nil {
				Problem(w, err)
				return
			}
			widget.Toast(w.Canvas(), theme.OK, text.T("keys.card.saved", "path", text.Name(paths[0])))
		})
	})
}

// cardName is a file name that any system takes.
func cardName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	return strings.Trim(name, " .") + ".card.txt"
}

// writeNew writes public text to a file that must not be there yet.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fault.FromOS(path, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path) // half a card is no card
		return fault.FromOS(path, err)
	}
	return nil
}

// Problem shows the two sentences of a failure.
func Problem(w fyne.Window, err error) {
	what, do := text.FaultOf(err)
	var sheet *widget.Sheet
	done := widget.PrimaryButton(text.T("app.close"), func() { sheet.Close() })
	sheet = widget.NewSheet(what, widget.Body(do), done)
	sheet.Open(w.Canvas(), done)
}
