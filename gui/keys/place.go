package keys

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// place is where a file will be saved, and a way to another.
type place struct {
	window fyne.Window
	path   string
	view   fyne.CanvasObject
	name   *widget.Text
	folder *widget.Text
	change *widget.Button
}

// newPlace suggests a free name in folder. ext is the end that a number in the
// name goes before.
func newPlace(w fyne.Window, icon, folder, name, ext string) *place {
	p := &place{window: w, name: widget.FileName(""), folder: widget.Caption("").Fits(widget.FitMiddle)}
	p.change = widget.LinkButton(text.T("keys.place.change"), p.choose).Small()
	trace.Place("keys.place", p.change)
	p.view = widget.CardPadded(12, container.NewBorder(nil, nil,
		container.NewCenter(widget.NewIcon(icon, theme.Muted, 24)), container.NewCenter(p.change),
		widget.Pad(0, 12, widget.Column(0, p.name, p.folder))))
	p.set(shell.Free(folder, name, ext))
	return p
}

func (p *place) set(path string) {
	p.path = path
	p.name.Set(text.Name(filepath.Base(path)))
	p.folder.Set(text.Name(filepath.Dir(path)))
}

func (p *place) choose() {
	choosePath(p.window, shell.Request{
		Title: text.T("keys.place.title"), Accept: text.T("app.save"),
		SaveAs: filepath.Base(p.path), Start: filepath.Dir(p.path),
	}, func(paths []string) {
		if len(paths) > 0 {
			p.set(filepath.Clean(paths[0]))
		}
	})
}

// Enable and Disable let a form grey the place while it is written to.
func (p *place) Enable()        { p.change.Enable() }
func (p *place) Disable()       { p.change.Disable() }
func (p *place) Disabled() bool { return p.change.Disabled() }

// choosePath asks for a place; the tests answer themselves.
var choosePath = shell.Choose

// written says where a file is now.
func written(d Desk, path, icon string) fyne.CanvasObject {
	show := widget.LinkButton(text.T("keys.place.show"), func() { d.reveal(path) }).Small()
	return widget.CardPadded(12, container.NewBorder(nil, nil,
		container.NewCenter(widget.NewIcon(icon, theme.OK, 24)), container.NewCenter(show),
		widget.Pad(0, 12, widget.Column(0, widget.FileName(text.Name(filepath.Base(path))),
			widget.Caption(text.Name(filepath.Dir(path))).Fits(widget.FitMiddle)))))
}

// fileName is a file name that any system takes, without an end.
func fileName(name string) string { return strings.TrimSuffix(cardName(name), ".card.txt") }
