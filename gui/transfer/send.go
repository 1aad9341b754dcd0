package transfer

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// patience is how long a sending that nobody answers, or that breaks, is tried
// again.
const patience = 10 * time.Minute

// person is somebody who can be sent to.
type person struct {
	id       string
	name     string
	verified bool
	myself   bool // another computer of one's own
}

// sending is the sheet that asks for whom and where.
type sending struct {
	window fyne.Window
	engine Engine
	paths  []string
	done   func()

	people  []person
	shown   []int // of people, those that match the search
	chosen  int   // of people; -1 nobody
	found   *sightings
	known   addresses
	form    *form.Form
	search  *widget.Field
	list    *widget.List
	address *widget.Field
	typed   bool // the person typed the address
	trust   *fyne.Container
}

// sightings are the contacts that were seen on the network, by ID. Safe for concurrent use.
type sightings struct {
	mu sync.Mutex
	at map[string]string
}

func (s *sightings) saw(id, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[id] = address
}

func (s *sightings) of(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at[id]
}

// send opens the sheet; done is called after sending began.
func send(w fyne.Window, eng Engine, paths []string, done func()) { sendTo(w, eng, paths, "", done) }

// sendTo is send with somebody chosen.
func sendTo(w fyne.Window, eng Engine, paths []string, id string, done func()) {
	newSending(w, eng, paths, id, done)
}

func newSending(w fyne.Window, eng Engine, paths []string, id string, done func()) *sending {
	s := &sending{window: w, engine: eng, paths: paths, done: done, chosen: -1, known: recall(eng), found: &sightings{at: map[string]string{}}}
	s.people = people(eng)
	do := widget.PrimaryButton(text.T("transfer.send.do"), s.run).WithIcon("transfer")
	s.form = form.New(w, text.T("transfer.send.title"), do)
	trace.Place("transfer.send.do", do)
	s.build()
	s.watch()
	first := fyne.Focusable(s.list)
	if len(s.people) == 0 {
		do.Disable()
		first = s.form.Stop
	}
	s.form.Sheet.Wide(560)
	s.form.Open(first)
	s.choose(slices.IndexFunc(s.people, func(p person) bool { return p.id == id }))
	trace.Event("transfer.sheet", map[string]any{"people": len(s.people)})
	return s
}

// people are the contacts whose signing key is known, and Myself last.
func people(eng Engine) (all []person) {
	for _, c := range eng.Contacts() {
		if c.Signing != nil && !c.Changed() {
			all = append(all, person{id: c.ID(), name: c.Name, verified: c.Verified})
		}
	}
	for _, k := range eng.Keys() {
		if k.Signing != nil {
			return append(all, person{id: engine.Myself, name: k.Name, verified: true, myself: true})
		}
	}
	return all
}

func (s *sending) build() {
	s.search = widget.NewField(text.T("transfer.send.search"), text.T("transfer.send.search"))
	s.search.OnChanged = func(string) { s.find() }
	s.list = widget.NewList(pickHeight, func() int { return len(s.shown) },
		func() fyne.CanvasObject { return newPickRow() },
		func(i int, o fyne.CanvasObject) {
			p := s.people[s.shown[i]]
			o.(*pickRow).show(p, s.shown[i] == s.chosen, s.found.of(p.id) != "", func() { s.choose(s.shown[i]) })
		})
	s.list.Chosen = func(i int) { s.choose(s.shown[i]) }
	s.address = widget.NewField(text.T("transfer.send.address"), text.T("transfer.send.example"))
	s.address.OnChanged = func(string) { s.typed = true; s.form.Typed() }
	s.address.OnSubmitted = func(string) { s.run() }
	s.trust = container.NewStack()
	trace.Place("transfer.people", s.list)
	trace.Place("transfer.where", s.address)
	fields := s.form.Fields
	fields.Add(widget.Muted(summary(s.paths)))
	if len(s.people) == 0 {
		fields.Add(widget.EmptyState("contacts", text.T("transfer.send.nobody")))
		return
	}
	fields.Add(widget.Strong(text.T("transfer.send.who")))
	if len(s.people) > rowsShown {
		fields.Add(widget.Pad(2, 2, s.search))
	}
	rows := min(len(s.people), rowsShown)
	if s.window.Canvas().Size().Height < 560 {
		rows = min(rows, 2)
	}
	fields.Add(container.New(tall{pickHeight * float32(rows)}, s.list))
	fields.Add(s.trust)
	fields.Add(widget.Column(theme.Half, widget.Strong(text.T("transfer.send.where")), widget.Pad(2, 2, s.address),
		widget.Caption(text.T("transfer.send.where.note"))))
	s.form.Inputs = append(s.form.Inputs, s.search, s.address)
	s.find()
}

const rowsShown = 4

// summary says what will be sent.
func summary(paths []string) string {
	name := text.Name(filepath.Base(paths[0]))
	if n := len(paths) - 1; n > 0 {
		name = text.T("transfer.row.more", "name", name, "n", n)
	}
	return text.T("transfer.send.what", "name", name)
}

// find lists who matches the search.
func (s *sending) find() {
	wanted := strings.ToLower(strings.TrimSpace(s.search.Text))
	s.shown = s.shown[:0]
	for i, p := range s.people {
		if strings.Contains(strings.ToLower(p.name), wanted) {
			s.shown = append(s.shown, i)
		}
	}
	s.list.Refresh()
}

// choose takes somebody, and says how sure it is that they are who they are.
func (s *sending) choose(i int) {
	if i < 0 || i >= len(s.people) {
		return
	}
	s.chosen = i
	p := s.people[i]
	if !s.typed {
		s.suggest()
	}
	s.form.Typed()
	s.trust.Objects = nil
	if !p.verified {
		s.trust.Objects = []fyne.CanvasObject{widget.Note(theme.Warning, text.T("transfer.unverified", "name", text.Name(p.name)))}
		s.words(p)
	}
	s.trust.Refresh()
	s.list.Refresh()
	s.form.Sheet.Refresh()
}

// suggest puts the address in that is known best.
func (s *sending) suggest() {
	if s.chosen < 0 {
		return
	}
	id := s.people[s.chosen].id
	at := s.found.of(id)
	if at == "" {
		at = s.known[id]
	}
	s.address.SetText(at)
	s.typed = false
}

// words shows the safety words of somebody who is not verified, which both see.
func (s *sending) words(p person) {
	mine := slices.IndexFunc(s.engine.Keys(), func(k identity.Public) bool { return k.Signing != nil })
	if mine < 0 {
		return
	}
	id := s.engine.Keys()[mine].ID
	var words []string
	var err error
	form.Away(func() { words, err = s.engine.SafetyWords(id, p.id) }, func() {
		if err != nil || len(words) == 0 || s.form.Sheet.Closed() || s.chosen < 0 || s.people[s.chosen].id != p.id {
			return
		}
		var cells []fyne.CanvasObject
		for _, w := range words {
			cells = append(cells, widget.Strong(w))
		}
		s.trust.Objects = []fyne.CanvasObject{widget.Column(theme.Grid, s.trust.Objects[0],
			widget.Tinted(theme.NeutralSoft, container.New(layout.NewGridLayout(4), cells...)))}
		s.trust.Refresh()
		s.form.Sheet.Refresh()
	})
}

// watch looks for contacts on the network while the sheet is open.
func (s *sending) watch() {
	ctx, stop := context.WithCancel(context.Background())
	s.form.Wipe = append(s.form.Wipe, stop)
	ring, quiet := cross.Coalesce(func() {
		if s.form.Sheet.Closed() {
			return
		}
		if !s.typed {
			s.suggest()
		}
		s.list.Refresh()
	})
	s.form.Wipe = append(s.form.Wipe, quiet)
	seek(func() {
		// Without a network nobody is found; the address can be typed.
		_ = s.engine.Seek(ctx, func(id, address string) {
			s.found.saw(id, address)
			ring()
		})
	})
}

// seek runs what looks for contacts; the tests do not.
var seek = func(work func()) { cross.Go(work, func() {}) }

// run begins to send.
func (s *sending) run() {
	if s.chosen < 0 {
		s.form.Say(text.T("transfer.send.choose"))
		return
	}
	p := s.people[s.chosen]
	typed := strings.TrimSpace(s.address.Text)
	var where []string
	if typed != "" {
		at, err := exchange.ParseAddress(typed)
		if err != nil {
			s.form.Fail(fault.New(fault.BadAddress, "", nil))
			s.form.Focus(s.address)
			return
		}
		where = []string{at}
	}
	found, id := s.found, p.id
	look := func() []string {
		if at := found.of(id); at != "" && !slices.Contains(where, at) {
			return append(slices.Clone(where), at)
		}
		return where
	}
	if len(look()) == 0 {
		s.form.Say(text.T("transfer.send.noaddress", "name", text.Name(p.name)))
		s.form.Focus(s.address)
		return
	}
	var err error
	s.form.Run(text.T("transfer.send.busy"), func(context.Context) error {
		_, err = s.engine.Send(p.id, look, s.paths, patience)
		return err
	}, func(err error) {
		if err != nil {
			s.form.Fail(err)
			return
		}
		if len(where) > 0 {
			s.known.keep(s.engine, p.id, where[0])
		}
		s.form.Sheet.Close()
		s.done()
		trace.Event("transfer.sending", nil)
	})
}

// tall gives its content a fixed height and the width there is.
type tall struct{ height float32 }

func (t tall) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, t.height)
}

func (t tall) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
