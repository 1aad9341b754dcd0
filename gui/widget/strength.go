package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// strengthSteps is the number of segments of the meter.
const strengthSteps = 4

// StrengthMeter shows how long a passphrase would hold: up to four segments
// and a sentence.
type StrengthMeter struct {
	stock.BaseWidget
	score int
	words *Text
}

// NewStrengthMeter makes an empty meter.
func NewStrengthMeter() *StrengthMeter {
	m := &StrengthMeter{words: Caption("").Fits(FitEnd)}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows a score from 0 (nothing typed) to 4 and a sentence.
func (m *StrengthMeter) Set(score int, sentence string) {
	m.score = max(0, min(strengthSteps, score))
	m.words.Set(sentence)
	m.Refresh()
}

// Score is the score shown.
func (m *StrengthMeter) Score() int { return m.score }

// AccessibilityLabel is the sentence.
func (m *StrengthMeter) AccessibilityLabel() string { return m.words.Content() }

// AccessibilityRole is text.
func (m *StrengthMeter) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// MinSize is the bar and its sentence.
func (m *StrengthMeter) MinSize() fyne.Size { return fyne.NewSize(120, 30) }

// CreateRenderer is for the toolkit.
func (m *StrengthMeter) CreateRenderer() fyne.WidgetRenderer {
	parts := []fyne.CanvasObject{}
	for range strengthSteps {
		parts = append(parts, canvas.NewRectangle(color.Transparent))
	}
	return newRenderer(m, append(parts, m.words)...)
}

func (m *StrengthMeter) layout(size fyne.Size, parts []fyne.CanvasObject) {
	w := (size.Width - theme.Half*(strengthSteps-1)) / strengthSteps
	for i := range strengthSteps {
		parts[i].Resize(fyne.NewSize(w, 4))
		parts[i].Move(fyne.NewPos((w+theme.Half)*float32(i), 0))
	}
	m.words.Resize(fyne.NewSize(size.Width, 20))
	m.words.Move(fyne.NewPos(0, 9))
}

func (m *StrengthMeter) paint(parts []fyne.CanvasObject) {
	role := []fyne.ThemeColorName{theme.NeutralSoft, theme.Danger, theme.Warning, theme.OK, theme.OK}[m.score]
	for i := range strengthSteps {
		r := parts[i].(*canvas.Rectangle)
		r.CornerRadius, r.FillColor = 2, theme.Color(theme.NeutralSoft)
		if i < m.score {
			r.FillColor = theme.Color(role)
		}
	}
}
