package keys

import (
	"context"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Verifier is what comparing keys with somebody asks of the engine.
type Verifier interface {
	Keys() []identity.Public
	Contacts() []identity.Contact
	SafetyWords(mine, contact string) ([]string, error)
	VerifyContact(ctx context.Context, id string, verified bool) error
	AcceptChange(ctx context.Context, id string) error
	RefuseChange(ctx context.Context, id string) error
	Agent() (engine.Agent, bool)
}

// verify opens the sheet in which two people compare what they see.
func (s *Screen) verify(c identity.Contact) { verifyContact(s.window, s.engine, c, s.Refresh) }

// Verify opens the same sheet on another screen; done is called after
// something was decided.
func Verify(w fyne.Window, eng Verifier, c identity.Contact, done func()) {
	verifyContact(w, eng, c, done)
}

// verifying is that sheet.
type verifying struct {
	window  fyne.Window
	engine  Verifier
	contact identity.Contact
	done    func()

	own     []identity.Public // key pairs of mine that safety words can be made with
	mine    int
	words   *fyne.Container
	problem *widget.Text
	sheet   *widget.Sheet
	yes, no *widget.Button
	shown   int // counts what was asked for, so that only the last answer is shown
}

// verifyContact opens the sheet; done is called after something was decided.
func verifyContact(w fyne.Window, eng Verifier, c identity.Contact, done func()) {
	if c.Changed() {
		resolveContact(w, eng, c, done)
		return
	}
	v := &verifying{window: w, engine: eng, contact: c, done: done, problem: widget.Body("").Tone(theme.Danger)}
	v.problem.Hide()
	if len(c.Signing) > 0 {
		for _, k := range eng.Keys() {
			if hasCard(k) {
				v.own = append(v.own, k)
			}
		}
	}
	v.buttons()
	v.sheet = widget.NewSheet(text.T("verify.title", "name", v.name()), v.content(), v.no, v.yes).Wide(600)
	v.sheet.Open(w.Canvas(), v.safe())
	if len(v.own) > 0 {
		v.compute()
	}
}

func (v *verifying) name() string { return text.Name(v.contact.Name) }

// buttons are the two answers; for somebody who is verified already, whether
// that shall still count.
func (v *verifying) buttons() {
	if v.contact.Verified {
		v.no = widget.SecondaryButton(text.T("verify.undo"), func() { v.decide(false, v.sheet.Close) })
		v.yes = widget.PrimaryButton(text.T("app.close"), func() { v.sheet.Close() })
	} else {
		v.no = widget.SecondaryButton(text.T("verify.differ"), v.differ)
		v.yes = widget.PrimaryButton(text.T("verify.match"), func() { v.decide(true, v.sheet.Close) })
	}
	trace.Place("verify.no", v.no)
	trace.Place("verify.yes", v.yes)
}

// safe is where the keyboard begins: a stray Enter must verify nobody.
func (v *verifying) safe() *widget.Button {
	if v.contact.Verified {
		return v.yes
	}
	return v.no
}

// content explains what to compare, and shows it.
func (v *verifying) content() fyne.CanvasObject {
	column := widget.Column(theme.Gap)
	if v.contact.Verified {
		column.Add(widget.Note(theme.OK, text.T("verify.already", "name", v.name())))
	}
	if len(v.own) == 0 {
		column.Add(v.fingerprint())
		column.Add(v.problem)
		return column
	}
	if !v.contact.Verified {
		column.Add(widget.Body(text.T("verify.lead", "name", v.name())))
	}
	if len(v.own) > 1 {
		column.Add(v.chooseMine())
	}
	v.words = container.NewStack(grid(slices.Repeat([]string{""}, 12)))
	column.Add(widget.Tinted(theme.NeutralSoft, v.words))
	column.Add(widget.Muted(text.T("verify.how", "name", v.name())))
	column.Add(v.problem)
	return column
}

// chooseMine lets one say which of one's key pairs the other has.
func (v *verifying) chooseMine() fyne.CanvasObject {
	names := make([]string, len(v.own))
	for i, k := range v.own {
		names[i] = text.Name(k.Name)
	}
	label := widget.Strong(text.T("verify.mine"))
	choice := widget.NewChoice(names, 0, func(i int) { v.mine = i; v.compute() })
	if choice.MinSize().Width <= 400 {
		trace.Place("verify.mine", choice)
		return widget.Row(theme.Gap, label, choice, widget.Spacer())
	}
	name := widget.FileName(names[0])
	next := widget.LinkButton(text.T("verify.mine.next"), nil).Small()
	next.OnTapped = func() {
		v.mine = (v.mine + 1) % len(v.own)
		name.Set(names[v.mine])
		v.compute()
	}
	trace.Place("verify.mine", next)
	return widget.Row(theme.Gap, label, name, next)
}

// compute makes the words, which takes a moment.
func (v *verifying) compute() {
	v.shown++
	shown, mine := v.shown, v.own[v.mine].ID
	if !v.contact.Verified {
		v.yes.Disable()
		v.no.Disable()
	}
	var words []string
	var err error
	away(func() { words, err = v.engine.SafetyWords(mine, v.contact.ID()) }, func() {
		if v.sheet.Closed() || shown != v.shown {
			return
		}
		if err == nil && len(words) == 0 {
			err = fault.New(fault.KeyMissing, "", nil)
		}
		if err != nil {
			v.fail(err)
			return
		}
		v.words.Objects = []fyne.CanvasObject{grid(words)}
		v.yes.Enable()
		v.no.Enable()
		v.sheet.Refresh()
		v.window.Canvas().Focus(v.safe())
		trace.Event("verify.words", map[string]any{"n": len(words)})
	})
}

// grid shows the words with their numbers, so that two people can say which
// one they are at.
func grid(words []string) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for i, w := range words {
		number := widget.Caption(strconv.Itoa(i + 1)).Tone(theme.Quiet).Align(fyne.TextAlignTrailing)
		cells = append(cells, widget.Pad(theme.Half, 0,
			widget.Row(theme.Grid, widget.Fixed(18, number), widget.Heading(w).Fits(widget.FitEnd))))
	}
	return container.New(layout.NewGridLayout(4), cells...)
}

// fingerprint is what can be compared without safety words.
func (v *verifying) fingerprint() fyne.CanvasObject {
	why := "verify.print.lead"
	switch {
	case len(v.contact.Signing) > 0:
		why = "verify.print.mine" // the lack is on this side
	case v.contact.Recipient.Kind == identity.SSHEd25519, v.contact.Recipient.Kind == identity.SSHRSA:
		why = "verify.print.ssh"
	}
	print := v.contact.Recipient.Fingerprint()
	cp := widget.SecondaryButton(text.T("verify.print.copy"), nil).WithIcon("copy").Small()
	cp.OnTapped = func() {
		clip.Copy(print)
		cp.SetLabel(text.T("verify.print.copied")) // the toast is under the sheet
	}
	trace.Place("verify.copy", cp)
	return widget.Column(theme.Gap,
		widget.Body(text.T(why, "name", v.name())),
		printBox(text.T("verify.print", "name", v.name()), print, cp),
		widget.Muted(text.T("verify.print.how", "name", v.name())))
}

// printBox shows a fingerprint, large enough to be read aloud.
func printBox(caption, print string, extra ...fyne.CanvasObject) fyne.CanvasObject {
	column := widget.Column(theme.Half, widget.Caption(caption).Tone(theme.Quiet).Fits(widget.FitWrap), widget.Body(print).Mono())
	for _, o := range extra {
		column.Add(widget.Pad(theme.Half, 0, container.NewHBox(o)))
	}
	return widget.Tinted(theme.NeutralSoft, column)
}

// decide notes the answer, if the keys are still those that were compared.
func (v *verifying) decide(verified bool, then func()) {
	v.yes.Disable()
	v.no.Disable()
	var err error
	away(func() {
		if verified && !v.same() {
			err = fault.New(fault.ContactChanged, v.contact.Name, nil)
			return
		}
		err = v.engine.VerifyContact(context.Background(), v.contact.ID(), verified)
	}, func() {
		if v.sheet.Closed() {
			return
		}
		v.yes.Enable()
		v.no.Enable()
		if err != nil {
			v.fail(err)
			return
		}
		trace.Event("verify.done", map[string]any{"verified": verified})
		if verified {
			widget.Toast(v.window.Canvas(), theme.OK, text.T("verify.done", "name", v.name()))
		}
		then()
		if v.done != nil {
			v.done()
		}
	})
}

// same says whether the contact has the keys whose words are on screen: a card
// may have come while two people were reading.
func (v *verifying) same() bool {
	return slices.ContainsFunc(v.engine.Contacts(), func(c identity.Contact) bool {
		return c.Recipient == v.contact.Recipient && c.Classic == v.contact.Classic && slices.Equal(c.Signing, v.contact.Signing)
	})
}

func (v *verifying) fail(err error) {
	what, do := text.FaultOf(err)
	v.problem.Set(what + " " + do)
	v.problem.Show()
	v.sheet.Refresh()
}

// differ is what to do when the two do not see the same.
func (v *verifying) differ() {
	v.sheet.Close()
	var sheet *widget.Sheet
	again := widget.SecondaryButton(text.T("verify.again"), func() {
		sheet.Close()
		verifyContact(v.window, v.engine, v.contact, v.done)
	})
	done := widget.PrimaryButton(text.T("verify.understood"), func() { sheet.Close() })
	trace.Place("verify.again", again)
	trace.Place("verify.understood", done)
	step := func(key string) fyne.CanvasObject {
		return container.NewBorder(nil, nil, container.NewVBox(widget.Pad(1, 0, widget.NewIcon("chevron-right", theme.Muted, 18))), nil,
			widget.Pad(0, theme.Half, widget.Body(text.T(key, "name", v.name()))))
	}
	sheet = widget.NewSheet(text.T("verify.differ.title"), widget.Column(theme.Gap,
		widget.Note(theme.Danger, text.T("verify.differ.what", "name", v.name())),
		step("verify.differ.keep"), step("verify.differ.ask"), step("verify.differ.until")), again, done)
	sheet.Open(v.window.Canvas(), done)
	trace.Event("verify.differ", nil)
}
