package recovery

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// answer is the card that says whether one could get back in today, and why.
func (s *Screen) answer() fyne.CanvasObject {
	st := s.status
	icon, tone, words := "shield", theme.Warning, text.T("recovery.answer.notYet")
	switch st.Answer {
	case recovery.Yes:
		icon, tone, words = "shield-check", theme.OK, text.T("recovery.answer.yes", "n", st.Back)
	case recovery.Partly:
		words = text.T("recovery.answer.partly")
	}
	facts := widget.Column(theme.Half, s.reasons()...)
	column := widget.Column(theme.Half, widget.Muted(text.T("recovery.question")), widget.Title(words).Tone(tone), facts)
	trace.Event("recovery.answer", map[string]any{"answer": string(st.Answer), "ways": st.Back})
	if st.Answer == recovery.NotYet {
		begin := widget.PrimaryButton(text.T("recovery.begin"), s.first)
		trace.Place("recovery.begin", begin)
		s.main = begin
		column.Add(widget.Pad(theme.Grid, 0, widget.Row(0, widget.Spacer(), begin)))
	}
	mark := container.NewVBox(widget.Pad(theme.Half, 0, widget.Disc(icon, tone, 56)))
	return widget.Card(container.NewBorder(nil, nil, mark, nil, widget.Pad(0, theme.Gap, column)))
}

// first makes the way that suits most people: a sheet, or a backup file for
// keys that no sheet holds.
func (s *Screen) first() {
	if slices.ContainsFunc(s.engine.Keys(), onSheet) {
		s.sheet()
		return
	}
	s.backup()
}

// reasons are the facts behind the answer, those to act on first.
func (s *Screen) reasons() (all []fyne.CanvasObject) {
	st := s.status
	for _, r := range st.Reminders {
		icon, tone := "info", theme.Muted
		if r != recovery.NoWay {
			icon, tone = "warning", theme.Warning
		}
		if r == recovery.Rehearse {
			icon = "clock"
		}
		all = append(all, reason(icon, tone, text.T("recovery.reason."+string(r), "n", len(st.Missing), "names", called(st.Missing))))
	}
	if len(st.Hardware) > 0 {
		all = append(all, reason("info", theme.Muted, text.T("recovery.reason.hardware", "n", len(st.Hardware), "names", called(st.Hardware))))
	}
	switch {
	case st.Back == 0:
	case !st.Rehearsed.IsZero():
		all = append(all, reason("check", theme.OK, text.T("recovery.reason.rehearsed", "date", text.Date(st.Rehearsed))))
	case !slices.Contains(st.Reminders, recovery.Rehearse):
		all = append(all, reason("info", theme.Muted, text.T("recovery.reason.never")))
	}
	return all
}

func reason(icon string, tone fyne.ThemeColorName, sentence string) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.NewVBox(widget.NewIcon(icon, tone, 20)), nil,
		widget.Pad(0, theme.Grid, widget.Body(sentence)))
}

// called is at most three names, in a row.
func called(keys []identity.Public) string {
	var names []string
	for _, k := range keys {
		names = append(names, text.Name(k.Name))
	}
	return few(names)
}

func few(names []string) string {
	if len(names) > 3 {
		names = append(slices.Clone(names[:3]), "…")
	}
	return strings.Join(names, ", ")
}
