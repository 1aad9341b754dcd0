package recovery

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/recovery"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// rehearse opens the sheet in which a way is tried out: the same pieces as when
// it counts, and nothing changes.
func (s *Screen) rehearse() {
	do := widget.PrimaryButton(text.T("recovery.rehearse.do"), nil)
	f := form.New(s.window, text.T("recovery.rehearse.title"), do)
	var g *gather
	g = newGather(s.window, s.engine, func() {
		if g == nil {
			return
		}
		able(do, g.ready())
		f.Sheet.Refresh()
		if g.ready() {
			f.Focus(do)
		}
	})
	s.pieces = g
	f.Wipe = append(f.Wipe, g.close)
	f.Fields.Add(widget.Column(theme.Gap, widget.Muted(text.T("recovery.rehearse.lead")), g.view))
	do.Disable()
	do.OnTapped = func() {
		if !g.ready() {
			return
		}
		var out recovery.Rehearsal
		f.Run(text.T("recovery.rehearse.busy"), func(ctx context.Context) (err error) {
			out, err = s.engine.Rehearse(ctx, g.restore)
			return err
		}, func(err error) { s.rehearsed(f, out, err) })
	}
	trace.Place("rehearse.do", do)
	s.opened(f)
	f.Sheet.Wide(640)
	f.Open(g.pen)
}

// rehearsed says what came of it.
func (s *Screen) rehearsed(f *form.Form, out recovery.Rehearsal, err error) {
	s.Refresh()
	if f.Sheet.Closed() {
		return // nothing was changed, and the card says the date
	}
	trace.Event("recovery.rehearsed", map[string]any{"passed": out.Passed, "ok": err == nil})
	if err != nil {
		f.Fail(err)
		return
	}
	wiped(f)
	title, content := text.T("recovery.rehearse.passed"), []fyne.CanvasObject{
		container.NewCenter(widget.NewDrawing("done", 160, 102)),
		widget.Note(theme.OK, text.T("recovery.rehearse.opened", "n", len(out.Opened), "names", called(out.Opened))),
		widget.Muted(text.T("recovery.rehearse.next"))}
	if !out.Passed {
		title = text.T("recovery.rehearse.failed")
		content = []fyne.CanvasObject{widget.Note(theme.Warning, text.T("recovery.rehearse.lost", "n", len(out.Missing), "names", called(out.Missing)))}
		if len(out.Opened) > 0 {
			content = append(content, widget.Note(theme.OK, text.T("recovery.rehearse.opened", "n", len(out.Opened), "names", called(out.Opened))))
		}
		content = append(content, widget.Muted(text.T("recovery.rehearse.anew")))
	}
	f.Finish(title, widget.Column(theme.Gap, content...), "", nil)
}

func able(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}
