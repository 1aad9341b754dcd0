package widget

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/cross"
	"cryptodesk/gui/theme"
)

// Sheet is a dialog inside the window: a card over a dimmed screen. Esc and a
// tap beside it close it, unless Pinned.
type Sheet struct {
	stock.BaseWidget
	OnClosed func() // after it was closed, whichever way
	Pinned   bool   // while work runs that must be ended by a button

	canvas  fyne.Canvas
	before  fyne.Focusable
	under   *Sheet // what s was opened from, out of sight meanwhile
	heading *Text
	content fyne.CanvasObject
	card    *fyne.Container
	above   *fyne.Container // a banner's place
	width   float32
	closed  bool
	swept   bool
}

// NewSheet makes a sheet with a heading, content, and buttons in a row at its
// right foot; the primary button comes last.
func NewSheet(title string, content fyne.CanvasObject, buttons ...fyne.CanvasObject) *Sheet {
	foot := append([]fyne.CanvasObject{Spacer()}, buttons...)
	room := Pad(theme.Half, 12, content) // or the scroll would cut focus rings off, and lie over what is at the right
	heading := Heading(title)
	body := container.NewBorder(heading, Row(theme.Grid, foot...), nil, nil,
		Pad(theme.Gap-theme.Half, 0, container.New(bleed{12}, FollowFocus(room))))
	s := &Sheet{heading: heading, content: room, card: Card(body), above: newAbove(), width: 480}
	s.ExtendBaseWidget(s)
	return s
}

// Wide sets the sheet's width in pixels (480 unless set).
func (s *Sheet) Wide(width float32) *Sheet { s.width = width; return s }

// Retitle changes the heading, for a sheet that goes on to its next step.
func (s *Sheet) Retitle(title string) { s.heading.Set(title) }

// Open puts the sheet over c and the keyboard on first, which may be nil.
func (s *Sheet) Open(c fyne.Canvas, first fyne.Focusable) {
	s.canvas, s.before = c, c.Focused()
	if under, ok := c.Overlays().Top().(*Sheet); ok {
		s.under = under
		under.Hide() // one card at a time
	}
	c.Overlays().Add(s)
	if first != nil {
		c.Focus(first)
	}
}

// Close takes the sheet, and what lies over it, away.
func (s *Sheet) Close() {
	if s.closed || s.canvas == nil {
		return
	}
	s.closed = true
	s.closeAbove()
	s.canvas.Overlays().Remove(s)
	if s.under != nil && !s.under.closed {
		s.under.Show()
	}
	if top := s.canvas.Overlays().Top(); Painted(s.before) && (top == nil || top == fyne.CanvasObject(s.under)) {
		s.canvas.Focus(s.before)
	}
	if s.OnClosed != nil {
		s.OnClosed()
	}
}

// Painted says whether a widget is on the screen, not of a screen that was made
// anew meanwhile.
func Painted(f fyne.Focusable) bool {
	o, ok := f.(fyne.CanvasObject)
	return ok && !fyne.CurrentApp().Driver().AbsolutePositionForObject(o).IsZero()
}

// closeAbove closes what was opened over s, so that it is wiped as well: the
// toolkit would only drop it.
func (s *Sheet) closeAbove() {
	stack := s.canvas.Overlays()
	if !slices.Contains(stack.List(), fyne.CanvasObject(s)) {
		return
	}
	for top := stack.Top(); top != fyne.CanvasObject(s); top = stack.Top() {
		if above, ok := top.(*Sheet); ok {
			above.swept = s.swept
			above.Close()
		} else {
			stack.Remove(top)
		}
	}
}

// Swept says that not the person closed the sheet, but the lock or the end.
func (s *Sheet) Swept() bool { return s.swept }

// Closed says that the sheet was taken away, by the lock perhaps, while work
// for it went on.
func (s *Sheet) Closed() bool { return s.closed }

// DismissTop closes the uppermost sheet that may be closed by Esc, and says
// whether there was something above the screen.
func DismissTop(c fyne.Canvas) bool {
	switch top := c.Overlays().Top().(type) {
	case nil:
		return false
	case *Sheet:
		if !top.Pinned {
			top.Close()
		}
	default:
		c.Overlays().Remove(top)
	}
	return true
}

// DismissAll closes everything above the screen, pinned or not: the lock does.
func DismissAll(c fyne.Canvas) {
	for top := c.Overlays().Top(); top != nil; top = c.Overlays().Top() {
		if s, ok := top.(*Sheet); ok {
			s.before, s.swept = nil, true
			s.Close()
		} else {
			c.Overlays().Remove(top)
		}
	}
}

// Tapped closes the sheet when the tap is beside it.
func (s *Sheet) Tapped(e *fyne.PointEvent) {
	at, size := s.card.Position(), s.card.Size()
	inside := e.Position.X >= at.X && e.Position.Y >= at.Y &&
		e.Position.X < at.X+size.Width && e.Position.Y < at.Y+size.Height
	if !inside && !s.Pinned {
		s.Close()
	}
}

// CreateRenderer is for the toolkit.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(s, NewPanel(theme.Scrim, 0), s.card, s.above)
}

// MinSize is nothing: the sheet covers the window and fits into it.
func (s *Sheet) MinSize() fyne.Size { return fyne.Size{} }

func (s *Sheet) paint([]fyne.CanvasObject) {}

// layout lets the card be as high as its content, and scroll what is higher
// than the window.
func (s *Sheet) layout(size fyne.Size, parts []fyne.CanvasObject) {
	parts[0].Resize(size)
	parts[2].Resize(size)
	w := fyne.Min(s.width, size.Width-2*theme.Gap)
	s.card.Resize(fyne.NewSize(w, s.card.Size().Height)) // text wraps to the width first
	frame := s.card.MinSize().Height - 32                // a scroller's own least height
	h := fyne.Min(frame+s.content.MinSize().Height+2, size.Height-2*theme.Gap)
	s.card.Resize(fyne.NewSize(w, h))
	s.card.Move(fyne.NewPos((size.Width-w)/2, (size.Height-h)/2))
}

// Refresh lays the sheet out again: its content may have grown. Text that was
// hidden learns its width first, and with it its height.
func (s *Sheet) Refresh() {
	s.content.Refresh()
	s.BaseWidget.Refresh()
}

// bleed lets content reach beyond its place at both sides.
type bleed struct{ by float32 }

func (b bleed) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().SubtractWidthHeight(2*b.by, 0)
}

func (b bleed) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(-b.by, 0))
	o[0].Resize(size.AddWidthHeight(2*b.by, 0))
}

// toastTime is how long a toast stays: long enough to read two sentences.
const toastTime = 5 * time.Second

// toastOver calls f when a toast was there long enough.
var toastOver = func(f func()) *time.Timer {
	return time.AfterFunc(toastTime, func() { cross.Do(f) })
}

// KeepToasts has toasts stay, for tests: the toolkit of tests would take them
// away on the timer's goroutine, in the middle of another test.
func KeepToasts() { toastOver = func(func()) *time.Timer { return nil } }

// Toast shows a short confirmation at the window's foot for a few seconds.
// Never the only place where an outcome shows.
func Toast(c fyne.Canvas, tone fyne.ThemeColorName, s string) {
	words := Label(s)
	icon := "done"
	if tone == theme.Danger || tone == theme.Warning {
		icon = "warning"
	}
	panel := NewPanel(theme.Raised, theme.Radius)
	panel.Stroke, panel.StrokeWidth = theme.Border, 1
	box := container.NewStack(panel, Pad(12, theme.Gap, Row(theme.Grid, NewIcon(icon, tone, 20), words)))
	if s, ok := c.Overlays().Top().(*Sheet); ok {
		s.toast(box)
	} else if host := stageIn(c.Content()); host != nil {
		host.toast(box)
	}
}

// toast shows a toast over the sheet, and takes the one before it away.
func (s *Sheet) toast(o fyne.CanvasObject) {
	drop := func(all bool) {
		for _, old := range slices.Clone(s.above.Objects) {
			if _, banner := old.(*Banner); !banner && (all || old == o) {
				s.above.Remove(old)
			}
		}
	}
	drop(true)
	s.above.Add(o)
	toastOver(func() { drop(false) })
}

// stageIn finds the stage of a window's content.
func stageIn(o fyne.CanvasObject) *Stage {
	if s, ok := o.(*Stage); ok {
		return s
	}
	if c, ok := o.(*fyne.Container); ok {
		for _, child := range c.Objects {
			if s := stageIn(child); s != nil {
				return s
			}
		}
	}
	return nil
}

// Stage is a window's content with a place for toasts over it.
type Stage struct {
	stock.BaseWidget
	least  fyne.Size
	screen fyne.CanvasObject
	shown  fyne.CanvasObject
	above  *fyne.Container // a banner's place
	timer  *time.Timer
}

// NewStage makes a stage that shows screen. least is the smallest size of the
// window, whatever the screen would like.
func NewStage(screen fyne.CanvasObject, least fyne.Size) *Stage {
	s := &Stage{screen: screen, least: least, above: newAbove()}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the screen.
func (s *Stage) Set(screen fyne.CanvasObject) { s.screen, s.shown = screen, nil; s.Refresh() }

// Screen is what is shown.
func (s *Stage) Screen() fyne.CanvasObject { return s.screen }

func (s *Stage) toast(o fyne.CanvasObject) {
	if s.timer != nil {
		s.timer.Stop()
	}
	s.shown = o
	s.Refresh()
	s.timer = toastOver(func() {
		if s.shown == o {
			s.shown = nil
			s.Refresh()
		}
	})
}

// CreateRenderer is for the toolkit.
func (s *Stage) CreateRenderer() fyne.WidgetRenderer { return &stageRenderer{s} }

type stageRenderer struct{ s *Stage }

func (r *stageRenderer) Destroy()           {}
func (r *stageRenderer) MinSize() fyne.Size { return r.s.least }

func (r *stageRenderer) Objects() []fyne.CanvasObject {
	if r.s.shown == nil {
		return []fyne.CanvasObject{r.s.screen, r.s.above}
	}
	return []fyne.CanvasObject{r.s.screen, r.s.shown, r.s.above}
}

func (r *stageRenderer) Layout(size fyne.Size) {
	r.s.screen.Move(fyne.NewPos(0, 0))
	r.s.screen.Resize(size)
	r.s.above.Resize(size)
	if r.s.shown != nil {
		m := r.s.shown.MinSize()
		m.Width = fyne.Min(m.Width, size.Width-2*theme.Gap)
		r.s.shown.Resize(m)
		r.s.shown.Move(fyne.NewPos((size.Width-m.Width)/2, size.Height-m.Height-theme.Wide))
	}
}

func (r *stageRenderer) Refresh() {
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
