package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// Menu is a short list of things to do, over the screen and near what it
// belongs to. Up, Down and Enter work it; Esc and a click elsewhere close it.
type Menu struct {
	stock.BaseWidget
	canvas fyne.Canvas
	before fyne.Focusable
	items  []*MenuItem
	at     int
	card   *fyne.Container
	corner fyne.Position // where the card's top right corner goes
}

const itemHeight, menuWidth float32 = 36, 232

// OpenMenu shows what items hold at the right end of the object they are for.
func OpenMenu(c fyne.Canvas, from fyne.CanvasObject, items []*MenuItem) {
	m := &Menu{canvas: c, before: c.Focused(), items: items}
	column := Column(0)
	for i, item := range items {
		item.menu, item.index = m, i
		column.Add(item)
	}
	m.card = CardPadded(6, column)
	m.corner = fyne.CurrentApp().Driver().AbsolutePositionForObject(from).
		AddXY(from.Size().Width, fyne.Min(from.Size().Height, 60))
	m.ExtendBaseWidget(m)
	c.Overlays().Add(m)
	c.Focus(m)
	m.goTo(0)
}

func (m *Menu) close() {
	m.canvas.Overlays().Remove(m)
	if m.before != nil && m.canvas.Overlays().Top() == nil {
		m.canvas.Focus(m.before)
	}
}

func (m *Menu) goTo(i int) {
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
func (m *Menu) Tapped(*fyne.PointEvent) { m.close() }

// FocusGained, FocusLost and TypedRune have nothing to do.
func (m *Menu) FocusGained()   {}
func (m *Menu) FocusLost()     {}
func (m *Menu) TypedRune(rune) {}

// TypedKey moves and chooses.
func (m *Menu) TypedKey(e *fyne.KeyEvent) {
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
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	return stock.NewSimpleRenderer(container.New(menuLayout{m}, m.card))
}

// menuLayout keeps the card inside the window.
type menuLayout struct{ m *Menu }

func (menuLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l menuLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	card := o[0].MinSize()
	x := fyne.Max(theme.Grid, fyne.Min(l.m.corner.X-card.Width, size.Width-card.Width-theme.Grid))
	y := fyne.Max(theme.Grid, fyne.Min(l.m.corner.Y, size.Height-card.Height-theme.Grid))
	o[0].Resize(card)
	o[0].Move(fyne.NewPos(x, y))
}

// MenuItem is one line of a menu.
type MenuItem struct {
	stock.BaseWidget
	menu  *Menu
	index int
	label string
	act   func()
	icon  *Icon
	words *Text
	tint  *Panel
	face  fyne.CanvasObject
}

// NewMenuItem makes a line that does act when it is chosen.
func NewMenuItem(icon, label string, act func()) *MenuItem {
	i := &MenuItem{label: label, act: act, tint: NewPanel(theme.Transparent, 6)}
	i.icon, i.words = NewIcon(icon, theme.Muted, 18), Label(label)
	i.face = container.NewStack(i.tint, Pad(0, 10, Row(10, i.icon, i.words)))
	i.ExtendBaseWidget(i)
	return i
}

// Danger colours a line that destroys something.
func (i *MenuItem) Danger() *MenuItem {
	i.icon.Set(i.icon.name, theme.Danger)
	i.words.Tone(theme.Danger)
	return i
}

// AccessibilityLabel is what the line says.
func (i *MenuItem) AccessibilityLabel() string { return i.label }

// CreateRenderer is for the toolkit.
func (i *MenuItem) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(i.face) }

// MinSize is one line.
func (i *MenuItem) MinSize() fyne.Size {
	return fyne.NewSize(fyne.Max(menuWidth, i.face.MinSize().Width), itemHeight)
}

// Tapped closes the menu and does it.
func (i *MenuItem) Tapped(*fyne.PointEvent) { i.menu.close(); i.act() }

// MouseIn puts the mark on the line under the pointer.
func (i *MenuItem) MouseIn(*desktop.MouseEvent) { i.menu.goTo(i.index) }

// MouseMoved and MouseOut have nothing to do.
func (i *MenuItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut leaves the mark where it is.
func (i *MenuItem) MouseOut() {}

// Cursor is a hand.
func (i *MenuItem) Cursor() desktop.Cursor { return desktop.PointerCursor }
