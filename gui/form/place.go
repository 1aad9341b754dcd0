package form

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Place is where a file will be saved, and a way to another.
type Place struct {
	Path   string
	View   fyne.CanvasObject
	Change *widget.Button

	window fyne.Window
	name   *widget.Text
	folder *widget.Text
	chosen bool
}

// NewPlace suggests a free name in folder. ext is the end that a number in the
// name goes before.
func NewPlace(w fyne.Window, icon, folder, name, ext string) *Place {
	p := &Place{window: w, name: widget.FileName(""), folder: widget.Caption("").Fits(widget.FitMiddle)}
	p.Change = widget.LinkButton(text.T("keys.place.change"), p.choose).Small()
	trace.Place("keys.place", p.Change)
	p.View = widget.CardPadded(12, container.NewBorder(nil, nil,
		container.NewCenter(widget.NewIcon(icon, theme.Muted, 24)), container.NewCenter(p.Change),
		widget.Pad(0, 12, widget.Column(0, p.name, p.folder))))
	p.set(shell.Free(folder, name, ext))
	return p
}

func (p *Place) set(path string) {
	p.Path = path
	p.name.Set(text.Name(filepath.Base(path)))
	p.folder.Set(text.Name(filepath.Dir(path)))
}

// Suggest is another free name in folder, unless the person chose one.
func (p *Place) Suggest(folder, name, ext string) {
	if !p.chosen {
		p.set(shell.Free(folder, name, ext))
	}
}

func (p *Place) choose() {
	ChoosePath(p.window, shell.Request{
		Title: text.T("keys.place.title"), Accept: text.T("app.save"),
		SaveAs: filepath.Base(p.Path), Start: filepath.Dir(p.Path),
	}, func(paths []string) {
		if len(paths) > 0 {
			p.chosen = true
			p.set(filepath.Clean(paths[0]))
		}
	})
}

// Enable and Disable let a form grey the place while it is written to.
func (p *Place) Enable()        { p.Change.Enable() }
func (p *Place) Disable()       { p.Change.Disable() }
func (p *Place) Disabled() bool { return p.Change.Disabled() }

// ChoosePath asks for a place; the tests answer themselves.
var ChoosePath = shell.Choose

// Written says where a file is now.
func Written(reveal func(path string), path, icon string) fyne.CanvasObject {
	show := widget.LinkButton(text.T("keys.place.show"), func() { reveal(path) }).Small()
	return widget.CardPadded(12, container.NewBorder(nil, nil,
		container.NewCenter(widget.NewIcon(icon, theme.OK, 24)), container.NewCenter(show),
		widget.Pad(0, 12, widget.Column(0, widget.FileName(text.Name(filepath.Base(path))),
			widget.Caption(text.Name(filepath.Dir(path))).Fits(widget.FitMiddle)))))
}
