package transfer

import (
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/exchange"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Questions shows the offers that somebody has to decide about, one after the
// other, over whatever screen there is; while locked none, and they wait.
type Questions struct {
	window fyne.Window
	engine Engine
	desk   Desk

	now   *exchange.Question // the one that is shown
	sheet *widget.Sheet
}

// NewQuestions shows none yet; call Refresh after something changed in the
// engine, while unlocked.
func NewQuestions(w fyne.Window, eng Engine, desk Desk) *Questions {
	return &Questions{window: w, engine: eng, desk: desk}
}

// Refresh shows the oldest question, and takes one away whose sender gave up.
func (q *Questions) Refresh() {
	all := q.engine.Questions()
	if q.now != nil && !holds(all, q.now) {
		if !q.sheet.Closed() {
			q.sheet.Close()
			widget.Toast(q.window.Canvas(), theme.Muted, text.T("transfer.ask.gone", "name", text.Name(q.now.From.Name)))
		}
		q.now = nil
	}
	if len(all) > 0 && (q.now == nil || q.sheet.Closed()) {
		q.ask(all[0])
	}
}

func holds(all []*exchange.Question, one *exchange.Question) bool {
	for _, o := range all {
		if o == one {
			return true
		}
	}
	return false
}

const namesShown = 5

func (q *Questions) ask(on *exchange.Question) {
	q.now = on
	who := text.Name(on.From.Name)
	files := widget.Column(theme.Half)
	for i, e := range on.Offer.Entries {
		if i == namesShown {
			files.Add(widget.Muted(text.T("transfer.ask.more", "n", len(on.Offer.Entries)-namesShown)))
			break
		}
		files.Add(widget.Row(theme.Grid, widget.NewIcon("file", theme.Muted, 18), widget.FileName(text.Name(e.Name)), widget.Caption(text.Bytes(e.Size))))
	}
	place := newFolder(q.window, q.desk.Folder)
	answer := func(v exchange.Verdict) func() {
		return func() {
			on.Answer(v, place.path)
			q.sheet.Close()
			q.now = nil
			trace.Event("transfer.answered", map[string]any{"verdict": fmt.Sprint(v)})
		}
	}
	no := widget.SecondaryButton(text.T("transfer.ask.no"), answer(exchange.Decline))
	yes := widget.PrimaryButton(text.T("transfer.ask.yes"), answer(exchange.Accept))
	block := widget.DangerLink(text.T("transfer.ask.block"), answer(exchange.Block))
	trace.Place("transfer.no", no)
	trace.Place("transfer.yes", yes)
	trace.Place("transfer.block", block)
	column := widget.Column(theme.Gap,
		widget.Body(text.T("transfer.ask.lead", "name", who, "n", len(on.Offer.Entries), "size", text.Bytes(on.Offer.Total()))),
		q.trust(on), widget.Tinted(theme.NeutralSoft, files),
		widget.Column(theme.Half, widget.Caption(text.T("transfer.ask.place")), place.view),
		widget.Muted(text.T("transfer.ask.sealed")))
	q.sheet = widget.NewSheet(text.T("transfer.ask.title", "name", who), column, block, no, yes)
	q.sheet.Pinned = true // an answer is owed: somebody waits for it
	q.sheet.Open(q.window.Canvas(), no)
	trace.Event("transfer.asked", map[string]any{"entries": len(on.Offer.Entries)})
}

// trust says how sure it is who asks.
func (q *Questions) trust(on *exchange.Question) fyne.CanvasObject {
	if c, ok := contact(q.engine, on.From.ID); ok && !c.Verified {
		return widget.Note(theme.Warning, text.T("transfer.ask.unverified", "name", text.Name(c.Name)))
	}
	return widget.Note(theme.OK, text.T("transfer.proven", "name", text.Name(on.From.Name)))
}

// folder is where what arrives will be, and a way to another.
type folder struct {
	path string
	view fyne.CanvasObject
}

func newFolder(w fyne.Window, path string) *folder {
	f := &folder{path: path}
	where := widget.FileName(text.Name(path)).Fits(widget.FitMiddle)
	change := widget.LinkButton(text.T("keys.place.change"), nil).Small()
	change.OnTapped = func() {
		form.ChoosePath(w, shell.Request{Title: text.T("transfer.ask.place"), Accept: text.T("app.choose"), Folder: true, Start: f.path},
			func(paths []string) {
				if len(paths) > 0 {
					f.path = filepath.Clean(paths[0])
					where.Set(text.Name(f.path))
				}
			})
	}
	f.view = widget.CardPadded(12, container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon("folder", theme.Muted, 24)),
		container.NewCenter(change), widget.Pad(0, 12, where)))
	return f
}

func contact(eng Engine, id string) (identity.Contact, bool) {
	for _, c := range eng.Contacts() {
		if c.ID() == id {
			return c, true
		}
	}
	return identity.Contact{}, false
}
