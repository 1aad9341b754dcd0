package recovery

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// wizard begins to bring keys back; back counts how it ended.
func wizard(t *testing.T, f *fake, paths ...string) (z *Wizard, w fyne.Window, ended *[]bool) {
	t.Helper()
	w, ended = window(t), new([]bool)
	desk := Desk{Folder: t.TempDir(), Owner: "ana", Now: func() time.Time { return noon }}
	z = NewWizard(w, f, desk, paths, func(back bool) { *ended = append(*ended, back) })
	t.Cleanup(z.Close)
	w.SetContent(z.View())
	w.Resize(fyne.NewSize(720, 480))
	z.Shown()
	return z, w, ended
}

// withBackup lets backup.age be a backup of Ana's, which is enough.
func (f *fake) withBackup() *fake {
	f.files["backup.age"] = recovery.Piece{Kind: recovery.BackupPiece, Keys: f.keys, Contacts: 3}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{Public: f.keys[0]}}, Contacts: 3}
	return f
}

// option chooses on the first page.
func option(t *testing.T, w fyne.Window, label string) {
	t.Helper()
	for _, part := range test.LaidOutObjects(w.Content()) {
		if o, ok := part.(*widget.Option); ok && o.AccessibilityLabel() == label {
			test.Tap(o)
			return
		}
	}
	t.Fatalf("no option %q", label)
}

func TestForgottenPassphrase(t *testing.T) {
	f := newFake().withBackup()
	f.state = session.Locked
	z, w, ended := wizard(t, f)
	says(t, w, text.T("recovery.why.promise"))
	option(t, w, text.T("recovery.why.forgot"))
	says(t, w, text.T("recovery.gather.lead.forgot"))
	if b := button(w, text.T("lock.next")); b == nil || !b.Disabled() {
		t.Fatal("one goes on with nothing")
	}
	z.Drop([]string{"/x/backup.age", "not a path"})
	says(t, w, text.T("recovery.holds", "n", 1, "names", "Ana")+" "+text.T("recovery.holds.contacts", "n", 3))
	if b, ok := w.Canvas().Focused().(*widget.Button); !ok || b != z.next {
		t.Error("the keyboard is not on the way on")
	}
	press(t, w, "lock.next")
	says(t, w, text.T("recovery.fresh.aside"))
	press(t, w, "recovery.restore.do")
	says(t, w, text.T("lock.again.words"))
	ownPassphrase(t, w, "new one")
	f.err = fault.New(fault.NoSpace, "", nil)
	press(t, w, "recovery.restore.do")
	what, _ := text.FaultOf(f.err)
	says(t, w, what)
	if z.Back() || f.state != session.Locked {
		t.Fatal("the keys are back though nothing was written")
	}
	f.err, f.did = nil, nil
	press(t, w, "recovery.restore.do")
	did(t, f, "restore replace  new one")
	if !z.Back() || !f.last.closed {
		t.Error("not back, or the pieces are kept")
	}
	says(t, w, text.T("recovery.back.title"))
	z.Drop([]string{"/x/late.age"})
	press(t, w, "recovery.later")
	if !slices.Equal(*ended, []bool{true}) {
		t.Errorf("ended %v", *ended)
	}
	f.wiped(t)
}

func TestNewComputerNamesAKeyThatHasNone(t *testing.T) {
	f := newFake()
	f.state, f.keys = session.New, nil
	f.words = recovery.Piece{Kind: recovery.SheetPiece, Keys: []identity.Public{{}}}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{}}}
	z, w, _ := wizard(t, f)
	if o, ok := w.Canvas().Focused().(*widget.Option); !ok || o.AccessibilityLabel() != text.T("recovery.why.computer") {
		t.Fatalf("the keyboard is on %T", w.Canvas().Focused())
	}
	option(t, w, text.T("recovery.why.computer"))
	press(t, w, "recovery.gather.type")
	words, ok := w.Canvas().Focused().(*widget.WordsField)
	if !ok {
		t.Fatalf("the keyboard is on %T", w.Canvas().Focused())
	}
	test.Type(words, strings.Repeat("acad ", 32)+"acid")
	if want := strings.Repeat("academic ", 32) + "acid"; !slices.Equal(f.last.typed, []string{want}) {
		t.Fatalf("typed %q", f.last.typed)
	}
	if words.Filled() != 0 || z.pieces.typing.Visible() {
		t.Error("the words are still there")
	}
	says(t, w, text.T("recovery.holds.unnamed", "n", 1))
	press(t, w, "lock.next")
	says(t, w, text.T("recovery.fresh.none"))
	ownPassphrase(t, w, "p")
	press(t, w, "recovery.restore.do")
	did(t, f, "restore replace ana p")
}

func TestUnlockedKeysAreAdded(t *testing.T) {
	f := newFake().withBackup()
	f.status = recovery.Look([]recovery.Way{made(recovery.SheetWay, 1, "Ana")}, f.keys, noon)
	z, w, ended := wizard(t, f, "/x/backup.age")
	says(t, w, text.T("recovery.how.merge.about"))
	press(t, w, "recovery.merge.do")
	did(t, f, "restore merge  -")
	says(t, w, text.T("recovery.merge.done"))
	press(t, w, "keys.done")
	if !slices.Equal(*ended, []bool{true}) || !z.Back() {
		t.Errorf("ended %v", *ended)
	}
}

func TestUnlockedKeyringCanBeReplaced(t *testing.T) {
	f := newFake().withBackup()
	z, w, _ := wizard(t, f, "/x/backup.age")
	choose(t, w, text.T("recovery.how.replace"), 1)
	says(t, w, text.T("recovery.how.replace.about"))
	press(t, w, "lock.next")
	ownPassphrase(t, w, "p")
	z.Drop([]string{"/x/backup.age"}) // back to the pieces
	if z.fresh != nil {
		t.Fatal("the passphrase stays while pieces come")
	}
	press(t, w, "lock.next")
	ownPassphrase(t, w, "p")
	press(t, w, "recovery.restore.do")
	did(t, f, "restore replace  p")
	says(t, w, text.T("recovery.back.title"))
	f.wiped(t)
}

func TestBackAndCancel(t *testing.T) {
	f := newFake().withBackup()
	f.state = session.Locked
	z, w, ended := wizard(t, f, "/x/backup.age")
	press(t, w, "lock.next")
	test.Type(guarded(t, w, text.T("lock.again.title")), "half")
	press(t, w, "lock.back")
	if n := len(z.pieces.restore.Pieces()); n != 1 {
		t.Errorf("%d pieces after going back", n)
	}
	press(t, w, "lock.back")
	says(t, w, text.T("recovery.why.title"))
	option(t, w, text.T("recovery.why.lost"))
	says(t, w, text.T("recovery.holds", "n", 1, "names", "Ana"))
	press(t, w, "app.cancel")
	if !slices.Equal(*ended, []bool{false}) {
		t.Errorf("ended %v", *ended)
	}
	z.Close()
	if !f.last.closed {
		t.Error("the pieces are kept")
	}
	did(t, f)
	f.wiped(t)
}

func TestEscapeGoesBackAndOut(t *testing.T) {
	f := newFake().withBackup()
	f.state = session.Locked
	z, w, ended := wizard(t, f, "/x/backup.age")
	press(t, w, "lock.next")
	test.Type(guarded(t, w, text.T("lock.again.title")), "half")
	z.Escape()
	says(t, w, text.T("recovery.gather.title"))
	z.Escape()
	says(t, w, text.T("recovery.why.title"))
	z.Escape()
	if !slices.Equal(*ended, []bool{false}) {
		t.Errorf("ended %v", *ended)
	}
	z.Close()
	z.Escape()
	if len(*ended) != 1 {
		t.Error("Esc after the end")
	}
	f.wiped(t)
}

func TestClosedWhileItRestores(t *testing.T) {
	f := newFake().withBackup()
	f.state = session.Locked
	z, w, ended := wizard(t, f, "/x/backup.age")
	press(t, w, "lock.next")
	ownPassphrase(t, w, "p")
	var work, done func()
	form.Away = func(a, b func()) { work, done = a, b }
	defer func() { form.Away = inline }()
	press(t, w, "recovery.restore.do")
	if !z.fresh.Disabled() || !z.next.Disabled() {
		t.Error("hands are not off")
	}
	z.Close()
	work()
	done()
	if z.Back() || len(*ended) != 0 {
		t.Error("a screen that is gone went on")
	}
	f.wiped(t)
}

func TestSharesAreCounted(t *testing.T) {
	f := newFake()
	f.state = session.New
	f.files["share 1.txt"] = recovery.Piece{Kind: recovery.SharePiece, Owner: "Ana", Share: 1, Of: 3, Need: 2, Have: 1}
	f.files["other.txt"] = recovery.Piece{Kind: recovery.SharePiece, Owner: "Ben", Share: 1, Need: 2, Problem: fault.New(fault.ShareForeign, "other.txt", nil)}
	f.found = recovery.Found{Missing: []recovery.Missing{{Owner: "Ana", Have: 1, Need: 2}}}
	z, w, _ := wizard(t, f, "/x/share 1.txt", "/x/other.txt", "/x/holiday.jpg")
	says(t, w, text.T("recovery.piece.share", "share", 1, "of", 3, "need", 2))
	what, do := text.Fault(fault.New(fault.ShareForeign, "other.txt", nil))
	says(t, w, what+" "+do)
	says(t, w, text.T("recovery.lacks.of", "n", 1, "have", 1, "need", 2, "name", "Ana"))
	test.Tap(button(w, text.T("recovery.gather.out"))) // the first
	if n := len(z.pieces.restore.Pieces()); n != 2 {
		t.Errorf("%d pieces are left", n)
	}
	if b := button(w, text.T("lock.next")); !b.Disabled() {
		t.Error("one goes on without a key")
	}
}

func TestMistypedWordsStay(t *testing.T) {
	f := newFake()
	f.state = session.New
	f.words = recovery.Piece{Kind: recovery.SharePiece, Problem: fault.New(fault.ShareSuspect, "12", nil)}
	z, w, _ := wizard(t, f)
	option(t, w, text.T("recovery.why.computer"))
	press(t, w, "recovery.gather.type")
	words := z.pieces.words
	test.Type(words, strings.Repeat("acid ", 33))
	what, do := text.Fault(fault.New(fault.ShareSuspect, "12", nil))
	if words.Hint() != what+" "+do {
		t.Errorf("it says %q", words.Hint())
	}
	if len(z.pieces.restore.Pieces()) != 0 || words.Filled() != 33 {
		t.Error("the words are gone, or became a piece")
	}
	f.words = recovery.Piece{Kind: recovery.SheetPiece}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{Public: f.keys[0]}}}
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	test.Type(words, "acne ")
	want := strings.Repeat("acid ", 11) + "acne" + strings.Repeat(" acid", 21)
	if n := len(f.last.typed); n != 2 || f.last.typed[1] != want {
		t.Errorf("typed %q", f.last.typed)
	}
	press(t, w, "lock.next")
}

func TestFileThatCannotBeReachedIsSaid(t *testing.T) {
	f := newFake()
	f.state = session.New
	f.filesE = fault.New(fault.Permission, "/x/secret.age", nil)
	_, w, _ := wizard(t, f, "/x/secret.age")
	what, do := text.FaultOf(f.filesE)
	says(t, w, what+" "+do)
}

func TestLockClosesWhatIsAsked(t *testing.T) {
	f := newFake().withBackup()
	f.state = session.Locked
	f.asks["backup.age"] = "right"
	var answers []string
	w := window(t)
	answer(t, w, &answers)
	z := NewWizard(w, f, Desk{}, nil, func(bool) {})
	w.SetContent(z.View())
	z.Drop([]string{"/x/backup.age"})
	if n := len(z.pieces.restore.Pieces()); n != 0 {
		t.Errorf("%d pieces without a passphrase", n)
	}
	z.Close()
	f.wiped(t)
}
