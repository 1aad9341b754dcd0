package recovery

import (
	"context"
	"path/filepath"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// agentAdding is the sheet that opens what is encrypted already to the agent: a
// folder, what is in it, the work, and what came of it.
type agentAdding struct {
	s     *Screen
	form  *form.Form
	name  string // of the agent
	paths []string
	where *widget.Text
	below *widget.Text
	icon  *widget.Icon

	plan *batch.Plan
	job  *job.Job
	bar  *widget.ProgressBar
	rate *widget.Text
}

// follow shows news of work; the tests have none on the way.
var follow = cross.Watch

// agentAdd opens the sheet.
func (s *Screen) agentAdd() {
	a, set := s.engine.Agent()
	if !set {
		return
	}
	g := &agentAdding{s: s, name: text.Name(a.Name), paths: []string{s.desk.Folder}, where: widget.FileName(""), below: widget.Caption("").Fits(widget.FitMiddle)}
	do := widget.PrimaryButton(text.T("agent.add.look"), g.look).WithIcon("search")
	g.form = form.New(s.window, text.T("agent.existing"), do)
	g.icon = widget.NewIcon("folder", theme.Muted, 24)
	change := widget.LinkButton(text.T("keys.place.change"), g.choose).Small()
	g.form.Inputs = append(g.form.Inputs, change)
	g.form.Fields.Add(widget.Column(theme.Gap, widget.Muted(text.T("agent.add.lead", "name", g.name)),
		widget.Column(theme.Half, widget.Caption(text.T("agent.add.where")),
			widget.CardPadded(12, container.NewBorder(nil, nil, container.NewCenter(g.icon), container.NewCenter(change),
				widget.Pad(0, 12, widget.Column(0, g.where, g.below))))),
		widget.Note(theme.Muted, text.T("agent.add.note"))))
	g.show()
	trace.Place("agent.add.look", do)
	trace.Place("agent.add.change", change)
	s.adding = g
	g.form.Sheet.Wide(560)
	g.form.Open(do)
}

// takes says whether a drop is for the sheet.
func (g *agentAdding) takes() bool { return g != nil && !g.form.Sheet.Closed() && g.plan == nil }

// drop takes other files and folders.
func (g *agentAdding) drop(paths []string) {
	if g.form.Busy() {
		return
	}
	g.paths = paths
	g.show()
}

func (g *agentAdding) choose() {
	form.ChoosePath(g.s.window, shell.Request{Title: text.T("agent.add.where"), Accept: text.T("app.choose"), Folder: true, Start: g.paths[0]}, func(paths []string) {
		if len(paths) > 0 && g.takes() {
			g.drop(paths)
		}
	})
}

// show says where it will look.
func (g *agentAdding) show() {
	g.form.Typed()
	first := filepath.Clean(g.paths[0])
	g.where.Set(text.Name(base(first)))
	g.below.Set(text.Name(filepath.Dir(first)))
	if rest := len(g.paths) - 1; rest > 0 {
		g.below.Set(text.T("agent.add.more", "n", rest))
	}
	g.form.Sheet.Refresh()
}

// look finds what is encrypted there.
func (g *agentAdding) look() {
	var files atomic.Uint64
	over := make(chan struct{})
	stop := follow(files.Load, over, func() {
		if n := files.Load(); n > 0 && g.form.Busy() {
			g.form.Tell(theme.Muted, text.T("agent.add.looking", "n", int(n)))
		}
	})
	paths := g.paths
	var plan *batch.Plan
	g.form.Run(text.T("agent.add.begin"), func(ctx context.Context) (err error) {
		defer close(over)
		plan, err = g.s.engine.Encrypted(ctx, paths, func(n int) { files.Store(uint64(n)) })
		return err
	}, func(err error) {
		stop()
		switch {
		case g.form.Sheet.Closed():
		case err != nil:
			g.form.Fail(err)
		default:
			trace.Event("agent.found", map[string]any{"files": len(plan.Open), "refused": len(plan.Refused)})
			g.found(plan)
		}
	})
}

// found says what there is, before anything happens.
func (g *agentAdding) found(plan *batch.Plan) {
	if len(plan.Open) == 0 {
		g.form.Say(text.T("agent.add.nothing"))
		if len(plan.Refused) > 0 {
			g.form.Say(text.T("agent.add.nothing.refused", "n", len(plan.Refused)))
		}
		return
	}
	g.plan = plan
	column := widget.Column(theme.Gap, widget.Body(text.T("agent.add.found", "n", len(plan.Open), "name", g.name)))
	if len(plan.Refused) > 0 {
		column.Add(reasonsWhy(text.T("agent.add.refused", "n", len(plan.Refused)), refusals(plan)))
	}
	column.Add(widget.Muted(text.T("agent.add.same")))
	g.form.Ask(text.T("agent.existing"), column, text.T("app.cancel"), text.T("agent.add.do"), g.run)
	trace.Place("agent.add.do", g.form.Do)
	g.form.Focus(g.form.Do)
}

// run opens them to the agent.
func (g *agentAdding) run() {
	j, err := g.s.engine.AddAgent(g.plan, batch.OpenOptions{})
	if err != nil {
		g.form.Fail(err)
		return
	}
	g.job, g.bar, g.rate = j, widget.NewProgressBar(), widget.Caption("").Fits(widget.FitEnd)
	g.form.Fields.Objects = []fyne.CanvasObject{widget.Column(theme.Grid,
		widget.Body(text.T("agent.add.found", "n", len(g.plan.Open), "name", g.name)), g.bar, g.rate)}
	g.form.Sheet.Pinned = true
	stop := follow(j.Version, j.Done(), g.progress)
	g.form.Run("", func(ctx context.Context) error {
		select {
		case <-j.Done():
		case <-ctx.Done():
			j.Cancel()
			<-j.Done()
		}
		return nil
	}, func(error) {
		stop()
		g.form.Sheet.Pinned = false
		g.ended()
	})
	g.form.Sheet.Refresh()
}

// progress shows how far the work is.
func (g *agentAdding) progress() {
	p := g.job.Progress()
	if p.Total > 0 {
		g.bar.Set(float64(p.Done) / float64(p.Total))
	}
	words := text.T("agent.add.progress", "done", text.Count(int64(p.Finished)), "all", text.Count(int64(p.Rows)))
	if p.Rate > 0 {
		words += " · " + text.Rate(p.Rate)
	}
	if p.Left >= 0 {
		words += " · " + text.T("files.left", "time", text.Duration(p.Left))
	}
	g.rate.Set(words)
}

// ended says what came of it, with every file that stays closed to the agent.
func (g *agentAdding) ended() {
	count := map[job.State]int{}
	var failed []failure
	for i := range g.job.Len() {
		row := g.job.Row(i)
		count[row.State]++
		if row.State == job.Failed {
			failed = append(failed, failure{row.Path, row.Err})
		}
	}
	failed = append(failed, refusals(g.plan)...)
	defer trace.Event("agent.added", map[string]any{"done": count[job.Done], "skipped": count[job.Skipped], "failed": len(failed), "cancelled": count[job.Cancelled]})
	if g.form.Sheet.Closed() {
		return
	}
	title, tone := text.T("agent.add.done"), theme.OK
	if count[job.Cancelled] > 0 {
		title, tone = text.T("agent.add.stopped"), theme.Warning
	}
	column := widget.Column(theme.Gap, widget.Note(tone, text.T("agent.add.opened", "n", count[job.Done], "name", g.name)))
	if n := count[job.Skipped]; n > 0 {
		column.Add(widget.Body(text.T("agent.add.already", "n", n)))
	}
	if n := count[job.Cancelled]; n > 0 {
		column.Add(widget.Body(text.T("agent.add.rest", "n", n)))
	}
	if len(failed) > 0 {
		column.Add(reasonsWhy(text.T("agent.add.failed", "n", len(failed)), failed))
	}
	g.form.Finish(title, column, "", nil)
}

// failure is a file that nothing could be done with, and why.
type failure struct {
	path string
	why  *fault.Error
}

func refusals(plan *batch.Plan) (all []failure) {
	for _, it := range plan.Refused {
		all = append(all, failure{it.Path, it.Problem})
	}
	return all
}

// mostReasons bounds how many files are named; a folder may hold thousands.
const mostReasons = 100

// reasonsWhy lists files and why nothing could be done with them.
func reasonsWhy(title string, all []failure) fyne.CanvasObject {
	list := widget.Column(12)
	for _, f := range all[:min(len(all), mostReasons)] {
		what, _ := text.Fault(f.why)
		list.Add(widget.Column(0, widget.FileName(text.Name(base(f.path))), widget.Caption(text.Name(filepath.Dir(f.path))).Fits(widget.FitMiddle), widget.Caption(what).Fits(widget.FitWrap)))
	}
	if rest := len(all) - mostReasons; rest > 0 {
		list.Add(widget.Caption(text.T("agent.add.more", "n", rest)))
	}
	return widget.Column(theme.Grid, widget.Strong(title), widget.CardPadded(12, list))
}
