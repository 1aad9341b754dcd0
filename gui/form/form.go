package form

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// Form is a sheet that does one piece of work: fields, a line for what is
// wrong, Cancel, and the button that begins. Whatever closes it, the lock for
// instance, ends the work and wipes what was typed.
type Form struct {
	Window fyne.Window
	Sheet  *widget.Sheet
	Fields *fyne.Container
	Do     *widget.Button     // begins the work
	Stop   *widget.Button     // Cancel
	Inputs []fyne.Disableable // greyed while work runs
	Wipe   []func()           // when the form is closed

	spinner *widget.Spinner
	problem *widget.Text
	status  *fyne.Container
	end     context.CancelFunc // of the work under way
	wait    func() time.Duration
}

// New makes a form; do begins its work when pressed.
func New(w fyne.Window, title string, do *widget.Button, fields ...fyne.CanvasObject) *Form {
	f := &Form{Window: w, Do: do, spinner: widget.NewSpinner(20), problem: widget.Body("").Tone(theme.Danger)}
	f.Stop = widget.SecondaryButton(text.T("app.cancel"), f.cancel)
	f.status = container.NewBorder(nil, nil, f.spinner, nil, f.problem)
	f.status.Hide()
	f.Fields = widget.Column(theme.Grid, fields...)
	f.Sheet = widget.NewSheet(title, widget.Column(theme.Gap, f.Fields, f.status), f.Stop, do)
	f.Sheet.OnClosed = func() {
		if f.end != nil {
			f.end()
		}
		f.spinner.Stop()
		for _, wipe := range f.Wipe {
			wipe()
		}
	}
	return f
}

// cancel closes the form. Work that must say how it ended is only asked to
// stop.
func (f *Form) cancel() {
	if f.end == nil || !f.Sheet.Pinned {
		f.Sheet.Close()
		return
	}
	f.end()
	f.Stop.Disable()
	f.Tell(theme.Muted, text.T("keys.stopping"))
}

// Passphrase makes a field of the form that is wiped with it.
func (f *Form) Passphrase(spoken string) *widget.PassphraseField {
	p := widget.NewPassphraseField(spoken)
	p.OnSubmit = func() { f.Do.Tapped(nil) }
	p.OnChange = f.Typed
	f.Inputs = append(f.Inputs, p)
	f.Wipe = append(f.Wipe, p.Destroy)
	return p
}

// Busy says that work runs, or that none is accepted yet.
func (f *Form) Busy() bool { return f.end != nil || f.wait != nil }

// Typed takes away what was said about what stood there before.
func (f *Form) Typed() {
	if !f.Busy() {
		f.Say("")
	}
}

// Open shows the form and puts the keyboard on first.
func (f *Form) Open(first fyne.Focusable) { f.Sheet.Open(f.Window.Canvas(), first) }

// Focus puts the keyboard on a part of the form, while it is there.
func (f *Form) Focus(on fyne.Focusable) {
	if on != nil && !f.Sheet.Closed() {
		f.Window.Canvas().Focus(on)
	}
}

// Say shows a sentence under the fields; an empty one goes away.
func (f *Form) Say(sentence string) {
	f.Tell(theme.Danger, sentence)
}

// Tell is Say in another tone.
func (f *Form) Tell(tone fyne.ThemeColorName, sentence string) {
	if f.problem.Content() == sentence {
		return
	}
	f.problem.Tone(tone).Set(sentence)
	widget.SetVisible(f.status, sentence != "")
	f.Sheet.Refresh()
}

// Fail says what went wrong.
func (f *Form) Fail(err error) { f.Say(Sentence(err)) }

// Sentence is what happened and what to do, in the words of a form.
func Sentence(err error) string {
	switch fault.Of(err) {
	case fault.BadName:
		return text.T("keys.name.bad")
	case fault.NameMissing:
		return text.T("keys.name.empty")
	case fault.WrongPassphrase:
		return text.T("keys.passphrase.wrong")
	}
	what, do := text.FaultOf(err)
	return what + " " + do
}

// Run does work away from the UI goroutine, and then done on it, also when
// the form was closed meanwhile: what happened must not go unsaid.
func (f *Form) Run(words string, work func(context.Context) error, done func(error)) {
	if f.Busy() {
		return
	}
	ctx, end := context.WithCancel(context.Background())
	f.end = end
	f.Do.Disable()
	for _, in := range f.Inputs {
		in.Disable()
	}
	f.Tell(theme.Muted, words)
	if words != "" {
		f.spinner.Start()
	}
	var err error
	Away(func() { err = work(ctx) }, func() {
		end()
		f.end = nil
		if !f.Sheet.Closed() {
			f.rest()
		}
		done(err)
	})
}

// rest makes the form answer again.
func (f *Form) rest() {
	f.spinner.Stop()
	f.Say("")
	f.Do.Enable()
	f.Stop.Enable()
	for _, in := range f.Inputs {
		in.Enable()
	}
}

// Wrong says what is wrong with a passphrase that was asked for again, or with
// what it was for.
func (f *Form) Wrong(err error, field *widget.PassphraseField, wait func() time.Duration) {
	if f.Sheet.Closed() {
		return
	}
	switch fault.Of(err) {
	case fault.WrongPassphrase:
		field.Clear()
		field.Wrong(true)
		f.Fail(err)
		f.Focus(field)
		if wait() > 0 {
			f.Slow(wait)
		}
	case fault.TooSoon:
		f.Focus(field)
		f.Slow(wait)
	default:
		f.Fail(err)
	}
}

// Slow counts the seconds down until the next passphrase is heard.
func (f *Form) Slow(left func() time.Duration) {
	f.wait = left
	f.count()
}

func (f *Form) count() {
	left := f.wait()
	if f.Sheet.Closed() {
		return
	}
	if left <= 0 {
		f.wait = nil
		f.Say("")
		f.Do.Enable()
		return
	}
	f.Do.Disable()
	f.Say(text.T("keys.passphrase.wait", "time", text.Duration(left)))
	Later(time.Second, f.count)
}

// Finish shows how it went in place of the fields. another, if it has a word,
// is a second thing to do besides Done.
func (f *Form) Finish(title string, content fyne.CanvasObject, another string, then func()) {
	f.Sheet.Retitle(title)
	f.Say("")
	f.Fields.Objects = []fyne.CanvasObject{content}
	f.Do.WithIcon("").SetLabel(text.T("keys.done"))
	f.Do.OnTapped = f.Sheet.Close
	f.Do.Enable()
	widget.SetVisible(f.Stop, another != "")
	f.Stop.SetLabel(another)
	f.Stop.OnTapped = func() {
		f.Sheet.Close()
		then()
	}
	f.Sheet.Refresh()
	f.Focus(f.Do)
}

// Ask shows a question in place of the fields: another step of the same work.
// No is the quiet answer, which closes the form.
func (f *Form) Ask(title string, content fyne.CanvasObject, no, yes string, then func()) {
	f.Sheet.Retitle(title)
	f.Say("")
	f.Fields.Objects = []fyne.CanvasObject{content}
	f.Inputs = nil
	f.Stop.SetLabel(no)
	f.Do.WithIcon("").SetLabel(yes)
	f.Do.OnTapped = then
	f.Do.Enable()
	f.Sheet.Refresh()
}

// Later runs something on the UI goroutine after a while.
var Later = func(d time.Duration, f func()) { time.AfterFunc(d, func() { cross.Do(f) }) }

// Away runs work off the UI goroutine and then done on it; the tests stay on
// their own.
var Away = cross.Go
