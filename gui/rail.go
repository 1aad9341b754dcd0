package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// railScreens are the screens in the order of the rail and of Ctrl+1 on.
var railScreens = []string{"files", "keys", "recovery", "transfer"}

const railWidth float32 = 176

// rail is the list of screens at the left.
type rail struct {
	view  fyne.CanvasObject
	items map[string]*widget.RailButton
}

func newRail(w *window) *rail {
	r := &rail{items: map[string]*widget.RailButton{}}
	add := func(id, icon, label string, tapped func()) fyne.CanvasObject {
		b := widget.NewRailButton(icon, label, tapped)
		r.items[id] = b
		trace.Place("rail."+id, b)
		return b
	}
	to := func(id string) func() { return func() { w.show(id) } }
	top := widget.Column(theme.Half,
		add("files", "files", text.T("rail.files"), to("files")),
		add("keys", "key", text.T("rail.keys"), to("keys")),
		add("recovery", "recovery", text.T("rail.recovery"), to("recovery")),
		add("transfer", "transfer", text.T("rail.transfer"), to("transfer")))
	foot := widget.Column(theme.Half,
		add("settings", "settings", text.T("rail.settings"), to("settings")),
		add("lock", "lock", text.T("rail.lock"), w.lock))
	brand := widget.Pad(theme.Grid, 6, widget.Row(10, widget.NewDrawing("app", 28, 28), widget.Strong(text.T("app.name"))))
	column := container.NewBorder(widget.Column(12, brand, top), foot, nil, nil)
	edge := widget.Rule()
	r.view = container.NewStack(widget.NewPanel(theme.Surface, 0), container.NewBorder(nil, nil, nil, edge,
		widget.Pad(theme.Gap, 12, widget.Fixed(railWidth-24, column))))
	return r
}

func (r *rail) selected(id string) {
	for name, b := range r.items {
		b.Select(name == id)
	}
}

// alert puts the badge on Recovery.
func (r *rail) alert(on bool) { r.items["recovery"].Alert(on) }

// beside puts the rail at the left of the screen, without the gap that the
// toolkit's own layout leaves.
type beside struct{}

func (beside) MinSize(o []fyne.CanvasObject) fyne.Size {
	rail, page := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(rail.Width+page.Width, fyne.Max(rail.Height, page.Height))
}

func (beside) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := o[0].MinSize().Width
	o[0].Resize(fyne.NewSize(w, size.Height))
	o[1].Move(fyne.NewPos(w, 0))
	o[1].Resize(fyne.NewSize(size.Width-w, size.Height))
}
