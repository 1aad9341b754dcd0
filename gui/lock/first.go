package lock

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// nameLimit bounds a name, in bytes: it is written into cards and file notes.
const nameLimit = 100

// FirstRun makes the keyring in three steps. It lives on the UI goroutine.
type FirstRun struct {
	eng  Engine
	desk Desk
	done func()
	view *fyne.Container

	name     string
	keyFile  string
	words    bool           // the passphrase is the generated one
	made     *secret.Buffer // the generated words
	chosen   *secret.Buffer // what was decided on in step 2
	own      *widget.PassphraseField
	again    *widget.PassphraseField
	next     *widget.Button
	message  *widget.Text
	spinner  *widget.Spinner
	way      Way // step 3
	back     *widget.Button
	showing  *widget.SecretWords
	focus    fyne.Focusable
	mounted  bool
	closed   bool
	creating bool
}

// NewFirstRun begins the first run; done is called on the UI goroutine when
// the person is through. Close it when it is taken off the screen.
func NewFirstRun(eng Engine, desk Desk, done func()) *FirstRun {
	f := &FirstRun{eng: eng, desk: desk, done: done, name: desk.Name, words: true, view: container.NewStack()}
	f.askName()
	return f
}

// Shown puts the keyboard where one goes on, once the screen is in the window.
func (f *FirstRun) Shown() {
	f.mounted = true
	if f.focus != nil {
		f.desk.Window.Canvas().Focus(f.focus)
	}
}

// View is the screen.
func (f *FirstRun) View() fyne.CanvasObject { return f.view }

// Close wipes what was typed and made.
func (f *FirstRun) Close() {
	f.closed = true
	f.leave()
	if f.way != nil {
		f.way.Close()
	}
	f.made.Destroy()
	f.chosen.Destroy()
	f.made, f.chosen = nil, nil
}

// leave wipes the fields of the page that is taken down.
func (f *FirstRun) leave() {
	for _, field := range []*widget.PassphraseField{f.own, f.again} {
		if field != nil {
			field.Destroy()
		}
	}
	if f.showing != nil {
		f.showing.Clear()
	}
	f.own, f.again, f.showing = nil, nil, nil
}

// show puts a page on the screen and the keyboard on first.
func (f *FirstRun) show(screen string, p widget.Page, first fyne.Focusable) {
	trace.Screen(screen)
	f.view.Objects = []fyne.CanvasObject{p.Build()}
	f.view.Refresh()
	f.focus = first
	if f.mounted {
		f.Shown()
	}
}

// status is the line that says how work goes or what went wrong.
func (f *FirstRun) status() fyne.CanvasObject {
	return container.NewBorder(nil, nil, f.spinner, nil, f.message)
}

// fresh makes the parts every page has.
func (f *FirstRun) fresh(label string, next func()) {
	f.leave()
	f.next = widget.PrimaryButton(label, next)
	f.message = widget.Body("").Tone(theme.Danger)
	f.spinner = widget.NewSpinner(20)
	trace.Place("lock.next", f.next)
}

func (f *FirstRun) backButton(to func()) []fyne.CanvasObject {
	f.back = widget.LinkButton(text.T("lock.back"), to)
	trace.Place("lock.back", f.back)
	return []fyne.CanvasObject{f.back}
}

// Step 1: a name, and perhaps a key one has already.
func (f *FirstRun) askName() {
	field := widget.NewField(text.T("lock.name.field"), text.T("lock.name.field"))
	field.SetText(f.name)
	field.CursorColumn = len([]rune(f.name))
	forward := func() {
		f.name = strings.TrimSpace(field.Text)
		switch {
		case f.name == "":
			f.message.Set(text.T("lock.name.empty"))
			f.desk.Window.Canvas().Focus(field)
		case len(f.name) > nameLimit:
			f.message.Set(text.T("lock.name.long"))
			f.desk.Window.Canvas().Focus(field)
		default:
			f.askPassphrase()
		}
	}
	f.fresh(text.T("lock.next"), forward)
	field.OnSubmitted = func(string) { forward() }
	trace.Place("lock.name", field)
	f.show("lock.name", widget.Page{
		Of: steps, Step: 1, Drawing: "drop", Aside: text.T("lock.aside.name"),
		Title: text.T("lock.name.title"), Lead: text.T("lock.name.lead"),
		Content: widget.Column(theme.Grid, field, f.message, f.importing(field)),
		Corner:  f.otherLanguage(),
		Right:   []fyne.CanvasObject{f.next},
	}, field)
}

// otherLanguage offers the one that is not shown, in its own words.
func (f *FirstRun) otherLanguage() fyne.CanvasObject {
	other := text.Korean
	if text.Current() == text.Korean {
		other = text.English
	}
	link := widget.LinkButton(text.T("settings.language."+string(other)), func() { f.desk.Speak(other) }).WithIcon("globe").Small()
	trace.Place("lock.language", link)
	return link
}

// importing is the link to a key file, or the one that was chosen.
func (f *FirstRun) importing(name *widget.Field) fyne.CanvasObject {
	stay := func(path string) {
		f.name, f.keyFile = name.Text, path
		f.askName()
	}
	if f.keyFile == "" {
		link := widget.LinkButton(text.T("lock.import"), func() {
			f.desk.Pick(func(path string) {
				if path != "" {
					stay(path)
				}
			})
		}).WithIcon("key")
		trace.Place("lock.import", link)
		back := widget.LinkButton(text.T("recovery.restore"), f.desk.Restore).WithIcon("unlock")
		trace.Place("lock.restore", back)
		return widget.Column(0, widget.Row(0, link, widget.Spacer()), widget.Row(0, back, widget.Spacer()))
	}
	out := widget.LinkButton(text.T("lock.import.remove"), func() { stay("") }).Small()
	return widget.Tinted(theme.AccentSoft, widget.Row(theme.Grid, widget.NewIcon("key", theme.Accent, 20),
		widget.Body(text.T("lock.import.taken", "file", text.Name(base(f.keyFile)))).Fits(widget.FitMiddle), out))
}

// Step 2: the generated words, or one's own.
func (f *FirstRun) askPassphrase() {
	f.fresh(text.T("lock.next"), f.choosePassphrase)
	mode := 1
	if f.words {
		mode = 0
	}
	choice := widget.NewChoice([]string{text.T("lock.passphrase.words"), text.T("lock.passphrase.own")}, mode, func(i int) {
		f.words = i == 0
		f.askPassphrase()
	})
	trace.Place("lock.mode", choice)
	var content fyne.CanvasObject
	var first fyne.Focusable = f.next
	if f.words {
		content = f.generated()
	} else {
		content, first = f.selfChosen(), nil
	}
	p := widget.Page{
		Of: steps, Step: 2, Drawing: "keys", Aside: text.T("lock.aside.passphrase"),
		Title: text.T("lock.passphrase.title"), Lead: text.T("lock.passphrase.lead"),
		Content: widget.Column(theme.Gap, widget.Row(0, choice, widget.Spacer()), content, f.message),
		Left:    f.backButton(f.askName), Right: []fyne.CanvasObject{f.next},
	}
	if first == nil {
		first = f.own
	}
	f.show("lock.passphrase", p, first)
}

func (f *FirstRun) generated() fyne.CanvasObject {
	if f.made == nil {
		f.made = f.desk.Words()
	}
	f.showing = widget.NewSecretWords(text.T("lock.passphrase.spoken"))
	f.showing.Set(f.made)
	another := widget.SecondaryButton(text.T("lock.passphrase.another"), func() {
		f.showing.Clear()
		f.made.Destroy()
		f.made = f.desk.Words()
		f.showing.Set(f.made)
	}).WithIcon("again").Small()
	trace.Place("lock.another", another)
	return widget.Column(12,
		widget.CardPadded(theme.Gap, container.NewBorder(nil, nil, nil, container.NewCenter(another), f.showing)),
		widget.Muted(text.T("lock.passphrase.random")))
}

func (f *FirstRun) selfChosen() fyne.CanvasObject {
	f.own = widget.NewPassphraseField(text.T("lock.passphrase.field"))
	meter := widget.NewStrengthMeter()
	meter.Set(0, text.T("lock.passphrase.hint"))
	f.own.OnChange = func() {
		f.message.Set("")
		if f.own.Empty() {
			meter.Set(0, text.T("lock.passphrase.hint"))
			return
		}
		score, time := f.desk.Weigh(f.own.Text().Bytes())
		key := "lock.passphrase.strong"
		if score < 3 {
			key = "lock.passphrase.weak"
		}
		meter.Set(score, text.T(key, "time", time))
	}
	f.own.OnSubmit = f.choosePassphrase
	trace.Place("lock.passphrase", f.own)
	return widget.Column(theme.Grid, f.own, meter)
}

func (f *FirstRun) choosePassphrase() {
	if !f.words && f.own.Empty() {
		f.message.Set(text.T("lock.passphrase.empty"))
		f.desk.Window.Canvas().Focus(f.own)
		return
	}
	f.chosen.Destroy()
	if f.words {
		f.chosen = f.made.Clone()
	} else {
		f.chosen = f.own.Copy()
	}
	f.askAgain()
}

// Still step 2: typed once more, which also shows that it was written down.
func (f *FirstRun) askAgain() {
	f.fresh(text.T("lock.again.create"), f.create)
	f.again = widget.NewPassphraseField(text.T("lock.again.title"))
	f.again.OnSubmit = f.create
	f.again.OnChange = func() { f.message.Set("") }
	trace.Place("lock.again", f.again)
	lead, look := text.T("lock.again.own"), text.T("lock.back")
	if f.words {
		lead, look = text.T("lock.again.words"), text.T("lock.again.look")
	}
	left := f.backButton(f.askPassphrase)
	f.back.SetLabel(look)
	f.show("lock.again", widget.Page{
		Of: steps, Step: 2, Drawing: "keys", Aside: text.T("lock.aside.passphrase"),
		Title: text.T("lock.again.title"), Lead: lead,
		Content: widget.Column(theme.Grid, f.again, f.status()),
		Left:    left, Right: []fyne.CanvasObject{f.next},
	}, f.again)
}

func (f *FirstRun) create() {
	if f.creating {
		return
	}
	typed := f.again.Copy()
	same := typed.Equal(f.chosen)
	typed.Destroy()
	if !same {
		f.again.Clear()
		f.again.Wrong(true)
		f.message.Tone(theme.Danger)
		f.message.Set(text.T("lock.again.differ"))
		f.desk.Window.Canvas().Focus(f.again)
		return
	}
	f.busy(true, text.T("lock.again.busy"), f.again, f.back)
	pass, name, keyFile := f.chosen.Clone(), f.name, f.keyFile
	var err error
	cross.Go(func() { err = f.make(name, keyFile, pass) }, func() { f.created(err) })
}

// make runs on its own goroutine; the engine takes pass over.
func (f *FirstRun) make(name, keyFile string, pass *secret.Buffer) error {
	var imported *secret.Buffer
	if keyFile != "" {
		var err error
		if imported, err = readKeyFile(keyFile); err != nil {
			pass.Destroy()
			return err
		}
	}
	return f.eng.Create(context.Background(), name, pass, imported)
}

func (f *FirstRun) created(err error) {
	if f.closed {
		return
	}
	f.busy(false, "", f.again, f.back)
	if err != nil {
		f.message.Tone(theme.Danger)
		f.message.Set(sentence(err))
		return
	}
	trace.Event("lock.created", nil)
	f.made.Destroy()
	f.chosen.Destroy()
	f.made, f.chosen = nil, nil
	f.way = f.desk.WayBack(f.last, f.done)
	f.way.Begin()
}

// last shows a page of step 3: a way back in.
func (f *FirstRun) last(screen string, p widget.Page, first fyne.Focusable) {
	f.leave()
	p.Step, p.Of = steps, steps
	f.show(screen, p, first)
}

// busy shows that work runs and keeps hands off what it uses.
func (f *FirstRun) busy(on bool, words string, parts ...fyne.Disableable) {
	f.creating = on
	f.message.Tone(theme.Muted)
	f.message.Set(words)
	for _, p := range append(parts, f.next) {
		if on {
			p.Disable()
		} else {
			p.Enable()
		}
	}
	if on {
		f.spinner.Start()
	} else {
		f.spinner.Stop()
	}
}

// sentence is what happened and what to do.
func sentence(err error) string {
	what, do := text.Fault(fault.As(err))
	return what + " " + do
}
