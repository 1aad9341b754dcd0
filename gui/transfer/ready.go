package transfer

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// readyCard says whether contacts can send now, and where to.
type readyCard struct {
	s       *Screen
	view    *fyne.Container
	icon    *widget.Icon
	state   *widget.Text
	detail  *widget.Text
	where   *widget.Text
	copy    *widget.Button
	turn    *widget.Button
	on      bool
	at      []string
	working bool
}

func newReadyCard(s *Screen) *readyCard {
	r := &readyCard{s: s}
	r.icon = widget.NewIcon("computer", theme.Muted, 24)
	r.state = widget.Strong("")
	r.detail = widget.Muted("")
	r.where = widget.Body("").Mono().Fits(widget.FitEnd)
	r.copy = widget.LinkButton(text.T("transfer.ready.copy"), r.copyAddress).Small()
	r.turn = widget.SecondaryButton(text.T("transfer.ready.on"), r.toggle)
	trace.Place("transfer.ready", r.turn)
	trace.Place("transfer.address", r.copy)
	words := widget.Column(theme.Half, r.state, r.detail, r.where)
	r.view = widget.CardPadded(theme.Gap, container.NewBorder(nil, nil, container.NewCenter(r.icon),
		container.NewCenter(widget.Row(theme.Grid, r.copy, r.turn)), widget.Pad(0, theme.Gap, words)))
	r.refresh()
	return r
}

// refresh shows what is so now.
func (r *readyCard) refresh() {
	at, until, on := r.s.engine.IsReady()
	if on == r.on && slices.Equal(at, r.at) && r.state.Content() != "" {
		return
	}
	r.on, r.at = on, at
	if !on {
		r.icon.Set("computer", theme.Muted)
		r.state.Tone(theme.Text).Set(text.T("transfer.ready.not"))
		r.detail.Set(text.T("transfer.ready.about"))
		r.turn.SetLabel(text.T("transfer.ready.on"))
	} else {
		r.icon.Set("computer", theme.OK)
		r.state.Tone(theme.OK).Set(text.T("transfer.ready.until", "time", clock(until)))
		r.detail.Set(text.T("transfer.ready.tell"))
		r.where.Set(at[0])
		r.turn.SetLabel(text.T("transfer.ready.off"))
	}
	widget.SetVisible(r.where, on)
	widget.SetVisible(r.copy, on)
	r.view.Refresh()
	trace.Event("transfer.ready", map[string]any{"on": on, "address": strings.Join(at, " ")})
}

func clock(t time.Time) string { return t.Local().Format("15:04") }

func (r *readyCard) copyAddress() {
	if r.on {
		clip.Copy(r.at[0])
		widget.Toast(r.s.window.Canvas(), theme.OK, text.T("transfer.ready.copied"))
	}
}

// toggle listens, or no longer.
func (r *readyCard) toggle() {
	if r.working {
		return
	}
	r.working = true
	r.turn.Disable()
	var err error
	form.Away(func() {
		if r.on {
			r.s.engine.NotReady()
			return
		}
		err = r.s.engine.Ready(engine.Readiness{})
	}, func() {
		r.working = false
		r.turn.Enable()
		if err != nil {
			r.detail.Set(form.Sentence(err))
			r.view.Refresh()
			return
		}
		r.refresh()
	})
}
