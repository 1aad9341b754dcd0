package recovery

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// releasing is the depositary's sheet: the two files, then who asks for what,
// then the words to read out.
type releasing struct {
	s    *Screen
	form *form.Form

	deposit, request string // paths; empty until they are there
	slots            *fyne.Container
	choose           *widget.Button
	sorting          int // drops whose files are being looked at

	what  *escrow.Case // once both were read
	words *widget.WordsField
	wrong *fyne.Container // what is wrong with those that were typed
	to    *form.Place
}

// release opens it with these files.
func (s *Screen) release(paths []string) {
	do := widget.PrimaryButton(text.T("lock.next"), nil)
	r := &releasing{s: s, form: form.New(s.window, text.T("escrow.release.title"), do), slots: widget.Column(theme.Grid)}
	s.releases = r
	r.choose = widget.SecondaryButton(text.T("recovery.gather.files"), r.pick).WithIcon("file")
	trace.Place("release.choose", r.choose)
	trace.Place("release.do", do)
	r.form.Inputs = append(r.form.Inputs, r.choose)
	place := container.NewStack(widget.NewDashes(theme.FieldBorder), widget.Pad(theme.Wide, theme.Gap, widget.Column(12,
		widget.Strong(text.T("escrow.release.drop")).Align(fyne.TextAlignCenter), container.NewCenter(r.choose))))
	r.form.Fields.Add(widget.Column(theme.Gap, widget.Muted(text.T("escrow.release.lead")), place, r.slots))
	do.OnTapped = r.read
	s.opened(r.form)
	r.form.Sheet.Wide(680)
	r.show()
	r.form.Open(r.choose)
	r.add(paths)
}

// open says that files can still be dropped on it.
func (r *releasing) open() bool { return r != nil && !r.form.Sheet.Closed() && r.what == nil }

func (r *releasing) pick() {
	shell.Choose(r.s.window, shell.Request{Title: text.T("escrow.release.drop"), Accept: text.T("app.choose"), Multiple: true}, r.add)
}

// add finds out which of the two each file is.
func (r *releasing) add(paths []string) {
	if len(paths) == 0 || r.form.Busy() || !r.open() {
		return
	}
	r.sorting++
	sorts := make([]escrow.Sort, len(paths))
	form.Away(func() {
		for i, p := range paths {
			sorts[i] = r.s.engine.Escrow(p)
		}
	}, func() {
		r.sorting--
		if !r.open() || r.form.Busy() {
			return
		}
		r.form.Say("")
		for i, p := range paths {
			switch sorts[i] {
			case escrow.DepositFile:
				r.deposit = p
			case escrow.RequestFile:
				r.request = p
			default:
				r.form.Say(text.T("escrow.release.neither", "name", text.Name(filepath.Base(p))))
			}
		}
		r.show()
		if r.deposit != "" && r.request != "" && r.sorting == 0 {
			r.read()
		}
	})
}

// show says which of the files is still to come.
func (r *releasing) show() {
	r.slots.Objects = []fyne.CanvasObject{
		slot("archive", r.deposit, text.T("escrow.release.deposit"), text.T("escrow.release.deposit.missing")),
		slot("edit", r.request, text.T("escrow.release.request"), text.T("escrow.release.request.missing"))}
	able(r.form.Do, r.deposit != "" && r.request != "")
	r.form.Sheet.Refresh()
	trace.Event("release.files", map[string]any{"deposit": r.deposit != "", "request": r.request != ""})
}

func slot(icon, path, title, missing string) fyne.CanvasObject {
	name, tone := widget.Muted(missing), theme.Muted
	if path != "" {
		name, tone = widget.FileName(text.Name(base(path))), theme.OK
		icon = "done"
	}
	return widget.CardPadded(12, container.NewBorder(nil, nil, widget.Disc(icon, tone, 40), nil,
		widget.Pad(0, 12, widget.Column(0, widget.Caption(title), name))))
}

// read lays the two before the depositary.
func (r *releasing) read() {
	f := r.form
	if f.Busy() || r.deposit == "" || r.request == "" {
		return
	}
	var what *escrow.Case
	f.Run(text.T("escrow.release.reading"), func(ctx context.Context) (err error) {
		what, err = r.s.engine.ReadRelease(ctx, r.deposit, r.request)
		return err
	}, func(err error) {
		trace.Event("release.read", map[string]any{"ok": err == nil, "kind": string(fault.Of(err))})
		switch {
		case f.Sheet.Closed():
		case fault.Of(err) == fault.NoKey:
			f.Say(text.T("escrow.release.nokey"))
		case err != nil:
			f.Fail(err)
		default:
			r.weigh(what)
		}
	})
}

// weigh shows who asks for what, and asks for the words that were heard.
func (r *releasing) weigh(what *escrow.Case) {
	f, name := r.form, text.Name(what.Depositor.Name)
	r.what = what
	r.words = widget.NewWordsField(text.T("escrow.release.words", "name", name), widget.Count(spokenCount), spoken)
	r.words.OnChange = func() {
		f.Typed()
		able(f.Do, r.words.Whole())
	}
	r.wrong = container.NewStack()
	r.wrong.Hide()
	r.words.OnSubmit = func() { f.Do.Tapped(nil) }
	f.Wipe = append(f.Wipe, r.words.Destroy)
	r.to = form.NewPlace(r.s.window, "archive", r.s.desk.Folder, releaseName(what.Depositor.Name), escrow.ReleaseName)
	trace.Place("release.words", r.words)
	column := widget.Column(theme.Gap, container.New(layout.NewGridLayout(2), r.old(), r.fresh()))
	if !what.SameName() {
		column.Add(widget.Note(theme.Warning, text.T("escrow.release.othername", "name", name)))
	}
	column.Add(widget.Note(theme.Danger, text.T("escrow.release.warning", "name", name)))
	if len(what.Note) > 0 {
		said := widget.Column(theme.Half, widget.Strong(text.T("escrow.release.note", "name", name)))
		for _, line := range what.Note {
			said.Add(widget.Body(text.Name(line)))
		}
		column.Add(widget.Tinted(theme.NeutralSoft, said))
	}
	column.Add(widget.Column(theme.Half, widget.Strong(text.T("escrow.release.how", "name", name)).Fits(widget.FitWrap), r.wrong, ringed(r.words)))
	column.Add(placed(r.to))
	f.Ask(text.T("escrow.release.sure", "name", name), column, text.T("app.cancel"), text.T("escrow.release.do"), r.decide)
	f.Inputs = append(f.Inputs, r.words, r.to)
	f.Do.Disable()
	f.Focus(f.Stop) // the keys are looked at first, and a stray Enter gives nothing away
}

// old is what was left here, and by whom.
func (r *releasing) old() fyne.CanvasObject {
	badge := widget.NewBadge(text.T("escrow.release.stranger"), theme.Warning)
	if r.what.Known.Name != "" {
		badge = verdict(r.what.Known)
	}
	return side("escrow.release.left", r.what.Depositor, text.Date(r.what.Date.Local()), badge)
}

// fresh is who asks.
func (r *releasing) fresh() fyne.CanvasObject {
	badge := widget.NewBadge(text.T("escrow.release.newkey"), theme.Warning)
	if who := r.what.Asker.Name; who != "" {
		badge = widget.NewBadge(text.T("escrow.release.asker", "name", text.Name(who)), theme.Warning)
	}
	return side("escrow.release.asks", r.what.Request.Who, text.Date(r.what.Request.Date.Local()), badge)
}

func side(key string, who identity.Contact, date string, badge *widget.Badge) fyne.CanvasObject {
	return widget.CardPadded(12, widget.Column(theme.Half,
		widget.Caption(text.T(key, "date", date)).Fits(widget.FitWrap),
		widget.FileName(text.Name(who.Name)), widget.Row(0, badge, widget.Spacer()), print(who.Recipient)))
}

// decide releases, if the words are those of the request.
func (r *releasing) decide() {
	f := r.form
	if f.Busy() || !r.words.Whole() {
		return
	}
	typed := r.words.Copy()
	code, path := string(typed.Bytes()), r.to.Path // no secret: they were said on a telephone
	typed.Destroy()
	var answer []string
	f.Run(text.T("escrow.release.busy"), func(ctx context.Context) (err error) {
		answer, err = r.s.engine.Release(ctx, r.what, code, path)
		return err
	}, func(err error) { r.decided(answer, err) })
}

// decided says how it went.
func (r *releasing) decided(answer []string, err error) {
	f, name := r.form, text.Name(r.what.Depositor.Name)
	trace.Event("recovery.release", map[string]any{"ok": err == nil, "kind": string(fault.Of(err)), "answer": answer})
	switch fault.Of(err) {
	case fault.WrongCode:
		if f.Sheet.Closed() {
			return
		}
		r.words.Clear()
		f.Do.Disable()
		r.wrong.Objects = []fyne.CanvasObject{widget.Note(theme.Danger, text.T("escrow.release.wrong", "n", r.what.Left, "name", name))}
		r.wrong.Show()
		f.Sheet.Refresh()
		f.Focus(r.words)
		return
	case fault.CodeSpent, fault.RequestUsed, fault.RequestStale, fault.RequestFuture:
		if !f.Sheet.Closed() {
			f.Finish(text.T("escrow.release.refused"), widget.Column(theme.Gap, widget.Note(theme.Danger, form.Sentence(err)),
				widget.Muted(text.T("escrow.release.nothing"))), "", nil)
		}
		return
	}
	if !r.s.wrote(f, r.to, text.T("escrow.release.done"), err) {
		return
	}
	wiped(f)
	f.Finish(text.T("escrow.release.done"), widget.Column(theme.Gap, form.Written(r.s.desk.reveal, r.to.Path, "done"),
		aloud(text.T("escrow.release.answer", "name", name), answer),
		steps(text.T("escrow.release.send", "name", name), text.T("escrow.release.read", "name", name), text.T("escrow.release.noted"))), "", nil)
}
