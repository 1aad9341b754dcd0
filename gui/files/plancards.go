package files

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// mostLines bounds how many things a card lists; a sheet lists all of them.
const mostLines = 5

// cardHead is a card's heading and what is said at its right.
func cardHead(title, right string) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, container.NewCenter(widget.Muted(right).Fits(widget.FitGrow)), widget.Heading(title))
}

// lines lists things in a card, the first few and a way to the others.
func (p *planView) lines(title string, items []batch.Item, line func(batch.Item) fyne.CanvasObject) fyne.CanvasObject {
	box := container.NewVBox()
	for _, it := range items[:min(len(items), mostLines)] {
		box.Add(line(it))
	}
	if rest := len(items) - mostLines; rest > 0 {
		box.Add(container.NewHBox(widget.LinkButton(text.T("files.plan.all", "n", rest), func() { p.showAll(title, items) }).Small()))
	}
	return box
}

// showAll lists everything of a group in a sheet of its own.
func (p *planView) showAll(title string, items []batch.Item) {
	all := widget.NewList(40, func() int { return len(items) },
		func() fyne.CanvasObject { return newPlanLine() },
		func(i int, o fyne.CanvasObject) { o.(*planLine).show(items[i], "", sizeOf(items[i])) })
	var sheet *widget.Sheet
	done := widget.PrimaryButton(text.T("files.close"), func() { sheet.Close() })
	tall := container.New(heightLayout{320}, all)
	sheet = widget.NewSheet(title, tall, done).Wide(640)
	sheet.Open(p.s.window.Canvas(), all)
}

// heightLayout gives its content a fixed height and the width there is.
type heightLayout struct{ height float32 }

func (h heightLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, h.height)
}

func (h heightLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// planLine is one thing in one line: icon, name, what it becomes, size.
type planLine struct {
	stock.BaseWidget
	content             *fyne.Container
	icon                *widget.Icon
	name, becomes, size *widget.Text
}

func newPlanLine() *planLine {
	l := &planLine{icon: widget.NewIcon("file", theme.Muted, 20), name: widget.FileName("").Bold(false),
		becomes: widget.Caption("").Fits(widget.FitMiddle), size: widget.Caption("").Align(fyne.TextAlignTrailing)}
	l.content = container.New(lineLayout{}, l.icon, l.name, l.becomes, l.size)
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer is for the toolkit.
func (l *planLine) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(l.content) }

func (l *planLine) show(it batch.Item, becomes, size string) *planLine {
	icon := "file"
	if it.Folder {
		icon = "folder"
	}
	l.icon.Set(icon, theme.Muted)
	l.name.Set(text.Name(it.Name))
	l.becomes.Set(becomes)
	l.size.Set(size)
	return l
}

// lineLayout gives the name and what it becomes half of the width each, or
// the name all of it when nothing is said, and aligns the sizes.
type lineLayout struct{}

const lineHeight, sizeWidth float32 = 32, 132

func (lineLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, lineHeight) }

func (lineLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put := func(o fyne.CanvasObject, x, w, h float32) {
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos(x, (size.Height-h)/2))
	}
	put(o[0], 0, 20, 20)
	right := fyne.Min(sizeWidth, size.Width/4)
	free := fyne.Max(0, size.Width-32-right-2*theme.Gap)
	name := free
	if o[2].(*widget.Text).Content() != "" {
		name = free / 2
	}
	put(o[1], 32, name, 22)
	put(o[2], 32+name+theme.Gap, free-name, 20)
	put(o[3], size.Width-right, right, 20)
}

// sizeOf is the size of a thing, and its number of files if it is a folder.
func sizeOf(it batch.Item) string {
	if it.Folder {
		return text.T("files.count", "n", it.Files) + " · " + text.Bytes(it.Size)
	}
	return text.Bytes(it.Size)
}

// encryptCard says what will be encrypted, for whom, and under which names.
func (p *planView) encryptCard() fyne.CanvasObject {
	n := len(p.plan.Encrypt)
	right := text.Bytes(p.plan.Bytes)
	if p.plan.Files != n {
		right = text.T("files.count", "n", p.plan.Files) + " · " + right
	}
	title := text.T("files.plan.encrypt", "n", n)
	lines := p.lines(title, p.plan.Encrypt, func(it batch.Item) fyne.CanvasObject {
		return newPlanLine().show(it, text.T("files.plan.becomes", "name", p.resultName(it)), sizeOf(it))
	})
	who := fyne.CanvasObject(p.people.content)
	if p.choices.byPassphrase {
		if p.secret == nil {
			p.secret = widget.NewSecretBox(text.T("files.secret.field"), text.T("files.secret.write"), text.T("files.secret.note"), p.update, func() { p.start() })
		}
		who = p.secret.Content
		if agent := keeperOf(p.s.engine); !agent.isNobody() {
			who = widget.Column(theme.Grid, who, widget.Note(theme.Muted, text.T("agent.passphrase", "name", agent.name())))
		}
	}
	return widget.Card(widget.Column(theme.Gap, cardHead(title, right), lines, widget.Rule(),
		widget.Row(theme.Grid, widget.Strong(text.T("files.for")), widget.Spacer(), p.chooseFor()), who))
}

// chooseFor chooses between people and a passphrase.
func (p *planView) chooseFor() fyne.CanvasObject {
	if p.choose == nil {
		p.choose = widget.NewChoice([]string{text.T("files.for.people"), text.T("files.for.passphrase")},
			chosenIndex(p.choices.byPassphrase), func(i int) {
				p.choices.byPassphrase = i == 1
				p.build()
			})
		trace.Place("plan.for", p.choose)
	}
	return p.choose
}

func chosenIndex(second bool) int {
	if second {
		return 1
	}
	return 0
}

// resultName is the name something will be encrypted under, while it is free.
func (p *planView) resultName(it batch.Item) string {
	if p.choices.hideNames {
		return text.T("files.plan.hiddenName")
	}
	return text.Name(filepath.Base(batch.EncryptedPath(it, batch.EncryptOptions{})))
}

// specialCard lists what belongs elsewhere.
func (p *planView) specialCard() fyne.CanvasObject {
	box := widget.Column(theme.Gap, widget.Heading(text.T("files.special.title")))
	for _, it := range p.plan.Special {
		box.Add(p.specialLine(it))
	}
	return widget.Card(box)
}

// specials are the words and the icon of each sort.
var specials = map[batch.Special]struct{ kind, icon string }{
	batch.CardFile: {"card", "card"}, batch.RecipientsFile: {"recipients", "people"}, batch.IdentityFile: {"identity", "key"},
	batch.KeyringFile: {"keyring", "archive"}, batch.ShareFile: {"share", "people"}, batch.SheetFile: {"sheet", "file"},
	batch.DepositFile: {"deposit", "person"}, batch.RequestFile: {"request", "edit"}, batch.ReleaseFile: {"release", "unlock"},
}

func (p *planView) specialLine(it batch.Item) fyne.CanvasObject {
	sort := specials[it.Special]
	actions := newFlow(theme.Grid)
	switch {
	case recovers(it) == "":
		bring := widget.SecondaryButton(text.T("keys.import"), func() {
			keys.Import(p.s.window, p.s.engine, []string{it.Path}, func([]identity.Contact) { p.people.build() })
		}).Small()
		trace.Place("special.import", bring)
		actions.Add(bring)
	case !p.goesAlong(it):
		open := widget.SecondaryButton(text.T("files.special.recover"), func() { p.recover(it) }).Small()
		trace.Place("special.recover", open)
		actions.Add(open)
	}
	switch it.Special {
	case batch.DepositFile, batch.RequestFile, batch.ReleaseFile: // never opened to a file, nor encrypted again
	case batch.KeyringFile:
		actions.Add(widget.LinkButton(text.T("files.special.open"), func() { p.asAnyFile(it.Path) }).Small())
	default:
		actions.Add(widget.LinkButton(text.T("files.special.encrypt"), func() { p.asAnyFile(it.Path) }).Small())
	}
	return explained(sort.icon, theme.Accent, text.Name(it.Name), text.T("files.special."+sort.kind), theme.Muted, actions)
}

// recovers names what on the Recovery screen something is for; empty for what
// is not. Things of one name go there together.
func recovers(it batch.Item) string {
	switch it.Special {
	case batch.DepositFile, batch.RequestFile:
		return "release"
	case batch.KeyringFile, batch.ShareFile, batch.SheetFile:
		return "restore"
	case batch.ReleaseFile:
		return it.Path // each alone
	}
	return ""
}

// goesAlong says whether something goes to the Recovery screen with what stands
// above it.
func (p *planView) goesAlong(it batch.Item) bool {
	for _, above := range p.plan.Special {
		if above.Path == it.Path {
			return false
		}
		if recovers(above) == recovers(it) {
			return true
		}
	}
	return false
}

// recover takes something, and what belongs to it, to the Recovery screen. A
// plan of nothing else is done with.
func (p *planView) recover(it batch.Item) {
	var paths []string
	rest := len(p.plan.Encrypt) + len(p.plan.Open) + len(p.plan.Refused)
	for _, other := range p.plan.Special {
		if recovers(other) == recovers(it) {
			paths = append(paths, other.Path)
		} else {
			rest++
		}
	}
	if rest == 0 {
		p.s.Escape()
	}
	p.s.Recover(paths)
}

// asAnyFile treats a special file like any other: one that is encrypted is
// opened.
func (p *planView) asAnyFile(path string) {
	var kept []batch.Item
	for _, it := range p.plan.Special {
		if it.Path != path {
			kept = append(kept, it)
			continue
		}
		it.Special = batch.NotSpecial
		if it.Info != nil {
			p.plan.Open = append(p.plan.Open, it)
			continue
		}
		p.plan.Encrypt = append(p.plan.Encrypt, it)
		p.plan.Bytes += it.Size
		p.plan.Files++
	}
	p.plan.Special = kept
	p.options = nil // there may be more to choose now
	p.build()
	p.focus()
}

// refusedCard lists what nothing can be done with, and why.
func (p *planView) refusedCard() fyne.CanvasObject {
	n := len(p.plan.Refused)
	box := widget.Column(theme.Gap, widget.Heading(text.T("files.refused.title", "n", n)))
	for _, it := range p.plan.Refused[:min(n, mostLines)] {
		what, do := text.Fault(it.Problem)
		box.Add(explained("warning", theme.Warning, text.Name(it.Name), what+" "+do, theme.Muted, nil))
	}
	if n > mostLines {
		box.Add(widget.Caption(text.T("files.plan.rest", "n", n-mostLines)))
	}
	return widget.Card(box)
}

// explained is a thing with a sentence about it and what can be done.
func explained(icon string, tone fyne.ThemeColorName, name, sentence string, ink fyne.ThemeColorName, actions fyne.CanvasObject) fyne.CanvasObject {
	words := widget.Column(2, widget.FileName(name), widget.Body(sentence).Tone(ink))
	if actions != nil {
		words.Add(widget.Pad(theme.Half, 0, actions))
	}
	return container.NewBorder(nil, nil, container.NewVBox(widget.NewIcon(icon, tone, 20)), nil, widget.Pad(0, 12, words))
}
