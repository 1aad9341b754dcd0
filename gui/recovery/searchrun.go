package recovery

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// glance is how often a search is looked at.
const glance = 500 * time.Millisecond

// running is the page that shows a search.
type running struct {
	bar     *widget.ProgressBar
	head    *widget.Text
	numbers *widget.Text
	left    *widget.Text
	problem *widget.Text
	pause   *widget.Button
	state   search.State
	on      bool // on the screen
	was     *widget.SecretText
	known   *secret.Buffer // what was shows
}

func (r *running) leave() {
	r.on = false
	if r.was != nil {
		r.was.Set(nil)
	}
	r.known.Destroy()
	r.known = nil
}

// begin has the guesses tried that were counted.
func (l *lastResort) begin() {
	c := &l.count
	if c.guesses == nil || l.run != nil {
		return
	}
	g := c.guesses
	c.guesses = nil // the search's now
	l.run = l.z.engine.Search(l.target, g, search.Options{Team: l.team, Rate: l.rate, Longest: longest,
		Checkpoint: l.z.engine.SearchNotes(l.target, 0, 1)})
	trace.Event("search.begun", nil)
	l.watch()
}

// watch is the page of a search.
func (l *lastResort) watch() {
	z, r := l.z, &l.shown
	r.leave()
	r.on = true
	r.bar, r.head, r.numbers, r.left = widget.NewProgressBar(), widget.Heading(""), widget.Body(""), widget.Muted("")
	r.problem = widget.Body("").Tone(theme.Danger)
	r.state = -1
	r.pause = widget.SecondaryButton(text.T("recovery.search.pause"), l.pause)
	trace.Place("search.pause", r.pause)
	z.parts("", nil, l.end)
	z.left.SetLabel(text.T("recovery.search.stop"))
	trace.Place("search.stop", z.left)
	out := widget.LinkButton(text.T("recovery.search.leave"), func() { z.done(false) }).Small()
	trace.Place("restore.cancel", out)
	z.show("search.run", widget.Page{
		Step: 2, Of: z.steps(), Title: text.T("recovery.search.running"), Lead: l.about("recovery.search.running.lead"),
		Content: widget.Column(theme.Gap, widget.Card(widget.Column(12, r.head, r.bar, r.numbers, r.left)), r.problem,
			widget.Note(theme.Accent, text.T("recovery.search.running.note"))),
		Corner: out, Left: []fyne.CanvasObject{z.left}, Right: []fyne.CanvasObject{r.pause},
	}, r.pause)
	l.look(l.run)
}

// about is a sentence about what is searched for: the own keys, or a file.
func (l *lastResort) about(key string) string {
	if own, err := l.z.engine.SearchTarget(""); err == nil && own.Name() == l.run.Target().Name() {
		return text.T(key + ".own")
	}
	return text.T(key, "file", text.Name(base(l.run.Target().Path())))
}

// look shows how far it is, and comes again.
func (l *lastResort) look(at *search.Search) {
	r := &l.shown
	if l.closed || !r.on || l.run != at {
		return
	}
	p := at.Progress()
	if p.State != r.state {
		trace.Event("search.state", map[string]any{"state": int(p.State), "done": float64(p.Done)})
	}
	r.state = p.State
	switch {
	case p.State == search.Found:
		l.found()
		return
	case p.State.Over():
		l.over(at.Err())
		return
	}
	r.head.Set(text.T([]string{"recovery.search.counting", "recovery.search.trying", "recovery.search.pausing", "recovery.search.paused"}[p.State]))
	share := 0.0
	if p.Total > 0 {
		share = float64(p.Done) / float64(p.Total)
	}
	r.bar.Set(share)
	r.numbers.Set(text.T("recovery.search.done", "done", text.Many(p.Done), "total", text.Many(p.Total)))
	left := ""
	if p.State == search.Running && p.Left >= 0 {
		left = text.T("recovery.search.left", "time", text.Span(p.Left.Seconds()))
	}
	r.left.Set(left)
	label := "recovery.search.pause"
	if p.State == search.Paused {
		label = "recovery.search.resume"
	}
	r.pause.SetLabel(text.T(label))
	able(r.pause, p.State != search.Pausing)
	if p.Problem != nil {
		r.problem.Set(text.T("recovery.search.unwritten") + " " + sentence(p.Problem))
	} else {
		r.problem.Set("")
	}
	form.Later(glance, func() { l.look(at) })
}

func (l *lastResort) pause() {
	if l.run.Progress().State == search.Paused {
		l.run.Resume()
	} else {
		l.run.Pause()
	}
}

// end stops the search and comes back to the form.
func (l *lastResort) end() {
	was := l.run
	if was == nil {
		return
	}
	l.run = nil
	l.shown.leave()
	form.Away(was.Close, func() {
		if !l.closed {
			l.form()
		}
	})
}

// over says why a search ended without the passphrase.
func (l *lastResort) over(err error) {
	z, r := l.z, &l.shown
	trace.Event("search.over", map[string]any{"kind": string(fault.Of(err))})
	r.on = false
	title, again := "recovery.search.failed", ""
	switch fault.Of(err) {
	case fault.NoGuess:
		title = "recovery.search.none"
	case fault.CheckpointForeign:
		title, again = "recovery.search.foreign", "recovery.search.anew"
	case fault.CheckpointDamaged, fault.TooNew:
		again = "recovery.search.anew"
	}
	change := widget.SecondaryButton(text.T("recovery.search.change"), l.end)
	trace.Place("search.change", change)
	buttons := []fyne.CanvasObject{change}
	first := fyne.Focusable(change)
	if again != "" {
		anew := widget.PrimaryButton(text.T(again), l.anew)
		trace.Place("search.anew", anew)
		buttons, first = append(buttons, anew), change
	}
	z.show("search.over", widget.Page{
		Step: 2, Of: z.steps(), Title: text.T(title), Lead: sentence(err),
		Content: widget.Column(theme.Gap), Right: buttons,
	}, first)
}

// anew forgets how far another search came.
func (l *lastResort) anew() {
	l.run.Forget()
	l.end()
}

// found is the page that asks for a new passphrase at once.
func (l *lastResort) found() {
	z, r := l.z, &l.shown
	r.on = false
	trace.Event("search.found", nil)
	z.leave()
	z.parts(text.T("recovery.search.set"), l.set, nil)
	z.fresh = widget.NewFreshPassphrase("", func() { z.message.Set("") }, l.set)
	r.was = widget.NewSecretText(text.T("recovery.search.was"))
	reveal := widget.LinkButton(text.T("recovery.search.was"), nil).Small()
	reveal.OnTapped = func() {
		if r.known == nil {
			r.known = l.run.Found()
			r.was.Set(r.known)
		} else {
			r.was.Set(nil)
			r.known.Destroy()
			r.known = nil
		}
		r.was.Refresh()
	}
	trace.Place("search.was", reveal)
	z.show("search.found", widget.Page{
		Step: 3, Of: z.steps(), Title: text.T("recovery.search.found"), Lead: l.about("recovery.search.found.lead"),
		Content: widget.Column(theme.Gap, z.fresh.Content, widget.Column(theme.Half, widget.Row(0, reveal, widget.Spacer()), r.was)),
		Status:  z.status(), Right: []fyne.CanvasObject{z.next},
	}, z.fresh.First())
	z.escape = nil // what days may have found is not given up by a key
}

// set gives the file the new passphrase.
func (l *lastResort) set() {
	z := l.z
	if z.stop != nil || z.fresh == nil {
		return
	}
	if sentence, where := z.fresh.Wants(); sentence != "" {
		z.message.Tone(theme.Danger).Set(sentence)
		z.window.Canvas().Focus(where)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	z.stop = stop
	run, fresh, found := l.run, z.passphrase(), l.run.Found()
	path := run.Target().Path()
	z.busy(true, text.T("recovery.search.set.busy"))
	var own bool
	var err error
	form.Away(func() { own, err = z.engine.GetIn(ctx, path, found, fresh) }, func() {
		stop()
		z.stop = nil
		if err == nil {
			run.Forget()
			run.Close()
		}
		if z.closed {
			return
		}
		z.busy(false, "")
		trace.Event("search.set", map[string]any{"ok": err == nil, "own": own})
		if err != nil {
			z.message.Tone(theme.Danger).Set(sentence(err))
			return
		}
		l.in(path, own)
	})
}

// in is the end: the keys are there, or the file has another passphrase.
func (l *lastResort) in(path string, own bool) {
	z := l.z
	l.close()
	z.resort = nil
	z.leave()
	if !own {
		z.parts(text.T("recovery.search.on"), func() {
			z.gather(z.why)
			z.pieces.add([]string{path})
		}, nil)
		done := widget.SecondaryButton(text.T("keys.done"), func() { z.done(false) })
		trace.Place("search.done", done)
		z.show("search.changed", widget.Page{
			Step: z.steps(), Of: z.steps(), Title: text.T("recovery.search.changed"), Lead: text.T("recovery.search.changed.lead", "file", text.Name(base(path))),
			Content: widget.Column(theme.Gap), Right: []fyne.CanvasObject{z.next, done},
		}, done)
		return
	}
	z.back = true
	z.pieces.close()
	if z.engine.Recovery().Answer == recovery.Yes {
		z.done(true)
		return
	}
	z.way = NewWayBack(z.window, z.engine, z.desk, z.last, func() { z.done(true) })
	z.way.Begin()
}
