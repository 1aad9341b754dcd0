package files

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

func TestMain(m *testing.M) {
	widget.KeepToasts()
	os.Exit(m.Run())
}

// fake is an engine that plans what it is told and runs jobs by hand.
type fake struct {
	Engine // what no test asks for
	t      *testing.T
	people []engine.Person
	groups []keyring.Group
	agent  *engine.Agent
	plan   *batch.Plan
	err    error

	planned   [][]string
	encrypted []batch.EncryptOptions
	opened    []batch.OpenOptions
	typed     []string // passphrases of opened
	rewrapped [][]identity.Recipient
	work      func(ctx context.Context, t *job.Tracker) error // of the next job
	jobs      []*job.Job

	locked bool
	sealed map[string]string // what is remembered
	since  map[string]string // what lies there already
}

func (f *fake) Remember(section string, v any) {
	if f.locked {
		return
	}
	if f.sealed == nil {
		f.sealed = map[string]string{}
	}
	text, err := json.Marshal(v)
	if err != nil {
		f.t.Fatal(err)
	}
	f.sealed[section] = string(text)
}

func (f *fake) Recall(section string, v any) bool {
	text, there := f.sealed[section]
	return !f.locked && there && json.Unmarshal([]byte(text), v) == nil
}

func (f *fake) EncryptedSince([]batch.Item, batch.EncryptOptions, time.Time) map[string]string {
	return f.since
}

func (f *fake) OpenedSince([]batch.Item, batch.OpenOptions, time.Time) map[string]string {
	return f.since
}

func (f *fake) Plan(_ context.Context, paths []string) (*batch.Plan, error) {
	f.planned = append(f.planned, paths)
	return f.plan, f.err
}

func (f *fake) start(items []batch.Item) *job.Job {
	rows := make([]job.Row, len(items))
	for i, it := range items {
		rows[i] = job.Row{Path: it.Path, Name: it.Name, Total: it.Size, Items: it.Files}
	}
	work := f.work
	if work == nil {
		work = finishAll(len(rows))
	}
	j := job.Start(context.Background(), rows, work)
	f.t.Cleanup(func() { j.Cancel(); <-j.Done() })
	f.jobs = append(f.jobs, j)
	return j
}

// finishAll is a job in which everything succeeds.
func finishAll(n int) func(context.Context, *job.Tracker) error {
	return func(_ context.Context, t *job.Tracker) error {
		for i := range n {
			t.Begin(i)
			t.Finish(i, "/out/result.age")
		}
		return nil
	}
}

// failAll is a job in which everything fails with err.
func failAll(n int, err error) func(context.Context, *job.Tracker) error {
	return func(_ context.Context, t *job.Tracker) error {
		for i := range n {
			t.Begin(i)
			t.Fail(i, err)
		}
		return nil
	}
}

// stuck is a job that waits to be cancelled, with its first row running; row
// is closed when that one was cancelled.
func stuck(begun, ended chan<- struct{}) func(context.Context, *job.Tracker) error {
	return func(ctx context.Context, t *job.Tracker) error {
		row := t.Begin(0)
		t.Add(0, 500)
		close(begun)
		select {
		case <-row.Done():
			t.Fail(0, row.Err())
			close(ended)
		case <-ctx.Done():
		}
		<-ctx.Done()
		return ctx.Err()
	}
}

func (f *fake) Encrypt(p *batch.Plan, opt batch.EncryptOptions) (*job.Job, error) {
	f.encrypted = append(f.encrypted, opt)
	return f.start(p.Encrypt), nil
}

func (f *fake) Decrypt(p *batch.Plan, opt batch.OpenOptions) (*job.Job, error) {
	f.opened = append(f.opened, opt)
	if opt.Passphrase != nil {
		f.typed = append(f.typed, string(opt.Passphrase.Bytes()))
		opt.Passphrase.Destroy()
	}
	return f.start(p.Open), nil
}

func (f *fake) RewrapWith(p *batch.Plan, to []identity.Recipient, opt batch.OpenOptions) (*job.Job, error) {
	f.rewrapped, f.opened = append(f.rewrapped, to), append(f.opened, opt)
	return f.start(p.Open), nil
}

func (f *fake) People() []engine.Person { return f.people }
func (f *fake) Groups() []keyring.Group { return f.groups }

func (f *fake) Agent() (engine.Agent, bool) {
	if f.agent == nil {
		return engine.Agent{}, false
	}
	return *f.agent, true
}

func (f *fake) Keys() []identity.Public {
	return []identity.Public{{ID: "1", Name: "Mina", Signing: make([]byte, 32)}}
}

func (f *fake) Card(string) ([]byte, error) { return []byte("the card"), nil }

var (
	me  = engine.Person{Name: "Mina", Me: true, ID: "me", Recipient: hybrid("me"), Classic: classic("me")}
	ana = engine.Person{Name: "Ana", ID: "ana", Recipient: hybrid("ana"), Classic: classic("ana"), Verified: true}
	bo  = engine.Person{Name: "Bo", ID: "bo", Recipient: classic("bo"), Classic: classic("bo")}
)

func hybrid(s string) identity.Recipient {
	return identity.Recipient{Kind: identity.Hybrid, Text: "age1pq1" + s}
}

func classic(s string) identity.Recipient {
	return identity.Recipient{Kind: identity.X25519, Text: "age1" + s}
}

// news collects what the screen would be told while jobs run; tell tells it.
type news struct{ rings []func() }

func (n *news) tell() {
	for _, ring := range n.rings {
		ring()
	}
}

// screen makes a screen in a window of our least size, with everything on the
// test's own goroutine.
func screen(t *testing.T, f *fake) (*Screen, fyne.Window, *news) {
	t.Helper()
	test.NewTempApp(t)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Light))
	f.t = t
	if f.people == nil {
		f.people = []engine.Person{me, ana, bo}
	}
	w := test.NewTempWindow(t, container.NewStack())
	s, n := New(w, f), &news{}
	s.away = func(work, done func()) { work(); done() }
	s.watch = func(_ func() uint64, _ <-chan struct{}, ring func()) func() {
		n.rings = append(n.rings, ring)
		return func() {}
	}
	w.SetContent(s.Content())
	w.Resize(fyne.NewSize(720, 480))
	return s, w, n
}

// settled waits for every job of the engine to end and tells the screen.
func settled(f *fake, n *news) {
	for _, j := range f.jobs {
		<-j.Done()
	}
	n.tell()
}

// touch makes files and answers their paths.
func touch(t *testing.T, names ...string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// files makes items of a plan.
func items(names ...string) []batch.Item {
	var out []batch.Item
	for _, n := range names {
		out = append(out, batch.Item{Path: "/in/" + n, Name: n, Size: 1000, Files: 1})
	}
	return out
}

// walk visits everything that can be seen below o.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			walk(c, visit)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			walk(c, visit)
		}
	}
}

// onScreen is the uppermost thing in the window.
func onScreen(w fyne.Window) fyne.CanvasObject {
	if top := w.Canvas().Overlays().Top(); top != nil {
		return top
	}
	return w.Content()
}

// words is all text that is shown now.
func words(w fyne.Window) string {
	var all []string
	walk(onScreen(w), func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Text:
			all = append(all, o.Content())
		case *widget.Button:
			all = append(all, o.Label())
		case *widget.Check:
			all = append(all, o.Label())
		}
	})
	return strings.Join(all, "\n")
}

func wants(t *testing.T, w fyne.Window, sentences ...string) {
	t.Helper()
	shown := words(w)
	for _, s := range sentences {
		if !strings.Contains(shown, s) {
			t.Errorf("%q is not on screen:\n%s", s, shown)
		}
	}
}

func lacks(t *testing.T, w fyne.Window, sentences ...string) {
	t.Helper()
	shown := words(w)
	for _, s := range sentences {
		if strings.Contains(shown, s) {
			t.Errorf("%q is on screen:\n%s", s, shown)
		}
	}
}

// button finds the first button with that label.
func button(t *testing.T, w fyne.Window, label string) *widget.Button {
	t.Helper()
	var found *widget.Button
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok && b.Label() == label && found == nil {
			found = b
		}
	})
	if found == nil {
		t.Fatalf("no button %q on screen:\n%s", label, words(w))
	}
	return found
}

func press(t *testing.T, w fyne.Window, label string) {
	t.Helper()
	b := button(t, w, label)
	if b.Disabled() {
		t.Fatalf("%q is disabled", label)
	}
	test.Tap(b)
}

// find is the first object of a type on screen.
func find[T fyne.CanvasObject](t *testing.T, w fyne.Window) T {
	t.Helper()
	var found T
	seen := false
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if x, ok := o.(T); ok && !seen {
			found, seen = x, true
		}
	})
	if !seen {
		t.Fatalf("nothing like %T on screen", found)
	}
	return found
}

func key(w fyne.Window, name fyne.KeyName) {
	if f := w.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
	}
}
