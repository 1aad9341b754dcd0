package files

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine/passphrase"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// secretBox asks for a new passphrase twice, or makes one.
type secretBox struct {
	content *fyne.Container
	field   *widget.PassphraseField
	again   *widget.PassphraseField
	meter   *widget.StrengthMeter
	differ  *widget.Text
	words   *widget.SecretWords
	made    *secret.Buffer // what words shows
	shown   *fyne.Container
	changed func()
}

func newSecretBox(changed, submit func()) *secretBox {
	b := &secretBox{changed: changed}
	b.field = widget.NewPassphraseField(text.T("files.secret.field"))
	b.again = widget.NewPassphraseField(text.T("files.secret.again"))
	b.field.OnChange, b.again.OnChange = b.update, b.update
	b.again.OnSubmit = submit
	b.meter = widget.NewStrengthMeter()
	b.differ = widget.Caption("").Fits(widget.FitWrap)
	b.words = widget.NewSecretWords(text.T("files.secret.words"))
	generate := widget.LinkButton(text.T("files.secret.generate"), b.generate).WithIcon("again").Small()
	trace.Place("secret.field", b.field)
	trace.Place("secret.again", b.again)
	trace.Place("secret.generate", generate)
	b.shown = widget.Tinted(theme.NeutralSoft, widget.Column(theme.Half,
		widget.Caption(text.T("files.secret.write")).Fits(widget.FitWrap), b.words))
	b.shown.Hide()
	b.content = widget.Column(theme.Half,
		widget.Row(theme.Grid, widget.Caption(text.T("files.secret.field")), widget.Spacer(), generate),
		b.shown, widget.Pad(3, 3, b.field), widget.Pad(0, 3, b.meter),
		widget.Caption(text.T("files.secret.again")), widget.Pad(3, 3, b.again), b.differ,
		widget.Pad(theme.Half, 0, widget.Note(theme.Muted, text.T("files.secret.note"))))
	b.field.OnSubmit = func() {
		if c := fyne.CurrentApp().Driver().CanvasForObject(b.field); c != nil {
			c.Focus(b.again)
		}
	}
	b.update()
	return b
}

// ready says whether something was typed, twice the same.
func (b *secretBox) ready() bool { return !b.field.Empty() && b.field.Text().Equal(b.again.Text()) }

func (b *secretBox) update() {
	if b.made != nil && !b.keepsWords() {
		b.forget()
	}
	b.weigh()
	switch {
	case b.field.Empty() || b.again.Empty(), b.ready():
		b.differ.Set("")
	default:
		b.differ.Tone(theme.Danger).Set(text.T("files.secret.differ"))
	}
	show(b.differ, b.differ.Content() != "")
	b.changed()
}

// weigh says how long guessing the passphrase takes.
func (b *secretBox) weigh() {
	if b.field.Empty() {
		b.meter.Set(0, text.T("lock.passphrase.hint"))
		return
	}
	strength := passphrase.Estimate(b.field.Text().Bytes())
	unit, n := strength.Plain()
	key := "lock.passphrase.strong"
	if strength.Level < passphrase.Strong {
		key = "lock.passphrase.weak"
	}
	b.meter.Set(max(1, int(strength.Level)), text.T(key, "time", text.T(unit, "n", n)))
}

// generate makes words, types them into both fields and shows them to be
// written down.
func (b *secretBox) generate() {
	b.forget()
	made := passphrase.Generate(passphrase.Words)
	for _, f := range []*widget.PassphraseField{b.field, b.again} {
		f.Clear()
		for _, c := range made.Bytes() {
			f.TypedRune(rune(c)) // the word list is ASCII
		}
	}
	b.made = made
	b.words.Set(made)
	b.shown.Show()
	b.content.Refresh()
}

// forget wipes the made words and takes them off the screen.
func (b *secretBox) forget() {
	b.words.Clear()
	b.made.Destroy()
	b.made = nil
	b.shown.Hide()
}

// keepsWords says whether the field still holds the made words.
func (b *secretBox) keepsWords() bool {
	typed := b.field.Copy()
	defer typed.Destroy()
	return typed.Equal(b.made)
}

// destroy wipes everything.
func (b *secretBox) destroy() {
	b.forget()
	b.field.Destroy()
	b.again.Destroy()
}
