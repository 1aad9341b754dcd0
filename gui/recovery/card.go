package recovery

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// card is one way back in: what it is, what there is of it, and the one thing
// to do about it.
type card struct {
	id    string // of its place in the trace, recovery.ID
	icon  string
	title string
	about string
	state string // a few words; empty when there is nothing to say
	tone  fyne.ThemeColorName
	note  string // instead of the action, when it is not for these keys
	act   string // the button's word
	again string // the same once there is one
	open  func()

	also     string // a second thing to do, if not empty; recovery.ID.also
	alsoOpen func()
}

func (c card) build(s *Screen) fyne.CanvasObject {
	tone := theme.Accent
	if c.note != "" {
		tone = theme.Muted
	}
	words := widget.Column(12, widget.Row(12, widget.Disc(c.icon, tone, 40), widget.Heading(c.title)), widget.Muted(c.about))
	foot := widget.Row(theme.Grid)
	if c.state != "" && c.note == "" {
		foot.Add(widget.NewBadge(c.state, c.tone))
	}
	if c.note != "" {
		foot.Add(widget.Caption(c.note).Fits(widget.FitWrap))
	} else {
		button := widget.SecondaryButton(c.act, c.open).Small()
		trace.Place("recovery."+c.id, button)
		foot.Add(widget.Spacer())
		if c.also != "" {
			also := widget.LinkButton(c.also, c.alsoOpen).Small()
			trace.Place("recovery."+c.id+".also", also)
			foot.Add(also)
		}
		foot.Add(button)
	}
	level := widget.NewPanel(theme.Transparent, 0) // as high with a button as without
	level.Least = fyne.NewSize(0, 32)
	return widget.CardPadded(theme.Gap, container.NewBorder(words, container.NewStack(level, foot), nil, nil, nil))
}

// cardGrid puts cards side by side, up to three where there is room, and makes
// those of one line equally high. Its height follows from the width it was last
// given.
type cardGrid struct{ width float32 }

// cardWidth is the least width of a card beside another.
const cardWidth float32 = 296

func (g *cardGrid) columns() int {
	return max(1, min(3, int((g.width+theme.Gap)/(cardWidth+theme.Gap))))
}

func (g *cardGrid) line(o []fyne.CanvasObject) (height float32) {
	for _, c := range o {
		height = fyne.Max(height, c.MinSize().Height)
	}
	return height
}

func (g *cardGrid) MinSize(o []fyne.CanvasObject) fyne.Size {
	n := g.columns()
	size := fyne.NewSize(240, 0)
	for i := 0; i < len(o); i += n {
		if i > 0 {
			size.Height += theme.Gap
		}
		size.Height += g.line(o[i:min(i+n, len(o))])
	}
	return size
}

func (g *cardGrid) Layout(o []fyne.CanvasObject, size fyne.Size) {
	g.width = size.Width
	n := g.columns()
	w := (size.Width - theme.Gap*float32(n-1)) / float32(n)
	for _, c := range o { // text wraps to the width first
		c.Resize(fyne.NewSize(w, c.Size().Height))
	}
	y := float32(0)
	for i := 0; i < len(o); i += n {
		line := o[i:min(i+n, len(o))]
		h := g.line(line)
		for k, c := range line {
			c.Move(fyne.NewPos(float32(k)*(w+theme.Gap), y))
			c.Resize(fyne.NewSize(w, h))
		}
		y += h + theme.Gap
	}
}
