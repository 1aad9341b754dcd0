package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/safefile"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// policies are what can be done when a name is taken, in the order offered.
var policies = []safefile.Policy{safefile.KeepBoth, safefile.Replace, safefile.Skip}

// optionsBlock holds what most people never need to change. It is made once,
// so that the keyboard keeps its place when a choice changes the plan.
func (p *planView) optionsBlock() fyne.CanvasObject {
	if p.options != nil {
		return p.options
	}
	card := widget.Card(p.optionList())
	show(card, p.moreOpen)
	more := widget.LinkButton(text.T("files.more"), nil).WithIcon(chevron(p.moreOpen)).Small()
	more.OnTapped = func() {
		p.moreOpen = !p.moreOpen
		show(card, p.moreOpen)
		more.WithIcon(chevron(p.moreOpen))
		p.body.Refresh()
		if p.moreOpen {
			p.scroll.Refresh()
			p.scroll.ScrollToBottom()
		}
	}
	trace.Place("plan.more", more)
	p.options = widget.Column(theme.Grid, container.NewHBox(more), card)
	return p.options
}

func chevron(open bool) string {
	if open {
		return "chevron-down"
	}
	return "chevron-right"
}

func (p *planView) optionList() fyne.CanvasObject {
	c := &p.choices
	replaced := widget.Note(theme.Warning, text.T("files.taken.replace.note"))
	show(replaced, c.policy == safefile.Replace)
	taken := widget.NewChoice([]string{text.T("files.taken.keep"), text.T("files.taken.replace"), text.T("files.taken.skip")},
		policyIndex(c.policy), func(i int) {
			c.policy = policies[i]
			show(replaced, c.policy == safefile.Replace)
			p.build()
		})
	trace.Place("plan.taken", taken)
	column := widget.Column(theme.Gap, p.whereOption(), option(text.T("files.taken"), taken), replaced)
	if len(p.plan.Encrypt) == 0 {
		return column
	}
	removed := widget.Note(theme.Accent, text.T("files.option.remove.note"))
	show(removed, c.removeAfter)
	column.Add(widget.Rule())
	column.Add(container.NewVBox(
		check("files.option.armor", c.armor, func(on bool) { c.armor = on }),
		check("files.option.hide", c.hideNames, func(on bool) { c.hideNames = on; p.build() }),
		check("files.option.remove", c.removeAfter, func(on bool) {
			c.removeAfter = on
			show(removed, on)
			p.build()
		})))
	column.Add(removed)
	return column
}

// option is a label and its control at the right.
func option(label string, control fyne.CanvasObject) fyne.CanvasObject {
	return widget.Row(theme.Grid, widget.Label(label).Fits(widget.FitEnd), control)
}

func check(key string, on bool, changed func(bool)) fyne.CanvasObject {
	c := widget.NewCheck(text.T(key), on, changed)
	trace.Place(key, c)
	return container.NewHBox(c)
}

func policyIndex(p safefile.Policy) int {
	for i, offered := range policies {
		if offered == p {
			return i
		}
	}
	return 0
}

// whereOption chooses between beside the originals and one folder for all.
func (p *planView) whereOption() fyne.CanvasObject {
	var where *widget.Choice
	where = widget.NewChoice([]string{text.T("files.where.beside"), text.T("files.where.folder")},
		chosenIndex(p.choices.dir != ""), func(i int) {
			if i == 1 {
				p.chooseDir(func() { where.Choose(0) })
				return
			}
			p.choices.dir = ""
			p.build()
		})
	trace.Place("plan.where", where)
	return option(text.T("files.where"), where)
}

// chooseDir asks for the folder, and calls none when there is no answer.
func (p *planView) chooseDir(none func()) {
	shell.Choose(p.s.window, shell.Request{
		Title: text.T("files.where.title"), Accept: text.T("files.choose.accept"), Folder: true,
	}, func(paths []string) {
		switch {
		case p.s.plan != p: // cancelled, or locked, while one chose
		case len(paths) == 0:
			none()
		default:
			p.choices.dir = paths[0]
			p.build()
		}
	})
}
