package keys

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/keyring"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// Heights of the rows, in pixels.
const (
	groupHeight float32 = 60
	pickHeight  float32 = 40
)

// tapRow is what a row of a list shares: it answers the pointer, and leaves
// the keyboard to its list.
type tapRow struct {
	stock.BaseWidget
	tint   *widget.Panel
	face   fyne.CanvasObject
	tapped func()
}

func (r *tapRow) wear(face fyne.CanvasObject) {
	r.tint = widget.NewPanel(theme.Transparent, theme.Corner)
	r.face = container.NewStack(r.tint, face)
}

// CreateRenderer is for the toolkit.
func (r *tapRow) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(r.face) }

// Tapped does what the row is for.
func (r *tapRow) Tapped(*fyne.PointEvent) {
	if r.tapped != nil {
		r.tapped()
	}
}

// Cursor is a hand.
func (r *tapRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn tints the row.
func (r *tapRow) MouseIn(*desktop.MouseEvent) { r.paint(theme.HoverTint) }

// MouseMoved is ignored.
func (r *tapRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (r *tapRow) MouseOut() { r.paint(theme.Transparent) }

func (r *tapRow) paint(fill fyne.ThemeColorName) {
	r.tint.Fill = fill
	r.tint.Refresh()
}

// groupRow is one group: its name and how many are in it.
type groupRow struct {
	tapRow
	name, count *widget.Text
}

func newGroupRow() *groupRow {
	r := &groupRow{name: widget.FileName(""), count: widget.Caption("")}
	r.wear(widget.Pad(0, theme.Grid, container.NewBorder(nil, nil,
		container.NewCenter(disc("people", theme.Muted, theme.NeutralSoft)),
		container.NewCenter(widget.NewIcon("chevron-right", theme.Muted, 20)),
		container.NewCenter(), widget.Pad(10, 12, widget.Column(0, r.name, r.count)))))
	r.ExtendBaseWidget(r)
	return r
}

func (r *groupRow) show(g keyring.Group, tapped func()) {
	r.name.Set(text.Name(g.Name))
	r.count.Set(text.T("groups.members", "n", len(g.Members)))
	r.tapped = tapped
}

// pickRow is somebody who is in, or not.
type pickRow struct {
	tapRow
	box  *widget.Panel
	tick *widget.Icon
	name *widget.Text
}

func newPickRow() *pickRow {
	r := &pickRow{box: widget.NewPanel(theme.Surface, 5), tick: widget.NewIcon("check", theme.OnAccent, 16), name: widget.FileName("").Bold(false)}
	r.box.Least, r.box.StrokeWidth = fyne.NewSquareSize(20), 1.5
	r.wear(widget.Pad(0, 12, widget.Row(12, container.NewStack(r.box, container.NewCenter(r.tick)), r.name)))
	r.ExtendBaseWidget(r)
	return r
}

func (r *pickRow) show(name string, in bool, tapped func()) {
	r.name.Set(name)
	r.tapped = tapped
	r.box.Fill, r.box.Stroke = theme.Surface, theme.FieldBorder
	r.tick.Hide()
	if in {
		r.box.Fill, r.box.Stroke = theme.Accent, theme.Accent
		r.tick.Show()
	}
	r.box.Refresh()
}
