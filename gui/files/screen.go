package files

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/batch"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// nearLimit is how many bytes of a drop's URI list make it worth a warning:
// lists over 256 KB arrive as nothing at all under X11.
const nearLimit = 200_000

// Screen is the Files screen. All methods are for the UI goroutine.
type Screen struct {
	window fyne.Window
	engine Engine

	content *fyne.Container // the one of the views below that is shown
	hero    *dropArea
	rows    *boardView
	plan    *planView
	looking context.CancelFunc // ends the planning that is under way
	turning *widget.Spinner    // turns meanwhile
	pending []string           // what is being planned
	name    string             // of the view, for the trace
	hidden  bool               // another screen is shown
	locked  bool               // since then nothing was shown

	Recover func(paths []string) // takes files to the Recovery screen

	board  board
	memory memory

	away  func(work, done func()) // cross.Go; work off the UI goroutine, then done on it
	watch func(version func() uint64, done <-chan struct{}, f func()) (stop func())
}

// New makes the screen for a window that shows it.
func New(w fyne.Window, eng Engine) *Screen {
	s := &Screen{window: w, engine: eng, content: container.NewStack(), away: cross.Go, watch: cross.Watch}
	s.hero = newDropHero(s.Choose, s.ChooseFolder)
	s.rows = newBoardView(s)
	s.showRest()
	return s
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown puts the keyboard where one goes on; call it after the screen became
// visible.
func (s *Screen) Shown() {
	back := s.locked || !s.memory.restored
	s.hidden, s.locked = false, false
	if back {
		s.restore()
		if s.plan == nil && s.looking == nil {
			s.showRest()
		}
	}
	trace.Screen(s.name)
	switch {
	case s.plan != nil:
		s.plan.focus()
	case s.memory.first != nil:
		s.window.Canvas().Focus(s.memory.first)
	case len(s.board.runs) > 0:
		s.window.Canvas().Focus(s.rows.list)
	default:
		s.window.Canvas().Focus(s.hero.first)
	}
}

// Hidden is to be called when another screen is shown instead.
func (s *Screen) Hidden() { s.hidden = true }

// Busy says whether a job is running.
func (s *Screen) Busy() bool { return s.board.total().active > 0 }

// Locked forgets the plan and what was typed into it. Running jobs go on, and
// their rows stay; with none running all rows leave memory until the unlock.
func (s *Screen) Locked() {
	s.locked = true
	s.dropPlan()
	if !s.Busy() {
		s.forgetRows()
	}
	s.showRest()
}

// Escape cancels the plan, or the planning, and says whether there was one.
func (s *Screen) Escape() bool {
	if s.looking == nil && s.plan == nil {
		return false
	}
	s.dropPlan()
	s.showRest()
	s.Shown()
	return true
}

// dropPlan ends the planning and wipes the plan.
func (s *Screen) dropPlan() {
	s.endLooking()
	if s.plan != nil {
		s.plan.destroy()
		s.plan = nil
	}
}

// endLooking ends the planning, if one is under way. A spinner that is not
// stopped would turn unseen and cost a core's share for ever.
func (s *Screen) endLooking() {
	if s.looking != nil {
		s.looking()
		s.looking = nil
		s.turning.Stop()
	}
}

// showRest shows the rows, or the place to drop things on when there are none,
// below what was interrupted.
func (s *Screen) showRest() {
	name, view := "files", fyne.CanvasObject(widget.Pad(theme.Wide, theme.Wide, s.hero))
	if len(s.board.runs) > 0 {
		name, view = s.rowsName(), s.rows.content
	}
	if notices := s.notices(); notices != nil {
		view = container.NewBorder(notices, nil, nil, nil, view)
	}
	s.set(name, view)
	s.rows.refresh()
}

func (s *Screen) rowsName() string {
	if s.Busy() {
		return "files.run"
	}
	return "files.done"
}

func (s *Screen) set(name string, o fyne.CanvasObject) {
	s.call(name)
	s.content.Objects = []fyne.CanvasObject{o}
	s.content.Refresh()
}

// call names the view for the trace.
func (s *Screen) call(name string) {
	s.name = name
	if !s.hidden && !s.locked {
		trace.Screen(name)
	}
}

// Choose asks for files.
func (s *Screen) Choose() {
	shell.Choose(s.window, shell.Request{
		Title: text.T("files.choose.title"), Accept: text.T("files.choose.accept"), Multiple: true, Start: s.lastPlace(),
	}, s.chosen)
}

// ChooseFolder asks for folders.
func (s *Screen) ChooseFolder() {
	shell.Choose(s.window, shell.Request{
		Title: text.T("files.chooseFolder.title"), Accept: text.T("files.choose.accept"), Multiple: true, Folder: true,
		Start: s.lastPlace(),
	}, s.chosen)
}

func (s *Screen) chosen(paths []string) {
	if len(paths) > 0 && !s.locked { // the lock may come while one chooses
		s.rememberPlace(filepath.Dir(paths[0]))
		s.Drop(paths)
	}
}

// Drop takes paths that were dropped on the window or chosen, and shows the
// plan for them and for those already planned. Only absolute paths that exist
// count: a drop may carry addresses of the web or of the bin.
func (s *Screen) Drop(paths []string) {
	all := []string{}
	choices := s.plan
	switch {
	case s.looking != nil:
		all = append(all, s.pending...)
	case s.plan != nil:
		all = append(all, s.plan.paths...)
	}
	known, size, before := map[string]bool{}, 0, len(all)
	for _, p := range all {
		known[p] = true
	}
	for _, p := range paths {
		size += len("file://\r\n") + len(p)
		if !filepath.IsAbs(p) || known[filepath.Clean(p)] {
			continue
		}
		p = filepath.Clean(p)
		if _, err := os.Lstat(p); err == nil {
			all, known[p] = append(all, p), true
		}
	}
	if len(all) == before {
		if before == 0 {
			s.explainNothing()
		}
		return
	}
	s.look(all, choices, size > nearLimit)
}

// explainNothing says why a drop led to nothing.
func (s *Screen) explainNothing() {
	var sheet *widget.Sheet
	choose := widget.PrimaryButton(text.T("files.choose"), func() { sheet.Close(); s.Choose() })
	stop := widget.SecondaryButton(text.T("files.close"), func() { sheet.Close() })
	sheet = widget.NewSheet(text.T("files.drop.none.what"), widget.Body(text.T("files.drop.none.do")), stop, choose)
	sheet.Open(s.window.Canvas(), choose)
}

// look plans off the UI goroutine and shows that it does.
func (s *Screen) look(paths []string, choices *planView, nearLimit bool) {
	var plan *batch.Plan
	var err error
	s.lookAt(paths, func(ctx context.Context) { plan, err = s.engine.Plan(ctx, paths) }, func() {
		next := newPlanView(s, paths, plan, err)
		next.nearLimit = nearLimit
		next.inherit(choices)
		s.present(next)
	})
}

// lookAt does work about paths off the UI goroutine, shows that it does, and
// calls done on it unless the person cancelled or dropped something else.
func (s *Screen) lookAt(paths []string, work func(context.Context), done func()) {
	s.endLooking()
	ctx, stop := context.WithCancel(context.Background())
	s.looking, s.pending = stop, paths
	view, stopButton := s.lookingView(len(paths))
	s.set("files.looking", view)
	s.window.Canvas().Focus(stopButton)
	s.away(func() { work(ctx) }, func() {
		if ctx.Err() == nil {
			s.endLooking()
			done()
		}
	})
}

// present shows a plan in place of the one before.
func (s *Screen) present(next *planView) {
	s.dropPlan()
	s.plan = next
	next.build()
	s.set("files.plan", next.content)
	next.focus()
}

func (s *Screen) lookingView(n int) (fyne.CanvasObject, *widget.Button) {
	s.turning = widget.NewSpinner(24)
	s.turning.Start()
	stop := widget.SecondaryButton(text.T("files.cancel"), func() { s.Escape() })
	trace.Place("looking.cancel", stop)
	words := widget.Column(theme.Half,
		widget.Strong(text.T("files.looking", "n", n)), widget.Caption(text.T("files.looking.note")))
	card := widget.Card(widget.Row(theme.Gap, s.turning, words, widget.Spacer(), stop))
	return widget.Pad(theme.Wide, theme.Wide, container.NewVBox(card)), stop
}

// begin puts a run on the board and watches it.
func (s *Screen) begin(r *run) {
	s.board.add(r)
	r.note = newUnfinished(r, time.Now())
	r.stop = s.watch(r.version, r.job.Done(), func() { s.news(r) })
	s.rememberBatches()
}

// news is called while a run goes on, at most ten times a second, and after
// its end.
func (s *Screen) news(r *run) {
	if !r.active() && !r.told {
		r.told = true
		p := r.job.Progress()
		trace.Event("job.done", map[string]any{"rows": p.Rows, "failed": p.Failed})
		r.note = nil
		s.rememberBatches()
	}
	s.remember(false)
	s.rows.refresh()
	if s.looking == nil && s.plan == nil {
		s.call(s.rowsName())
	}
}
