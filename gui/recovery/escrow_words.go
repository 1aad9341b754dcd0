package recovery

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// askWords answers questions for the words that a depositary reads out, as ask
// does for passphrases.
func askWords(ctx context.Context, w fyne.Window) recovery.AskWords {
	return func(p recovery.Piece, again bool) (*secret.Buffer, error) {
		return await(ctx, func(reply chan<- *secret.Buffer) { askWordsFor(ctx, w, p, again, reply) })
	}
}

func askWordsFor(ctx context.Context, w fyne.Window, p recovery.Piece, again bool, reply chan<- *secret.Buffer) {
	if ctx.Err() != nil {
		return
	}
	name := text.Name(p.Holder)
	field := widget.NewWordsField(text.T("escrow.answer.field"), widget.Count(spokenCount), spoken)
	wrong := widget.Body(text.T("escrow.answer.wrong")).Tone(theme.Danger)
	widget.SetVisible(wrong, again)
	take := widget.PrimaryButton(text.T("escrow.answer.take"), nil)
	skip := widget.SecondaryButton(text.T("recovery.ask.skip"), nil)
	take.Disable()
	sheet := widget.NewSheet(text.T("escrow.answer.title"), widget.Column(theme.Gap,
		widget.Row(12, widget.Disc("unlock", theme.Accent, 40), widget.FileName(text.Name(p.Name))),
		widget.Body(text.T("escrow.answer.lead", "name", name)),
		widget.Muted(text.T("escrow.answer.why", "name", name)),
		widget.Column(theme.Half, ringed(field), wrong)), skip, take).Wide(560)
	answered := false
	sheet.OnClosed = func() {
		if !answered {
			reply <- nil
		}
		field.Destroy()
	}
	take.OnTapped = func() {
		if field.Whole() && !answered {
			answered = true
			reply <- field.Copy()
			sheet.Close()
		}
	}
	skip.OnTapped = sheet.Close
	field.OnSubmit = func() { take.Tapped(nil) }
	field.OnChange = func() {
		able(take, field.Whole())
		if field.Filled() > 0 {
			widget.SetVisible(wrong, false)
		}
	}
	trace.Place("answer.words", field)
	trace.Place("answer.take", take)
	trace.Place("answer.skip", skip)
	trace.Event("recovery.words", map[string]any{"again": again})
	sheet.Open(w.Canvas(), field)
	context.AfterFunc(ctx, func() { toUI(sheet.Close) })
}
