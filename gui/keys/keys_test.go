package keys

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

func TestMain(m *testing.M) {
	widget.KeepToasts()
	away = func(work, done func()) { work(); done() }
	form.Away = away
	form.Later = func(time.Duration, func()) {}
	os.Exit(m.Run())
}

// fake is an engine with a keyring in memory.
type fake struct {
	Engine   // what no test asks for
	keys     []identity.Public
	contacts []identity.Contact
	err      error
	added    []string
	member   []keyring.Group
	used     map[string]time.Time
	kept     map[string]any // what Remember was given
	did      []string       // names of calls that change something, and what for
	wait     time.Duration
	agent    string // ID
	given    []*secret.Buffer
}

func (f *fake) Agent() (engine.Agent, bool) {
	if f.agent == "" {
		return engine.Agent{}, false
	}
	return engine.Agent{Person: engine.Person{Name: "Ana", ID: f.agent}, Since: time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local)}, true
}

func (f *fake) Keys() []identity.Public      { return f.keys }
func (f *fake) Contacts() []identity.Contact { return f.contacts }
func (f *fake) Card(string) ([]byte, error)  { return []byte("the card"), f.err }
func (f *fake) Groups() []keyring.Group      { return f.member }

func (f *fake) LastUsed() map[string]time.Time { return f.used }
func (f *fake) UnlockWait() time.Duration      { return f.wait }

func (f *fake) Remember(section string, v any) {
	if f.kept == nil {
		f.kept = map[string]any{}
	}
	f.kept[section] = v
	if v == nil {
		delete(f.kept, section)
	}
}

// Recall copies as the engine does: through JSON.
func (f *fake) Recall(section string, v any) bool {
	kept, ok := f.kept[section]
	if !ok {
		return false
	}
	raw, err := json.Marshal(kept)
	return err == nil && json.Unmarshal(raw, v) == nil
}

func (f *fake) NewKey(_ context.Context, name string, kind identity.Kind) (identity.Public, error) {
	if f.err != nil {
		return identity.Public{}, f.err
	}
	k := identity.Public{ID: name, Name: name, Kind: kind, Signing: make([]byte, 32), Fingerprint: "abcd efgh", Created: time.Unix(0, 0)}
	f.keys = append(f.keys, k)
	return k, nil
}

func (f *fake) AddContact(_ context.Context, name string, card []byte) (identity.Contact, error) {
	f.added = append(f.added, string(card))
	if f.err != nil {
		return identity.Contact{}, f.err
	}
	if name == "" {
		return identity.Contact{}, fault.New(fault.NameMissing, "", nil)
	}
	c := identity.Contact{Name: name, Recipient: identity.Recipient{Kind: identity.X25519, Text: string(card)}}
	f.contacts = append(f.contacts, c)
	return c, nil
}

func screen(t *testing.T, f *fake) (*Screen, fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Light))
	w := test.NewTempWindow(t, container.NewStack())
	s := New(w, f, Desk{Folder: t.TempDir()})
	w.SetContent(s.Content())
	w.Resize(fyne.NewSize(720, 480))
	s.Shown()
	return s, w
}

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

func onScreen(w fyne.Window) fyne.CanvasObject {
	if top := w.Canvas().Overlays().Top(); top != nil {
		return top
	}
	return w.Content()
}

func words(w fyne.Window) string {
	var all []string
	walk(onScreen(w), func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Text:
			all = append(all, o.Content())
		case *widget.Button:
			all = append(all, o.Label())
		case *widget.Badge:
			all = append(all, o.AccessibilityLabel())
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

func press(t *testing.T, w fyne.Window, label string) {
	t.Helper()
	var found *widget.Button
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok && b.Label() == label {
			found = b
		}
	})
	if found == nil {
		t.Fatalf("no button %q on screen:\n%s", label, words(w))
	}
	test.Tap(found)
}

// field finds the field with that spoken label.
func field(t *testing.T, w fyne.Window, label string) *widget.Field {
	t.Helper()
	var found *widget.Field
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if f, ok := o.(*widget.Field); ok && f.AccessibilityLabel() == label {
			found = f
		}
	})
	if found == nil {
		t.Fatalf("no field %q on screen", label)
	}
	return found
}

// two own key pairs and three contacts.
func holder() *fake {
	day := time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local)
	key := func(id, name string) identity.Public {
		return identity.Public{ID: id, Name: name, Kind: identity.Hybrid, Signing: make([]byte, 32), Created: day, Fingerprint: "finger " + id,
			Recipient: identity.Recipient{Kind: identity.Hybrid, Text: "age1pq1" + id}}
	}
	changed := identity.Contact{Name: "Zoe", Recipient: identity.Recipient{Kind: identity.X25519, Text: "age1zoe"}, Verified: true, Added: day}
	return &fake{
		keys: []identity.Public{key("k1", "Mina"), key("k2", "Work")},
		contacts: []identity.Contact{
			{Name: "Ana", Recipient: identity.Recipient{Kind: identity.Hybrid, Text: "age1pq1ana"}, Verified: true, Added: day},
			{Name: "Bo", Recipient: identity.Recipient{Kind: identity.X25519, Text: "age1bo"}},
			changed.Offer(identity.Contact{Recipient: identity.Recipient{Kind: identity.X25519, Text: "age1other"}}),
		},
	}
}

func key(w fyne.Window, name fyne.KeyName) {
	e := &fyne.KeyEvent{Name: name}
	if f := w.Canvas().Focused(); f != nil {
		f.TypedKey(e)
	} else if name == fyne.KeyEscape {
		widget.DismissTop(w.Canvas())
	}
}

// pick chooses a line of the open menu.
func pick(t *testing.T, w fyne.Window, label string) {
	t.Helper()
	var found *widget.MenuItem
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if i, ok := o.(*widget.MenuItem); ok && i.AccessibilityLabel() == label {
			found = i
		}
	})
	if found == nil {
		t.Fatalf("no line %q in the menu:\n%s", label, words(w))
	}
	found.Tapped(nil)
}

func TestLists(t *testing.T) {
	f := holder()
	f.used = map[string]time.Time{"k1": time.Date(2026, 11, 21, 12, 0, 0, 0, time.Local)}
	s, w := screen(t, f)
	wants(t, w, "Mina", "Post-quantum · created 20 Nov 2026 · last used 21 Nov 2026", "Work", "New key pair")
	lacks(t, w, "Ana", "Add contact")
	press(t, w, "Copy my contact card")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "the card" {
		t.Errorf("the clipboard has %q", got)
	}
	s.tabs.Choose(people)
	wants(t, w, "Ana", "Post-quantum · added 20 Nov 2026", "Verified", "Bo", "Classic", "Not verified", "Zoe", "Changed", "Add contact")
	lacks(t, w, "Mina", "New key pair")
	if s.rows[0].name != "Zoe" {
		t.Errorf("%s comes before the contact that needs a decision", s.rows[0].name)
	}
}

func TestKindsHaveNames(t *testing.T) {
	for kind, want := range map[identity.Kind]string{
		identity.Hybrid: "Post-quantum", identity.X25519: "Classic", identity.SSHEd25519: "Classic, SSH", identity.SSHRSA: "Classic, SSH",
		identity.TagPQ: "On a hardware key", identity.Tag: "On a hardware key", identity.Plugin: "Through an age plugin",
	} {
		if got := KindName(kind); got != want {
			t.Errorf("%s is called %q", kind, got)
		}
	}
}

func TestEmptyLists(t *testing.T) {
	s, w := screen(t, &fake{})
	wants(t, w, text.T("keys.mine.empty"))
	s.tabs.Choose(people)
	wants(t, w, text.T("keys.contacts.empty"))
}

func TestSearch(t *testing.T) {
	f := holder()
	f.member = []keyring.Group{{Name: "Family", Members: []string{f.contacts[1].ID()}}}
	s, w := screen(t, f)
	s.tabs.Choose(people)
	for search, want := range map[string]string{
		"": "Zoe Ana Bo", "ANA": "Ana", "classic": "Zoe Bo", "class bo": "Bo", "family": "Bo",
		f.contacts[0].Recipient.Fingerprint(): "Ana", "nobody": "",
	} {
		s.search.SetText(search)
		var found []string
		for _, it := range s.rows {
			found = append(found, it.name)
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q finds %q, want %q", search, got, want)
		}
	}
	s.search.SetText("mina")
	wants(t, w, "Nothing here matches “mina”.", "1 in Mine")
	press(t, w, "1 in Mine")
	wants(t, w, "Mina")
	s.Search()
	key(w, fyne.KeyReturn)
	if w.Canvas().Focused() != fyne.Focusable(s.list) {
		t.Error("Return does not lead to what was found")
	}
	key(w, fyne.KeyUp)
	if w.Canvas().Focused() != fyne.Focusable(s.search) {
		t.Error("Up does not lead back to the search")
	}
}

func TestKeyboardAlone(t *testing.T) {
	s, w := screen(t, holder())
	if w.Canvas().Focused() != fyne.Focusable(s.list) {
		t.Fatal("the keyboard is not on the list")
	}
	key(w, fyne.KeyDown)
	key(w, fyne.KeyReturn)
	wants(t, w, "Work", "finger k2", "Export private key…")
	key(w, fyne.KeyEscape)
	lacks(t, w, "finger k2")
	key(w, fyne.KeyDelete)
	wants(t, w, "Delete Work?")
	key(w, fyne.KeyEscape)
	key(w, desktop.KeyMenu)
	wants(t, w, "Rename…")
	key(w, fyne.KeyEscape)
	if w.Canvas().Focused() != fyne.Focusable(s.list) || s.list.At() != 1 {
		t.Error("the keyboard did not come back to its row")
	}
}

func TestManyRowsFewObjects(t *testing.T) {
	s, w := screen(t, many(200, 1000))
	s.tabs.Choose(people)
	made := 0
	create := s.list.Create
	s.list.Create = func() fyne.CanvasObject { made++; return create() }
	w.Canvas().Focus(s.list)
	for range 500 {
		key(w, fyne.KeyPageDown)
	}
	wants(t, w, "0999")
	if got := s.tabs.AccessibilityLabel(); got != "Contacts (1,000)" {
		t.Errorf("the tab says %q", got)
	}
	if made > 10 || s.list.Shown() > 10 {
		t.Errorf("%d more objects were made while scrolling, %d rows have one", made, s.list.Shown())
	}
}

func TestLateAnswerIsStale(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	var slow func()
	away = func(work, done func()) { work(); slow = done }
	s.Refresh()
	away = func(work, done func()) { work(); done() }
	f.keys = f.keys[:1]
	s.Refresh()
	slow()
	lacks(t, w, "Work")
}

func TestLateRowsLeaveTheKeyboardAlone(t *testing.T) {
	f := &fake{}
	s, w := screen(t, f)
	w.Canvas().Focus(s.search)
	f.keys = holder().keys
	s.Refresh()
	wants(t, w, "Mina")
	if w.Canvas().Focused() != fyne.Focusable(s.search) {
		t.Error("the keyboard was taken away from the search")
	}
}

func TestKeyWithoutCard(t *testing.T) {
	_, w := screen(t, &fake{keys: []identity.Public{{Name: "ssh", Kind: identity.SSHRSA}}})
	lacks(t, w, "Copy my contact card")
}

func TestNewKey(t *testing.T) {
	f := &fake{}
	_, w := screen(t, f)
	key(w, fyne.KeyReturn) // an empty screen begins on its button
	press(t, w, "Create")
	wants(t, w, "Please type a name.")
	name := field(t, w, text.T("keys.new.name"))
	if w.Canvas().Focused() != fyne.Focusable(name) {
		t.Error("the keyboard is not on the name")
	}
	test.Type(name, "Work")
	lacks(t, w, "Please type a name.")
	press(t, w, "More")
	wants(t, w, "Also safe against future quantum computers.")
	name.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	wants(t, w, "Work is ready", "abcd efgh", "Copy my contact card", "Save card…", "Save a way back")
	press(t, w, "Later")
	wants(t, w, "Work")
	if f.keys[0].Kind != identity.Hybrid {
		t.Errorf("the default is %s", f.keys[0].Kind)
	}
	if len(f.kept) > 0 {
		t.Errorf("the draft is still there: %v", f.kept)
	}
}

func TestNewKeyFails(t *testing.T) {
	f := &fake{err: fault.New(fault.NameTaken, "Work", nil)}
	_, w := screen(t, f)
	press(t, w, "New key pair")
	test.Type(w.Canvas().Focused(), "Work")
	press(t, w, "Create")
	what, do := text.FaultOf(f.err)
	wants(t, w, what, do, "Create")
}

func TestHalfTypedNameOutlivesTheLock(t *testing.T) {
	f := holder()
	_, w := screen(t, f)
	press(t, w, "New key pair")
	test.Type(w.Canvas().Focused(), "Servers")
	widget.DismissAll(w.Canvas())
	press(t, w, "New key pair")
	if got := field(t, w, text.T("keys.new.name")).Text; got != "Servers" {
		t.Errorf("the name is %q", got)
	}
	press(t, w, "Cancel")
	press(t, w, "New key pair")
	if got := field(t, w, text.T("keys.new.name")).Text; got != "" {
		t.Errorf("given up, and still there: %q", got)
	}
}

func TestCardName(t *testing.T) {
	if name := cardName("Mina/Park: \n한"); name != "Mina-Park- -한.card.txt" {
		t.Errorf("the name is %q", name)
	}
}

func write(t *testing.T, path, s string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
}
