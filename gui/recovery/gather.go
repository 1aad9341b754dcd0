package recovery

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// gather collects the pieces somebody has: one place to drop files on, the
// words of a page, and a list that says what each piece is and what is still
// missing. Close it with its screen.
type gather struct {
	window  fyne.Window
	engine  Engine
	restore Restore
	changed func()            // after a piece came or went, or reading began or ended
	old     func(path string) // opens what an old script wrote; nil where that is of no use
	script  bool              // that is what the person has, so it is opened unasked

	ctx  context.Context
	stop context.CancelFunc

	view    *fyne.Container
	place   *fyne.Container // to drop on
	list    *fyne.Container
	missing *fyne.Container
	typing  *fyne.Container // the words, while they are typed
	words   *widget.WordsField
	tried   *secret.Buffer // the words that were handed over last
	pen     *widget.Button // opens the place for words
	turning *widget.Spinner
	reading *widget.Text
	status  *fyne.Container
	unread  *widget.Text // why the last file could not be read at all

	queue  []piece // to be read
	busy   bool    // a worker reads
	closed bool
}

// piece is what is to be read: a file, or typed words.
type piece struct {
	path  string
	words *secret.Buffer
}

func newGather(w fyne.Window, eng Engine, changed func()) *gather {
	g := &gather{window: w, engine: eng, restore: eng.NewRestore(), changed: changed, turning: widget.NewSpinner(20)}
	g.ctx, g.stop = context.WithCancel(context.Background())
	g.restore.Words(askWords(g.ctx, w))
	g.place, g.list, g.missing = container.NewStack(), widget.Column(theme.Grid), container.NewStack()
	g.reading = widget.Muted("")
	g.status = container.NewBorder(nil, nil, g.turning, nil, g.reading)
	g.status.Hide()
	g.unread = widget.Body("").Tone(theme.Danger)
	g.words = widget.NewWordsField(text.T("recovery.words.field"), widget.Count(wordCount), dictionary)
	g.words.OnChange = g.typed
	trace.Place("gather.words", g.words)
	done := widget.LinkButton(text.T("recovery.words.hide"), func() { g.write(false) }).Small()
	g.typing = widget.Column(theme.Grid,
		widget.Row(theme.Grid, widget.Strong(text.T("recovery.words.title")), widget.Spacer(), done),
		widget.Muted(text.T("recovery.words.how")), widget.Pad(3, 3, g.words))
	g.typing.Hide()
	g.view = widget.Column(theme.Gap, g.place, g.typing, g.status, g.unread, g.list, g.missing)
	g.show()
	return g
}

// Close ends reading and wipes everything.
func (g *gather) close() {
	if g.closed {
		return
	}
	g.closed = true
	g.stop()
	g.turning.Stop()
	g.words.Destroy()
	g.tried.Destroy()
	for _, p := range g.queue {
		p.words.Destroy()
	}
	g.queue = nil
	if !g.busy {
		g.restore.Close()
	}
}

// add reads files, after those that are being read.
func (g *gather) add(paths []string) {
	for _, p := range paths {
		if filepath.IsAbs(p) {
			g.queue = append(g.queue, piece{path: filepath.Clean(p)})
		}
	}
	g.read()
}

// ready says that there is a key to bring back, and nothing is read just now.
func (g *gather) ready() bool { return !g.closed && !g.busy && g.restore.Found().Ready }

// read reads the next piece off the UI goroutine.
func (g *gather) read() {
	if g.busy || g.closed || len(g.queue) == 0 {
		return
	}
	next := g.queue[0]
	g.queue = g.queue[1:]
	g.busy = true
	g.unread.Set("")
	g.show()
	g.changed()
	name := base(next.path)
	var got recovery.Piece
	var err error
	form.Away(func() {
		if next.words != nil {
			got, err = g.restore.AddWords(g.ctx, next.words)
		} else {
			got, err = g.restore.AddFile(g.ctx, next.path, ask(g.ctx, g.window, name))
		}
	}, func() {
		g.busy = false
		if g.closed {
			g.restore.Close()
			return
		}
		old := err == nil && g.script && unmarked(got)
		if old {
			g.restore.Drop(len(g.restore.Pieces()) - 1)
		}
		g.came(next, got, err)
		g.show()
		g.changed()
		if old {
			g.window.Canvas().Focus(g.pen) // it is a new one, and what the sheet comes back to
			g.old(next.path)
		}
		g.read()
	})
}

// came says how reading a piece ended, where the list does not.
func (g *gather) came(p piece, got recovery.Piece, err error) {
	typed := p.words != nil
	if err == nil && typed && mistyped(got.Problem) {
		g.restore.Drop(len(g.restore.Pieces()) - 1) // it is still being typed
		err = got.Problem
	}
	found := g.restore.Found()
	trace.Event("recovery.piece", map[string]any{"pieces": len(g.restore.Pieces()), "ready": found.Ready,
		"missing": lacks(found), "ok": err == nil && got.Problem == nil, "kind": string(got.Kind), "typed": typed})
	switch {
	case err == nil && typed:
		g.tried.Destroy()
		g.tried = nil
		g.words.Clear()
		if found.Ready {
			g.write(false)
		}
	case err == nil, fault.Of(err) == fault.Cancelled:
	case typed:
		if n, bad := strconv.Atoi(fault.As(err).Subject); bad == nil && n <= wordCount {
			g.words.Point(n-1, sentence(err))
			return
		}
		g.words.Say(theme.Danger, sentence(err))
	default:
		g.unread.Set(sentence(err))
	}
}

// unmarked says whether nothing in a file says what it is, as with those of old
// scripts.
func unmarked(p recovery.Piece) bool {
	maybe := p.Kind == recovery.LegacyPiece || p.Kind == recovery.OtherPiece
	return maybe && p.Path != "" && p.Problem != nil && p.Problem.Kind == fault.NoPiece
}

// more shows what was added without being read here.
func (g *gather) more() {
	if !g.closed {
		g.show()
		g.window.Canvas().Focus(g.pen)
		g.changed()
	}
}

// mistyped says whether a problem is one of words that were not typed as they
// stand on the paper.
func mistyped(problem *fault.Error) bool {
	return problem != nil && slices.Contains([]fault.Kind{
		fault.ShareWord, fault.ShareLength, fault.ShareSuspect, fault.ShareChecksum, fault.ShareInvalid}, problem.Kind)
}

// typed hands the words over once all of them are there.
func (g *gather) typed() {
	if !g.words.Whole() || g.busy {
		return
	}
	now := g.words.Copy()
	if now.Equal(g.tried) {
		now.Destroy()
		return
	}
	g.tried.Destroy()
	g.tried = now
	g.queue = append(g.queue, piece{words: now.Clone()})
	g.read()
}

// write opens or closes the place for words.
func (g *gather) write(on bool) {
	widget.SetVisible(g.typing, on)
	g.show()
	g.changed()
	if on {
		g.window.Canvas().Focus(g.words)
		return
	}
	g.words.Clear()
	g.window.Canvas().Focus(g.pen)
}

func (g *gather) choose() {
	shell.Choose(g.window, shell.Request{Title: text.T("recovery.gather.choose"), Accept: text.T("app.choose"), Multiple: true}, g.add)
}

// show shows what there is.
func (g *gather) show() {
	pieces := g.restore.Pieces()
	g.place.Objects = []fyne.CanvasObject{g.drop(len(pieces) > 0 || g.busy)}
	g.list.Objects = nil
	for i, p := range pieces {
		g.list.Add(g.line(i, p))
	}
	g.missing.Objects = nil
	if len(pieces) > 0 {
		g.missing.Objects = []fyne.CanvasObject{g.verdict()}
	}
	widget.SetVisible(g.list, len(pieces) > 0)
	widget.SetVisible(g.missing, len(pieces) > 0)
	widget.SetVisible(g.unread, g.unread.Content() != "")
	widget.SetVisible(g.status, g.busy)
	if g.busy {
		g.reading.Set(text.T("recovery.gather.reading"))
		g.turning.Start()
	} else {
		g.turning.Stop()
	}
	g.view.Refresh()
}

// drop is the place to drop on, which is small once something came.
func (g *gather) drop(small bool) fyne.CanvasObject {
	choose := widget.SecondaryButton(text.T("recovery.gather.files"), g.choose).WithIcon("file")
	g.pen = widget.SecondaryButton(text.T("recovery.gather.type"), func() { g.write(true) }).WithIcon("edit")
	trace.Place("gather.choose", choose)
	trace.Place("gather.type", g.pen)
	dashes := widget.NewDashes(theme.FieldBorder)
	if small || g.typing.Visible() {
		choose.Small()
		g.pen.Small()
		return container.NewStack(dashes, widget.Pad(12, theme.Gap,
			widget.Row(theme.Grid, widget.Muted(text.T("recovery.gather.more")), choose, g.pen)))
	}
	return container.NewStack(dashes, widget.Pad(theme.Wide, theme.Gap, widget.Column(12,
		widget.Column(2, widget.Strong(text.T("recovery.gather.drop")).Align(fyne.TextAlignCenter),
			widget.Muted(text.T("recovery.gather.kinds")).Align(fyne.TextAlignCenter)),
		container.NewCenter(widget.Row(theme.Grid, choose, g.pen)))))
}

// line is a piece: what it is, what it holds, and a way to take it out again.
func (g *gather) line(i int, p recovery.Piece) fyne.CanvasObject {
	icon, tone, says := icons[p.Kind], theme.Accent, describe(p)
	if icon == "" {
		icon = "info"
	}
	if p.Problem != nil {
		icon, tone, says = "warning", theme.Warning, sentence(p.Problem)
	}
	words := widget.Column(2, widget.FileName(title(p)), widget.Muted(says))
	if g.old != nil && unmarked(p) {
		old := widget.LinkButton(text.T("recovery.old.link"), func() { g.old(p.Path) }).Small()
		words.Add(widget.Row(0, old, widget.Spacer()))
	}
	out := widget.IconButton("close", text.T("recovery.gather.out"), func() {
		g.restore.Drop(i)
		g.show()
		g.changed()
	}).Small()
	if g.busy {
		out.Disable()
	}
	return widget.CardPadded(12, container.NewBorder(nil, nil, container.NewVBox(widget.Disc(icon, tone, 40)),
		container.NewVBox(out), widget.Pad(0, 12, words)))
}

// verdict is what the pieces come to.
func (g *gather) verdict() fyne.CanvasObject {
	found := g.restore.Found()
	column := widget.Column(theme.Grid)
	if found.Ready {
		column.Add(widget.Note(theme.OK, holds(found)))
	}
	for _, m := range found.Missing {
		column.Add(widget.Note(theme.Warning, lacking(m)))
	}
	if !found.Ready && len(found.Missing) == 0 && !g.busy {
		column.Add(widget.Note(theme.Muted, text.T("recovery.gather.nothing")))
	}
	return column
}

// sentence is what happened and what to do.
func sentence(err error) string {
	what, do := text.FaultOf(err)
	return what + " " + do
}
