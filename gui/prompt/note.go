package prompt

import (
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// maxMessages is how many messages a note shows; older ones go.
const maxMessages = 3

// note is the sheet that stays while a plugin works: what it said, and that it
// may be waiting for a touch. Closing it gives the plugin up.
type note struct {
	p      *Prompter
	sheet  *widget.Sheet
	words  *fyne.Container
	said   []string
	hint   fyne.CanvasObject
	ending bool // the plugin is done: closing gives nothing up
}

// noteOf is the note of the plugin that runs; it opens one if there is none.
func (p *Prompter) noteOf(plugin string, stop func()) *note {
	if p.note != nil {
		return p.note
	}
	n := &note{p: p, words: container.NewVBox(), hint: widget.Note(theme.Muted, text.T("prompt.touch"))}
	n.hint.Hide()
	n.words.Hide()
	cancel := p.cancel(func() { n.sheet.Close() })
	n.sheet = widget.NewSheet(text.T("prompt.waiting", "program", program(plugin)),
		widget.Column(theme.Gap, n.words, n.hint), cancel)
	n.sheet.OnClosed = func() {
		p.note = nil
		if !n.ending {
			stop()
		}
	}
	p.note = n
	n.sheet.Open(p.win.Canvas(), cancel)
	return n
}

// say shows a message below those before.
func (n *note) say(message string) {
	n.said = append(n.said, message)
	n.said = n.said[max(0, len(n.said)-maxMessages):]
	n.words.Show()
	n.words.RemoveAll()
	for _, m := range n.said {
		n.words.Add(widget.Pad(theme.Half, 0, says(m)))
	}
	n.sheet.Refresh()
	trace.Event("prompt.message", nil)
}

// wait says that the key may want to be touched.
func (n *note) wait() {
	n.hint.Show()
	n.sheet.Refresh()
	trace.Event("prompt.waiting", nil)
}

// done takes the note away.
func (n *note) done() {
	n.ending = true
	n.sheet.Close()
}
