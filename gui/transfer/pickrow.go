package transfer

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

const pickHeight float32 = 44

// pickRow is somebody who can be chosen, one of all.
type pickRow struct {
	stock.BaseWidget
	tint    *widget.Panel
	ring    *widget.Panel
	dot     *widget.Panel
	name    *widget.Text
	near    *widget.Text
	badge   *widget.Badge
	content fyne.CanvasObject
	tapped  func()
}

func newPickRow() *pickRow {
	r := &pickRow{
		tint: widget.NewPanel(theme.Transparent, theme.Corner),
		ring: widget.NewPanel(theme.Surface, 10), dot: widget.NewPanel(theme.OnAccent, 4),
		name: widget.FileName("").Bold(false), near: widget.Caption("").Tone(theme.OK), badge: widget.NewBadge("", theme.Muted),
	}
	r.ring.Least, r.ring.StrokeWidth = fyne.NewSquareSize(20), 1.5
	r.dot.Least = fyne.NewSquareSize(8)
	mark := container.NewStack(r.ring, container.NewCenter(r.dot))
	r.content = container.NewStack(r.tint, widget.Pad(0, 12, container.NewBorder(nil, nil, container.NewCenter(mark),
		container.NewCenter(widget.Row(theme.Grid, r.near, r.badge)), widget.Pad(0, 12, r.name))))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for the toolkit.
func (r *pickRow) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(r.content) }

// MinSize is a row of the list.
func (r *pickRow) MinSize() fyne.Size { return fyne.NewSize(200, pickHeight) }

// Tapped chooses who is shown.
func (r *pickRow) Tapped(*fyne.PointEvent) { r.tapped() }

// Cursor is a hand.
func (r *pickRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn shows that the row answers.
func (r *pickRow) MouseIn(*desktop.MouseEvent) { r.paint(theme.HoverTint) }

// MouseMoved is ignored.
func (r *pickRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (r *pickRow) MouseOut() { r.paint(theme.Transparent) }

func (r *pickRow) paint(fill fyne.ThemeColorName) {
	r.tint.Fill = fill
	r.tint.Refresh()
}

func (r *pickRow) show(p person, chosen, near bool, tapped func()) {
	r.tapped = tapped
	r.name.Set(text.Name(p.name))
	r.near.Set("")
	if near {
		r.near.Set(text.T("transfer.near"))
	}
	switch {
	case p.myself:
		r.badge.Set(text.T("transfer.myself"), theme.Accent)
	case p.verified:
		r.badge.Set(text.T("keys.verified"), theme.OK)
	default:
		r.badge.Set(text.T("keys.notVerified"), theme.Muted)
	}
	r.ring.Fill, r.ring.Stroke = theme.Surface, theme.FieldBorder
	if chosen {
		r.ring.Fill, r.ring.Stroke = theme.Accent, theme.Accent
	}
	widget.SetVisible(r.dot, chosen)
	r.ring.Refresh()
}
