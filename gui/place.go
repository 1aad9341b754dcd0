package gui

import (
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/text"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// section is where the window keeps its place in the sealed session state.
const section = "window"

// place is what is shown, to come back to it after the next unlock.
type place struct {
	Shown string `json:"shown"`
}

// last is the screen that was shown before the lock; Files when there is none,
// or when something dropped waits for it.
func (w *window) last() string {
	var p place
	if len(w.waiting) == 0 && w.eng.Recall(section, &p) && (slices.Contains(railScreens, p.Shown) || p.Shown == "settings") {
		return p.Shown
	}
	return "files"
}

// explain says why what was remembered is not there. That another window keeps
// it is no news to who opened both.
func (w *window) explain(problem error) {
	if problem == nil || fault.Of(problem) == fault.ProfileBusy {
		return
	}
	what, do := text.FaultOf(problem)
	var sheet *widget.Sheet
	closing := widget.PrimaryButton(text.T("app.close"), func() { sheet.Close() })
	trace.Place("state.close", closing)
	sheet = widget.NewSheet(text.T("app.state.title"), widget.Column(8, widget.Body(what), widget.Muted(do)), closing)
	sheet.Open(w.win.Canvas(), closing)
}
