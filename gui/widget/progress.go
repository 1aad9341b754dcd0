package widget

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// ProgressBar is a thin bar that takes the free width of a Row.
type ProgressBar struct {
	stock.BaseWidget
	value float64
	role  fyne.ThemeColorName
}

// NewProgressBar makes an empty bar.
func NewProgressBar() *ProgressBar {
	p := &ProgressBar{role: theme.Accent}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows a share between 0 and 1; what is outside is clamped.
func (p *ProgressBar) Set(share float64) {
	share = math.Min(1, math.Max(0, share))
	if math.IsNaN(share) {
		share = 0
	}
	if share != p.value {
		p.value = share
		p.Refresh()
	}
}

// Value is the share shown.
func (p *ProgressBar) Value() float64 { return p.value }

// Tone changes the colour's role.
func (p *ProgressBar) Tone(role fyne.ThemeColorName) {
	if p.role != role {
		p.role = role
		p.Refresh()
	}
}

// Stretches is for Row.
func (p *ProgressBar) Stretches() bool { return true }

// MinSize is the least useful bar.
func (p *ProgressBar) MinSize() fyne.Size { return fyne.NewSize(64, 6) }

// CreateRenderer is for the toolkit.
func (p *ProgressBar) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(p, canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent))
}

func (p *ProgressBar) layout(size fyne.Size, parts []fyne.CanvasObject) {
	parts[0].Resize(size)
	w := float32(p.value) * size.Width
	if p.value > 0 {
		w = fyne.Max(w, size.Height)
	}
	parts[1].Resize(fyne.NewSize(w, size.Height))
}

func (p *ProgressBar) paint(parts []fyne.CanvasObject) {
	for i, role := range []fyne.ThemeColorName{theme.NeutralSoft, p.role} {
		r := parts[i].(*canvas.Rectangle)
		r.FillColor, r.CornerRadius = theme.Color(role), 3
	}
}

// Spinner is a turning arc for work whose length is unknown. It turns only
// while shown and started.
type Spinner struct {
	stock.BaseWidget
	turn  *fyne.Animation
	angle float32
	size  float32
}

// NewSpinner makes a still, hidden spinner of size pixels.
func NewSpinner(size float32) *Spinner {
	s := &Spinner{size: size}
	s.ExtendBaseWidget(s)
	s.Hide()
	return s
}

// Start shows and turns it.
func (s *Spinner) Start() {
	if s.turn != nil {
		return
	}
	s.Show()
	s.turn = fyne.NewAnimation(time.Second, func(done float32) {
		s.angle = done * 360
		s.Refresh()
	})
	s.turn.Curve = fyne.AnimationLinear
	s.turn.RepeatCount = fyne.AnimationRepeatForever
	s.turn.Start()
}

// Stop hides it.
func (s *Spinner) Stop() {
	if s.turn != nil {
		s.turn.Stop()
		s.turn = nil
	}
	s.Hide()
}

// MinSize is the spinner and a gap to the words beside it.
func (s *Spinner) MinSize() fyne.Size { return fyne.NewSize(s.size+theme.Grid, s.size) }

// CreateRenderer is for the toolkit.
func (s *Spinner) CreateRenderer() fyne.WidgetRenderer {
	arc := canvas.NewArc(0, 270, 0.78, color.Black)
	return newRenderer(s, arc)
}

func (s *Spinner) layout(size fyne.Size, parts []fyne.CanvasObject) {
	parts[0].Resize(fyne.NewSquareSize(s.size))
	parts[0].Move(fyne.NewPos(0, (size.Height-s.size)/2))
}

func (s *Spinner) paint(parts []fyne.CanvasObject) {
	a := parts[0].(*canvas.Arc)
	a.FillColor = theme.Color(theme.Accent)
	a.StartAngle, a.EndAngle = s.angle, s.angle+270
}

// Progress shows at which of a few steps one is: a row of short bars.
func Progress(step, of int) fyne.CanvasObject {
	bars := []fyne.CanvasObject{}
	for i := range of {
		bar := NewPanel(theme.NeutralSoft, 2)
		if i < step {
			bar.Fill = theme.Accent
		}
		bar.Least = fyne.NewSize(32, 4)
		bars = append(bars, bar)
	}
	return Row(theme.Grid, append(append([]fyne.CanvasObject{Spacer()}, bars...), Spacer())...)
}
