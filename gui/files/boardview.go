package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// boardView is the board on screen: a strip to drop more on, a header with
// the whole, and the rows.
type boardView struct {
	s       *Screen
	content fyne.CanvasObject
	list    *widget.List

	title   *widget.Text
	figures *widget.Text
	bar     *widget.ProgressBar
	cancel  *widget.Button
	clear   *widget.Button
	failed  *widget.Choice
	filters *fyne.Container
	counted [2]int // what the filter's words say: all, failed
}

func newBoardView(s *Screen) *boardView {
	v := &boardView{s: s}
	acts := rowActs{
		reveal: s.reveal, retry: s.retry, details: s.details, menu: s.menu,
		cancel: func(at spot) { at.run.job.CancelRow(at.row) },
	}
	v.list = widget.NewList(rowHeight, func() int { return len(s.board.spots) },
		func() fyne.CanvasObject { return newRow(acts) },
		func(i int, o fyne.CanvasObject) { o.(*row).show(s.board.spots[i]) })
	v.list.Chosen = v.choose
	v.list.Removed = func(i int) { s.removeOrCancel(s.board.spots[i]) }

	v.title = widget.Strong("").Fits(widget.FitEnd)
	v.figures = widget.Caption("").Fits(widget.FitEnd)
	v.bar = widget.NewProgressBar()
	v.cancel = widget.SecondaryButton(text.T("files.cancelAll"), func() { s.board.cancelAll() }).Small()
	v.clear = widget.SecondaryButton(text.T("files.clear"), s.clearFinished).Small()
	v.filters = container.NewStack()
	trace.Place("rows.cancel", v.cancel)
	trace.Place("rows.clear", v.clear)
	trace.Place("rows.list", v.list)

	words := container.NewVBox(v.title, v.figures)
	head := container.NewBorder(nil, v.bar, nil,
		container.NewCenter(widget.Row(theme.Grid, v.filters, v.cancel, v.clear)), words)
	strip := newDropStrip(s.Choose, s.ChooseFolder)
	trace.Place("rows.choose", strip.first)
	card := widget.CardPadded(0, container.NewBorder(
		container.NewVBox(widget.Pad(12, theme.Gap, head), widget.Rule()), nil, nil, nil, v.list))
	v.content = widget.Pad(theme.Wide, theme.Wide, container.NewBorder(
		widget.Pad(0, 0, container.NewVBox(strip, widget.Pad(6, 0, container.NewWithoutLayout()))), nil, nil, nil, card))
	return v
}

// choose does what Enter does on a row: its menu when it ended.
func (v *boardView) choose(i int) {
	at := v.s.board.spots[i]
	if ended(at.state().State) {
		v.s.menu(at, v.list.Row(i))
	}
}

// refresh shows the present state: the header and the rows that can be seen.
func (v *boardView) refresh() {
	t := v.s.board.total()
	v.title.Set(headline(t))
	v.figures.Set(headFigures(t))
	show(v.bar, t.active > 0)
	v.bar.Set(t.share())
	show(v.cancel, t.active > 0)
	show(v.clear, t.finished > 0 && t.active == 0)
	v.offerFilter(t)
	v.list.Refresh()
}

// offerFilter lets one see only what failed, once something did among much.
func (v *boardView) offerFilter(t total) {
	wanted := t.failed > 0 && t.rows > t.failed && t.active == 0
	show(v.filters, wanted)
	if counted := [2]int{t.rows, t.failed}; wanted && counted != v.counted {
		v.counted = counted
		v.failed = widget.NewChoice([]string{
			text.T("files.filter.all", "n", t.rows), text.T("files.filter.failed", "n", t.failed),
		}, int(v.s.board.only), func(i int) {
			v.s.board.only = filter(i)
			v.s.board.index()
			v.list.Refresh()
		})
		v.filters.Objects = []fyne.CanvasObject{v.failed}
		v.filters.Refresh()
	}
}

// headline says what is going on, or how it ended.
func headline(t total) string {
	if t.active > 0 {
		key := map[work]string{encrypting: "files.head.encrypting", opening: "files.head.opening", changing: "files.head.changing"}[t.work]
		return text.T(key, "finished", t.finished, "n", t.rows)
	}
	switch {
	case t.failed > 0:
		return text.T("files.head.failed", "n", t.failed, "all", t.rows)
	case t.worked > 0:
		return text.T("files.head.done", "n", t.worked)
	}
	return text.T("files.head.idle")
}

func headFigures(t total) string {
	if t.active == 0 {
		switch {
		case t.failed > 0:
			return text.T("files.head.failed.note")
		case t.idle > 0:
			return text.T("files.head.idle.note", "n", t.idle)
		case t.more > 0:
			return text.T("restore.rows", "n", t.more)
		}
		return text.T("files.head.done.note")
	}
	if t.size <= 0 {
		return withRate(text.Bytes(t.done), t.rate, t.left)
	}
	return withRate(text.T("files.row.running", "percent", int(t.share()*100), "total", text.Bytes(t.size)), t.rate, t.left)
}
