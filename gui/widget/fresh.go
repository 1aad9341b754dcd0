package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/passphrase"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
)

// FreshPassphrase asks for a new passphrase: five words made here, which are
// covered while the person types them once more, or one's own, typed twice.
type FreshPassphrase struct {
	Content *fyne.Container

	own    bool
	mode   *Choice
	made   *secret.Buffer // what words shows
	words  *SecretWords
	shown  *fyne.Container // the words and the way to others
	hidden *fyne.Container // instead of them, while they are typed
	other  *Button
	mine   *fyne.Container
	field  *PassphraseField
	meter  *StrengthMeter
	retype *Text
	again  *PassphraseField
	change func()
}

// NewFreshPassphrase makes words. label, which may be empty, says what they are
// for; changed is called when anything is typed, submit by Return in the last
// field. Destroy it with its screen.
func NewFreshPassphrase(label string, changed, submit func()) *FreshPassphrase {
	p := &FreshPassphrase{change: changed}
	p.mode = NewChoice([]string{text.T("lock.passphrase.words"), text.T("lock.passphrase.own")}, 0, func(i int) { p.choose(i == 1) })
	p.words = NewSecretWords(text.T("lock.passphrase.spoken"))
	p.other = SecondaryButton(text.T("lock.passphrase.another"), p.make).WithIcon("again").Small()
	look := LinkButton(text.T("lock.again.look"), p.look).Small()
	p.shown = container.NewBorder(nil, nil, nil, container.NewCenter(p.other), p.words)
	p.hidden = container.NewBorder(nil, nil, nil, container.NewCenter(look), container.NewCenter(Muted(text.T("passphrase.covered")).Fits(FitGrow)))
	p.field = NewPassphraseField(text.T("lock.passphrase.field"))
	p.field.OnChange = p.typed
	p.meter = NewStrengthMeter()
	p.retype = Caption("").Fits(FitWrap)
	p.again = NewPassphraseField(text.T("lock.again.title"))
	p.again.OnChange, p.again.OnSubmit = p.typed, submit
	p.field.OnSubmit = func() { focus(p.field, p.again) }
	trace.Place("fresh.mode", p.mode)
	trace.Place("fresh.field", p.field)
	trace.Place("fresh.again", p.again)
	trace.Place("fresh.another", p.other)
	p.mine = Column(theme.Half, Pad(3, 3, p.field), Pad(0, 3, p.meter))
	room := NewPanel(theme.Transparent, 0) // as high with words as without
	room.Least = fyne.NewSize(0, 2*wordsLine)
	head := Row(theme.Grid, Strong(label), Spacer(), Pad(3, 3, p.mode))
	if label == "" {
		head = Row(0, Pad(3, 3, p.mode), Spacer())
	}
	p.Content = Column(12, head,
		container.NewStack(), Column(theme.Half, p.retype, Pad(3, 3, p.again)))
	p.Content.Objects[1] = container.NewStack(CardPadded(12, container.NewStack(room, p.shown, p.hidden)), p.mine)
	p.make()
	p.arrange()
	return p
}

// focus moves the keyboard from one object of a canvas to another.
func focus(from fyne.CanvasObject, to fyne.Focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(from); c != nil {
		c.Focus(to)
	}
}

// First is where typing begins.
func (p *FreshPassphrase) First() fyne.Focusable {
	if p.own {
		return p.field
	}
	return p.again
}

func (p *FreshPassphrase) choose(own bool) {
	p.own = own
	p.again.Clear()
	p.arrange()
	p.change()
	focus(p.mode, p.First())
}

// make shows other words.
func (p *FreshPassphrase) make() {
	p.words.Clear()
	p.made.Destroy()
	p.made = passphrase.Generate(passphrase.Words)
	p.again.Clear()
	p.arrange()
}

// look shows the words again to somebody who began to type them.
func (p *FreshPassphrase) look() {
	p.again.Clear()
	focus(p.again, p.again)
}

func (p *FreshPassphrase) typed() {
	p.arrange()
	p.change()
}

// arrange shows what belongs to what is chosen and typed.
func (p *FreshPassphrase) arrange() {
	card := p.Content.Objects[1].(*fyne.Container)
	SetVisible(card.Objects[0], !p.own)
	SetVisible(p.mine, p.own)
	covered := !p.again.Empty()
	SetVisible(p.shown, !covered)
	SetVisible(p.hidden, covered)
	if p.own || covered {
		p.words.Clear()
	} else {
		p.words.Set(p.made)
	}
	if p.own {
		p.retype.Set(text.T("lock.again.title"))
		p.weigh()
	} else {
		p.retype.Set(text.T("lock.again.words"))
	}
}

func (p *FreshPassphrase) weigh() {
	if p.field.Empty() {
		p.meter.Set(0, text.T("lock.passphrase.hint"))
		return
	}
	strength := passphrase.Estimate(p.field.Text().Bytes())
	unit, n := strength.Plain()
	key := "lock.passphrase.strong"
	if strength.Level < passphrase.Strong {
		key = "lock.passphrase.weak"
	}
	p.meter.Set(max(1, int(strength.Level)), text.T(key, "time", text.T(unit, "n", n)))
}

// Wants is what is still to be typed and where, or an empty sentence.
func (p *FreshPassphrase) Wants() (sentence string, where fyne.Focusable) {
	switch {
	case p.own && p.field.Empty():
		return text.T("lock.passphrase.empty"), p.field
	case p.again.Empty() && p.own:
		return text.T("lock.again.own"), p.again
	case p.again.Empty():
		return text.T("lock.again.words"), p.again
	case !p.same():
		p.again.Wrong(true)
		return text.T("lock.again.differ"), p.again
	}
	return "", nil
}

func (p *FreshPassphrase) same() bool {
	if p.own {
		return p.field.Text().Equal(p.again.Text())
	}
	typed := p.again.Copy()
	defer typed.Destroy()
	return typed.Equal(p.made)
}

// Copy is the passphrase, for the engine to own, once Wants is satisfied.
func (p *FreshPassphrase) Copy() *secret.Buffer { return p.again.Copy() }

// Enable lets one type again.
func (p *FreshPassphrase) Enable() { p.each(fyne.Disableable.Enable) }

// Disable refuses typing while work runs.
func (p *FreshPassphrase) Disable() { p.each(fyne.Disableable.Disable) }

// Disabled says whether typing is refused.
func (p *FreshPassphrase) Disabled() bool { return p.again.Disabled() }

func (p *FreshPassphrase) each(do func(fyne.Disableable)) {
	for _, part := range []fyne.Disableable{p.mode, p.other, p.field, p.again} {
		do(part)
	}
}

// Destroy wipes everything.
func (p *FreshPassphrase) Destroy() {
	p.words.Clear()
	p.made.Destroy()
	p.made = nil
	p.field.Destroy()
	p.again.Destroy()
}
