package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"
)

// pressable is what everything that can be pressed shares: mouse, keyboard,
// focus and the disabled state. A widget embeds it and calls press once.
type pressable struct {
	stock.BaseWidget
	OnTapped func()

	self     fyne.Widget
	disabled bool
	hovered  bool
	pressed  bool
	focused  bool
}

var (
	_ fyne.Focusable     = (*pressable)(nil)
	_ fyne.Tappable      = (*pressable)(nil)
	_ fyne.Disableable   = (*pressable)(nil)
	_ desktop.Hoverable  = (*pressable)(nil)
	_ desktop.Mouseable  = (*pressable)(nil)
	_ desktop.Cursorable = (*pressable)(nil)
)

func (p *pressable) press(self fyne.Widget, tapped func()) {
	p.self, p.OnTapped = self, tapped
	p.ExtendBaseWidget(self)
}

// Tapped does what the widget is for.
func (p *pressable) Tapped(*fyne.PointEvent) {
	if !p.disabled && p.OnTapped != nil {
		p.OnTapped()
	}
}

// TypedKey presses on Enter and Space and hands the rest on.
func (p *pressable) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.Tapped(nil)
	default:
		Unhandled(p.self, e)
	}
}

// TypedRune is ignored.
func (p *pressable) TypedRune(rune) {}

// FocusGained shows the focus ring.
func (p *pressable) FocusGained() { p.focused = true; p.Refresh(); follow(p.self) }

// FocusLost hides it.
func (p *pressable) FocusLost() { p.focused = false; p.Refresh() }

// MouseIn tints the widget.
func (p *pressable) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved is ignored.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (p *pressable) MouseOut() { p.hovered, p.pressed = false, false; p.Refresh() }

// MouseDown shows the widget pressed.
func (p *pressable) MouseDown(*desktop.MouseEvent) { p.pressed = true; p.Refresh() }

// MouseUp shows it released.
func (p *pressable) MouseUp(*desktop.MouseEvent) { p.pressed = false; p.Refresh() }

// Cursor is a hand over what can be pressed.
func (p *pressable) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Enable makes the widget answer again.
func (p *pressable) Enable() { p.setDisabled(false) }

// Disable greys the widget; it keeps its place in the focus order.
func (p *pressable) Disable() { p.setDisabled(true) }

// Disabled says whether it is greyed.
func (p *pressable) Disabled() bool { return p.disabled }

func (p *pressable) setDisabled(d bool) {
	if p.disabled != d {
		p.disabled = d
		p.Refresh()
	}
}
