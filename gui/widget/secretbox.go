package widget

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine/passphrase"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
)

// SecretBox asks for a new passphrase twice, or makes one. What it makes is in
// both fields; with Retype the person types it once more, which shows that it
// was written down.
type SecretBox struct {
	Content *fyne.Container
	Field   *PassphraseField
	Again   *PassphraseField
	Retype  bool

	meter   *StrengthMeter
	differ  *Text
	words   *SecretWords
	made    *secret.Buffer // what words shows
	shown   *fyne.Container
	changed func()
}

// NewSecretBox makes an empty box for the passphrase that label names. write
// says what to do with made words, note what the passphrase is good for; changed is called when anything is typed,
// submit by Return in the second field. Destroy the box with its screen.
func NewSecretBox(label, write, note string, changed, submit func()) *SecretBox {
	b := &SecretBox{changed: changed}
	b.Field = NewPassphraseField(label)
	b.Again = NewPassphraseField(text.T("files.secret.again"))
	b.Field.OnChange, b.Again.OnChange = b.update, b.update
	b.Again.OnSubmit = submit
	b.meter = NewStrengthMeter()
	b.differ = Caption("").Fits(FitWrap)
	b.words = NewSecretWords(text.T("files.secret.words"))
	generate := LinkButton(text.T("files.secret.generate"), b.generate).WithIcon("again").Small()
	trace.Place("secret.field", b.Field)
	trace.Place("secret.again", b.Again)
	trace.Place("secret.generate", generate)
	b.shown = Tinted(theme.NeutralSoft, Column(theme.Half,
		Caption(write).Fits(FitWrap), b.words))
	b.shown.Hide()
	b.Content = Column(theme.Half,
		Row(theme.Grid, Caption(label), Spacer(), generate),
		b.shown, Pad(3, 3, b.Field), Pad(0, 3, b.meter),
		Caption(text.T("files.secret.again")), Pad(3, 3, b.Again), b.differ,
		Pad(theme.Half, 0, Note(theme.Muted, note)))
	b.Field.OnSubmit = func() {
		if c := fyne.CurrentApp().Driver().CanvasForObject(b.Field); c != nil {
			c.Focus(b.Again)
		}
	}
	b.update()
	return b
}

// Ready says whether something was typed, twice the same.
func (b *SecretBox) Ready() bool { return !b.Field.Empty() && b.Field.Text().Equal(b.Again.Text()) }

// Made is the made words while the first field holds them, nil otherwise. They
// stay the box's.
func (b *SecretBox) Made() *secret.Buffer { return b.made }

func (b *SecretBox) update() {
	if b.made != nil && !b.keepsWords() {
		b.forget()
	}
	b.weigh()
	switch {
	case b.Field.Empty() || b.Again.Empty(), b.Ready():
		b.differ.Set("")
	default:
		b.differ.Tone(theme.Danger).Set(text.T("files.secret.differ"))
	}
	SetVisible(b.differ, b.differ.Content() != "")
	if b.made != nil && b.Retype {
		SetVisible(b.shown, b.Again.Empty()) // from memory or paper, not from the screen
	}
	b.changed()
}

// weigh says how long guessing the passphrase takes.
func (b *SecretBox) weigh() {
	if b.Field.Empty() {
		b.meter.Set(0, text.T("lock.passphrase.hint"))
		return
	}
	strength := passphrase.Estimate(b.Field.Text().Bytes())
	unit, n := strength.Plain()
	key := "lock.passphrase.strong"
	if strength.Level < passphrase.Strong {
		key = "lock.passphrase.weak"
	}
	b.meter.Set(max(1, int(strength.Level)), text.T(key, "time", text.T(unit, "n", n)))
}

// generate makes words, types them into both fields and shows them to be
// written down.
func (b *SecretBox) generate() {
	b.forget()
	made := passphrase.Generate(passphrase.Words)
	for _, f := range []*PassphraseField{b.Field, b.Again} {
		f.Clear()
		if f == b.Again && b.Retype {
			break
		}
		for _, c := range made.Bytes() {
			f.TypedRune(rune(c)) // the word list is ASCII
		}
	}
	b.made = made
	b.words.Set(made)
	b.shown.Show()
	b.Content.Refresh()
}

// forget wipes the made words and takes them off the screen.
func (b *SecretBox) forget() {
	b.words.Clear()
	b.made.Destroy()
	b.made = nil
	b.shown.Hide()
}

// keepsWords says whether the field still holds the made words.
func (b *SecretBox) keepsWords() bool {
	typed := b.Field.Copy()
	defer typed.Destroy()
	return typed.Equal(b.made)
}

// Destroy wipes everything.
func (b *SecretBox) Destroy() {
	b.forget()
	b.Field.Destroy()
	b.Again.Destroy()
}
