package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// menu is a short list of things to do, over the screen and near what it
// belongs to. Up, Down and Enter work it; Esc and a click elsewhere close it.
type menu struct {
	stock.BaseWidget
	canvas fyne.Canvas
	before fyne.Focusable
	items  []*menuItem
	at     int
	card   *fyne.Container
	corner fyne.Position // where the card's top right corner goes
}

const itemHeight, menuWidth float32 = 36, 232

// openMenu shows what items hold at the right end of the object they are for.
func openMenu(c fyne.Canvas, from fyne.CanvasObject, items []*menuItem) {
	m := &menu{canvas: c, before: c.Focused(), items: items}
	column := widget.Column(0)
	for i, item := range items {
		item.menu, item.index = m, i
		column.Add(item)
	}
	m.card = widget.CardPadded(6, column)
	m.corner = fyne.CurrentApp().Driver().AbsolutePositionForObject(from).
		AddXY(from.Size().Width, fyne.Min(from.Size().Height, 60))
	m.ExtendBaseWidget(m)
	c.Overlays().Add(m)
	c.Focus(m)
	m.goTo(0)
}

func (m *menu) close() {
	m.canvas.Overlays().Remove(m)
	if m.before != nil && m.canvas.Overlays().Top() == nil {
		m.canvas.Focus(m.before)
	}
}

func (m *menu) goTo(i int) {
	m.at = (i + len(m.items)) % len(m.items)
	for k, item := range m.items {
		fill := theme.Transparent
		if k == m.at {
			fill = theme.HoverTint
		}
		if item.tint.Fill != fill {
			item.tint.Fill = fill
			item.tint.Refresh()
		}
	}
}

// Tapped beside the card closes the menu.
func (m *menu) Tapped(*fyne.PointEvent) { m.close() }

// FocusGained, FocusLost and TypedRune have nothing to do.
func (m *menu) FocusGained()   {}
func (m *menu) FocusLost()     {}
func (m *menu) TypedRune(rune) {}

// TypedKey moves and chooses.
func (m *menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		m.goTo(m.at + 1)
	case fyne.KeyUp:
		m.goTo(m.at - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.items[m.at].Tapped(nil)
	case fyne.KeyEscape:
		m.close()
	}
}

// CreateRenderer is for the toolkit.
func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	return stock.NewSimpleRenderer(container.New(menuLayout{m}, m.card))
}

// menuLayout keeps the card inside the window.
type menuLayout struct{ m *menu }

func (menuLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l menuLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	card := o[0].MinSize()
	x := fyne.Max(theme.Grid, fyne.Min(l.m.corner.X-card.Width, size.Width-card.Width-theme.Grid))
	y := fyne.Max(theme.Grid, fyne.Min(l.m.corner.Y, size.Height-card.Height-theme.Grid))
	o[0].Resize(card)
	o[0].Move(fyne.NewPos(x, y))
}

// menuItem is one line of a menu.
type menuItem struct {
	stock.BaseWidget
	menu  *menu
	index int
	label string
	act   func()
	tint  *widget.Panel
	face  fyne.CanvasObject
}

func newMenuItem(icon, label string, act func()) *menuItem {
	i := &menuItem{label: label, act: act, tint: widget.NewPanel(theme.Transparent, 6)}
	i.face = container.NewStack(i.tint, widget.Pad(0, 10, widget.Row(10, widget.NewIcon(icon, theme.Muted, 18), widget.Label(label))))
	i.ExtendBaseWidget(i)
	return i
}

// CreateRenderer is for the toolkit.
func (i *menuItem) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(i.face) }

// MinSize is one line.
func (i *menuItem) MinSize() fyne.Size {
	return fyne.NewSize(fyne.Max(menuWidth, i.face.MinSize().Width), itemHeight)
}

// Tapped closes the menu and does it.
func (i *menuItem) Tapped(*fyne.PointEvent) { i.menu.close(); i.act() }

// MouseIn puts the mark on the line under the pointer.
func (i *menuItem) MouseIn(*desktop.MouseEvent) { i.menu.goTo(i.index) }

// MouseMoved and MouseOut have nothing to do.
func (i *menuItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut leaves the mark where it is.
func (i *menuItem) MouseOut() {}

// Cursor is a hand.
func (i *menuItem) Cursor() desktop.Cursor { return desktop.PointerCursor }
