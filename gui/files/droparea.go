package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// dropArea is where one sees that things can be dropped. A drop anywhere in
// the window counts; a click on the area chooses files.
type dropArea struct {
	stock.BaseWidget
	content fyne.CanvasObject
	edge    *widget.Dashes
	tint    *widget.Panel
	first   *widget.Button
	tapped  func()
}

// newDropHero fills the screen while there is nothing else to show.
func newDropHero(choose, chooseFolder func()) *dropArea {
	files := widget.PrimaryButton(text.T("files.choose"), choose)
	folder := widget.SecondaryButton(text.T("files.chooseFolder"), chooseFolder)
	trace.Place("drop.choose", files)
	trace.Place("drop.folder", folder)
	words := container.New(layout.NewCustomPaddedVBoxLayout(theme.Half),
		widget.Heading(text.T("files.drop.title")).Align(fyne.TextAlignCenter),
		widget.Muted(text.T("files.drop.note")).Align(fyne.TextAlignCenter))
	column := container.New(layout.NewCustomPaddedVBoxLayout(theme.Gap),
		layout.NewSpacer(),
		container.NewCenter(widget.NewDrawing("drop", 200, 128)),
		words,
		container.NewCenter(widget.Row(theme.Grid, files, folder)),
		container.NewCenter(widget.Caption(text.T("files.drop.many"))),
		layout.NewSpacer())
	return newDropArea(column, files, choose)
}

// newDropStrip is the same in one line, above the rows.
func newDropStrip(choose, chooseFolder func()) *dropArea {
	files := widget.SecondaryButton(text.T("files.choose"), choose)
	folder := widget.LinkButton(text.T("files.chooseFolder"), chooseFolder)
	row := widget.Row(theme.Grid,
		widget.NewIcon("plus", theme.Accent, 20),
		widget.Label(text.T("files.drop.more")).Fits(widget.FitEnd),
		folder, files)
	return newDropArea(widget.Pad(12, theme.Gap, row), files, choose)
}

func newDropArea(content fyne.CanvasObject, first *widget.Button, tapped func()) *dropArea {
	d := &dropArea{first: first, tapped: tapped}
	d.edge = widget.NewDashes(theme.FieldBorder)
	d.tint = widget.NewPanel(theme.Surface, theme.Radius)
	d.content = container.NewStack(d.tint, d.edge, content)
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer is for the toolkit.
func (d *dropArea) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(d.content) }

// Tapped chooses files.
func (d *dropArea) Tapped(*fyne.PointEvent) { d.tapped() }

// Cursor is a hand.
func (d *dropArea) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn shows that the area answers.
func (d *dropArea) MouseIn(*desktop.MouseEvent) { d.lit(true) }

// MouseMoved is ignored.
func (d *dropArea) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (d *dropArea) MouseOut() { d.lit(false) }

func (d *dropArea) lit(on bool) {
	edge, fill := theme.FieldBorder, theme.Surface
	if on {
		edge, fill = theme.Accent, theme.AccentSoft
	}
	d.edge.Tone(edge)
	d.tint.Fill = fill
	d.tint.Refresh()
}
