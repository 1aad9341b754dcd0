package keys

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// detail is the sheet about one key pair or contact. It stays under what is
// opened from it, follows the keyring, and goes when its subject does.
type detail struct {
	s     *Screen
	item  item
	box   *fyne.Container
	sheet *widget.Sheet
	done  *widget.Button
}

// show opens the detail of an item.
func (s *Screen) show(it item) {
	d := &detail{s: s, item: it, box: container.NewStack()}
	d.done = widget.SecondaryButton(text.T("app.close"), func() { d.sheet.Close() })
	trace.Place("detail.close", d.done)
	d.sheet = widget.NewSheet("", d.box, d.done).Wide(560)
	d.sheet.OnClosed = func() {
		if s.open == d {
			s.open = nil
		}
	}
	s.open = d
	first := d.fill()
	d.sheet.Open(s.window.Canvas(), first)
}

// fill makes the content anew and answers where the keyboard begins.
func (d *detail) fill() fyne.Focusable {
	d.sheet.Retitle(d.item.name)
	var content fyne.CanvasObject
	var first fyne.Focusable
	if d.item.own {
		content, first = d.ownContent()
	} else {
		content, first = d.contactContent()
	}
	d.box.Objects = []fyne.CanvasObject{content}
	d.sheet.Refresh()
	return first
}

// follow shows what became of the item.
func (d *detail) follow() {
	now, there := d.s.all.find(d.item.own, d.item.id)
	switch {
	case !there && d.s.engine.Keys() == nil: // locked: the sheet goes with everything
	case !there:
		d.sheet.Close()
	case !now.same(d.item):
		d.item = now
		first := d.fill()
		if d.s.window.Canvas().Overlays().Top() == fyne.CanvasObject(d.sheet) {
			d.s.window.Canvas().Focus(first)
		}
	}
}

// fact is one line of a table: what it is, its value, and what can be done
// with it, if anything.
func fact(label string, value fyne.CanvasObject, act fyne.CanvasObject) fyne.CanvasObject {
	if act != nil {
		act = container.NewCenter(act)
	}
	return container.NewBorder(nil, nil, widget.Fixed(112, widget.Column(0, widget.Spacer(), widget.Muted(label), widget.Spacer())), act,
		widget.Column(0, widget.Spacer(), value, widget.Spacer()))
}

// value is a plain value of a fact.
func value(s string) fyne.CanvasObject { return widget.Body(s) }

// fingerprint shows what people compare.
func fingerprint(s string) fyne.CanvasObject {
	return widget.Tinted(theme.NeutralSoft, widget.Column(theme.Half,
		widget.Caption(text.T("keys.fingerprint")).Tone(theme.Quiet), widget.Body(s).Mono()))
}

// public shows a public key, shortened, and copies it whole.
func (d *detail) public(key string) fyne.CanvasObject {
	cp := widget.LinkButton(text.T("keys.copy"), func() { d.s.copyPublic(d.item) }).Small()
	trace.Place("detail.public", cp)
	return fact(text.T("keys.public"), widget.Body(key).Fits(widget.FitMiddle).Mono(), cp)
}

// usedFact is when it was last used, as far as is known.
func (d *detail) usedFact() fyne.CanvasObject {
	if d.item.used.IsZero() {
		return fact(text.T("keys.fact.used"), value(text.T("keys.used.never")), nil)
	}
	return fact(text.T("keys.fact.used"), value(text.Date(d.item.used)), nil)
}

// acts is a line of what can be done, with deleting apart at its end.
func (d *detail) acts(buttons ...fyne.CanvasObject) fyne.CanvasObject {
	del := widget.DangerLink(text.T("keys.menu.delete"), func() { d.s.remove(d.item) }).WithIcon("trash").Small()
	trace.Place("detail.delete", del)
	return widget.Column(theme.Grid, widget.Rule(), container.New(bleedLeft{theme.Grid}, widget.Row(theme.Half,
		append(buttons, widget.Spacer(), del)...)))
}

func act(id, icon, label string, f func()) fyne.CanvasObject {
	b := widget.QuietButton(label, f).WithIcon(icon).Small()
	trace.Place("detail."+id, b)
	return b
}

// bleedLeft lets quiet buttons begin where text does, and end where it does.
type bleedLeft struct{ by float32 }

func (b bleedLeft) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().SubtractWidthHeight(2*b.by, 0)
}

func (b bleedLeft) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(-b.by, 0))
	o[0].Resize(size.AddWidthHeight(2*b.by, 0))
}
