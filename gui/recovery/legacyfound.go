package recovery

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// show puts what came out in place of the fields. With one result, what is
// meant to be done with it is the sheet's own button.
func (o *oldFile) show() {
	column := widget.Column(theme.Gap, o.worth())
	var buttons []fyne.Disableable
	var results []*oldResult
	for _, f := range o.found {
		r := o.result(f)
		results = append(results, r)
		column.Add(r.view)
		buttons = append(buttons, r.buttons...)
	}
	if o.engine.State() != session.Unlocked {
		column.Add(widget.Muted(text.T("recovery.old.locked")))
	}
	o.pass.Destroy()
	switch one := results[0]; {
	case len(results) > 1:
		o.form.Finish(text.T("recovery.old.several", "n", len(results)), column, "", nil)
		o.form.Do.SetLabel(text.T("app.close"))
	case one.act == nil:
		o.form.Finish(text.T("recovery.old.found"), column, "", nil)
		o.form.Do.SetLabel(text.T("app.close"))
	default:
		o.form.Ask(text.T("recovery.old.found"), column, text.T("app.close"), one.label, one.act)
		trace.Place(one.place, o.form.Do)
	}
	o.form.Inputs = buttons
	o.form.Focus(o.form.Do)
}

// worth says whether anything proves that this is right.
func (o *oldFile) worth() fyne.CanvasObject {
	switch f := o.found[0]; {
	case f.Format == legacy.PEM:
		return widget.Note(theme.Accent, text.T("recovery.old.pem"))
	case f.Authenticated:
		return widget.Note(theme.OK, text.T("recovery.old.proven"))
	case f.What == legacy.Noise:
		return widget.Note(theme.Warning, text.T("recovery.old.noise"))
	}
	return widget.Note(theme.Warning, text.T("recovery.old.unproven"))
}

// oldResult is a card for what came out.
type oldResult struct {
	view    fyne.CanvasObject
	below   *fyne.Container // what can be done, or was
	to      *form.Place     // where it would be saved
	buttons []fyne.Disableable
	label   string // what is meant to be done; act is nil for nothing
	place   string
	act     func()
}

func (o *oldFile) result(f *legacy.Found) *oldResult {
	icon, says := "file", text.T("recovery.old.bytes", "size", text.Bytes(int64(f.Plain.Len())))
	switch f.What {
	case legacy.Key:
		icon, says = "key", text.T("material."+string(f.Material))
	case legacy.Text:
		says = text.T("recovery.old.text", "size", text.Bytes(int64(f.Plain.Len())))
	}
	r := &oldResult{below: widget.Column(theme.Grid)}
	row := widget.Row(theme.Grid)
	do := func(place, icon, label string, act func()) {
		if r.act == nil {
			r.label, r.place, r.act = label, place, act
			if len(o.found) == 1 {
				return // the sheet has it
			}
		}
		b := widget.SecondaryButton(label, act).WithIcon(icon).Small()
		trace.Place(place, b)
		row.Add(b)
		r.buttons = append(r.buttons, b)
	}
	if f.What == legacy.Key {
		do("old.add", "plus", text.T("recovery.old.add"), func() { o.add(f) })
	}
	if o.engine.State() == session.Unlocked {
		name, ext := savedName(o.file.path, f.What)
		r.to = form.NewPlace(o.window, "file", o.desk.Folder, name, ext)
		if r.act == nil {
			r.below.Add(r.to.View)
			r.buttons = append(r.buttons, r.to)
		}
		do("old.save", "save", text.T("recovery.old.save"), func() { o.save(f, r) })
	}
	if f.What == legacy.Text {
		show := o.reveal(f, r.below).Small()
		trace.Place("old.show", show)
		row.Add(show)
		r.buttons = append(r.buttons, show)
	}
	if len(row.Objects) > 0 {
		r.below.Add(row)
	}
	words := widget.Column(2, widget.Body(says), widget.Caption(f.Detail).Fits(widget.FitWrap))
	r.view = widget.CardPadded(12, container.NewBorder(nil, nil, container.NewVBox(widget.Disc(icon, theme.Accent, 40)), nil,
		widget.Pad(0, 12, widget.Column(theme.Grid, words, r.below))))
	return r
}

// reveal is a button that shows a text on the screen, so that a person can tell
// whether it is right, and hides it again.
func (o *oldFile) reveal(f *legacy.Found, below *fyne.Container) *widget.Button {
	view := widget.NewSecretText(text.T("recovery.old.shown"))
	box := widget.Tinted(theme.NeutralSoft, view)
	box.Hide()
	below.Add(box)
	var b *widget.Button
	b = widget.LinkButton(text.T("recovery.old.show"), func() {
		on := !box.Visible()
		if on {
			view.Set(f.Plain)
			b.SetLabel(text.T("recovery.old.hide"))
		} else {
			view.Set(nil)
			b.SetLabel(text.T("recovery.old.show"))
		}
		widget.SetVisible(box, on)
		o.form.Sheet.Refresh()
	})
	o.form.Wipe = append(o.form.Wipe, func() { view.Set(nil) })
	return b
}

// add lays a key beside the other pieces.
func (o *oldFile) add(f *legacy.Found) {
	name := base(o.file.path)
	var got recovery.Piece
	o.form.Run(text.T("recovery.gather.reading"), func(ctx context.Context) (err error) {
		got, err = o.pieces.restore.AddOld(ctx, f, name, o.ask(ctx, name))
		return err
	}, func(err error) {
		trace.Event("recovery.old.added", map[string]any{"ok": err == nil && got.Problem == nil})
		if err == nil && got.Problem != nil {
			o.pieces.restore.Drop(len(o.pieces.restore.Pieces()) - 1)
			err = got.Problem
		}
		switch {
		case err == nil:
			o.form.Sheet.Close()
			o.pieces.more()
		case !o.closed():
			o.form.Say(sentence(err))
		}
	})
}

// ask answers with the passphrase that opened the file, and then asks.
func (o *oldFile) ask(ctx context.Context, name string) identity.Ask {
	first, again := o.typed.Clone(), ask(ctx, o.window, name)
	return func(wrong bool) (*secret.Buffer, error) {
		if typed := first; typed != nil {
			first = nil
			return typed, nil
		}
		return again(wrong)
	}
}

// save writes what came out, encrypted.
func (o *oldFile) save(f *legacy.Found, r *oldResult) {
	path := r.to.Path
	o.form.Run(text.T("recovery.old.saving"), func(ctx context.Context) error { return o.engine.LegacySave(ctx, f, path) }, func(err error) {
		trace.Event("recovery.old.saved", map[string]any{"ok": err == nil})
		written := func() fyne.CanvasObject { return form.Written(o.desk.reveal, path, "done") }
		switch {
		case o.closed() && err == nil:
			widget.Toast(o.window.Canvas(), theme.OK, text.T("recovery.old.saved"))
		case o.closed():
		case fault.Of(err) == fault.Exists:
			o.form.Say(text.T("recovery.exists"))
			o.form.Focus(r.to.Change)
		case err != nil:
			o.form.Say(sentence(err))
		case len(o.found) == 1:
			o.form.Finish(text.T("recovery.old.saved"), written(), "", nil)
		default:
			r.below.Objects = []fyne.CanvasObject{written()}
			o.form.Sheet.Refresh()
			o.form.Focus(o.form.Do)
		}
	})
}

// savedName is what a result is called once it is encrypted, and the end that a
// number in the name goes before.
func savedName(path string, what legacy.What) (name, ext string) {
	ext = map[legacy.What]string{legacy.Key: ".key.age", legacy.Text: ".txt.age"}[what]
	if ext == "" {
		ext = ".bin.age"
	}
	return titled(strings.TrimSuffix(base(path), filepath.Ext(path))) + ext, ext
}
