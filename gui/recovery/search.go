package recovery

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Searcher is what the last resort asks of the engine; *engine.Engine is one.
type Searcher interface {
	SearchTarget(path string) (*search.Target, error)
	Search(t *search.Target, g *search.Guesses, opt search.Options) *search.Search
	Searching() *search.Search
	SearchNotes(t *search.Target, shard, shards uint64) string
	GetIn(ctx context.Context, path string, found, fresh *secret.Buffer) (own bool, err error)
}

// lastResort asks what is remembered of a forgotten passphrase, says how many
// guesses that is and how long they take, and has them tried. A search goes on
// when the steps are left; whoever comes back finds it.
type lastResort struct {
	z *Wizard

	path   string // empty is the own keyring
	target *search.Target
	team   search.Team
	rate   float64 // guesses a second; 0 until it is measured
	failed error   // why there is nothing to try guesses on
	stop   context.CancelFunc

	which   *widget.Choice
	taking  bool // which follows a file that is there already
	file    *widget.Text
	parts   []*part
	seen    *widget.Check // whether they are
	rows    *fyne.Container
	order   *widget.Check
	between []*widget.Check
	ending  *widget.PassphraseField
	slips   *widget.Check
	capital *widget.Check
	hangul  *widget.Check
	unknown *widget.Check
	at      *widget.Stepper
	view    fyne.CanvasObject
	count   counting

	run    *search.Search // under way or over
	shown  running
	closed bool
}

// search opens the last resort: the search that is under way, or the form.
func (z *Wizard) search() {
	z.leave()
	l := newLastResort(z)
	z.resort = l
	if l.run = z.engine.Searching(); l.run != nil {
		l.watch()
		return
	}
	l.form()
}

func newLastResort(z *Wizard) *lastResort {
	l := &lastResort{z: z, rows: widget.Column(theme.Half)}
	l.count.init()
	l.file = widget.Muted("")
	l.seen = widget.NewCheck(text.T("recovery.search.seen"), false, l.reveal)
	trace.Place("search.seen", l.seen)
	l.order = l.check("search.order", text.T("recovery.search.order"), false)
	for i, id := range []string{"nothing", "space", "hyphen", "line", "dot"} {
		l.between = append(l.between, l.check("search.between."+id, text.T("recovery.search.between."+id), i == 0))
	}
	l.ending = widget.NewPassphraseField(text.T("recovery.search.ending"))
	l.ending.OnChange = l.changed
	trace.Place("search.ending", l.ending)
	l.slips = l.check("search.slips", text.T("recovery.search.slips"), true)
	l.capital = l.check("search.capitals", text.T("recovery.search.capitals"), false)
	l.hangul = l.check("search.hangul", text.T("recovery.search.hangul"), false)
	l.unknown = l.check("search.unknown", text.T("recovery.search.unknown"), false)
	l.at = widget.NewStepper(1, 0, search.MaxTogether, text.T("recovery.search.less"), text.T("recovery.search.more"), func(int) { l.changed() })
	less, more := l.at.Buttons()
	trace.Place("search.less", less)
	trace.Place("search.more", more)
	l.addPart("")
	l.addPart("")
	if z.engine.State() == session.New {
		l.failed = errNoFile
	} else {
		l.aim("")
	}
	return l
}

func (l *lastResort) check(id, label string, on bool) *widget.Check {
	c := widget.NewCheck(label, on, func(bool) { l.changed() })
	trace.Place(id, c)
	return c
}

// form is the page that asks what is remembered.
func (l *lastResort) form() {
	z := l.z
	z.parts(text.T("recovery.search.begin"), l.begin, func() {
		l.close()
		z.resort = nil
		z.gather(z.why)
	})
	trace.Place("search.begin", z.next)
	if l.view == nil {
		l.view = l.fields()
	}
	z.show("search.form", widget.Page{
		Step: 2, Of: z.steps(), Title: text.T("recovery.search.title"), Lead: text.T("recovery.search.lead"),
		Content: l.view, Status: l.count.view, Left: []fyne.CanvasObject{z.left}, Right: []fyne.CanvasObject{z.next},
	}, l.parts[0].focus())
	l.changed()
}

func (l *lastResort) fields() fyne.CanvasObject {
	column := widget.Column(theme.Wide)
	if l.z.engine.State() == session.New {
		choose := widget.SecondaryButton(text.T("recovery.search.choose"), l.chooseFile).Small()
		trace.Place("search.file", choose)
		column.Add(widget.Row(theme.Grid, l.file, choose))
	} else {
		l.which = widget.NewChoice([]string{text.T("recovery.search.own"), text.T("recovery.search.other")}, 0, l.pick)
		trace.Place("search.which", l.which)
		column.Add(widget.Column(theme.Half, widget.Row(theme.Grid, widget.Strong(text.T("recovery.search.of")), widget.Spacer(), widget.Pad(3, 3, l.which)), l.file))
	}
	add := widget.LinkButton(text.T("recovery.search.add"), func() { l.z.window.Canvas().Focus(l.addPart("").focus()) }).WithIcon("plus").Small()
	list := widget.LinkButton(text.T("recovery.search.list"), l.chooseList).WithIcon("file").Small()
	trace.Place("search.add", add)
	trace.Place("search.list", list)
	column.Add(widget.Column(theme.Half, widget.Row(theme.Grid, widget.Strong(text.T("recovery.search.parts")), widget.Spacer(), l.seen), widget.Muted(text.T("recovery.search.parts.how")),
		l.rows, widget.Row(theme.Grid, add, list, widget.Spacer())))
	joints := widget.Row(theme.Gap)
	for _, c := range l.between {
		joints.Add(c)
	}
	column.Add(widget.Column(theme.Half, l.order, widget.Caption(text.T("recovery.search.between")), joints,
		widget.Caption(text.T("recovery.search.ending")), widget.Pad(3, 3, l.ending)))
	column.Add(widget.Column(theme.Half, widget.Strong(text.T("recovery.search.deviations")), l.slips, l.capital, l.hangul, l.unknown,
		widget.Row(theme.Grid, widget.Body(text.T("recovery.search.together")).Fits(widget.FitGrow), widget.Spacer(), l.at.View)))
	return column
}

// reveal shows what was typed, or covers it.
func (l *lastResort) reveal(on bool) {
	for _, p := range l.parts {
		if p.field != nil {
			p.field.Reveal(on)
		}
	}
	l.ending.Reveal(on)
}

// pick chooses between the own keyring and a file.
func (l *lastResort) pick(i int) {
	switch {
	case l.taking:
		return
	case i == 1:
		l.chooseFile()
		return
	}
	l.file.Set("")
	l.aim("")
}

func (l *lastResort) chooseFile() {
	form.ChoosePath(l.z.window, shell.Request{Title: text.T("recovery.search.other"), Accept: text.T("app.choose"), Start: l.z.desk.Folder}, func(paths []string) {
		switch {
		case l.closed:
		case len(paths) > 0:
			l.take(paths[0])
		case l.path == "" && l.which != nil:
			l.which.Choose(0)
		}
	})
}

// take aims at a file that was chosen or dropped.
func (l *lastResort) take(path string) {
	if l.which != nil {
		l.taking = true
		l.which.Choose(1)
		l.taking = false
	}
	l.file.Set(text.Name(base(path)))
	l.aim(path)
}

// drop takes the first file that was dropped, while nothing is tried.
func (l *lastResort) drop(path string) {
	if l.run == nil && filepath.IsAbs(path) {
		l.take(filepath.Clean(path))
	}
}

func (l *lastResort) chooseList() {
	form.ChoosePath(l.z.window, shell.Request{Title: text.T("recovery.search.list"), Accept: text.T("app.choose"), Start: l.z.desk.Folder}, func(paths []string) {
		if len(paths) > 0 && !l.closed {
			l.addPart(paths[0])
			l.changed()
		}
	})
}

// aim reads what guesses will be tried on, and measures how fast.
func (l *lastResort) aim(path string) {
	if l.stop != nil {
		l.stop()
	}
	l.path, l.target, l.rate, l.failed = path, nil, 0, nil
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	var target *search.Target
	var team search.Team
	var rate float64
	var err error
	form.Away(func() {
		if target, err = l.z.engine.SearchTarget(path); err != nil {
			return
		}
		if team, err = target.Team(0, 0); err == nil {
			rate, err = measure(ctx, target, team)
		}
	}, func() {
		defer stop()
		if ctx.Err() != nil || l.closed {
			return
		}
		l.target, l.team, l.rate, l.failed = target, team, rate, err
		l.changed()
	})
	l.changed()
}

// measure finds out how many guesses a second this computer tries; the tests
// have a figure of their own.
var measure = func(ctx context.Context, t *search.Target, team search.Team) (float64, error) {
	return t.Measure(ctx, team)
}

// close wipes what was typed. A search that runs goes on.
func (l *lastResort) close() {
	if l == nil || l.closed {
		return
	}
	l.closed = true
	if l.stop != nil {
		l.stop()
	}
	l.count.close()
	l.shown.leave()
	for _, p := range l.parts {
		p.close()
	}
	l.ending.Destroy()
}
