package recovery

import (
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// guarded is the passphrase field on top of the window with that label.
func guarded(t *testing.T, w fyne.Window, spoken string) *widget.PassphraseField {
	t.Helper()
	for _, part := range test.LaidOutObjects(top(w)) {
		if f, ok := part.(*widget.PassphraseField); ok && f.AccessibilityLabel() == spoken && f.Visible() {
			return f
		}
	}
	t.Fatalf("no field %q", spoken)
	return nil
}

func top(w fyne.Window) fyne.CanvasObject {
	if o := w.Canvas().Overlays().Top(); o != nil {
		return o
	}
	return w.Content()
}

// choose answers a Choice on top of the window.
func choose(t *testing.T, w fyne.Window, option string, i int) {
	t.Helper()
	for _, part := range test.LaidOutObjects(top(w)) {
		if c, ok := part.(*widget.Choice); ok {
			c.Choose(i)
			if c.AccessibilityLabel() == option {
				return
			}
		}
	}
	t.Fatalf("no choice %q", option)
}

// ownPassphrase types one's own passphrase twice.
func ownPassphrase(t *testing.T, w fyne.Window, pass string) {
	t.Helper()
	choose(t, w, text.T("lock.passphrase.own"), 1)
	test.Type(guarded(t, w, text.T("lock.passphrase.field")), pass)
	test.Type(guarded(t, w, text.T("lock.again.title")), pass)
}

// wiped says that every passphrase the engine got is gone.
func (f *fake) wiped(t *testing.T) {
	t.Helper()
	for i, b := range f.given {
		if b.Bytes() != nil {
			t.Errorf("passphrase %d is left", i)
		}
	}
	if n := widget.WipeTyped(); n != 0 {
		t.Errorf("%d fields are left", n)
	}
}

func TestBackupWithItsOwnPassphrase(t *testing.T) {
	f := newFake()
	_, w := screen(t, f)
	press(t, w, "recovery.backup.make")
	press(t, w, "recovery.backup.do")
	says(t, w, text.T("lock.again.words"))
	did(t, f)
	ownPassphrase(t, w, "another one")
	f.err = fault.New(fault.NoSpace, "", nil)
	press(t, w, "recovery.backup.do")
	what, _ := text.FaultOf(f.err)
	says(t, w, what)
	f.err = fault.New(fault.Exists, "", nil)
	press(t, w, "recovery.backup.do")
	says(t, w, text.T("recovery.exists"))
	f.err, f.did = nil, nil
	press(t, w, "recovery.backup.do")
	did(t, f, "backup CryptoDesk backup 2026-11-26.age another one ")
	says(t, w, text.T("recovery.backup.keep"))
	says(t, w, "age -d -i 'CryptoDesk backup 2026-11-26.age' FILE.age")
	press(t, w, "keys.done")
	if w.Canvas().Overlays().Top() != nil || w.Canvas().Focused() == nil {
		t.Error("the sheet is still there, or the keyboard is nowhere")
	}
	f.wiped(t)
}

func TestBackupOfOneKey(t *testing.T) {
	f := newFake()
	f.keys = append(f.keys, key("Old", identity.X25519))
	s, w := screen(t, f)
	s.backup()
	p := button(w, text.T("recovery.backup.everything"))
	if p == nil {
		t.Fatal("one cannot choose what goes in")
	}
	test.Tap(p)
	menu := w.Canvas().Overlays().Top().(*widget.Menu)
	for range 2 {
		menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if button(w, "Old") == nil {
		t.Fatal("the choice is not shown")
	}
	ownPassphrase(t, w, "p")
	press(t, w, "recovery.backup.do")
	did(t, f, "backup CryptoDesk backup 2026-11-26.age p Old")
}

func TestLockClosesABackup(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	var work, done func()
	form.Away = func(a, b func()) { work, done = a, b }
	defer func() { form.Away = inline }()
	s.backup()
	ownPassphrase(t, w, "p")
	press(t, w, "recovery.backup.do")
	widget.DismissAll(w.Canvas())
	work()
	done()
	f.wiped(t)
	did(t, f, "backup CryptoDesk backup 2026-11-26.age p ")
	if w.Canvas().Overlays().Top() != nil {
		t.Error("something lies over the lock")
	}
}

func TestSheetAsksTwoWordsBack(t *testing.T) {
	f := newFake()
	_, w := screen(t, f)
	press(t, w, "recovery.sheet.make")
	f.err = fault.New(fault.Permission, "", nil)
	press(t, w, "recovery.sheet.do")
	what, _ := text.FaultOf(f.err)
	says(t, w, what)
	f.err, f.did = nil, nil
	press(t, w, "recovery.sheet.do")
	did(t, f, "sheet Ana Ana recovery sheet 2026-11-26.pdf")
	words, ok := w.Canvas().Focused().(*widget.WordsField)
	if !ok {
		t.Fatalf("the keyboard is on %T", w.Canvas().Focused())
	}
	press(t, w, "recovery.sheet.check")
	says(t, w, text.T("recovery.sheet.missing", "number", "7"))
	test.Type(words, "academic ")
	press(t, w, "recovery.sheet.check")
	says(t, w, text.T("recovery.sheet.missing", "number", "23"))
	test.Type(words, "acne")
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	says(t, w, text.T("recovery.sheet.differs", "number", "23"))
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	test.Type(words, "acid")
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	says(t, w, text.T("recovery.sheet.keep"))
	if !f.sheet.closed {
		t.Error("the words are kept")
	}
	f.wiped(t)
}

func TestSheetCanBeReadLater(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	s.sheet()
	press(t, w, "recovery.sheet.do")
	press(t, w, "recovery.later")
	if w.Canvas().Overlays().Top() != nil || !f.sheet.closed {
		t.Error("the sheet is still there, or its words are kept")
	}
	f.wiped(t)
}

func TestLockClosesASheetThatIsWritten(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	var work, done func()
	form.Away = func(a, b func()) { work, done = a, b }
	defer func() { form.Away = inline }()
	s.sheet()
	press(t, w, "recovery.sheet.do")
	widget.DismissAll(w.Canvas())
	work()
	done()
	if f.sheet == nil || !f.sheet.closed {
		t.Error("the words of a sheet that nobody sees are kept")
	}
}

func TestShares(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	press(t, w, "recovery.shares.make")
	says(t, w, text.T("recovery.shares.meaning", "need", 2, "of", 3))
	folder := t.TempDir()
	form.ChoosePath = func(_ fyne.Window, r shell.Request, then func([]string)) {
		if !r.Folder {
			t.Error("a file is asked for")
		}
		then([]string{folder})
	}
	defer func() { form.ChoosePath = shell.Choose }()
	press(t, w, "keys.place.change")
	says(t, w, folder)
	f.err = fault.New(fault.NoSpace, "", nil)
	press(t, w, "recovery.shares.do")
	what, _ := text.FaultOf(f.err)
	says(t, w, what)
	f.err, f.did = nil, nil
	press(t, w, "recovery.shares.do")
	did(t, f, "shares Ana 2 3")
	says(t, w, text.T("recovery.shares.done", "n", 3))
	says(t, w, "Ana share 3.pdf")
	shown := ""
	s.desk.Reveal = func(path string) { shown = path }
	test.Tap(button(w, text.T("keys.place.show")))
	if shown != filepath.Join(folder, "Ana share 1.pdf") {
		t.Errorf("shows %q", shown)
	}
}

func TestSharesStayPossible(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	s.shares()
	for _, part := range test.LaidOutObjects(top(w)) {
		if b, ok := part.(*widget.Button); ok && b.Label() == text.T("recovery.shares.more") && !b.Disabled() {
			for range 20 { // the first is how many
				test.Tap(b)
			}
			break
		}
	}
	says(t, w, text.T("recovery.shares.meaning", "need", 2, "of", 16))
	press(t, w, "recovery.shares.do")
	did(t, f, "shares Ana 2 16")
}

func TestRehearsal(t *testing.T) {
	f := newFake()
	f.status = recovery.Look([]recovery.Way{made(recovery.BackupWay, 1, "Ana")}, f.keys, noon)
	f.files["backup.age"] = recovery.Piece{Kind: recovery.BackupPiece, Keys: f.keys}
	f.asks["backup.age"] = "right"
	s, w := screen(t, f)
	press(t, w, "recovery.rehearse.make")
	if b := button(w, text.T("recovery.rehearse.do")); b == nil || !b.Disabled() {
		t.Fatal("one can try nothing")
	}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{Public: f.keys[0], Known: true}}}
	answers := []string{"wrong", "right"}
	answer(t, w, &answers)
	s.Drop([]string{"/x/backup.age"})
	if len(answers) != 0 {
		t.Fatalf("not asked for %q", answers)
	}
	f.out = recovery.Rehearsal{Passed: true, Opened: f.keys}
	press(t, w, "recovery.rehearse.do")
	did(t, f, "rehearse")
	says(t, w, text.T("recovery.rehearse.opened", "n", 1, "names", "Ana"))
	if !f.last.closed {
		t.Error("what was put together is kept")
	}
	press(t, w, "keys.done")
	f.wiped(t)
}

// answer answers questions for a passphrase as they come; without an answer the
// file is left out.
func answer(t *testing.T, w fyne.Window, answers *[]string) {
	t.Helper()
	toUI = func(f func()) {
		f()
		if button(w, text.T("recovery.ask.open")) == nil {
			return
		}
		if len(*answers) == 0 {
			press(t, w, "recovery.ask.skip")
			return
		}
		next := (*answers)[0]
		*answers = (*answers)[1:]
		test.Type(guarded(t, w, text.T("recovery.ask.field")), next)
		press(t, w, "recovery.ask.open")
	}
	t.Cleanup(func() { toUI = func(f func()) { f() } })
}

func TestRehearsalThatFails(t *testing.T) {
	f := newFake()
	f.keys = append(f.keys, key("Work", identity.Hybrid))
	f.files["sheet.pdf"] = recovery.Piece{Kind: recovery.SheetPiece, Keys: f.keys[:1]}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{Public: f.keys[0], Known: true}}}
	s, w := screen(t, f)
	s.rehearse()
	s.Drop([]string{"/x/sheet.pdf"})
	f.err = fault.New(fault.Cancelled, "", nil)
	press(t, w, "recovery.rehearse.do")
	what, _ := text.FaultOf(f.err)
	says(t, w, what)
	f.err = nil
	f.out = recovery.Rehearsal{Opened: f.keys[:1], Missing: f.keys[1:]}
	press(t, w, "recovery.rehearse.do")
	says(t, w, text.T("recovery.rehearse.lost", "n", 1, "names", "Work"))
	says(t, w, text.T("recovery.rehearse.anew"))
}
