package recovery

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Show puts a page on the screen and the keyboard on first; who has the frame
// fills in which step it is.
type Show func(screen string, p widget.Page, first fyne.Focusable)

// WayBack is the last step of the first run and of bringing keys back: a way
// back in, a recovery sheet unless the person wants a backup file, or later.
type WayBack struct {
	window fyne.Window
	engine Engine
	desk   Desk
	show   Show
	done   func()

	sheet   bool // else a backup file
	could   bool // there is a key for a sheet
	next    *widget.Button
	back    *widget.Button
	message *widget.Text
	spinner *widget.Spinner
	place   *form.Place
	fresh   *widget.FreshPassphrase
	words   *twoWords
	stop    context.CancelFunc
	closed  bool
}

// NewWayBack makes the step; Begin shows its first page, done is called when the
// person is through or puts it off.
func NewWayBack(w fyne.Window, eng Engine, desk Desk, show Show, done func()) *WayBack {
	return &WayBack{window: w, engine: eng, desk: desk, show: show, done: done}
}

// Close ends what runs and wipes what was typed.
func (b *WayBack) Close() {
	b.closed = true
	if b.stop != nil {
		b.stop()
	}
	b.leave()
}

func (b *WayBack) leave() {
	if b.fresh != nil {
		b.fresh.Destroy()
		b.fresh = nil
	}
	if b.words != nil {
		b.words.close()
		b.words = nil
	}
}

// parts makes what every page has.
func (b *WayBack) parts(label string, next func()) {
	b.leave()
	b.next = widget.PrimaryButton(label, next)
	b.message = widget.Body("").Tone(theme.Danger)
	b.spinner = widget.NewSpinner(20)
	trace.Place("way.next", b.next)
}

func (b *WayBack) status() fyne.CanvasObject {
	return container.NewBorder(nil, nil, b.spinner, nil, b.message)
}

func (b *WayBack) later() *widget.Button {
	later := widget.SecondaryButton(text.T("recovery.later"), b.done)
	trace.Place("way.later", later)
	b.back = later
	return later
}

// Begin asks which way.
func (b *WayBack) Begin() {
	b.could = slices.ContainsFunc(b.engine.Keys(), onSheet)
	b.sheet = b.could
	b.choose()
}

func (b *WayBack) choose() {
	var sheet, backup *widget.Option
	pick := func(on bool) {
		b.sheet = on
		sheet.Choose(on)
		backup.Choose(!on)
	}
	sheet = widget.NewRadio("file", text.T("recovery.sheet.title"), text.T("recovery.sheet.about"), func() { pick(true) })
	backup = widget.NewRadio("archive", text.T("recovery.backup.title"), text.T("recovery.backup.about"), func() { pick(false) })
	trace.Place("way.sheet", sheet)
	trace.Place("way.backup", backup)
	column := widget.Column(12)
	if b.could {
		column.Add(sheet)
	}
	column.Add(backup)
	pick(b.sheet)
	b.parts(text.T("lock.next"), func() {
		if b.sheet {
			b.askSheet()
		} else {
			b.askBackup()
		}
	})
	b.show("way.choose", widget.Page{
		Drawing: "recovery", Aside: text.T("lock.aside.backup"),
		Title: text.T("lock.backup.title"), Lead: text.T("recovery.way.lead"), Content: column,
		Right: []fyne.CanvasObject{b.later(), b.next},
	}, b.next)
}

func (b *WayBack) backButton() []fyne.CanvasObject {
	b.back = widget.LinkButton(text.T("lock.back"), b.choose)
	trace.Place("way.back", b.back)
	return []fyne.CanvasObject{b.back}
}

// askSheet says what a sheet is and where it goes.
func (b *WayBack) askSheet() {
	keys := b.engine.Keys()
	key := keys[slices.IndexFunc(keys, onSheet)]
	b.parts(text.T("recovery.sheet.do"), func() { b.makeSheet(key.ID) })
	b.place = form.NewPlace(b.window, "file", b.desk.Folder, sheetName(key.Name, b.desk.now()), ".pdf")
	b.show("way.sheet", widget.Page{
		Drawing: "recovery", Aside: text.T("lock.aside.backup"),
		Title: text.T("recovery.sheet.title"), Lead: text.T("recovery.sheet.lead"),
		Content: widget.Column(theme.Gap, explained("file", "recovery.sheet.page", "key", "recovery.sheet.nopass", "warning", "recovery.sheet.care"),
			widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), b.place.View)),
		Status: b.status(), Left: b.backButton(), Right: []fyne.CanvasObject{b.next},
	}, b.next)
}

func (b *WayBack) makeSheet(key string) {
	path := b.place.Path
	var made Sheet
	b.run(text.T("recovery.sheet.busy"), func(ctx context.Context) (err error) {
		made, err = b.engine.MakeSheet(ctx, key, path, labels())
		return err
	}, func(err error) {
		switch {
		case b.closed:
			closeSheet(made)
		case err != nil:
			b.fail(err)
		default:
			b.askBack(made, path)
		}
	})
}

// askBack wants two words from the printed page.
func (b *WayBack) askBack(made Sheet, path string) {
	b.parts(text.T("recovery.sheet.check"), b.check)
	b.words = newTwoWords(made)
	b.words.field.OnSubmit = b.check
	b.words.field.OnChange = func() { b.message.Set("") }
	b.place.Path = path
	b.show("way.words", widget.Page{
		Drawing: "recovery", Aside: text.T("lock.aside.backup"),
		Title: text.T("recovery.sheet.ask"), Lead: text.T("recovery.sheet.done"),
		Content: widget.Column(theme.Gap, form.Written(b.desk.reveal, path, "done"), b.words.view),
		Status:  b.status(), Right: []fyne.CanvasObject{b.later(), b.next},
	}, b.words.field)
}

func (b *WayBack) check() {
	ask := b.words
	say := func(sentence string) {
		b.message.Tone(theme.Danger).Set(sentence)
		b.window.Canvas().Focus(ask.field)
	}
	if b.stop != nil || !ask.typed(say) {
		return
	}
	judge := ask.judge()
	b.run("", func(context.Context) error { judge(); return nil }, func(error) {
		if b.closed {
			return
		}
		if wrong := ask.wrong(); wrong != "" {
			say(wrong)
			return
		}
		trace.Event("recovery.sheet.read", nil)
		b.finish(text.T("recovery.sheet.read"), text.T("recovery.sheet.keep"))
	})
}

// askBackup asks for the passphrase of a backup, and where it goes.
func (b *WayBack) askBackup() {
	b.parts(text.T("recovery.backup.do"), b.makeBackup)
	b.place = form.NewPlace(b.window, "archive", b.desk.Folder, backupName("", b.desk.now()), ".age")
	b.fresh = widget.NewFreshPassphrase(text.T("recovery.backup.passphrase"), func() { b.message.Set("") }, b.makeBackup)
	b.show("way.backup", widget.Page{
		Drawing: "recovery", Aside: text.T("lock.aside.backup"),
		Title: text.T("recovery.backup.title"), Lead: text.T("recovery.backup.lead"),
		Content: widget.Column(theme.Gap, b.fresh.Content,
			widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), b.place.View)),
		Status: b.status(), Left: b.backButton(), Right: []fyne.CanvasObject{b.next},
	}, b.fresh.First())
}

func (b *WayBack) makeBackup() {
	if b.stop != nil || b.fresh == nil {
		return
	}
	if sentence, where := b.fresh.Wants(); sentence != "" {
		b.message.Tone(theme.Danger).Set(sentence)
		b.window.Canvas().Focus(where)
		return
	}
	path, pass := b.place.Path, b.fresh.Copy()
	b.run(text.T("recovery.backup.busy"), func(ctx context.Context) error { return b.engine.MakeBackup(ctx, path, pass, "") }, func(err error) {
		switch {
		case b.closed:
		case err != nil:
			b.fail(err)
		default:
			b.finish(text.T("recovery.backup.done"), text.T("recovery.backup.keep"))
		}
	})
}

// finish says that there is a way back now.
func (b *WayBack) finish(title, note string) {
	path := b.place.Path
	b.parts(text.T("lock.backup.start"), b.done)
	another := widget.SecondaryButton(text.T("recovery.way.another"), b.choose)
	trace.Place("way.another", another)
	b.show("way.done", widget.Page{
		Drawing: "done", Aside: text.T("lock.aside.backup"), Title: title, Lead: text.T("recovery.way.done"),
		Content: widget.Column(theme.Gap, form.Written(b.desk.reveal, path, "done"), widget.Note(theme.Accent, note)),
		Left:    []fyne.CanvasObject{another}, Right: []fyne.CanvasObject{b.next},
	}, b.next)
}

// run does work away from the UI goroutine, and then done on it.
func (b *WayBack) run(words string, work func(context.Context) error, done func(error)) {
	if b.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.busy(true, words)
	var err error
	form.Away(func() { err = work(ctx) }, func() {
		stop()
		b.stop = nil
		if !b.closed {
			b.busy(false, "")
		}
		done(err)
	})
}

func (b *WayBack) fail(err error) {
	if fault.Of(err) == fault.Exists {
		b.message.Tone(theme.Danger).Set(text.T("recovery.exists"))
		return
	}
	b.message.Tone(theme.Danger).Set(sentence(err))
}

func (b *WayBack) busy(on bool, words string) {
	b.message.Tone(theme.Muted).Set(words)
	parts := []fyne.Disableable{b.next, b.back, b.place}
	if b.fresh != nil {
		parts = append(parts, b.fresh)
	}
	for _, p := range parts {
		if on {
			p.Disable()
		} else {
			p.Enable()
		}
	}
	if on && words != "" {
		b.spinner.Start()
	} else {
		b.spinner.Stop()
	}
}
