package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/theme"
)

// Option is one of a few things to choose from, as a card of its own: an icon,
// a name and a sentence. It either leads on or is chosen among others.
type Option struct {
	pressable
	title  string
	leads  bool
	chosen bool
	panel  *Panel
	mark   *Icon
	face   fyne.CanvasObject
}

// NewOption makes an option that leads on to something.
func NewOption(icon, title, sentence string, tapped func()) *Option {
	return newOption(icon, title, sentence, true, tapped)
}

// NewRadio makes an option that is chosen among others.
func NewRadio(icon, title, sentence string, tapped func()) *Option {
	return newOption(icon, title, sentence, false, tapped)
}

func newOption(icon, title, sentence string, leads bool, tapped func()) *Option {
	o := &Option{title: title, leads: leads, panel: NewPanel(theme.Raised, theme.Radius), mark: NewIcon("chevron-right", theme.Muted, 20)}
	words := Column(2, Strong(title).Fits(FitWrap), Muted(sentence))
	o.face = container.NewStack(o.panel, Pad(12, theme.Gap, container.NewBorder(nil, nil, container.NewCenter(Disc(icon, theme.Accent, 40)),
		container.NewCenter(o.mark), Pad(0, 14, words))))
	o.press(o, tapped)
	return o
}

// Disc is an icon on a round ground in the tint of its tone.
func Disc(icon string, tone fyne.ThemeColorName, size float32) fyne.CanvasObject {
	ground := NewPanel(soft(tone), size/2)
	ground.Least = fyne.NewSquareSize(size)
	ink := tone
	if tone == theme.Muted {
		ink = theme.Quiet
	}
	return container.NewStack(ground, container.NewCenter(NewIcon(icon, ink, size/2)))
}

// Choose marks the option as the chosen one.
func (o *Option) Choose(on bool) { o.chosen = on; o.Refresh() }

// Chosen says whether it is.
func (o *Option) Chosen() bool { return o.chosen }

// AccessibilityLabel is the name.
func (o *Option) AccessibilityLabel() string { return o.title }

// AccessibilityRole is button.
func (o *Option) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// MinSize fits the words.
func (o *Option) MinSize() fyne.Size { return o.face.MinSize() }

// CreateRenderer is for the toolkit.
func (o *Option) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRectangle(theme.Color(theme.Transparent))
	r.StrokeWidth, r.CornerRadius = 2, theme.Radius+ringGap
	return newRenderer(o, r, o.face)
}

func (o *Option) layout(size fyne.Size, parts []fyne.CanvasObject) {
	placeRing(parts[0], size)
	parts[1].Resize(size)
}

func (o *Option) paint(parts []fyne.CanvasObject) {
	paintRing(parts[0], o.focused)
	o.panel.Fill, o.panel.Stroke, o.panel.StrokeWidth = theme.Raised, theme.Border, 1
	switch {
	case o.chosen:
		o.panel.Stroke, o.panel.StrokeWidth = theme.Accent, 2
	case o.hovered && !o.disabled:
		o.panel.Stroke = theme.FieldBorder
	}
	if !o.leads {
		if o.chosen {
			o.mark.Set("done", theme.Accent)
		} else {
			o.mark.Set("circle", theme.FieldBorder)
		}
	}
}
