package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// Page is the frame of one step of a few: what it is for at the left, what to
// do at the right, buttons at the right foot. Without a drawing the left part
// is not there and the right one has the whole width.
type Page struct {
	Step, Of    int
	Drawing     string
	Aside       string
	Title, Lead string
	Content     fyne.CanvasObject
	Status      fyne.CanvasObject   // a line above the buttons: how work goes, what is wrong; may be nil
	Corner      fyne.CanvasObject   // at the top right, may be nil
	Left        []fyne.CanvasObject // quiet buttons
	Right       []fyne.CanvasObject // the primary one last
}

// Build makes the page.
func (p Page) Build() fyne.CanvasObject {
	level := NewPanel(theme.Transparent, 0) // the row is as high without a corner
	level.Least = fyne.NewSize(0, 32)
	top := []fyne.CanvasObject{container.NewStack(level, Caption(text.T("lock.step", "n", p.Step, "of", p.Of)))}
	if p.Drawing == "" {
		top = append(top, Progress(p.Step, p.Of))
	}
	top = append(top, Spacer())
	if p.Corner != nil {
		top = append(top, p.Corner)
	}
	head := Column(theme.Half, Title(p.Title), Muted(p.Lead))
	foot := append(append(append([]fyne.CanvasObject{}, p.Left...), Spacer()), p.Right...)
	body := FollowFocus(Pad(theme.Half, 12, Column(theme.Wide, head, p.Content)))
	below := Column(0, Pad(theme.Gap, 12, Row(theme.Grid, foot...)))
	if p.Status != nil {
		below.Objects = []fyne.CanvasObject{Pad(0, 12, p.Status), below.Objects[0]}
	}
	form := container.NewBorder(Pad(0, 12, Row(theme.Gap, top...)), below, nil, nil, body)
	if p.Drawing == "" {
		return Pad(theme.Gap, theme.Gap, AtMost(696, form))
	}
	return container.New(splitLayout{}, p.sidebar(), Pad(40, 0, AtMost(496, form)))
}

// sidebar says in one sentence and one drawing why this step is there.
func (p Page) sidebar() fyne.CanvasObject {
	brand := Row(12, NewDrawing("app", 32, 32), Strong(text.T("app.name")))
	middle := container.New(layout.NewCustomPaddedVBoxLayout(theme.Wide), layout.NewSpacer(),
		container.NewCenter(NewDrawing(p.Drawing, 200, 128)),
		AtMost(240, Body(p.Aside).Align(fyne.TextAlignCenter)), layout.NewSpacer())
	side := container.NewBorder(brand, Progress(p.Step, p.Of), nil, nil, middle)
	edge := NewPanel(theme.Border, 0)
	edge.Least = fyne.NewSize(1, 1)
	return container.NewStack(NewPanel(theme.Surface, 0),
		container.NewBorder(nil, nil, nil, edge, Pad(theme.Wide, theme.Wide, side)))
}

// splitLayout gives the sidebar two fifths, between 232 and 360 px.
type splitLayout struct{}

func (splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := fyne.Max(232, fyne.Min(360, size.Width*0.36))
	objects[0].Resize(fyne.NewSize(w, size.Height))
	objects[1].Resize(fyne.NewSize(size.Width-w-2*theme.Gap, size.Height))
	objects[1].Move(fyne.NewPos(w+theme.Gap, 0))
}

func (splitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	right := objects[1].MinSize()
	return fyne.NewSize(232+2*theme.Gap+right.Width, right.Height)
}
