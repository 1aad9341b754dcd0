package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cryptodesk/gui/theme"
)

// ringGap is the distance of the focus ring from the thing it surrounds.
const ringGap float32 = 3

// ring makes the outline that shows where the keyboard is. It lies outside
// the widget, so that it reads on every fill.
func ring() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeWidth = 2
	r.CornerRadius = theme.Corner + ringGap
	return r
}

func placeRing(o fyne.CanvasObject, size fyne.Size) {
	o.Resize(size.AddWidthHeight(2*ringGap, 2*ringGap))
	o.Move(fyne.NewPos(-ringGap, -ringGap))
}

func paintRing(o fyne.CanvasObject, focused bool) {
	r := o.(*canvas.Rectangle)
	r.StrokeColor = color.Transparent
	if focused {
		r.StrokeColor = theme.Color(theme.Accent)
	}
}

// Unhandled passes a key that a focused widget has no use for on to the
// window, so that Esc works wherever the focus is. Every focusable widget of
// ours ends its TypedKey here.
func Unhandled(from fyne.CanvasObject, e *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c == nil {
		return
	}
	if e.Name == fyne.KeyEscape && DismissTop(c) {
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(e)
	}
}

// passShortcut gives a shortcut that a focused widget has no use for to the
// window.
func passShortcut(from fyne.CanvasObject, s fyne.Shortcut) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if h, ok := c.(fyne.Shortcutable); ok {
		h.TypedShortcut(s)
	}
}
