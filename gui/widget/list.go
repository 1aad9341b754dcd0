package widget

import (
	"math"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/theme"
)

// List shows any number of rows of one height and makes objects only for
// those that can be seen. Unlike the toolkit's list it touches nothing else
// when it is refreshed, keeps a row's object while it stays visible, and hands
// keys on.
type List struct {
	stock.BaseWidget
	Create  func() fyne.CanvasObject
	Update  func(i int, o fyne.CanvasObject) // fills an object for row i
	Chosen  func(i int)                      // Enter or Space on a row
	Removed func(i int)                      // Delete on a row
	Asked   func(i int)                      // the menu key on a row
	Left    func()                           // up from the first row, if anything is there

	height float32
	length func() int

	scroll  *container.Scroll
	body    *fyne.Container
	mark    *Panel
	shown   map[int]fyne.CanvasObject // by row
	spare   []fyne.CanvasObject
	at      int // the row the keyboard is on
	focused bool
}

// NewList makes a list of length rows, each height pixels high.
func NewList(height float32, length func() int, create func() fyne.CanvasObject, update func(int, fyne.CanvasObject)) *List {
	l := &List{height: height, length: length, Create: create, Update: update, shown: map[int]fyne.CanvasObject{}}
	l.mark = NewPanel(theme.HoverTint, theme.Corner)
	l.mark.Stroke, l.mark.StrokeWidth = theme.Accent, 2
	l.mark.Hide()
	l.body = container.New(listLayout{l}, l.mark)
	l.scroll = container.NewVScroll(l.body)
	l.scroll.OnScrolled = func(fyne.Position) { l.arrange(false) }
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer is for the toolkit.
func (l *List) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(l.scroll) }

// Row is the object that shows row i, nil while it cannot be seen.
func (l *List) Row(i int) fyne.CanvasObject { return l.shown[i] }

// Shown is how many rows have an object now.
func (l *List) Shown() int { return len(l.shown) }

// At is the row the keyboard is on.
func (l *List) At() int { return l.at }

// MinSize is one row: the list takes the height it is given.
func (l *List) MinSize() fyne.Size { return fyne.NewSize(200, l.height) }

// Resize also decides anew which rows can be seen.
func (l *List) Resize(s fyne.Size) {
	l.BaseWidget.Resize(s)
	l.scroll.Resize(s)
	l.arrange(false)
}

// Refresh updates the rows that can be seen; the number of rows may have
// changed.
func (l *List) Refresh() {
	l.at = max(0, min(l.at, l.length()-1))
	l.scroll.Refresh() // the content may be shorter than where it was scrolled to
	l.arrange(true)
	l.BaseWidget.Refresh()
}

// listLayout gives the rows their places in the scrolled body.
type listLayout struct{ l *List }

func (s listLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, s.l.height*float32(s.l.length()))
}

func (s listLayout) Layout([]fyne.CanvasObject, fyne.Size) { s.l.arrange(false) }

// visible is the range [first, end) of rows that can be seen.
func (l *List) visible() (first, end int) {
	view := l.scroll.Size().Height
	if view <= 0 {
		return 0, 0
	}
	first = int(math.Floor(float64(l.scroll.Offset.Y / l.height)))
	end = int(math.Ceil(float64((l.scroll.Offset.Y + view) / l.height)))
	return max(0, first), min(l.length(), end)
}

// arrange gives every visible row an object and updates the new ones, or all.
func (l *List) arrange(all bool) {
	first, end := l.visible()
	changed := false
	for i, o := range l.shown {
		if i < first || i >= end {
			delete(l.shown, i)
			l.spare = append(l.spare, o) // order leaves it out: hiding and showing it would draw all of it anew
			changed = true
		}
	}
	size := fyne.NewSize(l.scroll.Size().Width, l.height)
	for i := first; i < end; i++ {
		o, old := l.shown[i]
		if !old {
			o = l.take()
			l.shown[i] = o
			changed = true
		}
		if !old || all {
			l.Update(i, o)
		}
		o.Resize(size)
		o.Move(fyne.NewPos(0, float32(i)*l.height))
	}
	l.placeMark()
	if changed {
		l.order()
	}
}

func (l *List) take() fyne.CanvasObject {
	if n := len(l.spare); n > 0 {
		o := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return o
	}
	return l.Create()
}

// order keeps the objects in the order of their rows, which is the order in
// which Tab visits them.
func (l *List) order() {
	rows := make([]int, 0, len(l.shown))
	for i := range l.shown {
		rows = append(rows, i)
	}
	sort.Ints(rows)
	objects := make([]fyne.CanvasObject, 1, len(rows)+1)
	objects[0] = l.mark
	for _, i := range rows {
		objects = append(objects, l.shown[i])
	}
	l.body.Objects = objects
	l.mark.Refresh() // the window is painted again, but no row that did not change is drawn anew
}

func (l *List) placeMark() {
	if !l.focused || l.length() == 0 {
		l.mark.Hide()
		return
	}
	l.mark.Move(fyne.NewPos(4, float32(l.at)*l.height+2))
	l.mark.Resize(fyne.NewSize(l.scroll.Size().Width-8, l.height-4))
	l.mark.Show()
}

// goTo puts the keyboard on a row and makes it visible.
func (l *List) GoTo(i int) {
	l.at = max(0, min(i, l.length()-1))
	top, view := float32(l.at)*l.height, l.scroll.Size().Height
	switch {
	case top < l.scroll.Offset.Y:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+l.height > l.scroll.Offset.Y+view:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top+l.height-view))
	}
	l.arrange(false)
}

// FocusGained shows which row the keyboard is on.
func (l *List) FocusGained() { l.focused = true; l.placeMark() }

// FocusLost hides it.
func (l *List) FocusLost() { l.focused = false; l.placeMark() }

// TypedRune is ignored.
func (l *List) TypedRune(rune) {}

// TypedKey moves between the rows and acts on one.
func (l *List) TypedKey(e *fyne.KeyEvent) {
	page := max(1, int(l.scroll.Size().Height/l.height)-1)
	switch e.Name {
	case fyne.KeyDown:
		l.GoTo(l.at + 1)
	case fyne.KeyUp:
		if l.at == 0 && l.Left != nil {
			l.Left()
			return
		}
		l.GoTo(l.at - 1)
	case fyne.KeyPageDown:
		l.GoTo(l.at + page)
	case fyne.KeyPageUp:
		l.GoTo(l.at - page)
	case fyne.KeyHome:
		l.GoTo(0)
	case fyne.KeyEnd:
		l.GoTo(l.length() - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		l.act(l.Chosen)
	case fyne.KeyDelete:
		l.act(l.Removed)
	case desktop.KeyMenu, fyne.KeyF10:
		l.act(l.Asked)
	default:
		Unhandled(l, e)
	}
}

func (l *List) act(f func(int)) {
	if f != nil && l.at < l.length() {
		f(l.at)
	}
}
