package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cryptodesk/gui/theme"
)

type buttonKind int

const (
	primary buttonKind = iota
	secondary
	quiet // no outline: icons, links
	danger
)

// Button is a push button. Enter and Space press it; the focus ring shows
// where the keyboard is.
type Button struct {
	pressable
	kind   buttonKind
	label  string
	spoken string // the label of an icon button
	icon   string
	role   fyne.ThemeColorName // ink of quiet buttons
	small  bool
}

func newButton(kind buttonKind, label, icon string, tapped func()) *Button {
	b := &Button{kind: kind, label: label, spoken: label, icon: icon, role: theme.Text}
	b.press(b, tapped)
	return b
}

// PrimaryButton is the one button of a view that does what the view is for.
func PrimaryButton(label string, tapped func()) *Button { return newButton(primary, label, "", tapped) }

// SecondaryButton has an outline only.
func SecondaryButton(label string, tapped func()) *Button {
	return newButton(secondary, label, "", tapped)
}

// DangerButton destroys something; never the default.
func DangerButton(label string, tapped func()) *Button { return newButton(danger, label, "", tapped) }

// LinkButton is text in the accent colour.
func LinkButton(label string, tapped func()) *Button {
	b := newButton(quiet, label, "", tapped)
	b.role = theme.Accent
	return b
}

// QuietButton is text in the text's own colour, for what is done rarely.
func QuietButton(label string, tapped func()) *Button {
	return newButton(quiet, label, "", tapped)
}

// DangerLink is text in the danger colour: it leads to what destroys, and asks.
func DangerLink(label string, tapped func()) *Button {
	b := newButton(quiet, label, "", tapped)
	b.role = theme.Danger
	return b
}

// IconButton shows only an icon; spoken says what it does to those who
// cannot see it.
func IconButton(icon, spoken string, tapped func()) *Button {
	b := newButton(quiet, "", icon, tapped)
	b.spoken, b.role = spoken, theme.Muted
	return b
}

// WithIcon puts an icon before the label.
func (b *Button) WithIcon(name string) *Button { b.icon = name; b.Refresh(); return b }

// Small makes the button 32 px high, for rows of lists.
func (b *Button) Small() *Button { b.small = true; b.Refresh(); return b }

// SetLabel changes the label.
func (b *Button) SetLabel(s string) { b.label, b.spoken = s, s; b.Refresh() }

// SetIcon changes the icon and, for an icon button, what it says.
func (b *Button) SetIcon(name, spoken string) { b.icon, b.spoken = name, spoken; b.Refresh() }

// Label is what the button says, aloud if it shows only an icon.
func (b *Button) Label() string { return b.spoken }

// AccessibilityLabel is Label.
func (b *Button) AccessibilityLabel() string { return b.spoken }

// AccessibilityRole is button.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (b *Button) height() float32 {
	if b.small {
		return 32
	}
	return theme.Target
}

func (b *Button) iconSize() float32 {
	if b.small {
		return 18
	}
	return 20
}

// MinSize is the button's natural size.
func (b *Button) MinSize() fyne.Size {
	h := b.height()
	if b.label == "" {
		return fyne.NewSize(h, h)
	}
	w := fyne.MeasureText(b.label, theme.BodySize, fyne.TextStyle{Bold: true}).Width
	side := theme.Gap
	switch {
	case b.kind == quiet:
		side = theme.Grid
	case b.small:
		side = 12
	}
	if b.icon != "" {
		w += b.iconSize() + theme.Grid
	}
	return fyne.NewSize(w+2*side, h)
}

// CreateRenderer is for the toolkit.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	icon := canvas.NewImageFromResource(nil)
	icon.FillMode = canvas.ImageFillContain
	return newRenderer(b, ring(), canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent),
		icon, canvas.NewText("", color.Black))
}

func (b *Button) layout(size fyne.Size, parts []fyne.CanvasObject) {
	placeRing(parts[0], size)
	parts[1].Resize(size)
	parts[2].Resize(size)
	text := parts[4].(*canvas.Text)
	m := text.MinSize()
	w, s := float32(0), b.iconSize()
	if b.label != "" {
		w = m.Width
	}
	if b.icon != "" {
		w += s
		if b.label != "" {
			w += theme.Grid
		}
	}
	x := (size.Width - w) / 2
	if b.icon != "" {
		parts[3].Resize(fyne.NewSize(s, s))
		parts[3].Move(fyne.NewPos(x, (size.Height-s)/2))
		x += s + theme.Grid
	}
	text.Resize(m)
	text.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
}

func (b *Button) paint(parts []fyne.CanvasObject) {
	fill, stroke, ink := b.colors()
	paintRing(parts[0], b.focused)
	face := parts[1].(*canvas.Rectangle)
	face.FillColor, face.CornerRadius = theme.Color(fill), theme.Corner
	face.StrokeColor, face.StrokeWidth = color.Transparent, 0
	if stroke != "" {
		face.StrokeColor, face.StrokeWidth = theme.Color(stroke), 1
	}
	tint := parts[2].(*canvas.Rectangle)
	tint.CornerRadius, tint.FillColor = theme.Corner, theme.Color(b.tint())
	icon := parts[3].(*canvas.Image)
	icon.Hidden = b.icon == ""
	if b.icon != "" {
		icon.Resource = theme.Icon(b.icon, ink)
	}
	text := parts[4].(*canvas.Text)
	text.Text, text.Color, text.TextSize = b.label, theme.Color(ink), theme.BodySize
	text.TextStyle = fyne.TextStyle{Bold: true}
}

func (b *Button) colors() (fill, stroke, ink fyne.ThemeColorName) {
	if b.disabled {
		switch b.kind {
		case quiet:
			return theme.Transparent, "", theme.Muted
		case secondary:
			return theme.Surface, theme.Border, theme.Muted
		}
		return theme.NeutralSoft, "", theme.Quiet
	}
	switch b.kind {
	case primary:
		switch {
		case b.pressed:
			return theme.AccentPress, "", theme.OnAccent
		case b.hovered:
			return theme.AccentHover, "", theme.OnAccent
		}
		return theme.Accent, "", theme.OnAccent
	case danger:
		return theme.Danger, "", theme.OnDanger
	case secondary:
		return theme.Surface, theme.FieldBorder, theme.Text
	}
	return theme.Transparent, "", b.role
}

func (b *Button) tint() fyne.ThemeColorName {
	if b.disabled || b.kind == primary {
		return theme.Transparent
	}
	switch {
	case b.pressed:
		return theme.PressTint
	case b.hovered:
		return theme.HoverTint
	}
	return theme.Transparent
}
