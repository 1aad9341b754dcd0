package keys

import (
	"context"
	"io"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// maxCard bounds a file that is read as a contact card or a public key, in
// bytes: a card is about 3 KB.
const maxCard = 64 << 10

// adding is the sheet that takes a contact in.
type adding struct {
	window  fyne.Window
	engine  Adder
	done    func(identity.Contact)
	pasted  *widget.Field
	name    *widget.Field
	problem *widget.Text
	add     *widget.Button
	sheet   *widget.Sheet
}

// AddContact opens a sheet that takes a pasted contact card or public key,
// filled with prefill if there is one, and calls done with the new contact.
func AddContact(w fyne.Window, eng Adder, prefill []byte, done func(identity.Contact)) {
	a := &adding{window: w, engine: eng, done: done}
	a.pasted = widget.NewTextArea(text.T("keys.add.paste"), text.T("keys.add.placeholder"), 3)
	a.name = widget.NewField(text.T("keys.add.name"), text.T("keys.add.namePlaceholder"))
	a.problem = widget.Body("").Tone(theme.Danger)
	a.problem.Hide()
	a.pasted.OnChanged = a.check
	a.name.OnSubmitted = func(string) { a.submit() }
	a.add = widget.PrimaryButton(text.T("keys.add"), a.submit)
	stop := widget.SecondaryButton(text.T("app.cancel"), func() { a.sheet.Close() })
	choose := widget.LinkButton(text.T("keys.add.file"), a.choose).WithIcon("file").Small()
	trace.Place("contact.paste", a.pasted)
	trace.Place("contact.name", a.name)
	trace.Place("contact.add", a.add)
	a.sheet = widget.NewSheet(text.T("keys.add.title"), widget.Column(theme.Grid,
		widget.Muted(text.T("keys.add.note")),
		widget.Pad(2, 2, a.pasted), container.NewHBox(choose),
		widget.Strong(text.T("keys.add.name")), widget.Pad(2, 2, a.name), a.problem), stop, a.add).Wide(520)
	a.pasted.SetText(string(prefill))
	a.sheet.Open(w.Canvas(), a.pasted)
	if len(prefill) > 0 {
		w.Canvas().Focus(a.name)
	}
}

// addFile reads a dropped or chosen file and opens the sheet with it.
func addFile(w fyne.Window, eng Adder, path string, done func(identity.Contact)) {
	var card []byte
	var err error
	away(func() { card, err = readCard(path) }, func() {
		if err != nil {
			Problem(w, err)
			return
		}
		AddContact(w, eng, card, done)
	})
}

// AddContactFile is AddContact for a file.
func AddContactFile(w fyne.Window, eng Adder, path string, done func(identity.Contact)) {
	addFile(w, eng, path, done)
}

func readCard(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.NotRegular, path, nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	defer f.Close()
	card, err := io.ReadAll(io.LimitReader(f, maxCard+1))
	switch {
	case err != nil:
		return nil, fault.FromOS(path, err)
	case len(card) > maxCard, isPrivate(string(card)):
		return nil, fault.New(fault.BadRecipient, path, nil)
	}
	return card, nil
}

// isPrivate knows private keys, which must not be shown or handed on.
func isPrivate(s string) bool {
	s = strings.ToUpper(s)
	return strings.Contains(s, "AGE-SECRET-KEY-") || strings.Contains(s, "PRIVATE KEY-----")
}

// check takes a private key that was pasted by mistake off the screen at once.
func (a *adding) check(s string) {
	if isPrivate(s) {
		a.pasted.SetText("")
		a.say(text.T("keys.add.private"))
		return
	}
	if strings.TrimSpace(s) != "" {
		a.problem.Hide()
	}
}

func (a *adding) choose() {
	shell.Choose(a.window, shell.Request{Title: text.T("keys.add.file.title"), Accept: text.T("keys.add.file.accept")}, func(paths []string) {
		if len(paths) == 0 {
			return
		}
		var card []byte
		var err error
		away(func() { card, err = readCard(paths[0]) }, func() {
			if err != nil {
				a.fail(err)
				return
			}
			a.pasted.SetText(string(card))
		})
	})
}

func (a *adding) submit() {
	if strings.TrimSpace(a.pasted.Text) == "" {
		a.say(text.T("keys.add.nothing"))
		a.window.Canvas().Focus(a.pasted)
		return
	}
	a.add.Disable()
	name, pasted := a.name.Text, []byte(a.pasted.Text)
	var contact identity.Contact
	var err error
	away(func() { contact, err = a.engine.AddContact(context.Background(), name, pasted) }, func() {
		a.add.Enable()
		if err != nil {
			a.fail(err)
			return
		}
		a.sheet.Close()
		widget.Toast(a.window.Canvas(), theme.OK, text.T("keys.add.done", "name", text.Name(contact.Name)))
		a.done(contact)
	})
}

func (a *adding) fail(err error) {
	what, do := text.FaultOf(err)
	a.say(what + " " + do)
	if k := fault.Of(err); k == fault.NameMissing || k == fault.NameTaken {
		a.window.Canvas().Focus(a.name)
	}
}

func (a *adding) say(s string) {
	a.problem.Set(s)
	a.problem.Show()
	a.sheet.Refresh()
}
