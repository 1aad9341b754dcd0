package keys

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Taker is what the import sheet asks of the engine.
type Taker interface {
	Importer
	Verifier
}

// importing is the sheet that reads what was dropped, chosen or pasted, shows
// what it is, and takes it in. Everything is for the UI goroutine but ask.
type importing struct {
	window fyne.Window
	engine Taker
	done   func(people []identity.Contact)

	ctx  context.Context
	stop context.CancelFunc // ends reading, and the question for a passphrase

	sheet   *widget.Sheet
	body    *fyne.Container
	back    *widget.Button // the quiet one
	press   *widget.Button // the one that goes on
	turning *widget.Spinner

	sources []*source
	next    int  // the first that was not read yet
	busy    bool // a worker holds a source
	typed   *widget.Field
	problem *widget.Text
	asking  *question

	contacts []identity.Contact          // those there already
	byName   map[string]identity.Contact // the same, see folded
}

// source is one thing that came: a file, the clipboard, or typed text.
type source struct {
	path  string         // empty for what was pasted or typed
	data  *secret.Buffer // what was pasted or typed, until it is read
	clip  bool
	asked bool // it was protected with a passphrase
	in    *engine.Incoming
	err   error // why there is no in, or why it was not taken in
	taken bool  // it was imported
	names []*nameField
}

// importFrom opens the import sheet; with paths it reads them at once. A sheet
// that is open takes them in as well.
func (s *Screen) importFrom(paths []string) {
	if s.importing != nil && !s.importing.sheet.Closed() {
		s.importing.add(paths)
		return
	}
	s.importing = startImport(s.window, s.engine, paths, func(people []identity.Contact) {
		if len(people) > 0 {
			s.goTo(people[0].ID())
		}
		s.Refresh()
	})
}

// Import opens a sheet that takes in keys and contacts out of files, the
// clipboard or typed text; paths are read at once. done is called after
// something was taken in, with the contacts that are new or have changed.
func Import(w fyne.Window, eng Taker, paths []string, done func(people []identity.Contact)) {
	startImport(w, eng, paths, done)
}

func startImport(w fyne.Window, eng Taker, paths []string, done func([]identity.Contact)) *importing {
	m := &importing{window: w, engine: eng, done: done, body: container.NewStack(), turning: widget.NewSpinner(20)}
	m.ctx, m.stop = context.WithCancel(context.Background())
	m.back = widget.SecondaryButton(text.T("app.cancel"), nil)
	m.press = widget.PrimaryButton("", nil)
	trace.Place("import.back", m.back)
	trace.Place("import.go", m.press)
	m.sheet = widget.NewSheet(text.T("import.title"), m.body, m.back, m.press).Wide(560)
	m.sheet.OnClosed = m.closed
	m.sheet.Open(w.Canvas(), nil)
	m.begin()
	m.add(paths)
	return m
}

// closed is the end of the sheet, also by the lock: what asks is answered,
// and what was read is wiped, unless a worker still holds it and does so.
func (m *importing) closed() {
	m.stop()
	m.turning.Stop()
	m.forgetQuestion()
	if !m.sheet.Swept() {
		m.keep("")
	}
	if !m.busy {
		m.wipe()
	}
}

func (m *importing) wipe() {
	for _, src := range m.sources {
		src.data.Destroy()
		src.in.Close()
		src.data, src.in = nil, nil
	}
	m.sources, m.next = nil, 0
}

// page shows a step of the sheet.
func (m *importing) page(title string, content fyne.CanvasObject, first fyne.Focusable) {
	m.forgetQuestion()
	m.turning.Stop()
	m.sheet.Retitle(title)
	m.body.Objects = []fyne.CanvasObject{content}
	m.sheet.Refresh()
	if first != nil {
		m.window.Canvas().Focus(first)
	}
}

// buttons sets the sheet's foot; an empty label takes a button away.
func (m *importing) buttons(back string, onBack func(), press string, onPress func()) {
	for _, b := range []struct {
		button *widget.Button
		label  string
		tapped func()
	}{{m.back, back, onBack}, {m.press, press, onPress}} {
		b.button.SetLabel(b.label)
		b.button.OnTapped = b.tapped
		b.button.Enable()
		if b.label == "" {
			b.button.Hide()
		} else {
			b.button.Show()
		}
	}
}

// begin asks what to import.
func (m *importing) begin() {
	choose := widget.SecondaryButton(text.T("import.choose"), m.choose).WithIcon("file")
	paste := widget.SecondaryButton(text.T("import.paste"), m.paste).WithIcon("copy")
	m.typed = widget.NewTextArea(text.T("import.text"), text.T("import.text.placeholder"), 2)
	m.typed.OnPaste = m.paste
	m.typed.OnChanged = m.check
	m.problem = widget.Body("").Tone(theme.Danger)
	m.problem.Hide()
	trace.Place("import.choose", choose)
	trace.Place("import.paste", paste)
	trace.Place("import.text", m.typed)
	hint := container.NewStack(widget.NewDashes(theme.FieldBorder), widget.Pad(theme.Gap, theme.Gap,
		widget.Column(12,
			widget.Column(2,
				widget.Strong(text.T("import.drop")).Align(fyne.TextAlignCenter),
				widget.Muted(text.T("import.drop.note")).Align(fyne.TextAlignCenter)),
			container.NewCenter(widget.Row(theme.Grid, choose, paste)))))
	m.buttons(text.T("app.cancel"), m.sheet.Close, text.T("import.next"), m.submit)
	m.press.Disable()
	m.page(text.T("import.title"), widget.Column(theme.Gap, hint,
		widget.Column(theme.Half, widget.Caption(text.T("import.text")), widget.Pad(2, 2, m.typed)),
		m.problem), m.typed)
	if d, ok := m.engine.(drafts); ok {
		m.typed.SetText(recallDrafts(d)[draftID])
	}
}

// check takes a private key that was typed or pasted the toolkit's way off the
// screen at once.
func (m *importing) check(s string) {
	if isPrivate(s) {
		m.typed.SetText("")
		m.say(text.T("import.private"))
		return
	}
	m.keep(s)
	if strings.TrimSpace(s) == "" {
		m.press.Disable()
		return
	}
	m.press.Enable()
	m.problem.Hide()
}

// draftID names the typed text among the drafts, which outlive the lock.
const draftID = "import"

// keep remembers what was typed, which is public, until it was read or given
// up.
func (m *importing) keep(s string) {
	if d, ok := m.engine.(drafts); ok {
		keepDraft(d, draftID, s)
	}
}

// isPrivate knows private keys, which must not be shown or handed on: by what
// marks one wherever it stands, also half typed, and by the whole.
func isPrivate(s string) bool {
	upper := strings.ToUpper(s)
	for _, mark := range []string{"AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PUTTY-USER-KEY-FILE"} {
		if strings.Contains(upper, mark) {
			return true
		}
	}
	m := identity.Recognise([]byte(s))
	return m.Private() && m != identity.AgeEncrypted // what is encrypted may be shown
}

func (m *importing) say(s string) {
	m.problem.Set(s)
	m.problem.Show()
	m.sheet.Refresh()
}

// submit reads what was typed.
func (m *importing) submit() {
	if s := strings.TrimSpace(m.typed.Text); s != "" {
		m.queue(&source{data: secret.Take([]byte(s))})
	}
}

func (m *importing) choose() {
	shell.Choose(m.window, shell.Request{
		Title: text.T("import.choose.title"), Accept: text.T("import.choose.accept"), Multiple: true,
	}, m.add)
}

// maxPasted bounds what the clipboard may hold, in bytes: a picture of a QR
// code is the largest.
const maxPasted = 16 << 20

// clipboard is how the clipboard is read: any goroutine.
var clipboard = widget.ReadClipboard

// paste reads the clipboard without letting the toolkit see what it holds.
func (m *importing) paste() {
	var b *secret.Buffer
	var helper bool
	away(func() { b, helper = clipboard(maxPasted) }, func() {
		switch {
		case m.sheet.Closed() || m.busy:
			b.Destroy()
		case !helper:
			m.say(text.T("import.paste.none"))
		case b.Len() == 0:
			b.Destroy()
			m.say(text.T("import.paste.empty"))
		default:
			m.queue(&source{data: b, clip: true})
		}
	})
}

// add reads more files, after those that are being read.
func (m *importing) add(paths []string) {
	if m.sheet.Closed() || len(paths) == 0 {
		return // the lock may come while one chooses
	}
	var all []*source
	for _, p := range paths {
		if filepath.IsAbs(p) {
			all = append(all, &source{path: filepath.Clean(p)})
		}
	}
	m.queue(all...)
}

func (m *importing) queue(sources ...*source) {
	m.sources = append(m.sources, sources...)
	if !m.busy {
		m.keepNames()
		m.read()
	}
}

// read reads the next source off the UI goroutine, and shows all of them after
// the last.
func (m *importing) read() {
	if m.next == len(m.sources) {
		m.show()
		return
	}
	src := m.sources[m.next]
	m.reading(src)
	m.busy = true
	var in *engine.Incoming
	var err error
	ask := func(again bool) (*secret.Buffer, error) { return m.ask(src, again) }
	away(func() {
		if src.path != "" {
			in, err = m.engine.ReadFile(m.ctx, src.path, ask)
		} else {
			in, err = m.engine.Read(m.ctx, src.data, ask) // takes it over
		}
	}, func() {
		m.busy = false
		src.in, src.err, src.data = in, err, nil
		if m.sheet.Closed() {
			m.wipe()
			return
		}
		m.next++
		m.read()
	})
}

// reading shows that something is read, and lets one stop.
func (m *importing) reading(src *source) {
	words := widget.Column(2, widget.FileName(src.label()), widget.Caption(text.T("import.reading")))
	if n := len(m.sources); n > 1 {
		words.Add(widget.Caption(text.T("import.reading.of", "i", m.next+1, "n", n)))
	}
	m.buttons(text.T("app.cancel"), m.sheet.Close, "", nil)
	m.page(text.T("import.title"), widget.Pad(theme.Grid, 0, widget.Row(theme.Grid, m.turning, words, widget.Spacer())), m.back)
	m.turning.Start()
}

// label says where something came from.
func (s *source) label() string {
	switch {
	case s.path != "":
		return text.Name(filepath.Base(s.path))
	case s.clip:
		return text.T("import.from.clipboard")
	}
	return text.T("import.from.typed")
}

// toUI runs f on the UI goroutine, soon.
var toUI = cross.Do
