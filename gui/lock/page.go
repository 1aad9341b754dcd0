package lock

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// steps is how many steps the first run counts.
const steps = 3

// page is the frame of one step: what it is for at the left, what to do at
// the right, buttons at the right foot.
type page struct {
	step        int
	drawing     string
	aside       string
	title, lead string
	content     fyne.CanvasObject
	corner      fyne.CanvasObject   // at the top right, may be nil
	left        []fyne.CanvasObject // quiet buttons
	right       []fyne.CanvasObject // the primary one last
}

func (p page) build() fyne.CanvasObject {
	level := widget.NewPanel(theme.Transparent, 0) // the row is as high without a corner
	level.Least = fyne.NewSize(0, 32)
	top := []fyne.CanvasObject{level, widget.Caption(text.T("lock.step", "n", p.step, "of", steps)), widget.Spacer()}
	if p.corner != nil {
		top = append(top, p.corner)
	}
	head := widget.Column(theme.Half, widget.Row(0, top...),
		widget.Title(p.title), widget.Muted(p.lead))
	foot := append(append(append([]fyne.CanvasObject{}, p.left...), widget.Spacer()), p.right...)
	body := widget.FollowFocus(widget.Pad(theme.Half, theme.Grid, widget.Column(theme.Wide, head, p.content)))
	form := container.NewBorder(nil, widget.Pad(theme.Gap, theme.Grid, widget.Row(theme.Grid, foot...)), nil, nil, body)
	return container.New(splitLayout{}, p.sidebar(), widget.Pad(40, 0, widget.AtMost(488, form)))
}

// sidebar says in one sentence and one drawing why this step is there.
func (p page) sidebar() fyne.CanvasObject {
	brand := widget.Row(12, widget.NewDrawing("app", 32, 32), widget.Strong(text.T("app.name")))
	middle := container.New(layout.NewCustomPaddedVBoxLayout(theme.Wide), layout.NewSpacer(),
		container.NewCenter(widget.NewDrawing(p.drawing, 200, 128)),
		widget.AtMost(240, widget.Body(p.aside).Align(fyne.TextAlignCenter)), layout.NewSpacer())
	side := container.NewBorder(brand, widget.Progress(p.step, steps), nil, nil, middle)
	edge := widget.NewPanel(theme.Border, 0)
	edge.Least = fyne.NewSize(1, 1)
	return container.NewStack(widget.NewPanel(theme.Surface, 0),
		container.NewBorder(nil, nil, nil, edge, widget.Pad(theme.Wide, theme.Wide, side)))
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
