package recovery

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// ask answers questions for the passphrase of a file, from the goroutine that
// reads it: a sheet over what is shown. Whatever closes it, the lock for
// instance, gives up.
func ask(ctx context.Context, w fyne.Window, file string) identity.Ask {
	return func(again bool) (*secret.Buffer, error) {
		return await(ctx, func(reply chan<- *secret.Buffer) { askFor(ctx, w, file, again, reply) })
	}
}

// await shows a question on the UI goroutine and waits for its answer; reply
// has room for one, and nil gives up.
func await(ctx context.Context, show func(reply chan<- *secret.Buffer)) (*secret.Buffer, error) {
	reply := make(chan *secret.Buffer, 1)
	toUI(func() { show(reply) })
	select {
	case typed := <-reply:
		if typed != nil {
			return typed, nil
		}
	case <-ctx.Done():
		select {
		case typed := <-reply: // in the moment of the lock
			typed.Destroy()
		default:
		}
	}
	return nil, fault.New(fault.Cancelled, "", ctx.Err())
}

// askFor shows the question. reply has room for the one answer; nil gives up.
func askFor(ctx context.Context, w fyne.Window, file string, again bool, reply chan<- *secret.Buffer) {
	if ctx.Err() != nil {
		return // the worker knows by its context
	}
	field := widget.NewPassphraseField(text.T("recovery.ask.field"))
	wrong := widget.Body(text.T("recovery.ask.wrong")).Tone(theme.Danger)
	widget.SetVisible(wrong, again)
	open := widget.PrimaryButton(text.T("recovery.ask.open"), nil)
	skip := widget.SecondaryButton(text.T("recovery.ask.skip"), nil)
	open.Disable()
	sheet := widget.NewSheet(text.T("recovery.ask.title"), widget.Column(theme.Gap,
		widget.Row(12, widget.Disc("lock", theme.Accent, 40), widget.FileName(text.Name(file))),
		widget.Muted(text.T("recovery.ask.what")),
		widget.Column(theme.Half, widget.Pad(3, 3, field), wrong)), skip, open)
	answered := false
	unheard := context.AfterFunc(ctx, func() { toUI(sheet.Close) })
	sheet.OnClosed = func() {
		unheard()
		if !answered {
			reply <- nil
		}
		field.Destroy()
	}
	open.OnTapped = func() {
		if !field.Empty() && !answered {
			answered = true
			reply <- field.Take()
			sheet.Close()
		}
	}
	skip.OnTapped = sheet.Close
	field.OnSubmit = func() { open.Tapped(nil) }
	field.OnChange = func() {
		if field.Empty() {
			open.Disable()
			return
		}
		open.Enable()
		widget.SetVisible(wrong, false)
	}
	trace.Place("ask.passphrase", field)
	trace.Place("ask.open", open)
	trace.Place("ask.skip", skip)
	trace.Event("recovery.ask", map[string]any{"again": again})
	sheet.Open(w.Canvas(), field)
	field.Wrong(again)
}

// toUI runs f on the UI goroutine, soon.
var toUI = cross.Do
