package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// Banner is a line at the window's top, over the screen and over an open sheet.
// It takes the keyboard from nobody, and clicks on it reach nothing below it.
type Banner struct {
	stock.BaseWidget
	canvas fyne.Canvas
	before fyne.Focusable // who had the keyboard, which a click takes away
	icon   *Icon
	words  *Text
	button *Button
	face   fyne.CanvasObject
	host   *fyne.Container // where it lies now
}

// NewBanner makes a banner with a button; Raise shows it.
func NewBanner(c fyne.Canvas, label string) *Banner {
	b := &Banner{canvas: c, icon: NewIcon("lock", theme.Warning, 20), words: Strong("")}
	b.button = SecondaryButton(label, func() { b.Tapped(nil) })
	panel := NewPanel(theme.Raised, theme.Radius)
	panel.Stroke, panel.StrokeWidth = theme.Warning, 1
	b.face = container.NewStack(panel, Pad(theme.Grid, theme.Gap, Row(theme.Gap, b.icon, b.words, b.button)))
	b.ExtendBaseWidget(b)
	return b
}

// Say changes the sentence.
func (b *Banner) Say(words string) {
	if b.words.Content() != words {
		b.words.Set(words)
		b.settle()
	}
}

// Done replaces the button and the icon: what it asked for was done.
func (b *Banner) Done(words string) {
	b.icon.Set("done", theme.OK)
	b.button.Hide()
	b.words.Set(words)
	b.settle()
}

// Content is the sentence.
func (b *Banner) Content() string { return b.words.Content() }

// Button is the banner's button.
func (b *Banner) Button() *Button { return b.button }

// Raise shows the banner over whatever lies uppermost now.
func (b *Banner) Raise() {
	var host *fyne.Container
	if s, ok := b.canvas.Overlays().Top().(*Sheet); ok {
		host = s.above
	} else if s := stageIn(b.canvas.Content()); s != nil {
		host = s.above
	}
	if host == b.host {
		return
	}
	b.Drop()
	if b.host = host; host != nil {
		b.before = b.canvas.Focused()
		host.Add(b)
		b.settle()
	}
}

// Drop takes the banner away.
func (b *Banner) Drop() {
	if b.host != nil {
		b.host.Remove(b)
		b.host = nil
	}
}

func (b *Banner) settle() {
	b.face.Refresh()
	b.Refresh()
	if b.host != nil {
		b.host.Refresh()
	}
}

// Tapped gives the keyboard back to who had it.
func (b *Banner) Tapped(*fyne.PointEvent) {
	if b.before != nil && b.canvas.Focused() == nil {
		b.canvas.Focus(b.before)
	}
}

// AccessibilityLabel is the sentence.
func (b *Banner) AccessibilityLabel() string { return b.words.Content() }

// CreateRenderer is for the toolkit.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(b.face) }

// newAbove makes the place for a banner over something.
func newAbove() *fyne.Container { return container.New(aboveLayout{}) }

// aboveLayout puts a banner at the top, in the middle, and a toast at the foot.
type aboveLayout struct{}

func (aboveLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (aboveLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		m := o.MinSize()
		m.Width = fyne.Min(m.Width, size.Width-2*theme.Grid)
		o.Resize(m)
		y := size.Height - m.Height - theme.Wide
		if _, banner := o.(*Banner); banner {
			y = theme.Gap
		}
		o.Move(fyne.NewPos((size.Width-m.Width)/2, y))
	}
}
