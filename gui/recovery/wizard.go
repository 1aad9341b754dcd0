package recovery

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/recovery"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Wizard brings keys back, in a few steps: what happened, the pieces, a new
// passphrase, a new way back. It runs on the Recovery screen, and in place of
// the lock or the first run, without a keyring. It lives on the UI goroutine.
type Wizard struct {
	window fyne.Window
	engine Engine
	desk   Desk
	done   func(back bool) // through, or given up

	view    *fyne.Container
	mounted bool
	focus   fyne.Focusable
	escape  func() // what Esc does on this page; nil: nothing
	closed  bool

	locked bool // no keyring was open when it began
	why    happening
	how    recovery.How
	pieces *gather
	fresh  *widget.FreshPassphrase
	way    *WayBack
	resort *lastResort
	old    *oldFile // the sheet for what an old script wrote
	back   bool     // the keys are back

	next    *widget.Button
	left    *widget.Button
	message *widget.Text
	spinner *widget.Spinner
	stop    context.CancelFunc // of the work under way
}

// NewWizard begins; paths, if any, are pieces already. done is called on the UI
// goroutine when the person is through or gives up. Close it when it is taken
// off the screen.
func NewWizard(w fyne.Window, eng Engine, desk Desk, paths []string, done func(back bool)) *Wizard {
	z := &Wizard{window: w, engine: eng, desk: desk, done: done, view: container.NewStack()}
	z.locked = eng.State() != session.Unlocked
	z.how = recovery.Merge
	if z.locked {
		z.how = recovery.Replace
	}
	if len(paths) > 0 {
		z.gather(z.happenings()[0])
		z.pieces.add(paths)
		z.focus = z.pieces.pen // a new one, while it reads
		return z
	}
	z.ask()
	return z
}

// View is the screen.
func (z *Wizard) View() fyne.CanvasObject { return z.view }

// Back says that the keys are back: only the last step is left.
func (z *Wizard) Back() bool { return z.back }

// Shown puts the keyboard where one goes on, once the screen is in the window.
func (z *Wizard) Shown() {
	z.mounted = true
	if z.focus != nil {
		z.window.Canvas().Focus(z.focus)
	}
}

// Escape is Esc: a page back, and from the first one out. Work under way is ended
// by its button.
func (z *Wizard) Escape() {
	if z.stop == nil && z.escape != nil && !z.closed {
		z.escape()
	}
}

// Drop takes more pieces in.
func (z *Wizard) Drop(paths []string) {
	switch {
	case len(paths) == 0 || z.back || z.stop != nil:
	case z.resort != nil:
		z.resort.drop(paths[0])
	case !z.old.closed():
		z.old.drop(paths[0])
	case z.pieces == nil || z.fresh != nil:
		if z.pieces == nil {
			z.why = z.happenings()[0]
		}
		z.gather(z.why)
		fallthrough
	default:
		z.pieces.add(paths)
	}
}

// Close ends what runs and wipes what was typed and read.
func (z *Wizard) Close() {
	z.closed = true
	if z.stop != nil {
		z.stop()
	}
	z.leave()
	if !z.old.closed() {
		z.old.form.Sheet.Close()
	}
	if z.pieces != nil {
		z.pieces.close()
	}
	if z.way != nil {
		z.way.Close()
	}
	z.resort.close()
}

// leave wipes the fields of the page that is taken down.
func (z *Wizard) leave() {
	if z.fresh != nil {
		z.fresh.Destroy()
		z.fresh = nil
	}
}

// steps is how many there are: with a keyring that takes the keys in there is
// no new passphrase.
func (z *Wizard) steps() int {
	if z.how == recovery.Merge {
		return 3
	}
	return 4
}

// show puts a page on the screen and the keyboard on first.
func (z *Wizard) show(screen string, p widget.Page, first fyne.Focusable) {
	trace.Screen(screen)
	z.escape = nil
	if p.Corner == nil && !z.back {
		z.escape = func() { z.done(false) }
		out := widget.LinkButton(text.T("app.cancel"), z.escape).Small()
		trace.Place("restore.cancel", out)
		p.Corner = out
		if left := z.left; left != nil && len(p.Left) > 0 && p.Left[0] == fyne.CanvasObject(left) {
			z.escape = func() { left.Tapped(&fyne.PointEvent{}) }
		}
	}
	z.view.Objects = []fyne.CanvasObject{p.Build()}
	z.view.Refresh()
	z.focus = first
	if z.mounted {
		z.Shown()
	}
}

// parts makes what the later pages have: a button on, one back, and a line for
// how it goes.
func (z *Wizard) parts(label string, next func(), back func()) {
	z.next = widget.PrimaryButton(label, next)
	z.left = widget.LinkButton(text.T("lock.back"), back)
	z.message = widget.Body("").Tone(theme.Danger)
	z.spinner = widget.NewSpinner(20)
	trace.Place("restore.next", z.next)
	trace.Place("restore.back", z.left)
}

func (z *Wizard) status() fyne.CanvasObject {
	return container.NewBorder(nil, nil, z.spinner, nil, z.message)
}

// gather is step 2: the pieces.
func (z *Wizard) gather(why happening) {
	z.why = why
	z.leave()
	if z.pieces == nil {
		z.pieces = newGather(z.window, z.engine, z.gathered)
		z.pieces.old = z.oldScript
	}
	z.pieces.script = why.id == "script"
	z.parts(text.T("lock.next"), z.forward, func() { z.ask() })
	content := widget.Column(theme.Gap, z.pieces.view)
	if z.pieces.script {
		old := widget.LinkButton(text.T("recovery.old.begin"), func() { z.oldScript("") })
		trace.Place("restore.old", old)
		content.Add(widget.Row(0, old, widget.Spacer()))
	}
	if !z.locked {
		choice := widget.NewChoice([]string{text.T("recovery.how.merge"), text.T("recovery.how.replace")}, int(z.how), func(i int) {
			z.how = recovery.How(i)
			z.gather(z.why)
		})
		trace.Place("restore.how", choice)
		content.Add(widget.Column(theme.Grid, widget.Row(0, widget.Pad(3, 3, choice), widget.Spacer()),
			widget.Muted(text.T([]string{"recovery.how.merge.about", "recovery.how.replace.about"}[z.how]))))
	}
	content.Add(z.fromDeposit())
	if z.why.last {
		last := widget.LinkButton(text.T("recovery.last"), z.search)
		trace.Place("restore.last", last)
		content.Add(widget.Row(0, last, widget.Spacer()))
	}
	z.show("restore.gather", widget.Page{
		Step: 2, Of: z.steps(), Title: text.T("recovery.gather.title"), Lead: text.T("recovery.gather.lead." + why.id),
		Content: content, Status: z.status(), Left: []fyne.CanvasObject{z.left}, Right: []fyne.CanvasObject{z.next},
	}, z.pieces.pen)
	z.gathered()
}

// oldScript opens the sheet for a file that an old script wrote; an empty path
// leaves the choice to the person.
func (z *Wizard) oldScript(path string) {
	z.old = newOldFile(z.window, z.engine, z.desk, z.pieces, path)
}

// gathered follows the pieces: one goes on once there is a key.
func (z *Wizard) gathered() {
	if z.pieces == nil || z.fresh != nil || z.closed {
		return
	}
	z.next.SetLabel(text.T("lock.next"))
	if z.how == recovery.Merge {
		z.next.SetLabel(text.T("recovery.merge.do"))
	}
	able(z.next, z.pieces.ready() && z.stop == nil)
	if z.pieces.ready() && z.mounted && z.window.Canvas().Overlays().Top() == nil {
		z.window.Canvas().Focus(z.next)
	}
}

func (z *Wizard) forward() {
	switch {
	case !z.pieces.ready():
	case z.how == recovery.Merge:
		z.run(text.T("recovery.merge.busy"))
	default:
		z.choose()
	}
}

// choose is step 3: a new passphrase.
func (z *Wizard) choose() {
	z.parts(text.T("recovery.restore.do"), z.replace, func() { z.gather(z.why) })
	z.fresh = widget.NewFreshPassphrase("", func() { z.message.Set("") }, z.replace)
	z.show("restore.passphrase", widget.Page{
		Step: 3, Of: z.steps(), Title: text.T("recovery.fresh.title"), Lead: text.T("recovery.fresh.lead"),
		Content: widget.Column(theme.Gap, z.fresh.Content, widget.Note(theme.Accent, z.promise())),
		Status:  z.status(), Left: []fyne.CanvasObject{z.left}, Right: []fyne.CanvasObject{z.next},
	}, z.fresh.First())
}

// promise says what becomes of the keyring there is.
func (z *Wizard) promise() string {
	if z.engine.State() == session.New {
		return text.T("recovery.fresh.none")
	}
	return text.T("recovery.fresh.aside")
}

func (z *Wizard) replace() {
	if z.stop != nil || z.fresh == nil {
		return
	}
	if sentence, where := z.fresh.Wants(); sentence != "" {
		z.message.Tone(theme.Danger).Set(sentence)
		z.window.Canvas().Focus(where)
		return
	}
	z.run(text.T("recovery.restore.busy"))
}

// run restores.
func (z *Wizard) run(words string) {
	if z.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	z.stop = stop
	pieces, how, owner, fresh := z.pieces.restore, z.how, z.nameless(), z.passphrase()
	z.busy(true, words)
	var err error
	form.Away(func() { err = z.engine.Restore(ctx, pieces, how, owner, fresh) }, func() {
		stop()
		z.stop = nil
		if !z.closed {
			z.restored(err)
		}
	})
}

// nameless is what a key is to be called that has no name; empty when all have
// one.
func (z *Wizard) nameless() string {
	for _, k := range z.pieces.restore.Found().Keys {
		if recovery.Unnamed(k.Public) {
			return z.desk.Owner
		}
	}
	return ""
}

// restored goes on to the last step, or says what went wrong.
func (z *Wizard) restored(err error) {
	trace.Event("recovery.restored", map[string]any{"ok": err == nil})
	z.busy(false, "")
	if err != nil {
		z.message.Tone(theme.Danger).Set(sentence(err))
		return
	}
	z.back = true
	z.leave()
	came := holds(z.pieces.restore.Found())
	z.pieces.close()
	if z.how == recovery.Merge && z.engine.Recovery().Answer == recovery.Yes {
		z.added(came)
		return
	}
	z.way = NewWayBack(z.window, z.engine, z.desk, z.last, func() { z.done(true) })
	z.way.Begin()
}

// added is the last page where there is a way back for all keys already.
func (z *Wizard) added(came string) {
	z.parts(text.T("keys.done"), func() { z.done(true) }, nil)
	z.show("restore.added", widget.Page{
		Step: z.steps(), Of: z.steps(), Title: text.T("recovery.merge.done"), Lead: came,
		Content: container.NewCenter(widget.NewDrawing("done", 160, 102)),
		Corner:  widget.NewBadge(text.T("recovery.back.badge"), theme.OK), Right: []fyne.CanvasObject{z.next},
	}, z.next)
}

// last shows the pages of the last step.
func (z *Wizard) last(screen string, p widget.Page, first fyne.Focusable) {
	p.Step, p.Of, p.Drawing = z.steps(), z.steps(), ""
	if screen == "way.choose" {
		p.Title, p.Lead = text.T("recovery.back.title"), text.T("recovery.back.lead")
	}
	p.Corner = widget.NewBadge(text.T("recovery.back.badge"), theme.OK)
	z.show(screen, p, first)
}

// busy shows that work runs and keeps hands off what it uses.
func (z *Wizard) busy(on bool, words string) {
	z.message.Tone(theme.Muted).Set(words)
	able(z.next, !on)
	able(z.left, !on)
	if z.fresh != nil {
		if on {
			z.fresh.Disable()
		} else {
			z.fresh.Enable()
		}
	}
	if on {
		z.spinner.Start()
	} else {
		z.spinner.Stop()
	}
}
