package keys

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Screen is the Keys screen. All methods are for the UI goroutine.
type Screen struct {
	window  fyne.Window
	engine  Engine
	content *fyne.Container

	mine, others *fyne.Container
	create, add  *widget.Button
}

// New makes the screen; Refresh fills it.
func New(w fyne.Window, eng Engine) *Screen {
	s := &Screen{window: w, engine: eng, mine: container.NewVBox(), others: container.NewVBox()}
	s.create = widget.PrimaryButton(text.T("keys.new"), s.newKey).WithIcon("plus")
	s.add = widget.SecondaryButton(text.T("keys.add"), func() { s.addContact(nil) }).WithIcon("person")
	trace.Place("keys.new", s.create)
	trace.Place("keys.add", s.add)
	head := widget.Row(theme.Grid, widget.Title(text.T("keys.title")), s.add, s.create)
	lists := widget.Column(theme.Wide,
		group(text.T("keys.mine"), s.mine), group(text.T("keys.contacts"), s.others))
	s.content = container.NewBorder(widget.Pad(theme.Wide, theme.Wide, head), nil, nil, nil,
		widget.FollowFocus(container.New(inset{}, lists)))
	s.Refresh()
	return s
}

// inset leaves the page's margin at the sides and below a scrolled page, but
// lets the scroll bar run at the window's edge.
type inset struct{}

func (inset) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(2*theme.Wide, theme.Wide)
}

func (inset) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(theme.Wide, 0))
	o[0].Resize(size.SubtractWidthHeight(2*theme.Wide, theme.Wide))
}

// group is a heading and a card that holds rows.
func group(title string, rows fyne.CanvasObject) fyne.CanvasObject {
	return widget.Column(theme.Grid, widget.Strong(title), widget.CardPadded(0, rows))
}

// Content is what the window shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Shown puts the keyboard on the screen; call it after it became visible.
func (s *Screen) Shown() {
	trace.Screen("keys")
	s.Refresh()
	s.window.Canvas().Focus(s.create)
}

// Refresh lists the keys and contacts again: after they changed.
func (s *Screen) Refresh() {
	s.mine.Objects = s.mineRows()
	s.others.Objects = s.contactRows()
	s.mine.Refresh()
	s.others.Refresh()
	s.content.Refresh()
}

// Drop takes contact cards and public keys that were dropped on the window.
func (s *Screen) Drop(paths []string) {
	if len(paths) > 0 {
		addFile(s.window, s.engine, paths[0], func(identity.Contact) { s.Refresh() })
	}
}

func (s *Screen) mineRows() []fyne.CanvasObject {
	own := s.engine.Keys()
	if len(own) == 0 {
		return []fyne.CanvasObject{empty("keys", text.T("keys.mine.empty"))}
	}
	var rows []fyne.CanvasObject
	for i, k := range own {
		if i > 0 {
			rows = append(rows, widget.Rule())
		}
		rows = append(rows, s.mineRow(k))
	}
	return rows
}

func (s *Screen) mineRow(k identity.Public) fyne.CanvasObject {
	line := KindName(k.Kind)
	if !k.Created.IsZero() {
		line += " · " + text.T("keys.created", "date", text.Date(k.Created))
	}
	actions := []fyne.CanvasObject{}
	if hasCard(k) {
		actions = append(actions,
			widget.SecondaryButton(text.T("keys.card.copy"), func() { CopyCard(s.window, s.engine, k.ID) }).Small(),
			widget.IconButton("save", text.T("keys.card.save"), func() { SaveCard(s.window, s.engine, k) }).Small())
	}
	return entry("key", theme.Accent, theme.AccentSoft, text.Name(k.Name), line, actions...)
}

func (s *Screen) contactRows() []fyne.CanvasObject {
	people := slices.Clone(s.engine.Contacts())
	if len(people) == 0 {
		return []fyne.CanvasObject{empty("contacts", text.T("keys.contacts.empty"))}
	}
	var rows []fyne.CanvasObject
	for i, c := range people {
		if i > 0 {
			rows = append(rows, widget.Rule())
		}
		line := KindName(c.Recipient.Kind)
		if !c.Added.IsZero() {
			line += " · " + text.T("keys.added", "date", text.Date(c.Added))
		}
		rows = append(rows, entry("person", theme.Muted, theme.NeutralSoft, text.Name(c.Name), line, VerifiedBadge(c.Verified)))
	}
	return rows
}

// entry is one row of a list: a disc, a name, a line below, and what is at
// its right.
func entry(icon string, tone, soft fyne.ThemeColorName, name, line string, right ...fyne.CanvasObject) fyne.CanvasObject {
	disc := widget.NewPanel(soft, 20)
	disc.Least = fyne.NewSquareSize(40)
	words := widget.Column(0, widget.FileName(name), widget.Caption(line).Fits(widget.FitEnd))
	return widget.Pad(12, theme.Gap, container.NewBorder(nil, nil,
		container.NewStack(disc, container.NewCenter(widget.NewIcon(icon, tone, 20))),
		container.NewCenter(widget.Row(theme.Grid, right...)),
		widget.Pad(0, theme.Gap, words)))
}

func empty(drawing, sentence string) fyne.CanvasObject {
	return widget.Pad(theme.Wide, theme.Gap, widget.EmptyState(drawing, sentence))
}

// KindName says in words what kind of key somebody has.
func KindName(k identity.Kind) string {
	if k.PostQuantum() {
		return text.T("keys.kind.postQuantum")
	}
	switch k {
	case identity.SSHEd25519, identity.SSHRSA:
		return text.T("keys.kind.ssh")
	}
	return text.T("keys.kind.classic")
}

// VerifiedBadge says whether the safety words of a contact were compared.
func VerifiedBadge(verified bool) *widget.Badge {
	if verified {
		return widget.NewBadge(text.T("keys.verified"), theme.OK)
	}
	return widget.NewBadge(text.T("keys.notVerified"), theme.Muted)
}

// hasCard says whether a key pair can sign a contact card.
func hasCard(k identity.Public) bool { return k.Signing != nil }

func (s *Screen) addContact(prefill []byte) {
	AddContact(s.window, s.engine, prefill, func(identity.Contact) { s.Refresh() })
}

// away runs work off the UI goroutine and then done on it; the tests stay on
// their own.
var away = cross.Go
