package recovery

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// mostEntries bounds how many lines of the log are shown: the latest.
const mostEntries = 100

// log shows what was asked for, refused, released and taken in.
func (s *Screen) log() {
	entries := s.engine.Releases()
	column := widget.Column(theme.Grid, widget.Muted(text.T("escrow.log.lead")))
	for _, e := range entries[:min(len(entries), mostEntries)] {
		column.Add(logLine(e))
	}
	switch n := len(entries) - mostEntries; {
	case len(entries) == 0:
		column.Add(widget.EmptyState("recovery", text.T("escrow.log.none")))
	case n > 0:
		column.Add(widget.Caption(text.T("escrow.log.older", "n", n)))
	}
	done := widget.PrimaryButton(text.T("app.close"), nil)
	sheet := widget.NewSheet(text.T("escrow.log.title"), column, done).Wide(600)
	done.OnTapped = sheet.Close
	trace.Place("log.close", done)
	trace.Event("recovery.log", map[string]any{"n": len(entries)})
	sheet.Open(s.window.Canvas(), done)
}

// logIcons say what happened at a glance.
var logIcons = map[escrow.Kind]struct {
	icon string
	tone fyne.ThemeColorName
}{
	escrow.Requested: {"edit", theme.Accent}, escrow.Refused: {"warning", theme.Warning},
	escrow.Released: {"unlock", theme.Accent}, escrow.Restored: {"done", theme.OK},
}

func logLine(e escrow.Entry) fyne.CanvasObject {
	look := logIcons[e.Kind]
	words := widget.Column(2,
		widget.Body(text.T("escrow.log."+string(e.Kind), "name", text.Name(e.Name), "n", e.Wrong)).Bold(true),
		widget.Caption(text.Date(e.At.Local())+", "+e.At.Local().Format("15:04")))
	if len(e.Words) > 0 {
		words.Add(widget.Body(text.T("escrow.log.words."+string(e.Kind), "words", strings.Join(e.Words, " "))))
	}
	if e.New != "" && e.Kind != escrow.Requested {
		words.Add(widget.Caption(text.T("escrow.log.key", "print", e.New)).Fits(widget.FitWrap))
	}
	return widget.CardPadded(12, container.NewBorder(nil, nil, container.NewVBox(widget.Disc(look.icon, look.tone, 40)), nil, widget.Pad(0, 12, words)))
}
