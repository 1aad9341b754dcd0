package recovery

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Screen is the Recovery screen. All methods are for the UI goroutine.
type Screen struct {
	window fyne.Window
	engine Engine
	desk   Desk

	content *fyne.Container
	scroll  *container.Scroll
	restore *widget.Button
	main    fyne.Focusable // where the keyboard begins
	status  recovery.Status
	wizard  *Wizard // while keys are brought back, instead of the cards
	pieces  *gather // of the rehearsal that is open

	releases *releasing // the last sheet of that kind, open or not
	who      agentFacts
	adding   *agentAdding // of the sheet that opens files to the agent
}

// New makes the screen and fills it.
func New(w fyne.Window, eng Engine, desk Desk) *Screen {
	s := &Screen{window: w, engine: eng, desk: desk, content: container.NewStack()}
	s.restore = widget.SecondaryButton(text.T("recovery.restore"), func() { s.begin(nil) }).WithIcon("unlock")
	trace.Place("recovery.restore", s.restore)
	s.build()
	return s
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown puts the keyboard on the screen; call it after it became visible.
func (s *Screen) Shown() {
	if s.wizard != nil {
		s.wizard.Shown()
		return
	}
	trace.Screen("recovery")
	s.Refresh()
	if s.main != nil {
		s.window.Canvas().Focus(s.main)
	}
}

// Refresh asks the engine again, after something changed there.
func (s *Screen) Refresh() {
	if s.wizard == nil && (!reflect.DeepEqual(s.engine.Recovery(), s.status) || s.agentFacts() != s.who) {
		s.build()
	}
}

// Drop takes what was dropped on the window in: to a rehearsal or a release
// that is open, or to what the files are for.
func (s *Screen) Drop(paths []string) {
	switch {
	case len(paths) == 0:
	case s.pieces != nil && !s.pieces.closed:
		s.pieces.add(paths)
	case s.releases.open():
		s.releases.add(paths)
	case s.adding.takes():
		s.adding.drop(paths)
	case s.wizard != nil:
		s.wizard.Drop(paths)
	default:
		s.lead(paths)
	}
}

// opened follows a sheet: when it is closed, the keyboard may be on nothing,
// because the cards were made anew meanwhile.
func (s *Screen) opened(f *form.Form) {
	f.Wipe = append(f.Wipe, func() {
		if c := s.window.Canvas(); f.Sheet.Closed() && !f.Sheet.Swept() && c.Overlays().Top() == nil && c.Focused() == nil && widget.Painted(s.main) {
			c.Focus(s.main)
		}
	})
}

// lead opens the sheet that releases a deposit, for a deposit or a request, or
// the steps that bring keys back.
func (s *Screen) lead(paths []string) {
	others := false
	form.Away(func() {
		for _, p := range paths {
			sort := s.engine.Escrow(p)
			others = others || sort != escrow.RequestFile && (sort != escrow.DepositFile || escrow.Named(p) != sort)
		}
	}, func() {
		if s.engine.State() != session.Unlocked || s.wizard != nil {
			return
		}
		widget.DismissAll(s.window.Canvas())
		if others {
			s.begin(paths)
		} else {
			s.release(paths)
		}
	})
}

// begin goes through the steps that bring keys back, in place of the cards.
func (s *Screen) begin(paths []string) {
	s.wizard = NewWizard(s.window, s.engine, s.desk, paths, func(bool) { s.end() })
	s.content.Objects = []fyne.CanvasObject{s.wizard.View()}
	s.content.Refresh()
	s.wizard.Shown()
}

// end comes back to the cards.
func (s *Screen) end() {
	s.Close()
	s.build()
	s.Shown()
}

// Escape is Esc where no sheet is open.
func (s *Screen) Escape() {
	if s.wizard != nil {
		s.wizard.Escape()
	}
}

// Close wipes what was typed and read, for the lock.
func (s *Screen) Close() {
	if s.wizard != nil {
		s.wizard.Close()
		s.wizard = nil
	}
}

// build shows the answer and the cards for the facts there are now.
func (s *Screen) build() {
	s.status, s.who = s.engine.Recovery(), s.agentFacts()
	s.main = s.restore
	head := widget.Row(theme.Grid, widget.Title(text.T("recovery.title")), s.restore)
	grid := container.New(&cardGrid{})
	for _, way := range s.ways() {
		if c, ok := way(); ok {
			grid.Add(c.build(s))
		}
	}
	column := widget.Column(theme.Gap, s.answer(), grid)
	s.scroll = widget.FollowFocus(container.New(inset{}, column))
	s.content.Objects = []fyne.CanvasObject{container.NewBorder(widget.Pad(theme.Wide, theme.Wide, head), nil, nil, nil, s.scroll)}
	s.content.Refresh()
}

// inset is the page's padding below its head: room for focus rings above, and
// the page's own at the other sides.
type inset struct{}

func (inset) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(2*theme.Wide, theme.Half+theme.Wide)
}

func (inset) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(theme.Wide, theme.Half))
	o[0].Resize(size.SubtractWidthHeight(2*theme.Wide, theme.Half+theme.Wide))
}
