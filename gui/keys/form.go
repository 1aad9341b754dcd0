package keys

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

// form is a sheet that does one piece of work: fields, a line for what is
// wrong, Cancel, and the button that begins. Whatever closes it, the lock for
// instance, ends the work and wipes what was typed.
type form struct {
	window  fyne.Window
	sheet   *widget.Sheet
	fields  *fyne.Container
	do      *widget.Button
	stop    *widget.Button
	spinner *widget.Spinner
	problem *widget.Text
	status  *fyne.Container

	inputs []fyne.Disableable // greyed while work runs
	wipe   []func()
	end    context.CancelFunc // of the work under way
	wait   func() time.Duration
}

// newForm makes a form; do begins its work when pressed.
func newForm(w fyne.Window, title string, do *widget.Button, fields ...fyne.CanvasObject) *form {
	f := &form{window: w, do: do, spinner: widget.NewSpinner(20), problem: widget.Body("").Tone(theme.Danger)}
	f.stop = widget.SecondaryButton(text.T("app.cancel"), f.cancel)
	f.status = container.NewBorder(nil, nil, f.spinner, nil, f.problem)
	f.status.Hide()
	f.fields = widget.Column(theme.Grid, fields...)
	f.sheet = widget.NewSheet(title, widget.Column(theme.Gap, f.fields, f.status), f.stop, do)
	f.sheet.OnClosed = func() {
		if f.end != nil {
			f.end()
		}
		f.spinner.Stop()
		for _, wipe := range f.wipe {
			wipe()
		}
	}
	return f
}

// cancel closes the form. Work that must say how it ended is only asked to
// stop.
func (f *form) cancel() {
	if f.end == nil || !f.sheet.Pinned {
		f.sheet.Close()
		return
	}
	f.end()
	f.stop.Disable()
	f.tell(theme.Muted, text.T("keys.stopping"))
}

// passphrase makes a field of the form that is wiped with it.
func (f *form) passphrase(spoken string) *widget.PassphraseField {
	p := widget.NewPassphraseField(spoken)
	p.OnSubmit = func() { f.do.Tapped(nil) }
	p.OnChange = f.typed
	f.inputs = append(f.inputs, p)
	f.wipe = append(f.wipe, p.Destroy)
	return p
}

// busy says that work runs, or that none is accepted yet.
func (f *form) busy() bool { return f.end != nil || f.wait != nil }

// typed takes away what was said about what stood there before.
func (f *form) typed() {
	if !f.busy() {
		f.say("")
	}
}

func (f *form) open(first fyne.Focusable) { f.sheet.Open(f.window.Canvas(), first) }

func (f *form) focus(on fyne.Focusable) {
	if on != nil && !f.sheet.Closed() {
		f.window.Canvas().Focus(on)
	}
}

// say shows a sentence under the fields; an empty one goes away.
func (f *form) say(sentence string) {
	f.tell(theme.Danger, sentence)
}

func (f *form) tell(tone fyne.ThemeColorName, sentence string) {
	if f.problem.Content() == sentence {
		return
	}
	f.problem.Tone(tone).Set(sentence)
	visible(f.status, sentence != "")
	f.sheet.Refresh()
}

// fail says what went wrong.
func (f *form) fail(err error) { f.say(sentence(err)) }

// sentence is what happened and what to do, in the words of this screen.
func sentence(err error) string {
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

// run does work away from the UI goroutine, and then done on it, also when
// the form was closed meanwhile: what happened must not go unsaid.
func (f *form) run(words string, work func(context.Context) error, done func(error)) {
	if f.busy() {
		return
	}
	ctx, end := context.WithCancel(context.Background())
	f.end = end
	f.do.Disable()
	for _, in := range f.inputs {
		in.Disable()
	}
	f.tell(theme.Muted, words)
	if words != "" {
		f.spinner.Start()
	}
	var err error
	away(func() { err = work(ctx) }, func() {
		end()
		f.end = nil
		if !f.sheet.Closed() {
			f.rest()
		}
		done(err)
	})
}

// rest makes the form answer again.
func (f *form) rest() {
	f.spinner.Stop()
	f.say("")
	f.do.Enable()
	f.stop.Enable()
	for _, in := range f.inputs {
		in.Enable()
	}
}

// slow counts the seconds down until the next passphrase is heard.
func (f *form) slow(left func() time.Duration) {
	f.wait = left
	f.count()
}

func (f *form) count() {
	left := f.wait()
	if f.sheet.Closed() {
		return
	}
	if left <= 0 {
		f.wait = nil
		f.say("")
		f.do.Enable()
		return
	}
	f.do.Disable()
	f.say(text.T("keys.passphrase.wait", "time", text.Duration(left)))
	later(time.Second, f.count)
}

// finish shows how it went in place of the fields. another, if it has a word,
// is a second thing to do besides Done.
func (f *form) finish(title string, content fyne.CanvasObject, another string, then func()) {
	f.sheet.Retitle(title)
	f.say("")
	f.fields.Objects = []fyne.CanvasObject{content}
	f.do.WithIcon("").SetLabel(text.T("keys.done"))
	f.do.OnTapped = f.sheet.Close
	f.do.Enable()
	visible(f.stop, another != "")
	f.stop.SetLabel(another)
	f.stop.OnTapped = func() {
		f.sheet.Close()
		then()
	}
	f.sheet.Refresh()
	f.focus(f.do)
}

// later runs something on the UI goroutine after a while.
var later = func(d time.Duration, f func()) { time.AfterFunc(d, func() { cross.Do(f) }) }
