package keys

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// The two lists.
const (
	mine = iota
	people
)

// Screen is the Keys screen. All methods are for the UI goroutine.
type Screen struct {
	window fyne.Window
	engine Engine
	desk   Desk

	content fyne.CanvasObject
	more    *widget.Button
	create  *widget.Button // the primary button of Mine
	add     *widget.Button // and of Contacts
	bring   *widget.Button // beside the one of Mine
	circle  *widget.Button // and of Contacts
	tabs    *widget.Choice
	search  *widget.Field
	list    *widget.List
	card    *fyne.Container // around the list
	nothing *fyne.Container // instead of it

	all       holdings
	rows      []item // of the chosen list, as far as the search finds them
	loads     int    // refreshes begun; an earlier one that ends late is stale
	loaded    bool
	waiting   bool   // the keyboard goes to the list once it is there
	expected  string // the contact or key pair to go to, once it is there
	open      *detail
	importing *importing // the last import sheet, open or not
}

// New makes the screen and begins to fill it.
func New(w fyne.Window, eng Engine, desk Desk) *Screen {
	s := &Screen{window: w, engine: eng, desk: desk}
	s.create = widget.PrimaryButton(text.T("keys.new"), s.newKey).WithIcon("plus")
	s.add = widget.PrimaryButton(text.T("keys.add"), func() { s.importFrom(nil) }).WithIcon("plus")
	s.bring = widget.SecondaryButton(text.T("keys.import"), func() { s.importFrom(nil) })
	s.circle = widget.SecondaryButton(text.T("keys.groups"), s.groups)
	s.more = widget.IconButton("more", text.T("keys.more.menu"), s.menu)
	s.tabs = widget.NewChoice([]string{text.T("keys.mine"), text.T("keys.contacts")}, mine, func(int) { s.choose() })
	s.search = widget.NewField(text.T("keys.search"), text.T("keys.search"))
	s.search.SetIcon(theme.Icon("search", theme.Muted))
	s.search.OnChanged = func(string) { s.sift() }
	s.search.OnSubmitted = func(string) { s.toList() }
	s.list = widget.NewList(rowHeight, func() int { return len(s.rows) },
		func() fyne.CanvasObject {
			return newRow(rowActs{open: s.tapped, card: func(it item) { CopyCard(s.window, s.engine, it.id) }, menu: s.rowMenu})
		},
		func(i int, o fyne.CanvasObject) { o.(*row).show(s.rows[i], i == len(s.rows)-1) })
	s.list.Chosen = func(i int) { s.show(s.rows[i]) }
	s.list.Removed = func(i int) { s.remove(s.rows[i]) }
	s.list.Asked = func(i int) { s.rowMenu(s.rows[i], s.list.Row(i)) }
	s.list.Left = func() { s.window.Canvas().Focus(s.search) }
	s.places()
	s.build()
	s.choose()
	s.Refresh()
	return s
}

func (s *Screen) places() {
	for id, o := range map[string]fyne.CanvasObject{
		"keys.new": s.create, "keys.add": s.add, "keys.import": s.bring, "keys.groups": s.circle, "keys.more": s.more,
		"keys.tabs": s.tabs, "keys.search": s.search, "keys.list": s.list,
	} {
		trace.Place(id, o)
	}
}

func (s *Screen) build() {
	head := widget.Row(theme.Grid, widget.Title(text.T("keys.title")), s.more, s.bring, s.circle, s.create, s.add)
	search := widget.Pad(2, 2, s.search)
	bar := container.NewBorder(nil, nil, container.NewCenter(s.tabs), nil,
		container.New(atRight{280}, search))
	s.card = container.New(hug{s}, widget.CardPadded(0, s.list))
	s.nothing = container.NewStack()
	s.nothing.Hide()
	s.content = widget.Pad(theme.Wide, theme.Wide, container.NewBorder(
		widget.Column(theme.Gap, head, bar), nil, nil, nil,
		container.New(below{theme.Gap}, container.NewStack(s.card, s.nothing))))
}

// hug lets the card be as high as its rows, or as high as there is room.
type hug struct{ s *Screen }

func (h hug) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, rowHeight) }

func (h hug) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, fyne.Min(size.Height, rowHeight*float32(len(h.s.rows)))))
}

// atRight gives content at most this width, at the right end.
type atRight struct{ width float32 }

func (l atRight) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, o[0].MinSize().Height)
}

func (l atRight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := fyne.Min(l.width, size.Width-theme.Gap)
	o[0].Resize(fyne.NewSize(w, size.Height))
	o[0].Move(fyne.NewPos(size.Width-w, 0))
}

// below leaves a gap above content.
type below struct{ gap float32 }

func (b below) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(0, b.gap)
}

func (b below) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, b.gap))
	o[0].Resize(size.SubtractWidthHeight(0, b.gap))
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown puts the keyboard on the screen; call it after it became visible. Until
// it is known what there is, it is where Return does nothing: on the button it
// would make a key pair for who means to open the first.
func (s *Screen) Shown() {
	trace.Screen("keys")
	s.waiting = !s.loaded
	if s.waiting {
		s.window.Canvas().Focus(s.tabs)
	} else {
		s.window.Canvas().Focus(s.first())
	}
	s.Refresh()
}

// first is what has the keyboard first: the list, or what would fill it.
func (s *Screen) first() fyne.Focusable {
	if len(s.rows) > 0 {
		return s.list
	}
	return s.primary()
}

// Search puts the keyboard on the search field: Ctrl+F.
func (s *Screen) Search() {
	s.window.Canvas().Focus(s.search)
	s.search.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// Drop takes what was dropped on the window in.
func (s *Screen) Drop(paths []string) {
	if len(paths) > 0 {
		s.importFrom(paths)
	}
}

// Refresh asks the engine again, after something changed there.
func (s *Screen) Refresh() {
	s.loads++
	this := s.loads
	var got holdings
	away(func() { got = load(s.engine) }, func() {
		if this == s.loads {
			s.fill(got)
		}
	})
}

func (s *Screen) fill(got holdings) {
	s.all, s.loaded = got, true
	s.sift()
	if s.expected != "" {
		s.goTo(s.expected)
	}
	if s.waiting && s.window.Canvas().Overlays().Top() == nil {
		s.waiting = false
		// Who has gone on to the search meanwhile keeps the keyboard there.
		if s.window.Canvas().Focused() == s.tabs {
			s.window.Canvas().Focus(s.first())
		}
	}
	if s.open != nil {
		s.open.follow()
	}
}

// choose shows the list of the chosen tab, from its beginning.
func (s *Screen) choose() {
	widget.SetVisible(s.create, s.tabs.Chosen() == mine)
	widget.SetVisible(s.bring, s.tabs.Chosen() == mine)
	widget.SetVisible(s.add, s.tabs.Chosen() == people)
	widget.SetVisible(s.circle, s.tabs.Chosen() == people)
	s.sift()
	s.list.GoTo(0)
	s.content.Refresh()
}

func (s *Screen) primary() *widget.Button {
	if s.tabs.Chosen() == people {
		return s.add
	}
	return s.create
}

// sift shows what the search finds in both lists, and the chosen one.
func (s *Screen) sift() {
	found := [2][]item{matching(s.all.mine, s.search.Text), matching(s.all.people, s.search.Text)}
	s.rows = found[s.tabs.Chosen()]
	if s.loaded {
		s.tabs.Rename(mine, text.T("keys.tab.mine", "n", len(found[mine])))
		s.tabs.Rename(people, text.T("keys.tab.contacts", "n", len(found[people])))
		s.tell(found)
	}
	widget.SetVisible(s.card, len(s.rows) > 0)
	s.card.Layout.Layout(s.card.Objects, s.card.Size())
	s.list.Refresh()
}

// tell says why a list is empty, and what can be done about it.
func (s *Screen) tell(found [2][]item) {
	widget.SetVisible(s.nothing, len(s.rows) == 0)
	if len(s.rows) > 0 {
		s.nothing.Objects = nil
		return
	}
	this, other := s.tabs.Chosen(), 1-s.tabs.Chosen()
	var state fyne.CanvasObject
	switch {
	case s.search.Text == "" && this == mine:
		state = widget.EmptyState("keys", text.T("keys.mine.empty"))
	case s.search.Text == "":
		state = widget.EmptyState("contacts", text.T("keys.contacts.empty"))
	default:
		acts := []fyne.CanvasObject{widget.LinkButton(text.T("keys.search.clear"), func() { s.search.SetText("") })}
		if n := len(found[other]); n > 0 {
			key := []string{"keys.search.mine", "keys.search.contacts"}[other]
			acts = append(acts, widget.SecondaryButton(text.T(key, "n", n), func() { s.tabs.Choose(other) }))
		}
		state = widget.EmptyState("contacts", text.T("keys.search.nothing", "words", text.Name(s.search.Text)), acts...)
	}
	s.nothing.Objects = []fyne.CanvasObject{container.NewVScroll(state)}
	s.nothing.Refresh()
}

// toList moves the keyboard from the search to what it found.
func (s *Screen) toList() {
	if len(s.rows) > 0 {
		s.window.Canvas().Focus(s.list)
		s.list.GoTo(0)
	}
}

// goTo puts the keyboard on the row of a key pair or contact. One that is not
// there yet is waited for: the engine's news may still be under way.
func (s *Screen) goTo(id string) {
	s.expected = id
	for tab, items := range [][]item{s.all.mine, s.all.people} {
		for i, it := range items {
			if it.id != id {
				continue
			}
			s.expected = ""
			s.tabs.Choose(tab)
			if s.search.Text != "" {
				s.search.SetText("")
			}
			s.list.GoTo(i)
			return
		}
	}
}

// hasCard says whether a key pair can sign a contact card.
func hasCard(k identity.Public) bool { return k.Signing != nil }

// away runs work off the UI goroutine and then done on it; the tests stay on
// their own.
var away = cross.Go
