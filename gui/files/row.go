package files

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// rowHeight holds a name and two lines below it, in pixels.
const rowHeight float32 = 84

// row shows one file of a job. It is reused for other files as the list
// scrolls, so everything it shows comes from the last show.
type row struct {
	stock.BaseWidget
	spot spot

	badge   *widget.Icon
	disc    *widget.Panel
	name    *widget.Text
	first   *widget.Text // what happened, or the state
	second  *widget.Text // what to do, or figures
	bar     *widget.ProgressBar
	button  *widget.Button
	more    *widget.Button
	cancel  *widget.Button
	content fyne.CanvasObject
	acts    rowActs
}

// rowActs is what the buttons of a row do.
type rowActs struct {
	reveal, retry, details, cancel func(spot)
	menu                           func(spot, fyne.CanvasObject)
}

func newRow(acts rowActs) *row {
	r := &row{acts: acts}
	r.disc = widget.NewPanel(theme.NeutralSoft, 20)
	r.disc.Least = fyne.NewSquareSize(40)
	r.badge = widget.NewIcon("file", theme.Muted, 20)
	r.name = widget.FileName("")
	r.first = widget.Caption("").Fits(widget.FitEnd)
	r.second = widget.Caption("").Fits(widget.FitEnd)
	r.bar = widget.NewProgressBar()
	r.button = widget.LinkButton("", r.act).Small()
	r.more = widget.IconButton("more", text.T("files.row.more"), func() { acts.menu(r.spot, r.more) }).Small()
	r.cancel = widget.IconButton("close", text.T("files.row.cancel"), func() { acts.cancel(r.spot) }).Small()
	words := container.New(&rowWords{r}, r.name, r.first, r.bar, r.second)
	body := container.NewBorder(nil, nil,
		container.NewCenter(container.NewStack(r.disc, container.NewCenter(r.badge))),
		container.NewCenter(widget.Row(theme.Half, r.button, r.cancel, r.more)),
		widget.Pad(0, theme.Gap, words))
	line := widget.Rule()
	r.content = container.NewBorder(nil, line, nil, nil, widget.Pad(theme.Grid, theme.Gap, body))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for the toolkit.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(r.content) }

// MinSize is a row of the list.
func (r *row) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

// act is what the row's one visible button does in the row's present state.
func (r *row) act() {
	at := r.spot.state()
	switch {
	case at.State == job.Done:
		r.acts.reveal(r.spot)
	case at.State == job.Failed && canRetry(r.spot, at.Err):
		r.acts.retry(r.spot)
	default:
		r.acts.details(r.spot)
	}
}

// TappedSecondary opens the row's menu.
func (r *row) TappedSecondary(*fyne.PointEvent) {
	if ended(r.spot.state().State) {
		r.acts.menu(r.spot, r.more)
	}
}

// canRetry says whether trying again can help.
func canRetry(s spot, e *fault.Error) bool {
	return e != nil && (asksPassphrase(e.Kind) && s.run.work == opening || e.Kind.Retryable() && s.run.work != changing)
}

// show fills the row with the present state of a spot.
func (r *row) show(s spot) {
	r.spot = s
	at := s.state()
	r.name.Set(text.Name(at.Name))
	face := faceOf(s, at)
	r.badge.Set(face.icon, face.tone)
	if r.disc.Fill != face.soft {
		r.disc.Fill = face.soft
		r.disc.Refresh()
	}
	r.first.Tone(face.tone).Set(face.first)
	r.second.Set(face.second)
	show(r.bar, at.State == job.Running)
	show(r.first, at.State != job.Running)
	if at.State == job.Running {
		r.bar.Set(share(at))
	}
	show(r.cancel, !ended(at.State))
	show(r.more, ended(at.State))
	show(r.button, face.button != "")
	if r.button.Label() != face.button {
		r.button.SetLabel(face.button)
	}
}

// face is how a row looks in one state.
type face struct {
	icon          string
	tone, soft    fyne.ThemeColorName
	first, second string
	button        string
}

func faceOf(s spot, at job.Row) face {
	icon := "file"
	if s.row < len(s.run.items) && s.run.items[s.row].Folder {
		icon = "folder"
	}
	f := face{icon: icon, tone: theme.Muted, soft: theme.NeutralSoft, second: amount(at)}
	switch at.State {
	case job.Waiting:
		f.first = text.T("files.row.waiting")
	case job.Running:
		f.tone, f.soft, f.second = theme.Accent, theme.AccentSoft, figures(s, at)
	case job.Done:
		f.icon, f.tone, f.soft = "check", theme.OK, theme.OKSoft
		f.first, f.second = outcome(s, at), place(at)
		f.button = text.T("files.row.reveal")
	case job.Failed:
		f.icon, f.tone, f.soft = "warning", theme.Danger, theme.DangerSoft
		f.first, f.second = text.Fault(at.Err)
		f.button = text.T("files.row.details")
		if canRetry(s, at.Err) {
			f.button = text.T("files.row.retry")
		}
	case job.Skipped:
		f.icon, f.first = "minus", text.T("files.row.skipped")
	case job.Cancelled:
		f.icon, f.first = "stop", text.T("files.row.cancelled")
	}
	if s.run.earlier { // quiet, and of no size that is known
		f.tone, f.soft = theme.Muted, theme.NeutralSoft
		if at.State == job.Skipped || at.State == job.Cancelled {
			f.second = ""
		}
	}
	return f
}

// outcome says what became of a finished row.
func outcome(s spot, at job.Row) string {
	if len(at.Notes) > 0 {
		return text.T("files.row.notes", "n", len(at.Notes))
	}
	switch s.run.work {
	case opening:
		return text.T("files.row.opened")
	case changing:
		if s.run.agent != "" {
			return text.T("agent.row.changed", "who", s.run.who, "agent", s.run.agent)
		}
		return text.T("files.row.changed", "who", s.run.who)
	}
	switch {
	case s.run.who == "":
		return text.T("files.row.encryptedPassphrase")
	case s.run.agent != "":
		return text.T("agent.row.encrypted", "who", s.run.who, "agent", s.run.agent)
	}
	return text.T("files.row.encrypted", "who", s.run.who)
}

// place says under which name and where the result lies.
func place(at job.Row) string {
	if at.Out == "" {
		return amount(at)
	}
	return text.T("files.row.place",
		"name", text.Name(filepath.Base(at.Out)), "folder", text.Name(filepath.Base(filepath.Dir(at.Out))))
}

// amount is a row's size, and its number of files when it is a folder.
func amount(at job.Row) string {
	size := ""
	if at.Total >= 0 {
		size = text.Bytes(at.Total)
	}
	if at.Items > 1 {
		files := text.T("files.count", "n", at.Items)
		if size == "" {
			return files
		}
		return files + " · " + size
	}
	return size
}

// figures are share, rate and time left of a running row; what is not known
// yet is left out.
func figures(s spot, at job.Row) string {
	if at.Done == 0 && at.Rate == 0 {
		if s.run.typed {
			return text.T("files.row.checking")
		}
		return text.T("files.row.starting")
	}
	if at.Done >= at.Total && at.Total >= 0 {
		return text.T("files.row.flushing")
	}
	if at.Total < 0 {
		return text.T("files.row.running.unknown", "done", text.Bytes(at.Done))
	}
	return withRate(text.T("files.row.running", "percent", int(share(at)*100), "total", text.Bytes(at.Total)), at.Rate, at.Left)
}

func withRate(s string, rate float64, left time.Duration) string {
	if rate > 0 {
		s += " · " + text.Rate(rate)
	}
	if left >= 0 {
		s += " · " + text.T("files.left", "time", text.Duration(left))
	}
	return s
}

func share(at job.Row) float64 {
	if at.Total <= 0 {
		return 0
	}
	return min(1, float64(at.Done)/float64(at.Total))
}

func show(o fyne.CanvasObject, on bool) {
	if on != o.Visible() {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

// rowWords puts the three lines of a row at fixed heights, so that nothing
// jumps when a state changes.
type rowWords struct{ r *row }

func (w *rowWords) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, rowHeight-20) }

func (w *rowWords) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	r := w.r
	const name, line float32 = 22, 18
	top := (size.Height - name - 2*line) / 2
	put := func(o fyne.CanvasObject, y, h float32) {
		o.Resize(fyne.NewSize(size.Width, h))
		o.Move(fyne.NewPos(0, y))
	}
	put(r.name, top, name)
	put(r.first, top+name, line)
	put(r.bar, top+name+6, 6)
	put(r.second, top+name+line, line)
}
