package recovery

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// agents is the part of the fake engine that is about the recovery agent.
type agents struct {
	agent   *engine.Agent
	unfit   map[string]fault.Kind // by name: why somebody cannot be the agent
	plan    *batch.Plan
	work    func(context.Context, *job.Tracker) error
	offline *fakeKey
}

func person(name string, verified bool) identity.Contact {
	return identity.Contact{Name: name, Verified: verified,
		Recipient: identity.Recipient{Kind: identity.Hybrid, Text: "age1pq1" + name}, Classic: identity.Recipient{Kind: identity.X25519, Text: "age1" + name}}
}

func agentOf(c identity.Contact) *engine.Agent {
	return &engine.Agent{Person: engine.Person{Name: c.Name, ID: c.ID(), Recipient: c.Recipient, Classic: c.Classic, Verified: c.Verified}, Since: noon}
}

func (f *fake) Agent() (engine.Agent, bool) {
	if f.agent == nil {
		return engine.Agent{}, false
	}
	return *f.agent, true
}

func (f *fake) CanBeAgent(id string) error {
	for _, c := range f.people {
		if kind := f.unfit[c.Name]; c.ID() == id && kind != "" {
			return fault.New(kind, c.Name, nil)
		}
	}
	return nil
}

func (f *fake) SetAgent(_ context.Context, id string) error {
	for _, c := range f.people {
		if c.ID() == id && f.err == nil {
			f.agent = agentOf(c)
			return f.note("agent", c.Name)
		}
	}
	return f.err
}

func (f *fake) ClearAgent(context.Context) error {
	f.agent = nil
	return f.note("no agent")
}

func (f *fake) Encrypted(_ context.Context, paths []string, seen func(int)) (*batch.Plan, error) {
	seen(1204)
	return f.plan, f.note("look", strings.Join(paths, " "))
}

func (f *fake) AddAgent(plan *batch.Plan, _ batch.OpenOptions) (*job.Job, error) {
	rows := make([]job.Row, len(plan.Open))
	for i, it := range plan.Open {
		rows[i] = job.Row{Path: it.Path, Name: it.Name, Total: 1000}
	}
	return job.Start(context.Background(), rows, f.work), f.note("add", strconv.Itoa(len(rows)))
}

func (f *fake) NewOfflineKey(name string) (OfflineKey, error) {
	f.offline = &fakeKey{f: f, name: name}
	return f.offline, f.note("key", name)
}

func (f *fake) AdoptAgent(_ context.Context, k OfflineKey) error {
	f.agent = agentOf(person(k.(*fakeKey).name, true))
	return f.note("adopt", f.agent.Name)
}

// fakeKey is an offline key.
type fakeKey struct {
	f      *fake
	name   string
	closed bool
}

func (k *fakeKey) SaveFile(_ context.Context, path string, pass *secret.Buffer) error {
	k.f.take(pass)
	return k.f.note("file", filepath.Base(path))
}

func (k *fakeKey) SaveSheet(_ context.Context, path string, _ recovery.Labels) (Sheet, error) {
	k.f.sheet = &fakeSheet{f: k.f}
	return k.f.sheet, k.f.note("page", filepath.Base(path))
}

func (k *fakeKey) SaveShares(_ context.Context, need, of int, dir string, _ recovery.Labels) ([]string, error) {
	return []string{filepath.Join(dir, "share 1.pdf"), filepath.Join(dir, "share 1.txt")}, k.f.note("shares", strconv.Itoa(need), strconv.Itoa(of))
}

func (k *fakeKey) Close() { k.closed = true }

// shown is all text on top of the window.
func shown(w fyne.Window) string {
	var top fyne.CanvasObject = w.Content()
	if o := w.Canvas().Overlays().Top(); o != nil {
		top = o
	}
	var all []string
	for _, part := range test.LaidOutObjects(top) {
		switch o := part.(type) {
		case *widget.Text:
			if o.Visible() {
				all = append(all, o.Content())
			}
		case *widget.Button:
			if o.Visible() {
				all = append(all, o.Label())
			}
		case *widget.Badge:
			if o.Visible() {
				all = append(all, o.AccessibilityLabel())
			}
		}
	}
	return strings.Join(all, "\n")
}

func wants(t *testing.T, w fyne.Window, sentences ...string) {
	t.Helper()
	for _, s := range sentences {
		if !strings.Contains(shown(w), s) {
			t.Errorf("%q is not on screen:\n%s", s, shown(w))
		}
	}
}

// goTo presses the option with that title.
func goTo(t *testing.T, w fyne.Window, title string) {
	t.Helper()
	for _, part := range test.LaidOutObjects(w.Canvas().Overlays().Top()) {
		if o, ok := part.(*widget.Option); ok && o.AccessibilityLabel() == text.T(title) {
			test.Tap(o)
			return
		}
	}
	t.Fatalf("no option %q", text.T(title))
}

// since is what the engine was asked for since the last time somebody looked.
func since(t *testing.T, f *fake, want ...string) {
	t.Helper()
	if strings.Join(f.did, "; ") != strings.Join(want, "; ") {
		t.Errorf("did %q, want %q", f.did, want)
	}
	f.did = nil
}

// all are the visible objects of a sort on top of the window.
func all[T fyne.CanvasObject](w fyne.Window) (found []T) {
	for _, part := range test.LaidOutObjects(w.Canvas().Overlays().Top()) {
		if o, ok := part.(T); ok && o.Visible() {
			found = append(found, o)
		}
	}
	return found
}
