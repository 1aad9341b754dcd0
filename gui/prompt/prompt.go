// Package prompt shows as sheets what age plugins say and ask: messages, PINs,
// yes or no, and that a hardware key wants to be touched.
//
// What a plugin says is a stranger's text. It stands in a frame under the
// program's name ("age-plugin-yubikey asks:"), never as a heading or a
// sentence of ours, and the labels it gives for buttons stand in quotation
// marks. It imports engine/identity, engine/secret, engine/fault, and the
// window's widgets; it never runs a plugin.
package prompt

import (
	"context"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

const (
	maxName = 40 // characters of a plugin's name on screen
	maxRow  = 24 // characters of its two labels in one row of buttons
)

// Prompter is the identity.Prompter of a window. Its methods are for any
// goroutine but that of the UI.
type Prompter struct {
	win      fyne.Window
	unlocked func() bool

	note *note // for the UI goroutine; nil when there is none
}

var _ identity.Prompter = (*Prompter)(nil)

// New makes the prompter of win. While unlocked, which may be called from any
// goroutine, says no, nothing is shown over the lock: a question is answered
// with fault.Locked.
func New(win fyne.Window, unlocked func() bool) *Prompter {
	return &Prompter{win: win, unlocked: unlocked}
}

// Message implements identity.Prompter.
func (p *Prompter) Message(plugin, message string, stop func()) {
	cross.Do(func() {
		if p.unlocked() {
			p.noteOf(plugin, stop).say(message)
		}
	})
}

// Waiting implements identity.Prompter.
func (p *Prompter) Waiting(plugin string, stop func()) {
	cross.Do(func() {
		if p.unlocked() {
			p.noteOf(plugin, stop).wait()
		}
	})
}

// Done implements identity.Prompter.
func (p *Prompter) Done(string) {
	cross.Do(func() {
		if p.note != nil {
			p.note.done()
		}
	})
}

// Ask implements identity.Prompter.
func (p *Prompter) Ask(ctx context.Context, plugin, words string, hidden bool) (*secret.Buffer, error) {
	return await(ctx, p, func(a *answer[*secret.Buffer]) { p.ask(a, plugin, words, hidden) }, (*secret.Buffer).Destroy)
}

// Confirm implements identity.Prompter.
func (p *Prompter) Confirm(ctx context.Context, plugin, words, yes, no string) (bool, error) {
	return await(ctx, p, func(a *answer[bool]) { p.confirm(a, plugin, words, yes, no) }, func(bool) {})
}

// answer is what becomes of one question. For the UI goroutine, but came.
type answer[T any] struct {
	sheet *widget.Sheet
	value T
	given bool
	came  chan struct{} // closed when the sheet is
}

// give answers and closes the sheet.
func (a *answer[T]) give(value T) {
	a.value, a.given = value, true
	a.sheet.Close()
}

// open shows the sheet. However it is closed, the engine gets an answer: by the
// person, by the lock, or with the window.
func (a *answer[T]) open(p *Prompter, s *widget.Sheet, first fyne.Focusable, closed func()) {
	a.sheet = s
	s.OnClosed = func() {
		closed()
		close(a.came)
	}
	s.Open(p.win.Canvas(), first)
}

// await has show open a sheet on the UI goroutine and waits for the answer, or
// for ctx, which takes the sheet away.
func await[T any](ctx context.Context, p *Prompter, show func(*answer[T]), drop func(T)) (value T, err error) {
	a := &answer[T]{came: make(chan struct{})}
	cross.Do(func() {
		if ctx.Err() == nil && p.unlocked() {
			show(a)
		} else {
			close(a.came)
		}
	})
	select {
	case <-a.came:
	case <-ctx.Done():
		cross.Do(func() {
			if a.sheet != nil {
				a.sheet.Close()
			}
			drop(a.value)
		})
		return value, fault.New(fault.Cancelled, "", ctx.Err())
	}
	switch {
	case a.given:
		return a.value, nil
	case a.sheet == nil && ctx.Err() == nil:
		return value, fault.New(fault.Locked, "", nil)
	}
	return value, fault.New(fault.Cancelled, "", nil)
}

// ask is a question with one line to answer.
func (p *Prompter) ask(a *answer[*secret.Buffer], plugin, words string, hidden bool) {
	field, take, wipe := newField(hidden)
	send := func() {
		if a.sheet != nil && !a.sheet.Closed() {
			a.give(take())
		}
	}
	switch f := field.(type) {
	case *widget.PassphraseField:
		f.OnSubmit = send
	case *widget.Field:
		f.OnSubmitted = func(string) { send() }
	}
	ok := widget.PrimaryButton(text.T("prompt.answer"), send)
	trace.Place("prompt.field", field)
	trace.Place("prompt.answer", ok)
	label := text.T("prompt.value")
	if hidden {
		label = text.T("prompt.hidden")
	}
	content := widget.Column(theme.Gap, says(words), widget.Column(theme.Half, widget.Caption(label), widget.Pad(3, 3, field)))
	a.open(p, widget.NewSheet(asks(plugin), content, p.cancel(func() { a.sheet.Close() }), ok), field.(fyne.Focusable), wipe)
	trace.Event("prompt.ask", map[string]any{"hidden": hidden})
}

// newField is where the answer is typed: into guarded memory when it is hidden.
func newField(hidden bool) (field fyne.CanvasObject, take func() *secret.Buffer, wipe func()) {
	if hidden {
		f := widget.NewPassphraseField(text.T("prompt.hidden"))
		return f, f.Take, f.Destroy
	}
	f := widget.NewField(text.T("prompt.value"), "")
	return f, func() *secret.Buffer { return secret.Take([]byte(f.Text)) }, func() {}
}

// confirm is a question with one or two answers of the plugin's.
func (p *Prompter) confirm(a *answer[bool], plugin, words, yes, no string) {
	give := func(value bool) func() { return func() { a.give(value) } }
	accept := widget.PrimaryButton(quoted(yes), give(true))
	trace.Place("prompt.yes", accept)
	choices := []fyne.CanvasObject{accept}
	if no != "" {
		refuse := widget.SecondaryButton(quoted(no), give(false))
		trace.Place("prompt.no", refuse)
		choices = []fyne.CanvasObject{refuse, accept}
	}
	content := says(words)
	cancel := p.cancel(func() { a.sheet.Close() })
	foot := append([]fyne.CanvasObject{cancel}, choices...)
	if utf8.RuneCountInString(yes)+utf8.RuneCountInString(no) > maxRow {
		content, foot = widget.Column(theme.Grid, append([]fyne.CanvasObject{content}, choices...)...), foot[:1]
	}
	// The keyboard is never on what a key meant for something else would press.
	a.open(p, widget.NewSheet(asks(plugin), content, foot...).Wide(560), cancel, func() {})
	trace.Event("prompt.confirm", nil)
}

func (p *Prompter) cancel(f func()) *widget.Button {
	b := widget.SecondaryButton(text.T("prompt.cancel"), f)
	trace.Place("prompt.cancel", b)
	return b
}

// asks is the heading over a plugin's question.
func asks(plugin string) string { return text.T("prompt.asks", "program", program(plugin)) }

// program is what the plugin's program is called.
func program(plugin string) string {
	if c := []rune(plugin); len(c) > maxName {
		plugin = string(c[:maxName-1]) + "…"
	}
	return "age-plugin-" + plugin
}

// says frames a plugin's words.
func says(words string) fyne.CanvasObject {
	if strings.TrimSpace(words) == "" {
		words = text.T("prompt.nothing")
	}
	return widget.Tinted(theme.NeutralSoft, widget.Column(theme.Half,
		widget.Caption(text.T("prompt.theirs")).Fits(widget.FitWrap), widget.Body(words)))
}

func quoted(label string) string { return text.T("prompt.choice", "label", label) }
