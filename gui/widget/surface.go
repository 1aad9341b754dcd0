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

// Card is a raised surface around content, with 24 px of padding.
func Card(content fyne.CanvasObject) *fyne.Container { return CardPadded(theme.Wide, content) }

// CardPadded is Card with another padding; 0 for lists that go to the edge.
func CardPadded(padding float32, content fyne.CanvasObject) *fyne.Container {
	p := NewPanel(theme.Raised, theme.Radius)
	p.Stroke, p.StrokeWidth = theme.Border, 1
	return container.NewStack(p, Pad(padding, padding, content))
}

// Tinted is a quiet coloured surface around content: a note, a warning.
func Tinted(fill fyne.ThemeColorName, content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewPanel(fill, theme.Radius), Pad(12, theme.Gap, content))
}

// Note is one tinted sentence with an icon. tone is Accent, OK, Warning,
// Danger or Muted.
func Note(tone fyne.ThemeColorName, s string) *fyne.Container {
	icon := map[fyne.ThemeColorName]string{theme.OK: "done", theme.Warning: "warning", theme.Danger: "warning"}[tone]
	if icon == "" {
		icon = "info"
	}
	words := Body(s)
	return Tinted(soft(tone), container.NewBorder(nil, nil,
		container.NewVBox(Pad(0, 0, NewIcon(icon, tone, 20))), nil, Pad(0, theme.Grid, words)))
}

// soft is the tint that belongs to a tone.
func soft(tone fyne.ThemeColorName) fyne.ThemeColorName {
	switch tone {
	case theme.Accent:
		return theme.AccentSoft
	case theme.OK:
		return theme.OKSoft
	case theme.Warning:
		return theme.WarningSoft
	case theme.Danger:
		return theme.DangerSoft
	}
	return theme.NeutralSoft
}

// Icon is a line icon in a colour of the theme.
type Icon struct {
	stock.BaseWidget
	name string
	role fyne.ThemeColorName
	size float32
}

// NewIcon makes an icon of size pixels.
func NewIcon(name string, role fyne.ThemeColorName, size float32) *Icon {
	i := &Icon{name: name, role: role, size: size}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes the icon and its colour.
func (i *Icon) Set(name string, role fyne.ThemeColorName) {
	if i.name != name || i.role != role {
		i.name, i.role = name, role
		i.Refresh()
	}
}

// MinSize is the icon's size.
func (i *Icon) MinSize() fyne.Size { return fyne.NewSquareSize(i.size) }

// CreateRenderer is for the toolkit.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	img := canvas.NewImageFromResource(nil)
	img.FillMode = canvas.ImageFillContain
	return newRenderer(i, img)
}

func (i *Icon) layout(size fyne.Size, parts []fyne.CanvasObject) {
	parts[0].Resize(fyne.NewSquareSize(i.size))
	parts[0].Move(fyne.NewPos((size.Width-i.size)/2, (size.Height-i.size)/2))
}

func (i *Icon) paint(parts []fyne.CanvasObject) {
	parts[0].(*canvas.Image).Resource = theme.Icon(i.name, i.role)
}

// Drawing is a picture in the palette of the theme.
type Drawing struct {
	stock.BaseWidget
	name string
	size fyne.Size
}

// NewDrawing makes a drawing of that size in pixels.
func NewDrawing(name string, width, height float32) *Drawing {
	d := &Drawing{name: name, size: fyne.NewSize(width, height)}
	d.ExtendBaseWidget(d)
	return d
}

// MinSize is the drawing's size.
func (d *Drawing) MinSize() fyne.Size { return d.size }

// CreateRenderer is for the toolkit.
func (d *Drawing) CreateRenderer() fyne.WidgetRenderer {
	img := canvas.NewImageFromResource(nil)
	img.FillMode = canvas.ImageFillContain
	return newRenderer(d, img)
}

func (d *Drawing) layout(size fyne.Size, parts []fyne.CanvasObject) { parts[0].Resize(size) }

func (d *Drawing) paint(parts []fyne.CanvasObject) {
	parts[0].(*canvas.Image).Resource = theme.Drawing(d.name)
}

// Badge is a small tinted word: Verified, Not verified. Its tone is Accent,
// OK, Warning, Danger or Muted.
type Badge struct {
	stock.BaseWidget
	label string
	tone  fyne.ThemeColorName
}

// NewBadge makes a badge.
func NewBadge(label string, tone fyne.ThemeColorName) *Badge {
	b := &Badge{label: label, tone: tone}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes word and tone.
func (b *Badge) Set(label string, tone fyne.ThemeColorName) {
	if b.label == label && b.tone == tone {
		return
	}
	b.label, b.tone = label, tone
	b.Refresh()
}

// AccessibilityLabel is the word.
func (b *Badge) AccessibilityLabel() string { return b.label }

// AccessibilityRole is text.
func (b *Badge) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// MinSize fits the word.
func (b *Badge) MinSize() fyne.Size {
	w := fyne.MeasureText(b.label, theme.CaptionSize, fyne.TextStyle{Bold: true}).Width
	return fyne.NewSize(w+2*10, 24)
}

// CreateRenderer is for the toolkit.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(b, canvas.NewRectangle(color.Transparent), canvas.NewText("", color.Black))
}

func (b *Badge) layout(size fyne.Size, parts []fyne.CanvasObject) {
	parts[0].Resize(size)
	m := parts[1].MinSize()
	parts[1].Resize(m)
	parts[1].Move(fyne.NewPos((size.Width-m.Width)/2, (size.Height-m.Height)/2))
}

func (b *Badge) paint(parts []fyne.CanvasObject) {
	r := parts[0].(*canvas.Rectangle)
	r.FillColor, r.CornerRadius = theme.Color(soft(b.tone)), 12
	t := parts[1].(*canvas.Text)
	t.Text, t.TextSize, t.TextStyle = b.label, theme.CaptionSize, fyne.TextStyle{Bold: true}
	ink := b.tone
	if ink == theme.Muted {
		ink = theme.Quiet
	}
	t.Color = theme.Color(ink)
}

// Rule is a 1 px line across.
func Rule() *Panel {
	p := NewPanel(theme.Border, 0)
	p.Least = fyne.NewSize(1, 1)
	return p
}

// EmptyState is a drawing, one sentence and what can be done about it.
func EmptyState(drawing, sentence string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	words := Muted(sentence).Align(fyne.TextAlignCenter)
	return container.New(layout.NewCustomPaddedVBoxLayout(theme.Gap),
		layout.NewSpacer(),
		container.NewCenter(NewDrawing(drawing, 200, 128)),
		AtMost(400, words),
		container.NewCenter(Row(theme.Grid, actions...)),
		layout.NewSpacer())
}
