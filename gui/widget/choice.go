package widget

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cryptodesk/gui/theme"
)

// RailButton is a screen in the window's left rail: an icon and a word.
type RailButton struct {
	pressable
	icon, label string
	selected    bool
	alert       bool
}

// NewRailButton makes a rail item.
func NewRailButton(icon, label string, tapped func()) *RailButton {
	r := &RailButton{icon: icon, label: label}
	r.press(r, tapped)
	return r
}

// Select marks the screen that is shown.
func (r *RailButton) Select(on bool) { r.selected = on; r.Refresh() }

// Alert puts a yellow badge on the item.
func (r *RailButton) Alert(on bool) { r.alert = on; r.Refresh() }

// Alerted says whether the badge is there.
func (r *RailButton) Alerted() bool { return r.alert }

// Label is the word.
func (r *RailButton) Label() string { return r.label }

// AccessibilityLabel is the word.
func (r *RailButton) AccessibilityLabel() string { return r.label }

// AccessibilityRole is button.
func (r *RailButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// MinSize is the item's natural size.
func (r *RailButton) MinSize() fyne.Size {
	w := fyne.MeasureText(r.label, theme.BodySize, fyne.TextStyle{Bold: true}).Width
	return fyne.NewSize(12+20+12+w+28, theme.Target)
}

// CreateRenderer is for the toolkit.
func (r *RailButton) CreateRenderer() fyne.WidgetRenderer {
	icon := canvas.NewImageFromResource(nil)
	icon.FillMode = canvas.ImageFillContain
	return newRenderer(r, ring(), canvas.NewRectangle(color.Transparent), icon,
		canvas.NewText("", color.Black), canvas.NewCircle(color.Transparent))
}

func (r *RailButton) layout(size fyne.Size, parts []fyne.CanvasObject) {
	placeRing(parts[0], size)
	parts[1].Resize(size)
	parts[2].Resize(fyne.NewSquareSize(20))
	parts[2].Move(fyne.NewPos(12, (size.Height-20)/2))
	m := parts[3].MinSize()
	parts[3].Resize(m)
	parts[3].Move(fyne.NewPos(44, (size.Height-m.Height)/2))
	parts[4].Resize(fyne.NewSquareSize(8))
	parts[4].Move(fyne.NewPos(size.Width-20, (size.Height-8)/2))
}

func (r *RailButton) paint(parts []fyne.CanvasObject) {
	paintRing(parts[0], r.focused)
	fill, ink := theme.Transparent, theme.Muted
	switch {
	case r.selected:
		fill, ink = theme.AccentSoft, theme.Accent
	case r.pressed:
		fill, ink = theme.PressTint, theme.Text
	case r.hovered:
		fill, ink = theme.HoverTint, theme.Text
	}
	face := parts[1].(*canvas.Rectangle)
	face.FillColor, face.CornerRadius = theme.Color(fill), theme.Corner
	parts[2].(*canvas.Image).Resource = theme.Icon(r.icon, ink)
	t := parts[3].(*canvas.Text)
	t.Text, t.TextSize, t.Color = r.label, theme.BodySize, theme.Color(ink)
	t.TextStyle = fyne.TextStyle{Bold: r.selected}
	dot := parts[4].(*canvas.Circle)
	dot.Hidden, dot.FillColor = !r.alert, theme.Color(theme.Warning)
}

// Check is a box with a label that is on or off.
type Check struct {
	pressable
	label string
	on    bool
}

// NewCheck makes a box; changed is called with the new state when it is
// pressed.
func NewCheck(label string, on bool, changed func(bool)) *Check {
	c := &Check{label: label, on: on}
	c.press(c, func() {
		c.on = !c.on
		c.Refresh()
		if changed != nil {
			changed(c.on)
		}
	})
	return c
}

// On says whether the box is ticked.
func (c *Check) On() bool { return c.on }

// SetOn ticks or clears the box without calling changed.
func (c *Check) SetOn(on bool) { c.on = on; c.Refresh() }

// SetLabel changes the label.
func (c *Check) SetLabel(s string) { c.label = s; c.Refresh() }

// Label is the label.
func (c *Check) Label() string { return c.label }

// AccessibilityLabel is the label.
func (c *Check) AccessibilityLabel() string { return c.label }

// AccessibilityRole is button: the toolkit has no check role.
func (c *Check) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// MinSize fits the label.
func (c *Check) MinSize() fyne.Size {
	w := fyne.MeasureText(c.label, theme.BodySize, fyne.TextStyle{}).Width
	return fyne.NewSize(4+20+10+w+4, 32)
}

// CreateRenderer is for the toolkit.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	icon := canvas.NewImageFromResource(nil)
	icon.FillMode = canvas.ImageFillContain
	return newRenderer(c, ring(), canvas.NewRectangle(color.Transparent), icon, canvas.NewText("", color.Black))
}

func (c *Check) layout(size fyne.Size, parts []fyne.CanvasObject) {
	top := (size.Height - 20) / 2
	box := fyne.NewPos(4, top)
	parts[0].Resize(size)
	parts[1].Resize(fyne.NewSquareSize(20))
	parts[1].Move(box)
	parts[2].Resize(fyne.NewSquareSize(16))
	parts[2].Move(box.AddXY(2, 2))
	m := parts[3].MinSize()
	parts[3].Resize(m)
	parts[3].Move(fyne.NewPos(34, (size.Height-m.Height)/2))
}

func (c *Check) paint(parts []fyne.CanvasObject) {
	paintRing(parts[0], c.focused)
	box := parts[1].(*canvas.Rectangle)
	box.CornerRadius, box.StrokeWidth = 5, 1.5
	box.FillColor, box.StrokeColor = theme.Color(theme.Surface), theme.Color(theme.FieldBorder)
	ink := theme.Text
	switch {
	case c.disabled:
		box.FillColor, ink = theme.Color(theme.NeutralSoft), theme.Muted
	case c.on:
		box.FillColor, box.StrokeColor = theme.Color(theme.Accent), theme.Color(theme.Accent)
	case c.hovered:
		box.StrokeColor = theme.Color(theme.Accent)
	}
	tick := parts[2].(*canvas.Image)
	tick.Hidden = !c.on
	if c.on {
		role := theme.OnAccent
		if c.disabled {
			role = theme.Muted
		}
		tick.Resource = theme.Icon("check", role)
	}
	t := parts[3].(*canvas.Text)
	t.Text, t.TextSize, t.Color = c.label, theme.BodySize, theme.Color(ink)
}

// Choice is one of a few words, side by side. Left and Right move.
type Choice struct {
	pressable
	options []string
	words   []fyne.CanvasObject // one canvas.Text for each option
	chosen  int
	changed func(int)
}

// NewChoice makes a choice; changed is called with the new index when the
// person chose another.
func NewChoice(options []string, chosen int, changed func(int)) *Choice {
	c := &Choice{options: slices.Clone(options), chosen: chosen, changed: changed}
	for range options {
		c.words = append(c.words, canvas.NewText("", color.Black))
	}
	c.press(c, nil)
	return c
}

// Chosen is the index of the chosen option.
func (c *Choice) Chosen() int { return c.chosen }

// Choose changes the choice as if the person had.
func (c *Choice) Choose(i int) {
	if c.disabled || i < 0 || i >= len(c.options) || i == c.chosen {
		return
	}
	c.chosen = i
	c.Refresh()
	if c.changed != nil {
		c.changed(i)
	}
}

// Rename changes the word of an option: a count in it, for example.
func (c *Choice) Rename(i int, word string) {
	if c.options[i] != word {
		c.options[i] = word
		c.Refresh()
	}
}

// AccessibilityLabel is the chosen option.
func (c *Choice) AccessibilityLabel() string { return c.options[c.chosen] }

// AccessibilityRole is button.
func (c *Choice) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped chooses what is under the pointer.
func (c *Choice) Tapped(e *fyne.PointEvent) {
	if e == nil {
		return
	}
	x := float32(0)
	for i := range c.options {
		x += c.cell(i, c.Size().Width)
		if e.Position.X < x {
			c.Choose(i)
			return
		}
	}
}

// TypedKey moves with the arrow keys; Space and Enter go round.
func (c *Choice) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		c.Choose(c.chosen - 1)
	case fyne.KeyRight:
		c.Choose(c.chosen + 1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.Choose((c.chosen + 1) % len(c.options))
	default:
		Unhandled(c.self, e)
	}
}

func (c *Choice) natural(i int) float32 {
	return fyne.MeasureText(c.options[i], theme.BodySize, fyne.TextStyle{Bold: true}).Width + 28
}

// cell is the width of option i when the whole is width wide.
func (c *Choice) cell(i int, width float32) float32 {
	spare := width - c.MinSize().Width
	return c.natural(i) + fyne.Max(0, spare)/float32(len(c.options))
}

// MinSize fits every option.
func (c *Choice) MinSize() fyne.Size {
	w := float32(0)
	for i := range c.options {
		w += c.natural(i)
	}
	return fyne.NewSize(w, 36)
}

// CreateRenderer is for the toolkit.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	parts := []fyne.CanvasObject{ring(), canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)}
	return newRenderer(c, append(parts, c.words...)...)
}

func (c *Choice) layout(size fyne.Size, parts []fyne.CanvasObject) {
	placeRing(parts[0], size)
	parts[1].Resize(size)
	x := float32(0)
	for i := range c.options {
		w := c.cell(i, size.Width)
		if i == c.chosen {
			parts[2].Resize(fyne.NewSize(w-6, size.Height-6))
			parts[2].Move(fyne.NewPos(x+3, 3))
		}
		m := parts[3+i].MinSize()
		parts[3+i].Resize(m)
		parts[3+i].Move(fyne.NewPos(x+(w-m.Width)/2, (size.Height-m.Height)/2))
		x += w
	}
}

func (c *Choice) paint(parts []fyne.CanvasObject) {
	paintRing(parts[0], c.focused)
	track := parts[1].(*canvas.Rectangle)
	track.FillColor, track.CornerRadius = theme.Color(theme.NeutralSoft), theme.Corner
	thumb := parts[2].(*canvas.Rectangle)
	thumb.FillColor, thumb.CornerRadius = theme.Color(theme.Thumb), 6
	thumb.StrokeColor, thumb.StrokeWidth = theme.Color(theme.Border), 1
	for i, s := range c.options {
		t := parts[3+i].(*canvas.Text)
		t.Text, t.TextSize, t.TextStyle = s, theme.BodySize, fyne.TextStyle{Bold: i == c.chosen}
		t.Color = theme.Color(theme.Quiet)
		if i == c.chosen && !c.disabled {
			t.Color = theme.Color(theme.Text)
		}
	}
}
