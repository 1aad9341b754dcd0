// Package widget owns the things every screen is made of: text, buttons,
// cards, badges, progress, fields, sheets. They follow the theme live, are
// reachable by keyboard, show where the focus is, and carry a spoken label.
// It imports the toolkit, gui/theme, gui/text, gui/trace, and engine/secret
// and engine/passphrase (for the passphrase fields), and never a flow.
//
// Everything here is for the UI goroutine; use gui/cross to get there.
package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// Panel is a rectangle in colours of the theme.
type Panel struct {
	stock.BaseWidget
	Fill, Stroke fyne.ThemeColorName
	StrokeWidth  float32
	Radius       float32
	Least        fyne.Size // MinSize
}

// NewPanel makes a borderless panel.
func NewPanel(fill fyne.ThemeColorName, radius float32) *Panel {
	p := &Panel{Fill: fill, Radius: radius}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for the toolkit.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	var parts []fyne.CanvasObject
	for range 5 {
		parts = append(parts, canvas.NewRectangle(color.Transparent))
	}
	return newRenderer(p, parts...)
}

// MinSize is Least.
func (p *Panel) MinSize() fyne.Size { return p.Least }

// layout puts a large panel together from two low ones with round corners, a
// plain one over their middle, and the lines at its sides: what a software
// renderer computes for a pixel of a rounded rectangle costs several times a
// plain pixel, and there is a frame's worth of them in a screen.
func (p *Panel) layout(size fyne.Size, parts []fyne.CanvasObject) {
	band := 3 * p.Radius
	whole := !p.plain() || size.Height < 3*band || size.Width < 3*band
	for i, part := range parts[1:] {
		part.(*canvas.Rectangle).Hidden = whole || i >= 2 && p.Stroke == ""
	}
	if whole {
		parts[0].Resize(size)
		return
	}
	low, high := fyne.NewSize(size.Width, band), size.Height-2*p.Radius
	place := func(part fyne.CanvasObject, x, y float32, size fyne.Size) {
		part.Resize(size)
		part.Move(fyne.NewPos(x, y))
	}
	place(parts[0], 0, 0, low)
	place(parts[1], 0, size.Height-band, low)
	place(parts[2], 0, p.Radius, fyne.NewSize(size.Width, high))
	place(parts[3], 0, p.Radius, fyne.NewSize(p.StrokeWidth, high))
	place(parts[4], size.Width-p.StrokeWidth, p.Radius, fyne.NewSize(p.StrokeWidth, high))
}

// plain says that parts which lie over each other look like one.
func (p *Panel) plain() bool {
	return p.Radius > 0 && opaque(p.Fill) && (p.Stroke == "" || opaque(p.Stroke))
}

func opaque(role fyne.ThemeColorName) bool {
	if role == "" {
		return false
	}
	_, _, _, alpha := theme.Color(role).RGBA()
	return alpha == 0xffff
}

func (p *Panel) paint(parts []fyne.CanvasObject) {
	fill, stroke, width := color.Color(color.Transparent), color.Color(color.Transparent), float32(0)
	if p.Fill != "" {
		fill = theme.Color(p.Fill)
	}
	if p.Stroke != "" {
		stroke, width = theme.Color(p.Stroke), p.StrokeWidth
	}
	for i, part := range parts {
		r := part.(*canvas.Rectangle)
		switch r.FillColor = fill; {
		case i < 2:
			r.StrokeColor, r.StrokeWidth, r.CornerRadius = stroke, width, p.Radius
		case i > 2:
			r.FillColor = stroke
		}
	}
}

// painter is a widget of fixed parts: it lays them out and colours them.
type painter interface {
	fyne.Widget
	layout(size fyne.Size, parts []fyne.CanvasObject)
	paint(parts []fyne.CanvasObject)
}

// renderer is the one renderer of our painters.
type renderer struct {
	w     painter
	parts []fyne.CanvasObject
	drawn []picture // of the parts that are images
}

// picture is what an image was last rasterised from, and how finely.
type picture struct {
	of    fyne.Resource
	scale float32
}

func newRenderer(w painter, parts ...fyne.CanvasObject) fyne.WidgetRenderer {
	r := &renderer{w, parts, make([]picture, len(parts))}
	w.paint(parts)
	return r
}

func (r *renderer) Destroy()                     {}
func (r *renderer) Layout(size fyne.Size)        { r.w.layout(size, r.parts) }
func (r *renderer) MinSize() fyne.Size           { return r.w.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.parts }
func (r *renderer) Refresh() {
	r.w.paint(r.parts)
	r.w.layout(r.w.Size(), r.parts)
	for i, p := range r.parts {
		if image, ok := p.(*canvas.Image); ok && !r.redraws(i, image) {
			continue
		}
		p.Refresh()
	}
}

// redraws says whether an image must be rasterised again. The toolkit would do
// so at every refresh, which for a list of rows with icons costs whole frames.
func (r *renderer) redraws(i int, image *canvas.Image) bool {
	now := picture{of: image.Resource, scale: 1}
	if c := fyne.CurrentApp().Driver().CanvasForObject(image); c != nil {
		now.scale = c.Scale()
	}
	if r.drawn[i] == now {
		return false
	}
	r.drawn[i] = now
	return true
}

// SetVisible shows or hides an object, and draws nothing anew when it is so
// already.
func SetVisible(o fyne.CanvasObject, on bool) {
	if on != o.Visible() {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

// Pad puts space around content, in pixels: top and bottom, left and right.
func Pad(vertical, horizontal float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), content)
}

// Column stacks objects with gap pixels between them.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// Row puts objects side by side with gap pixels between them, each vertically
// centred. A Spacer takes what is left.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap}, objects...)
}

// Spacer takes the free width of a Row or the free height of a Column.
func Spacer() fyne.CanvasObject { return layout.NewSpacer() }

// rowLayout is a horizontal box that centres its children vertically. A
// Stretcher shares the free width with the spacers.
type rowLayout struct{ gap float32 }

// Stretcher is an object that wants the free width of a Row.
type Stretcher interface{ Stretches() bool }

func stretches(o fyne.CanvasObject) bool {
	if s, ok := o.(layout.SpacerObject); ok && s.ExpandHorizontal() {
		return true
	}
	s, ok := o.(Stretcher)
	return ok && s.Stretches()
}

func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	free, takers, shown := size.Width, 0, 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		free -= o.MinSize().Width
		if stretches(o) {
			takers++
		}
	}
	free -= l.gap * float32(max(shown-1, 0))
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if stretches(o) && free > 0 {
			m.Width += free / float32(takers)
		}
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + l.gap
	}
}

func (l rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var min fyne.Size
	shown := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		m := o.MinSize()
		min.Width += m.Width
		min.Height = fyne.Max(min.Height, m.Height)
	}
	min.Width += l.gap * float32(max(shown-1, 0))
	return min
}

// Fixed gives content exactly this width and its own height.
func Fixed(width float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(fixedLayout{width}, content)
}

type fixedLayout struct{ width float32 }

func (l fixedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(l.width, size.Height))
	}
}

func (l fixedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min := fyne.NewSize(l.width, 0)
	for _, o := range objects {
		min.Height = fyne.Max(min.Height, o.MinSize().Height)
	}
	return min
}

// AtMost centres content horizontally in a column of at most this width.
func AtMost(width float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(atMostLayout{width}, content)
}

type atMostLayout struct{ width float32 }

func (l atMostLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := fyne.Min(l.width, size.Width)
	for _, o := range objects {
		o.Resize(fyne.NewSize(w, size.Height))
		o.Move(fyne.NewPos((size.Width-w)/2, 0))
	}
}

func (l atMostLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var min fyne.Size
	for _, o := range objects {
		min = min.Max(o.MinSize())
	}
	return min
}
