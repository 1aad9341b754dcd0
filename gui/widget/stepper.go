package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/theme"
)

// Stepper is a small whole number between bounds, with a button for less and
// one for more.
type Stepper struct {
	View       fyne.CanvasObject
	less, more *Button
	number     *Text
	value      int
	from, to   int
	changed    func(int)
}

// NewStepper makes a stepper; less and more say aloud what the buttons do, and
// changed hears of what the person changes.
func NewStepper(value, from, to int, less, more string, changed func(int)) *Stepper {
	s := &Stepper{from: from, to: to, changed: changed, number: Strong("").Align(fyne.TextAlignCenter)}
	s.less = IconButton("minus", less, func() { s.step(-1) }).Small()
	s.more = IconButton("plus", more, func() { s.step(1) }).Small()
	panel := NewPanel(theme.Surface, theme.Corner)
	panel.Stroke, panel.StrokeWidth = theme.FieldBorder, 1
	s.View = container.NewStack(panel, Pad(2, 2, Row(0, s.less, Fixed(36, s.number), s.more)))
	s.Set(value)
	return s
}

// Value is the number.
func (s *Stepper) Value() int { return s.value }

// Buttons are the two buttons, less first.
func (s *Stepper) Buttons() (less, more *Button) { return s.less, s.more }

// Set changes the number without calling changed; what is outside is clamped.
func (s *Stepper) Set(n int) {
	s.value = max(s.from, min(n, s.to))
	s.number.Set(strconv.Itoa(s.value))
	able(s.less, s.value > s.from)
	able(s.more, s.value < s.to)
}

// Bound changes the bounds.
func (s *Stepper) Bound(from, to int) {
	s.from, s.to = from, to
	s.Set(s.value)
}

func (s *Stepper) step(by int) {
	before := s.value
	s.Set(s.value + by)
	if s.value != before && s.changed != nil {
		s.changed(s.value)
	}
}

// Enable and Disable are for forms at work.
func (s *Stepper) Enable() { s.Set(s.value) }

// Disable refuses changes while work runs.
func (s *Stepper) Disable() { s.less.Disable(); s.more.Disable() }

// Disabled says whether changes are refused.
func (s *Stepper) Disabled() bool { return s.less.Disabled() && s.more.Disabled() }

func able(b *Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}
