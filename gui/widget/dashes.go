package widget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// Dashes is a dashed outline with round corners: the place to drop things on.
type Dashes struct {
	stock.BaseWidget
	role fyne.ThemeColorName
}

// NewDashes makes an outline in a colour of the theme.
func NewDashes(role fyne.ThemeColorName) *Dashes {
	d := &Dashes{role: role}
	d.ExtendBaseWidget(d)
	return d
}

// Tone changes the colour's role.
func (d *Dashes) Tone(role fyne.ThemeColorName) {
	if d.role != role {
		d.role = role
		d.Refresh()
	}
}

// MinSize is none: it lies round something.
func (d *Dashes) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

// CreateRenderer is for the toolkit. The outline is four narrow pictures, and
// not one of the whole size: nothing is in the middle, but painting nothing
// there takes a software renderer most of a frame.
func (d *Dashes) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(d, canvas.NewRaster(d.side(atTop)), canvas.NewRaster(d.side(atBottom)), canvas.NewRaster(d.side(atLeft)), canvas.NewRaster(d.side(atRight)))
}

const (
	atTop = iota
	atBottom
	atLeft
	atRight
)

// band is how thick the pictures are.
func band(size fyne.Size) float32 { return fyne.Min(16, size.Height/2) }

func (d *Dashes) layout(size fyne.Size, parts []fyne.CanvasObject) {
	thick := band(size)
	flat, upright := fyne.NewSize(size.Width, thick), fyne.NewSize(fyne.Min(thick, size.Width), size.Height-2*thick)
	for i, part := range parts {
		at := fyne.NewPos(0, 0)
		switch i {
		case atBottom:
			at.Y = size.Height - thick
		case atLeft:
			at.Y = thick
		case atRight:
			at = fyne.NewPos(size.Width-upright.Width, thick)
		}
		part.Move(at)
		if i < atLeft {
			part.Resize(flat)
		} else {
			part.Resize(upright)
		}
	}
}

func (d *Dashes) paint([]fyne.CanvasObject) {}

// Lengths in device-independent pixels.
const (
	dashOn, dashOff float64 = 7, 6
	dashWidth       float64 = 1.5
)

// side paints one of the four pictures, in device pixels.
func (d *Dashes) side(which int) func(w, h int) image.Image {
	return func(w, h int) image.Image {
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		size := d.Size()
		thick := band(size)
		if w < 1 || h < 1 || size.Width <= 0 || size.Height-2*thick < 0 {
			return img
		}
		scale := float64(w) / float64(size.Width)
		if which >= atLeft {
			scale = float64(h) / float64(size.Height-2*thick)
		}
		whole := func(length float32) float64 { return math.Round(float64(length) * scale) }
		ink := color.NRGBAModel.Convert(theme.Color(d.role)).(color.NRGBA)
		o := outline{whole(size.Width), whole(size.Height), float64(theme.Radius) * scale, dashWidth * scale, dashOn * scale, dashOff * scale}
		left, top := 0.0, 0.0
		switch which {
		case atBottom:
			top = o.h - float64(h)
		case atLeft:
			top = whole(thick)
		case atRight:
			left, top = o.w-float64(w), whole(thick)
		}
		for y := range h {
			for x := range w {
				if a := o.cover(left+float64(x)+0.5, top+float64(y)+0.5); a > 0 {
					c := ink
					c.A = uint8(float64(ink.A)*a + 0.5)
					img.SetNRGBA(x, y, c)
				}
			}
		}
		return img
	}
}

// outline is a rounded rectangle and its dashes, in device pixels.
type outline struct{ w, h, radius, width, on, off float64 }

// cover is how much of the pixel at x, y the dashes cover, 0 to 1.
func (o outline) cover(x, y float64) float64 {
	inset := o.width / 2
	hx, hy := o.w/2-inset, o.h/2-inset // half sizes of the centre line
	r := math.Min(o.radius, math.Min(hx, hy))
	dx, dy := x-o.w/2, y-o.h/2
	qx, qy := math.Abs(dx)-(hx-r), math.Abs(dy)-(hy-r)
	distance := math.Hypot(math.Max(qx, 0), math.Max(qy, 0)) + math.Min(math.Max(qx, qy), 0) - r
	line := clamp(inset + 0.5 - math.Abs(distance))
	if line == 0 {
		return 0
	}
	along, length := o.along(dx, dy, hx, hy, r)
	n := math.Max(1, math.Round(length/(o.on+o.off)))
	period := length / n
	at := math.Mod(along, period)
	return line * clamp(o.on/2+0.5-math.Abs(at-period/2))
}

// along is how far round a point lies, and the length of the whole outline.
func (o outline) along(dx, dy, hx, hy, r float64) (at, length float64) {
	sx, sy, arc := 2*(hx-r), 2*(hy-r), math.Pi*r/2
	length = 2*sx + 2*sy + 4*arc
	switch {
	case dx > hx-r && dy < -(hy-r):
		return sx + r*math.Atan2(dx-(hx-r), -(dy+hy-r)), length
	case dx > hx-r && dy > hy-r:
		return sx + arc + sy + r*math.Atan2(dy-(hy-r), dx-(hx-r)), length
	case dx < -(hx-r) && dy > hy-r:
		return 2*sx + 2*arc + sy + r*math.Atan2(-(dx+hx-r), dy-(hy-r)), length
	case dx < -(hx-r) && dy < -(hy-r):
		return 2*sx + 3*arc + 2*sy + r*math.Atan2(-(dy+hy-r), -(dx+hx-r)), length
	case dy < 0 && -dy-hy > math.Abs(dx)-hx:
		return dx + hx - r, length
	case dx > 0 && dx-hx > math.Abs(dy)-hy:
		return sx + arc + dy + hy - r, length
	case dy > 0 && dy-hy > math.Abs(dx)-hx:
		return sx + 2*arc + sy + hx - r - dx, length
	}
	return 2*sx + 3*arc + sy + hy - r - dy, length
}

func clamp(v float64) float64 { return math.Max(0, math.Min(1, v)) }
