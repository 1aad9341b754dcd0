package transfer

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/exchange"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Screen is the Transfer screen. All methods are for the UI goroutine.
type Screen struct {
	window fyne.Window
	engine Engine
	desk   Desk

	content fyne.CanvasObject
	send    *widget.Button
	meet    *widget.Button
	ready   *readyCard
	below   *fyne.Container // the list, or the empty state
	list    *widget.List
	empty   fyne.CanvasObject

	all     []*exchange.Exchange // newest first
	watched map[*exchange.Exchange]func()
	phases  map[*exchange.Exchange]exchange.Phase // told already
}

// New makes the screen and fills it.
func New(w fyne.Window, eng Engine, desk Desk) *Screen {
	s := &Screen{window: w, engine: eng, desk: desk, watched: map[*exchange.Exchange]func(){}, phases: map[*exchange.Exchange]exchange.Phase{}}
	s.send = widget.PrimaryButton(text.T("transfer.send"), s.choose).WithIcon("transfer")
	s.meet = widget.SecondaryButton(text.T("transfer.meet"), func() { meet(w, eng) }).WithIcon("people")
	s.ready = newReadyCard(s)
	trace.Place("transfer.send", s.send)
	trace.Place("transfer.meet", s.meet)
	s.list = widget.NewList(rowHeight, func() int { return len(s.all) },
		func() fyne.CanvasObject { return newRow(s) },
		func(i int, o fyne.CanvasObject) { o.(*row).show(s.all[i]) })
	s.list.Chosen = func(i int) { s.act(s.all[i]) }
	s.list.Removed = func(i int) { s.remove(s.all[i]) }
	trace.Place("transfer.list", s.list)
	s.empty = widget.EmptyState("transfer", text.T("transfer.empty"))
	s.below = container.NewStack(s.empty)
	head := container.NewBorder(nil, nil, nil, container.NewCenter(widget.Row(theme.Grid, s.meet, s.send)),
		widget.Column(theme.Half, widget.Title(text.T("transfer.title")), widget.Muted(text.T("transfer.lead"))))
	top := widget.Column(theme.Gap, head, s.ready.view)
	s.content = widget.Pad(theme.Wide, theme.Wide, container.NewBorder(top, nil, nil, nil, widget.Pad(theme.Gap, 0, s.below)))
	s.Refresh()
	return s
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown puts the keyboard on the screen; call it after it became visible.
func (s *Screen) Shown() {
	trace.Screen("transfer")
	s.Refresh()
	s.window.Canvas().Focus(s.send)
}

// Refresh asks the engine again, after something changed there.
func (s *Screen) Refresh() {
	s.ready.refresh()
	all := s.engine.Exchanges()
	slices.Reverse(all)
	s.all = all
	for x, stop := range s.watched {
		if !slices.Contains(all, x) {
			stop()
			delete(s.watched, x)
			delete(s.phases, x)
		}
	}
	for _, x := range all {
		if s.watched[x] == nil {
			s.watched[x] = cross.Watch(x.Version, x.Done(), s.list.Refresh)
		}
		if p := x.Phase(); p != s.phases[x] {
			s.phases[x] = p
			trace.Event("transfer.phase", map[string]any{"phase": int(p), "incoming": x.Incoming})
			if p == exchange.Over {
				trace.Event("transfer.over", map[string]any{"arrived": arrived(x)})
			}
		}
	}
	want := s.empty
	if len(all) > 0 {
		want = s.list
	}
	if s.below.Objects[0] != want {
		s.below.Objects = []fyne.CanvasObject{want}
		s.below.Refresh()
	}
	s.list.Refresh()
}

// Close ends the watching, for the lock. What runs goes on.
func (s *Screen) Close() {
	for x, stop := range s.watched {
		stop()
		delete(s.watched, x)
	}
}

// Drop begins to send what was dropped on the window.
func (s *Screen) Drop(paths []string) {
	if len(paths) > 0 {
		widget.DismissAll(s.window.Canvas())
		send(s.window, s.engine, paths, s.Refresh)
	}
}

// Choose asks for files and begins to send them.
func (s *Screen) choose() {
	shell.Choose(s.window, shell.Request{Title: text.T("transfer.choose"), Accept: text.T("app.choose"), Multiple: true}, func(paths []string) {
		s.Drop(paths)
	})
}

// act is what Enter and the row's button do.
func (s *Screen) act(x *exchange.Exchange) {
	switch {
	case x.Phase() != exchange.Over:
	case forAScreen(x):
		s.desk.Open(x.Row(0).Out)
	case arrived(x) && x.Incoming:
		s.desk.Reveal(x.Row(0).Out)
	case again(x):
		s.again(x)
	}
}

// again sends what did not arrive once more: it goes on where it stopped.
func (s *Screen) again(x *exchange.Exchange) {
	var paths []string
	for i := range x.Len() {
		paths = append(paths, x.Row(i).Path)
	}
	sendTo(s.window, s.engine, paths, x.Peer.ID, func() { // until then somebody may think better of it
		s.engine.Forget(x)
		s.Refresh()
	})
}

// remove takes what is over off the list, and stops what is not.
func (s *Screen) remove(x *exchange.Exchange) {
	if x.Phase() != exchange.Over {
		x.Cancel()
		return
	}
	s.engine.Forget(x)
	s.Refresh()
}
