package lock

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// fake is an engine that remembers what it was given.
type fake struct {
	owner    string
	pass     string
	imported string
	fail     error
	buffers  []*secret.Buffer
	wait     time.Duration // until the next attempt is taken
}

func (f *fake) UnlockWait() time.Duration { return f.wait }

func (f *fake) Owner() string { return f.owner }

func (f *fake) Create(_ context.Context, owner string, pass, imported *secret.Buffer) error {
	f.buffers = append(f.buffers, pass, imported)
	if f.fail != nil {
		pass.Destroy()
		return f.fail
	}
	f.owner, f.pass, f.imported = owner, string(pass.Bytes()), string(imported.Bytes())
	pass.Destroy()
	imported.Destroy()
	return nil
}

func (f *fake) Unlock(_ context.Context, pass *secret.Buffer) error {
	defer pass.Destroy()
	if string(pass.Bytes()) != f.pass {
		return fault.New(fault.WrongPassphrase, "", nil)
	}
	return f.fail
}

const fiveWords = "proactive-fructose-viability-elevator-sandbag"

// room is a window for one screen, in a test that plays the UI goroutine.
type room struct {
	t     *testing.T
	eng   *fake
	win   fyne.Window
	ui    chan func()
	way   *fakeWay
	back  int      // how often keys were to be brought back
	picks []string // answers of the next file dialogs
	dir   string
}

func enter(t *testing.T) *room {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	r := &room{t: t, eng: &fake{}, ui: make(chan func(), 16), dir: t.TempDir()}
	t.Cleanup(cross.Divert(func(f func()) { r.ui <- f }))
	r.win = test.NewTempWindow(t, container.NewStack())
	r.win.SetPadded(false)
	r.win.Resize(fyne.NewSize(720, 480))
	return r
}

func (r *room) desk() Desk {
	answer := func(done func(string)) {
		path := ""
		if len(r.picks) > 0 {
			path, r.picks = r.picks[0], r.picks[1:]
		}
		done(path)
	}
	return Desk{
		Window: r.win, Name: "Ana",
		Words:   func() *secret.Buffer { return secret.Take([]byte(fiveWords)) },
		Weigh:   func(p []byte) (int, string) { return min(4, len(p)/4), "centuries" },
		Pick:    answer,
		Speak:   func(text.Language) {},
		Restore: func() { r.back++ },
		WayBack: func(show Show, done func()) Way {
			r.way = &fakeWay{show: show, done: done}
			return r.way
		},
	}
}

// fakeWay is a last step of one button.
type fakeWay struct {
	show   Show
	done   func()
	next   *widget.Button
	closed bool
}

func (w *fakeWay) Close() { w.closed = true }
func (w *fakeWay) Begin() {
	w.next = widget.PrimaryButton("through", w.done)
	w.show("way", widget.Page{Drawing: "done", Title: "The way", Content: widget.Body("which"), Right: []fyne.CanvasObject{w.next}}, w.next)
}

func (r *room) show(o fyne.CanvasObject) {
	r.win.SetContent(o)
	r.win.Resize(fyne.NewSize(720, 480))
}

// next runs the one thing that comes to the UI goroutine.
func (r *room) next() { (<-r.ui)() }

// enterKey presses Return in a passphrase field and lets its pause end.
func (r *room) enterKey(f *widget.PassphraseField) {
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.next()
}

func (r *room) focused() fyne.Focusable { return r.win.Canvas().Focused() }

// says collects every text on the screen.
func says(o fyne.CanvasObject) map[string]bool {
	all := map[string]bool{}
	for _, part := range test.LaidOutObjects(o) {
		if t, ok := part.(*widget.Text); ok && t.Visible() {
			all[t.Content()] = true
		}
	}
	return all
}

// button finds a button by its label.
func button(t *testing.T, o fyne.CanvasObject, label string) *widget.Button {
	t.Helper()
	for _, part := range test.LaidOutObjects(o) {
		if b, ok := part.(*widget.Button); ok && b.Label() == label {
			return b
		}
	}
	t.Fatalf("no button %q", label)
	return nil
}
