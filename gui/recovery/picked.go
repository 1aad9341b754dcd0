package recovery

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// picked is a place for one file: what it is for, which one it is, and a button
// to choose another.
type picked struct {
	path    string
	view    fyne.CanvasObject
	change  *widget.Button
	name    *widget.Text
	note    *widget.Text
	window  fyne.Window
	title   string
	changed func(path string)
}

// newPicked is empty; none says so. changed is told about a file that was
// chosen.
func newPicked(w fyne.Window, icon, title, none string, changed func(path string)) *picked {
	p := &picked{window: w, title: title, changed: changed}
	p.name, p.note = widget.FileName(title), widget.Caption(none).Fits(widget.FitWrap)
	p.change = widget.SecondaryButton(text.T("app.choose"), p.choose).Small()
	p.view = widget.CardPadded(12, container.NewBorder(nil, nil,
		container.NewCenter(widget.NewIcon(icon, theme.Muted, 24)), container.NewCenter(p.change),
		widget.Pad(0, 12, widget.Column(0, p.name, p.note))))
	return p
}

// set chooses a file.
func (p *picked) set(path string) {
	p.path = filepath.Clean(path)
	p.name.Set(text.Name(base(p.path)))
	p.say(text.Name(filepath.Dir(p.path)))
	p.changed(p.path)
}

// say puts another line under the name.
func (p *picked) say(note string) { p.note.Set(note) }

func (p *picked) choose() {
	form.ChoosePath(p.window, shell.Request{Title: p.title, Accept: text.T("app.choose")}, func(paths []string) {
		if len(paths) > 0 {
			p.set(paths[0])
		}
	})
}

// Enable and Disable let a form grey it while it is read.
func (p *picked) Enable()        { p.change.Enable() }
func (p *picked) Disable()       { p.change.Disable() }
func (p *picked) Disabled() bool { return p.change.Disabled() }
