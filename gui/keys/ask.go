package keys

import (
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// question is a passphrase that a worker waits for.
type question struct {
	field *widget.PassphraseField
	reply chan<- *secret.Buffer // nil gives up; has room for the one answer
}

// ask is called on the goroutine that reads, and waits there for an answer of
// the person, for the end of the sheet, or for the lock, which ends the sheet.
func (m *importing) ask(src *source, again bool) (*secret.Buffer, error) {
	reply := make(chan *secret.Buffer, 1)
	toUI(func() { m.askFor(src, again, reply) })
	select {
	case pass := <-reply:
		if pass != nil {
			return pass, nil
		}
	case <-m.ctx.Done():
		select {
		case pass := <-reply: // typed in the moment of the lock
			pass.Destroy()
		default:
		}
	}
	return nil, fault.New(fault.Cancelled, "", m.ctx.Err())
}

// askFor shows the question.
func (m *importing) askFor(src *source, again bool, reply chan<- *secret.Buffer) {
	if m.sheet.Closed() {
		return // the worker knows by its context
	}
	src.asked = true
	q := &question{field: widget.NewPassphraseField(text.T("import.ask.field")), reply: reply}
	wrong := widget.Body(text.T("import.ask.wrong")).Tone(theme.Danger)
	if !again {
		wrong.Hide()
	}
	trace.Place("import.passphrase", q.field)
	head := container.NewBorder(nil, nil, container.NewCenter(disc("lock", theme.Accent, theme.AccentSoft)), nil,
		widget.Pad(0, 12, widget.Column(2, widget.FileName(src.label()), widget.Muted(text.T("import.ask.what")))))
	skip := text.T("import.ask.skip")
	if len(m.sources) == 1 {
		skip = text.T("import.back")
	}
	submit := func() {
		if m.asking == q && !q.field.Empty() {
			m.asking = nil
			pass := q.field.Take()
			q.field.Destroy()
			m.reading(src)
			reply <- pass
		}
	}
	m.buttons(skip, func() {
		m.reading(src)
	}, text.T("import.ask.open"), submit)
	m.press.Disable()
	q.field.OnSubmit = submit
	q.field.OnChange = func() {
		if q.field.Empty() {
			m.press.Disable()
		} else {
			m.press.Enable()
			wrong.Hide()
		}
	}
	m.page(text.T("import.ask.title"), widget.Column(theme.Gap, head,
		widget.Column(theme.Grid, widget.Pad(3, 3, q.field), wrong)), q.field)
	m.asking = q
	q.field.Wrong(again)
	trace.Event("import.ask", map[string]any{"again": again})
}

// forgetQuestion gives up on a passphrase that is waited for, and wipes what
// was typed of it.
func (m *importing) forgetQuestion() {
	if q := m.asking; q != nil {
		m.asking = nil
		q.field.Destroy()
		q.reply <- nil
	}
}
