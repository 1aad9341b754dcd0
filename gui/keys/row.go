package keys

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// rowHeight holds a name and a line below it, in pixels.
const rowHeight float32 = 64

// row shows one item. It is reused for others as the list scrolls, so all that
// it shows comes from the last show, and one layout places its parts: nested
// boxes would cost a frame when a page is turned.
type row struct {
	stock.BaseWidget
	item item
	acts rowActs

	tint    *widget.Panel
	disc    *widget.Panel
	icon    *widget.Icon
	name    *widget.Text
	badge   *widget.Badge
	line    *widget.Text
	card    *widget.Button
	more    *widget.Button
	rule    *widget.Panel
	content *fyne.Container
}

// rowActs is what a row can be asked for.
type rowActs struct {
	open, card func(item)
	menu       func(item, fyne.CanvasObject)
}

var (
	_ fyne.Tappable          = (*row)(nil)
	_ fyne.SecondaryTappable = (*row)(nil)
	_ desktop.Hoverable      = (*row)(nil)
)

func newRow(acts rowActs) *row {
	r := &row{acts: acts}
	r.tint = widget.NewPanel(theme.HoverTint, theme.Corner)
	r.tint.Hide()
	r.disc = widget.NewPanel(theme.NeutralSoft, 20)
	r.icon = widget.NewIcon("person", theme.Muted, 20)
	r.name = widget.FileName("").Fits(widget.FitEnd)
	r.badge = widget.NewBadge("", theme.Muted)
	r.line = widget.Caption("").Fits(widget.FitEnd)
	r.card = widget.IconButton("card", text.T("keys.card.copy"), func() { acts.card(r.item) }).Small()
	r.more = widget.IconButton("more", text.T("keys.row.more"), func() { acts.menu(r.item, r.more) }).Small()
	r.rule = widget.Rule()
	r.content = container.New(rowLayout{r}, r.tint, r.disc, r.icon, r.name, r.badge, r.line, r.card, r.more, r.rule)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for the toolkit.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(r.content) }

// MinSize is a row of the list.
func (r *row) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

// Tapped opens what the row is about.
func (r *row) Tapped(*fyne.PointEvent) { r.acts.open(r.item) }

// TappedSecondary opens the row's menu.
func (r *row) TappedSecondary(*fyne.PointEvent) { r.acts.menu(r.item, r.more) }

// MouseIn tints the row.
func (r *row) MouseIn(*desktop.MouseEvent) { r.tint.Show() }

// MouseMoved is ignored.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (r *row) MouseOut() { r.tint.Hide() }

// Cursor is a hand.
func (r *row) Cursor() desktop.Cursor { return desktop.PointerCursor }

// show fills the row; last says that nothing comes below it.
func (r *row) show(it item, last bool) {
	r.item = it
	icon, tone, soft := it.face()
	r.icon.Set(icon, tone)
	if r.disc.Fill != soft {
		r.disc.Fill = soft
		r.disc.Refresh()
	}
	r.name.Set(it.name)
	r.line.Set(it.line)
	if !it.own {
		label, tone := verdict(it.contact.Verified, it.contact.Changed())
		r.badge.Set(label, tone)
	}
	widget.SetVisible(r.badge, !it.own)
	widget.SetVisible(r.card, it.own && hasCard(it.key))
	widget.SetVisible(r.rule, !last)
	r.tint.Hide() // the pointer may be over another row now
	r.content.Layout.Layout(nil, r.content.Size())
}

// rowLayout places the parts of a row: the badge stands behind the name, and
// the name gives way.
type rowLayout struct{ r *row }

func (rowLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, rowHeight) }

func (l rowLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	r := l.r
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	middle := size.Height / 2
	put(r.tint, 4, 2, size.Width-8, size.Height-4)
	put(r.disc, theme.Gap, middle-20, 40, 40)
	put(r.icon, theme.Gap+10, middle-10, 20, 20)
	right := size.Width - theme.Gap + 4
	for _, b := range []*widget.Button{r.more, r.card} {
		if b.Visible() {
			right -= 32
			put(b, right, middle-16, 32, 32)
		}
	}
	left := theme.Gap + 40 + 14
	room := right - theme.Grid - left
	name := fyne.Min(r.name.Natural()+1, room)
	if r.badge.Visible() {
		badge := r.badge.MinSize().Width
		name = fyne.Max(0, fyne.Min(name, room-badge-theme.Grid))
		put(r.badge, left+name+theme.Grid, middle-23, badge, 22)
	}
	put(r.name, left, middle-22, name, 20)
	put(r.line, left, middle+2, room, 18)
	put(r.rule, left, size.Height-1, size.Width-left-theme.Gap, 1)
}
