package recovery

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// part is one thing that is remembered: typed, or a list in a file.
type part struct {
	field *widget.PassphraseField // nil for a list
	list  string
	maybe *widget.Check
	out   *widget.Button
	row   fyne.CanvasObject
}

func (p *part) focus() fyne.Focusable {
	if p.field != nil {
		return p.field
	}
	return p.maybe
}

func (p *part) close() {
	if p.field != nil {
		p.field.Destroy()
	}
}

// addPart adds a part; an empty list is one to be typed.
func (l *lastResort) addPart(list string) *part {
	if len(l.parts) == search.MaxPieces {
		return l.parts[len(l.parts)-1]
	}
	p := &part{list: list}
	p.maybe = widget.NewCheck(text.T("recovery.search.maybe"), false, func(bool) { l.changed() })
	p.out = widget.IconButton("close", text.T("recovery.search.remove"), func() { l.removePart(p) }).Small()
	var what fyne.CanvasObject
	if list != "" {
		what = widget.FileName(text.T("recovery.search.from", "file", text.Name(base(list)))).Bold(false)
	} else {
		p.field = widget.NewPassphraseField(text.T("recovery.search.part"))
		p.field.OnChange = l.changed
		p.field.Reveal(l.seen.On())
		p.field.OnSubmit = func() { l.next(p) }
		what = widget.Pad(3, 3, p.field)
	}
	beside := container.NewVBox(widget.Pad(9, 0, widget.Row(theme.Grid, p.maybe, p.out))) // at the field, not at its hint
	if list != "" {
		beside = container.NewVBox(widget.Row(theme.Grid, p.maybe, p.out))
	}
	p.row = container.NewBorder(nil, nil, nil, beside, what)
	l.parts = append(l.parts, p)
	l.rows.Add(p.row)
	l.place()
	return p
}

// next goes to the part behind p, which is what Return does.
func (l *lastResort) next(p *part) {
	if i := slices.Index(l.parts, p) + 1; i < len(l.parts) {
		l.z.window.Canvas().Focus(l.parts[i].focus())
		return
	}
	l.z.window.Canvas().Focus(l.z.next)
}

func (l *lastResort) removePart(p *part) {
	if len(l.parts) == 1 {
		return
	}
	i := slices.Index(l.parts, p)
	p.close()
	l.parts = slices.Delete(l.parts, i, i+1)
	l.rows.Remove(p.row)
	l.place()
	l.z.window.Canvas().Focus(l.parts[min(i, len(l.parts)-1)].focus())
	l.changed()
}

func (l *lastResort) place() {
	for i, p := range l.parts {
		n := strconv.Itoa(i + 1)
		if p.field != nil {
			trace.Place("search.part."+n, p.field)
		}
		trace.Place("search.maybe."+n, p.maybe)
		trace.Place("search.out."+n, p.out)
		able(p.out, len(l.parts) > 1)
	}
}

// recipe writes what was typed as a recipe, in guarded memory. lines says which
// part each of its lines is. It is nil without any part.
func (l *lastResort) recipe() (recipe *secret.Buffer, lines []int) {
	var w recipeText
	for i, p := range l.parts {
		typed := p.field != nil && !p.field.Empty()
		if p.list == "" && !typed {
			continue
		}
		word := "piece"
		if p.list != "" {
			word = "list"
		}
		if p.maybe.On() {
			word += "?"
		}
		w.say(word + ": " + p.list)
		if typed {
			w.take(p.field.Text().Bytes())
		}
		w.say("\n")
		lines = append(lines, i)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if l.order.On() {
		w.say("order: any\n")
	}
	w.say("between: ")
	bar := ""
	for i, joint := range []string{`""`, `" "`, "-", "_", "."} {
		if l.between[i].On() {
			w.say(bar + joint)
			bar = " | "
		}
	}
	w.say("\n")
	if !l.ending.Empty() {
		w.say("ending: | ")
		w.take(l.ending.Text().Bytes())
		w.say("\n")
	}
	for check, line := range map[*widget.Check]string{
		l.slips: "slips: all\n", l.capital: "capitals: first each upper lower inverted\n",
		l.hangul: "keyboard: latin hangul\n", l.unknown: "unknown: any more instead\n",
	} {
		if check.On() {
			w.say(line)
		}
	}
	w.say("together: " + strconv.Itoa(l.at.Value()) + "\n")
	return w.text(), lines
}

// recipeText is a text that is put together of plain and of guarded parts.
type recipeText struct {
	parts [][]byte
	size  int
}

func (w *recipeText) say(plain string) { w.take([]byte(plain)) }
func (w *recipeText) take(guarded []byte) {
	w.parts, w.size = append(w.parts, guarded), w.size+len(guarded)
}

func (w *recipeText) text() *secret.Buffer {
	b := secret.New(w.size)
	at := 0
	for _, part := range w.parts {
		at += secret.Copy(b.Bytes()[at:], part)
	}
	return b
}
