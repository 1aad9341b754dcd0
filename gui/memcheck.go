package gui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// memoryCheck lets the engine search this program's memory, and says what came
// of it.
type memoryCheck struct {
	w       *window
	button  *widget.Button
	spinner *widget.Spinner
	stop    context.CancelFunc // ends the search under way
	closed  bool
}

func newMemoryCheck(w *window) *memoryCheck {
	m := &memoryCheck{w: w, spinner: widget.NewSpinner(20)}
	m.button = widget.SecondaryButton(text.T("settings.check.do"), m.run)
	trace.Place("settings.check", m.button)
	return m
}

func (m *memoryCheck) line() fyne.CanvasObject {
	return line("search", text.T("settings.check"), text.T("settings.check.text"), widget.Row(theme.Grid, m.spinner, m.button))
}

func (m *memoryCheck) close() {
	m.closed = true
	m.spinner.Stop()
	if m.stop != nil {
		m.stop()
	}
}

func (m *memoryCheck) run() {
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.button.Disable()
	m.spinner.Start()
	var report *engine.MemoryReport
	var err error
	cross.Go(func() { report, err = m.w.eng.CheckMemory(ctx) }, func() {
		stop()
		m.button.Enable()
		m.spinner.Stop()
		if !m.closed {
			m.tell(report, err)
		}
	})
}

// tell shows the outcome on a sheet, the sentence first.
func (m *memoryCheck) tell(report *engine.MemoryReport, err error) {
	if fault.Of(err) == fault.Cancelled {
		return
	}
	parts := []fyne.CanvasObject{}
	add := func(o fyne.CanvasObject) { parts = append(parts, o) }
	found := 0
	switch {
	case err != nil:
		what, do := text.FaultOf(err)
		add(widget.Note(theme.Warning, what+" "+do))
	case !report.Sees():
		add(widget.Note(theme.Warning, text.T("settings.check.blind")))
	default:
		found = report.Found()
		size := text.Bytes(report.Bytes)
		if found == 0 {
			add(widget.Note(theme.OK, text.T("settings.check.clean", "size", size)))
		} else {
			add(widget.Note(theme.Danger, text.T("settings.check.found", "n", found, "size", size)))
			add(widget.Body(kinds(report)))
			add(widget.Body(text.T("settings.check.lock")))
		}
		add(widget.Muted(text.T("settings.check.proof")))
		if report.Unread > 0 {
			add(widget.Muted(text.T("settings.check.unread", "size", text.Bytes(report.Unread))))
		}
	}
	var sheet *widget.Sheet
	closing := widget.PrimaryButton(text.T("app.close"), func() { sheet.Close() })
	trace.Place("check.close", closing)
	trace.Event("check.done", map[string]any{"found": found, "sees": err == nil && report.Sees()})
	sheet = widget.NewSheet(text.T("settings.check"), widget.Column(theme.Gap, parts...), closing)
	sheet.OnClosed = func() { trace.Screen("settings") }
	trace.Screen("settings.check")
	sheet.Open(m.w.win.Canvas(), closing)
}

// kinds lists what was found, by what it is.
func kinds(report *engine.MemoryReport) string {
	names := []string{}
	for kind, n := range report.Count {
		if kind != "control" && n > 0 {
			names = append(names, "•\u00a0"+text.T("settings.check.kind", "kind", text.T("memory.kind."+string(kind)), "n", n))
		}
	}
	slices.Sort(names)
	list := ""
	for _, name := range names {
		if list != "" {
			list += "\n"
		}
		list += name
	}
	return list
}
