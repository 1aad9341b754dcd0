package transfer

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// rowHeight holds a name and two lines below it, in pixels.
const rowHeight float32 = 84

// row shows one exchange. It is reused for others as the list scrolls.
type row struct {
	stock.BaseWidget
	s *Screen
	x *exchange.Exchange

	disc    *widget.Panel
	icon    *widget.Icon
	name    *widget.Text
	first   *widget.Text
	second  *widget.Text
	bar     *widget.ProgressBar
	act     *widget.Button
	away    *widget.Button
	content fyne.CanvasObject
}

func newRow(s *Screen) *row {
	r := &row{s: s}
	r.disc = widget.NewPanel(theme.NeutralSoft, 20)
	r.disc.Least = fyne.NewSquareSize(40)
	r.icon = widget.NewIcon("transfer", theme.Muted, 20)
	r.name = widget.FileName("")
	r.first = widget.Caption("").Fits(widget.FitEnd)
	r.second = widget.Caption("").Fits(widget.FitEnd)
	r.bar = widget.NewProgressBar()
	r.act = widget.LinkButton("", func() { s.act(r.x) }).Small()
	r.away = widget.IconButton("close", text.T("transfer.row.cancel"), func() { s.remove(r.x) }).Small()
	words := container.New(rowWords{r}, r.name, r.first, r.bar, r.second)
	body := container.NewBorder(nil, nil, container.NewCenter(container.NewStack(r.disc, container.NewCenter(r.icon))),
		container.NewCenter(widget.Row(theme.Half, r.act, r.away)), widget.Pad(0, theme.Gap, words))
	r.content = container.NewBorder(nil, widget.Rule(), nil, nil, widget.Pad(theme.Grid, theme.Gap, body))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for the toolkit.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(r.content) }

// MinSize is a row of the list.
func (r *row) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

// show fills the row with the present state of an exchange.
func (r *row) show(x *exchange.Exchange) {
	r.x = x
	r.name.Set(title(x))
	f := faceOf(x)
	r.icon.Set(f.icon, f.tone)
	if r.disc.Fill != f.soft {
		r.disc.Fill = f.soft
		r.disc.Refresh()
	}
	r.first.Tone(f.tone).Set(f.first)
	r.second.Set(f.second)
	moving := x.Phase() == exchange.Moving
	widget.SetVisible(r.bar, moving)
	widget.SetVisible(r.first, !moving)
	if p := x.Progress(); moving && p.Total > 0 {
		r.bar.Set(min(1, float64(p.Done)/float64(p.Total)))
	}
	widget.SetVisible(r.act, f.button != "")
	if r.act.Label() != f.button {
		r.act.SetLabel(f.button)
	}
	if x.Phase() == exchange.Over {
		r.away.SetIcon("close", text.T("transfer.row.clear"))
	} else {
		r.away.SetIcon("stop", text.T("transfer.row.cancel"))
	}
	if x == r.s.all[0] {
		trace.Place("transfer.row.act", r.act)
		trace.Place("transfer.row.away", r.away)
	}
}

// title is what is carried, in a line.
func title(x *exchange.Exchange) string {
	name := text.Name(x.Row(0).Name)
	if n := x.Len() - 1; n > 0 {
		return text.T("transfer.row.more", "name", name, "n", n)
	}
	return name
}

// face is how a row looks in one state.
type face struct {
	icon          string
	tone, soft    fyne.ThemeColorName
	first, second string
	button        string
}

func faceOf(x *exchange.Exchange) face {
	who := text.Name(x.Peer.Name)
	f := face{icon: "transfer", tone: theme.Muted, soft: theme.NeutralSoft}
	switch x.Phase() {
	case exchange.Preparing:
		f.first = text.T("transfer.row.preparing", "name", who)
	case exchange.Connecting:
		f.first = text.T("transfer.row.connecting", "name", who)
		if trail := x.Interruptions(); len(trail) > 0 {
			f.first = text.T("transfer.row.reconnecting", "name", who)
		}
	case exchange.Asking:
		f.tone, f.soft, f.first = theme.Accent, theme.AccentSoft, text.T("transfer.row.asking", "name", who)
	case exchange.Moving:
		f.tone, f.soft, f.second = theme.Accent, theme.AccentSoft, figures(x, who)
	default:
		over(x, who, &f)
	}
	return f
}

// figures say how far a moving one is.
func figures(x *exchange.Exchange, who string) string {
	p := x.Progress()
	key := "transfer.row.sending"
	if x.Incoming {
		key = "transfer.row.receiving"
	}
	s := text.T(key, "name", who, "done", text.Bytes(p.Done), "total", text.Bytes(p.Total))
	if p.Rate > 0 {
		s += " · " + text.Rate(p.Rate)
	}
	if p.Left > 0 {
		s += " · " + text.T("files.left", "time", text.Duration(p.Left.Round(time.Second)))
	}
	return s
}

// over says how it ended.
func over(x *exchange.Exchange, who string, f *face) {
	if arrived(x) {
		f.icon, f.tone, f.soft = "check", theme.OK, theme.OKSoft
		f.second = text.Bytes(x.Progress().Done)
		f.first = text.T("transfer.row.sent", "name", who)
		if x.Incoming {
			f.first, f.button = text.T("transfer.row.received", "name", who), text.T("files.row.reveal")
		}
		if forAScreen(x) {
			f.button = text.T("transfer.row.open")
		}
		if paper(x.Row(0).Out) {
			f.first = text.T("transfer.row.paper", "name", who)
		}
		return
	}
	problem := reason(x)
	if problem == nil || problem.Kind == fault.Cancelled {
		f.icon, f.first = "stop", text.T("transfer.row.stopped")
	} else {
		f.icon, f.tone, f.soft = "warning", theme.Danger, theme.DangerSoft
		f.first, f.second = text.Fault(problem)
	}
	if again(x) {
		f.button = text.T("files.row.retry")
	}
}

// arrived says whether everything of an exchange that is over did.
func arrived(x *exchange.Exchange) bool {
	for i := range x.Len() {
		if x.Row(i).State != job.Done {
			return false
		}
	}
	return true
}

// forAScreen says whether what arrived is one file that is more than a file: a
// contact card, or what escrow sends. By its name; whoever opens it looks closer.
func forAScreen(x *exchange.Exchange) bool {
	if !x.Incoming || x.Len() != 1 || !arrived(x) {
		return false
	}
	name := strings.ToLower(x.Row(0).Out)
	return paper(name) || strings.HasSuffix(name, ".deposit.age") || strings.HasSuffix(name, ".release.age")
}

// paper says whether a file came as text, not encrypted.
func paper(received string) bool { return strings.HasSuffix(received, ".txt") }

// reason is why it did not.
func reason(x *exchange.Exchange) *fault.Error {
	for i := range x.Len() {
		if err := x.Row(i).Err; err != nil {
			return err
		}
	}
	return x.Err()
}

// again says whether it can be sent once more.
func again(x *exchange.Exchange) bool { return !x.Incoming && !arrived(x) }

// rowWords puts the lines of a row at fixed heights, so that nothing jumps when a
// state changes.
type rowWords struct{ r *row }

func (w rowWords) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, rowHeight-20) }

func (w rowWords) Layout(_ []fyne.CanvasObject, size fyne.Size) {
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
