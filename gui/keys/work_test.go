package keys

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

func (f *fake) note(what ...string) error {
	if f.err == nil {
		f.did = append(f.did, strings.Join(what, " "))
	}
	return f.err
}

func (f *fake) RenameKey(_ context.Context, id, name string) error {
	for i := range f.keys {
		if f.keys[i].ID == id && f.err == nil {
			f.keys[i].Name = name
		}
	}
	return f.note("rename key", id, name)
}

func (f *fake) RenameContact(_ context.Context, id, name string) error {
	return f.note("rename contact", id, name)
}

func (f *fake) DeleteKey(_ context.Context, id string) error {
	for i := range f.keys {
		if f.keys[i].ID == id && f.err == nil {
			f.keys = append(f.keys[:i:i], f.keys[i+1:]...)
			break
		}
	}
	return f.note("delete key", id)
}

func (f *fake) DeleteContact(_ context.Context, id string) error {
	for i := range f.contacts {
		if f.contacts[i].ID() == id && f.err == nil {
			f.contacts = append(f.contacts[:i:i], f.contacts[i+1:]...)
			break
		}
	}
	return f.note("delete contact", id)
}

func (f *fake) take(b *secret.Buffer) string {
	f.given = append(f.given, b)
	s := string(b.Bytes())
	b.Destroy()
	return s
}

func (f *fake) ExportKey(ctx context.Context, id string, pass, fresh *secret.Buffer, path string) error {
	with := f.take(pass)
	if fresh != nil {
		with += " / " + f.take(fresh)
	}
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "", ctx.Err())
	}
	return f.note("export", id, filepath.Base(path), with)
}

func (f *fake) ChangePassphrase(_ context.Context, old, fresh *secret.Buffer) error {
	return f.note("change", f.take(old), "/", f.take(fresh))
}

// done checks what the engine was asked for.
func (f *fake) done(t *testing.T, want ...string) {
	t.Helper()
	if got := strings.Join(f.did, "; "); got != strings.Join(want, "; ") {
		t.Errorf("the engine did %q, want %q", got, want)
	}
}

// guarded finds the passphrase field with that spoken label.
func guarded(t *testing.T, w fyne.Window, spoken string) *widget.PassphraseField {
	t.Helper()
	var found *widget.PassphraseField
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if f, ok := o.(*widget.PassphraseField); ok && f.AccessibilityLabel() == spoken {
			found = f
		}
	})
	if found == nil {
		t.Fatalf("no passphrase field %q on screen:\n%s", spoken, words(w))
	}
	return found
}

// button finds a button by its label.
func button(t *testing.T, w fyne.Window, label string) *widget.Button {
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
	return found
}

func TestRename(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.show(s.rows[0])
	press(t, w, "Rename…")
	name := field(t, w, "Name")
	name.SetText("Mina Park")
	f.err = fault.New(fault.NameTaken, "", nil)
	press(t, w, "Rename")
	what, _ := text.FaultOf(f.err)
	wants(t, w, what)
	f.err = nil
	press(t, w, "Rename")
	wants(t, w, "Mina Park", "finger k1") // the detail below follows
	f.done(t, "rename key k1 Mina Park")
	for err, sentence := range map[fault.Kind]string{fault.BadName: "has characters that cannot be seen", fault.NameMissing: "Please type a name."} {
		if got := said(err); !strings.Contains(got, sentence) {
			t.Errorf("%s says %q", err, got)
		}
	}
}

func said(k fault.Kind) string { return form.Sentence(fault.New(k, "", nil)) }

func TestDeleteWantsTheName(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.remove(s.rows[1])
	wants(t, w, "Files that are encrypted only to this key can never be opened again", "does not know of any use")
	name := field(t, w, text.T("keys.delete.name"))
	for typed, enabled := range map[string]bool{"": false, "Wor": false, "work": false, "Mina": false, "  Work ": true, "Work": true} {
		name.SetText(typed)
		if button(t, w, "Delete for ever").Disabled() == enabled {
			t.Errorf("%q: enabled is %v", typed, !enabled)
		}
	}
	name.SetText("Wor")
	name.OnSubmitted(name.Text)
	f.done(t)
	name.SetText("Work")
	name.OnSubmitted(name.Text)
	f.done(t, "delete key k2")
	lacks(t, w, "Delete for ever", "Work\n")
	s.remove(s.rows[0])
	what, do := text.Fault(fault.New(fault.LastKey, "", nil))
	wants(t, w, what, do)
}

func TestDeleteOffersExport(t *testing.T) {
	s, w := screen(t, holder())
	s.remove(s.rows[0])
	press(t, w, "Export it first…")
	wants(t, w, "Export the private key of Mina")
}

func TestDeleteContact(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.tabs.Choose(people)
	s.show(s.rows[1])
	press(t, w, "Delete…")
	press(t, w, "Delete")
	f.done(t, "delete contact "+f.contactID("age1pq1ana"))
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the detail of somebody who is gone stays open")
	}
	lacks(t, w, "Ana")
}

func (f *fake) contactID(key string) string { return pq(strings.TrimPrefix(key, "age1pq1")).ID() }

func TestContactDetailSaysHowSureItIs(t *testing.T) {
	s, w := screen(t, holder())
	s.tabs.Choose(people)
	for i, want := range []string{"A different key came under this name", "You compared the safety words", "Compare the safety words with this person once"} {
		s.show(s.rows[i])
		wants(t, w, want)
		key(w, fyne.KeyEscape)
	}
}

func TestExport(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.export(s.rows[0])
	press(t, w, "Export")
	wants(t, w, "Please type your passphrase.")
	pass := guarded(t, w, "Your passphrase")
	test.Type(pass, "wrong")
	f.err = fault.New(fault.WrongPassphrase, "", nil)
	press(t, w, "Export")
	wants(t, w, "That is not your passphrase.")
	if !pass.Empty() || w.Canvas().Focused() != fyne.Focusable(pass) {
		t.Error("the wrong passphrase is still there, or the keyboard elsewhere")
	}
	f.err = nil
	test.Type(pass, "right")
	press(t, w, "Export")
	f.done(t, "export k1 Mina.key.age right")
	wants(t, w, "The private key is exported", "age -d -i Mina.key.age FILE.age")
	f.wiped(t)
}

func TestExportWithAnotherPassphrase(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.export(s.rows[0])
	test.Type(guarded(t, w, "Your passphrase"), "mine")
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if c, ok := o.(*widget.Choice); ok {
			c.Choose(1)
		}
	})
	press(t, w, "Export")
	wants(t, w, "Please type a passphrase for the file.")
	test.Type(guarded(t, w, "Passphrase of the file"), "other")
	press(t, w, "Export")
	wants(t, w, "The two are not the same.")
	test.Type(guarded(t, w, "The same again"), "other")
	press(t, w, "Export")
	f.done(t, "export k1 Mina.key.age mine / other")
	f.wiped(t)
}

// wiped checks that the engine got every buffer, and that it is gone.
func (f *fake) wiped(t *testing.T) {
	t.Helper()
	if len(f.given) == 0 {
		t.Error("no passphrase came")
	}
	for _, b := range f.given {
		if b.Bytes() != nil {
			t.Error("a passphrase is still there")
		}
	}
}

func TestLockWipesWhatWasTyped(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.export(s.rows[0])
	pass := guarded(t, w, "Your passphrase")
	test.Type(pass, "secret")
	lent := pass.Text()
	widget.DismissAll(w.Canvas())
	if lent.RuneCount() != 0 {
		t.Error("the passphrase outlives its sheet")
	}
}

func TestLockWhileExporting(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.export(s.rows[0])
	test.Type(guarded(t, w, "Your passphrase"), "secret")
	var work, done func()
	form.Away = func(a, b func()) { work, done = a, b }
	defer func() { form.Away = away }()
	press(t, w, "Export")
	widget.DismissAll(w.Canvas())
	work()
	done()
	f.done(t) // the context told the engine
	if w.Canvas().Overlays().Top() != nil {
		t.Error("something opened over the lock")
	}
	f.wiped(t)
}

func TestTooSoonCountsDown(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	var tick func()
	form.Later = func(_ time.Duration, g func()) { tick = g }
	defer func() { form.Later = func(time.Duration, func()) {} }()
	s.export(s.rows[0])
	test.Type(guarded(t, w, "Your passphrase"), "secret")
	f.err, f.wait = fault.New(fault.TooSoon, "", nil), 2*time.Second
	press(t, w, "Export")
	wants(t, w, "the next one is heard in 2 s")
	if !button(t, w, "Export").Disabled() {
		t.Error("it can be pressed before its time")
	}
	f.wait = time.Second
	tick()
	wants(t, w, "heard in 1 s")
	f.wait, f.err = 0, nil
	tick()
	lacks(t, w, "heard in")
	press(t, w, "Export")
	f.done(t, "export k1 Mina.key.age secret")
}

func TestExportElsewhere(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	taken := filepath.Join(s.desk.Folder, "Mina.key.age")
	write(t, taken, "mine")
	s.export(s.rows[0])
	wants(t, w, "Mina (2).key.age", s.desk.Folder)
	to := filepath.Join(t.TempDir(), "stick.age")
	form.ChoosePath = func(_ fyne.Window, r shell.Request, done func([]string)) {
		if r.SaveAs == "" {
			t.Error("asks for something that exists")
		}
		done([]string{to})
	}
	defer func() { form.ChoosePath = shell.Choose }()
	press(t, w, "Change…")
	test.Type(guarded(t, w, "Your passphrase"), "p")
	press(t, w, "Export")
	f.done(t, "export k1 stick.age p")
	if raw, err := os.ReadFile(taken); err != nil || string(raw) != "mine" {
		t.Error("the file that was there is not as it was")
	}
}

func TestBackupLeadsToTheWaysBack(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	var asked []string
	s.desk.WayBack = func(key string) { asked = append(asked, key) }
	press(t, w, text.T("keys.more.menu"))
	pick(t, w, "Save a way back…")
	s.made(f.keys[0])
	press(t, w, "Save a way back")
	if !slices.Equal(asked, []string{"", f.keys[0].ID}) {
		t.Errorf("the window was asked for %q", asked)
	}
}

func TestChangePassphrase(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	asked := false
	s.desk.WayBack = func(string) { asked = true }
	s.changePassphrase()
	press(t, w, "Change")
	wants(t, w, "Please type your passphrase.")
	test.Type(guarded(t, w, "Your present passphrase"), "old")
	press(t, w, "Change")
	wants(t, w, "Please type a passphrase.")
	test.Type(guarded(t, w, "Your new passphrase"), "new one")
	test.Type(guarded(t, w, "The same again"), "new")
	press(t, w, "Change")
	wants(t, w, "The two are not the same.")
	test.Type(guarded(t, w, "The same again"), " one")
	press(t, w, "Change")
	f.done(t, "change old / new one")
	f.wiped(t)
	wants(t, w, "Your passphrase is changed", "open with the passphrase they were made with")
	press(t, w, "Save a way back in")
	if !asked {
		t.Error("it leads nowhere")
	}
}

func TestMadeWordsAreTypedOnceMore(t *testing.T) {
	f := holder()
	s, w := screen(t, f)
	s.changePassphrase()
	press(t, w, "Make five random words")
	again := guarded(t, w, "The same again")
	if !again.Empty() {
		t.Fatal("nobody has to have written the words down")
	}
	wants(t, w, "Write these words down")
	again.TypedRune('a')
	lacks(t, w, "Write these words down")
	again.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	wants(t, w, "Write these words down")
}

func TestQuotedForAShell(t *testing.T) {
	for name, want := range map[string]string{"Mina.key.age": "Mina.key.age", "한국어.key.age": "한국어.key.age",
		"My key.age": "'My key.age'", "it's.age": `'it'\''s.age'`, "$(x).age": "'$(x).age'"} {
		if got := form.Quoted(name); got != want {
			t.Errorf("%s is written %s", name, got)
		}
	}
}
