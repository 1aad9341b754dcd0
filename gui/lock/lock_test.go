package lock

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// begin starts a first run on the screen.
func begin(r *room) (f *FirstRun, done *int) {
	done = new(int)
	f = NewFirstRun(r.eng, r.desk(), func() { *done++ })
	r.t.Cleanup(f.Close)
	r.show(f.View())
	f.Shown()
	return f, done
}

func TestFirstRunWithGeneratedWords(t *testing.T) {
	r := enter(t)
	f, done := begin(r)
	name, ok := r.focused().(*widget.Field)
	if !ok || name.Text != "Ana" {
		t.Fatalf("the keyboard is on %T", r.focused())
	}
	test.Tap(f.next)
	if r.focused() != f.next {
		t.Errorf("the keyboard is on %T, want the primary button: Return goes on", r.focused())
	}
	f.next.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if r.focused() != f.again {
		t.Fatalf("the keyboard is on %T", r.focused())
	}
	test.Type(f.again, fiveWords)
	r.enterKey(f.again)
	if !f.next.Disabled() || !f.again.Disabled() {
		t.Error("nothing shows that work runs")
	}
	r.next()
	if r.eng.owner != "Ana" || r.eng.pass != fiveWords || r.eng.imported != "" {
		t.Fatalf("created %+v", r.eng)
	}
	if f.made != nil || f.chosen != nil {
		t.Error("the words are still in memory")
	}
	if r.way == nil || r.focused() != r.way.next || !says(f.View())[text.T("lock.step", "n", 3, "of", 3)] {
		t.Fatalf("no last step: %v", says(f.View()))
	}
	test.Tap(r.way.next)
	if *done != 1 {
		t.Errorf("done %d times", *done)
	}
	f.Close()
	if !r.way.closed {
		t.Error("the last step is not closed with the first run")
	}
}

func TestFirstRunWithOwnPassphraseAndLater(t *testing.T) {
	r := enter(t)
	f, done := begin(r)
	test.Tap(f.next)
	f.words = false
	f.askPassphrase()
	if r.focused() != f.own {
		t.Fatalf("the keyboard is on %T", r.focused())
	}
	test.Tap(f.next)
	if f.own == nil || f.message.Content() != text.T("lock.passphrase.empty") {
		t.Fatal("an empty passphrase went through")
	}
	test.Type(f.own, "tiger moon")
	r.enterKey(f.own)
	test.Type(f.again, "tiger noon")
	r.enterKey(f.again)
	if f.message.Content() != text.T("lock.again.differ") || !f.again.Empty() || r.eng.owner != "" {
		t.Fatal("two different passphrases went through")
	}
	test.Type(f.again, "tiger moon")
	r.enterKey(f.again)
	r.next()
	if r.eng.pass != "tiger moon" {
		t.Fatalf("created with %q", r.eng.pass)
	}
	test.Tap(r.way.next)
	if *done != 1 {
		t.Errorf("done %d times", *done)
	}
}

func TestNameIsAsked(t *testing.T) {
	r := enter(t)
	f, _ := begin(r)
	name := r.focused().(*widget.Field)
	name.SetText("   ")
	test.Tap(f.next)
	if f.message.Content() != text.T("lock.name.empty") {
		t.Error("no name went through")
	}
	long := make([]byte, nameLimit+1)
	for i := range long {
		long[i] = 'x'
	}
	name.SetText(string(long))
	test.Tap(f.next)
	if f.message.Content() != text.T("lock.name.long") {
		t.Error("a name without bounds went through")
	}
}

func TestKeyFileIsTakenIn(t *testing.T) {
	r := enter(t)
	file := filepath.Join(r.dir, "keys.txt")
	if err := os.WriteFile(file, []byte("AGE-SECRET-KEY-..."), 0o600); err != nil {
		t.Fatal(err)
	}
	f, _ := begin(r)
	r.picks = []string{"", file}
	test.Tap(button(t, f.View(), text.T("lock.import")))
	test.Tap(button(t, f.View(), text.T("lock.import")))
	if !says(f.View())[text.T("lock.import.taken", "file", "keys.txt")] {
		t.Fatal("the chosen key file is not shown")
	}
	test.Tap(f.next)
	test.Tap(f.next)
	test.Type(f.again, fiveWords)
	r.enterKey(f.again)
	r.next()
	if r.eng.imported != "AGE-SECRET-KEY-..." {
		t.Errorf("imported %q", r.eng.imported)
	}
}

func TestKeyFileThatCannotBeReadIsExplained(t *testing.T) {
	r := enter(t)
	f, _ := begin(r)
	f.keyFile = filepath.Join(r.dir, "gone.txt")
	test.Tap(f.next)
	test.Tap(f.next)
	test.Type(f.again, fiveWords)
	r.enterKey(f.again)
	r.next()
	what, do := text.Fault(fault.New(fault.NotFound, f.keyFile, nil))
	if f.message.Content() != what+" "+do || r.eng.owner != "" {
		t.Errorf("said %q", f.message.Content())
	}
	if f.again.Disabled() || f.next.Disabled() {
		t.Error("one cannot go on")
	}
}

func TestFailuresAreSaidInWords(t *testing.T) {
	r := enter(t)
	f, _ := begin(r)
	test.Tap(f.next)
	test.Tap(f.next)
	r.eng.fail = fault.New(fault.NoSpace, "", nil)
	test.Type(f.again, fiveWords)
	r.enterKey(f.again)
	r.next()
	if what, do := text.FaultOf(r.eng.fail); f.message.Content() != what+" "+do {
		t.Errorf("said %q", f.message.Content())
	}
	if r.way != nil {
		t.Error("it goes on without keys")
	}
}

func TestClosingWipes(t *testing.T) {
	r := enter(t)
	f, _ := begin(r)
	test.Tap(f.next)
	made := f.made
	test.Tap(f.next)
	chosen, again := f.chosen, f.again
	test.Type(again, "some")
	f.Close()
	if made.Bytes() != nil || chosen.Bytes() != nil || again.Text().Bytes() != nil {
		t.Error("something is left")
	}
}

func TestKeysThatExistCanComeBackInstead(t *testing.T) {
	r := enter(t)
	f, _ := begin(r)
	test.Tap(button(t, f.View(), text.T("recovery.restore")))
	if r.back != 1 {
		t.Errorf("asked %d times", r.back)
	}
}

func TestUnlock(t *testing.T) {
	r := enter(t)
	r.eng.owner, r.eng.pass = "\u110b\u1161\u1102\u1161", "tiger moon" // a name in NFD
	u := NewUnlock(r.eng, r.win, "", nil)
	r.show(u.View())
	u.Focus()
	if r.focused() != u.field || !says(u.View())[text.T("lock.unlock.greeting", "name", "아나")] {
		t.Fatal("the screen does not greet, or the field has not the keyboard")
	}
	r.enterKey(u.field)
	if u.field.Disabled() {
		t.Fatal("an empty passphrase was tried")
	}
	test.Type(u.field, "wrong")
	r.enterKey(u.field)
	if !u.field.Disabled() || !u.field.Empty() {
		t.Error("not busy, or the passphrase was kept")
	}
	r.next()
	if u.message.Content() != text.T("lock.unlock.wrong") || u.field.Disabled() || r.focused() != u.field {
		t.Errorf("said %q", u.message.Content())
	}
	test.Type(u.field, "tiger moon")
	if u.message.Content() != "" {
		t.Error("the old verdict is still there")
	}
	r.enterKey(u.field)
	r.next()
	if u.message.Content() != "" || u.stop != nil {
		t.Errorf("said %q after the right one", u.message.Content())
	}
}

func TestUnlockClosedMeanwhile(t *testing.T) {
	r := enter(t)
	r.eng.pass = "right"
	u := NewUnlock(r.eng, r.win, "", nil)
	r.show(u.View())
	test.Type(u.field, "wrong")
	r.enterKey(u.field)
	u.Close()
	r.next()
	if u.field.Text().Bytes() != nil {
		t.Error("something is left")
	}
}

func TestItSaysWhyItIsLocked(t *testing.T) {
	r := enter(t)
	u := NewUnlock(r.eng, r.win, "because", nil)
	r.show(u.View())
	if !says(u.View())["because"] {
		t.Error("it does not say why")
	}
}

// slow stands in for the clock: what was asked for runs when the test says so.
func (r *room) slow(u *Unlock) (pass func(left time.Duration) (asked time.Duration)) {
	var due func()
	var asked time.Duration
	u.later = func(d time.Duration, f func()) { due, asked = f, d }
	return func(left time.Duration) time.Duration {
		r.eng.wait = left
		f := due
		due, asked = nil, 0
		f()
		return asked
	}
}

func TestWrongOnesHaveToWait(t *testing.T) {
	r := enter(t)
	r.eng.pass = "right"
	u := NewUnlock(r.eng, r.win, "", nil)
	r.show(u.View())
	pass := r.slow(u)
	u.Focus()
	test.Type(u.field, "wrong")
	r.enterKey(u.field)
	r.eng.wait = 3500 * time.Millisecond
	r.next()
	wait := func(n int) string {
		return text.T("lock.unlock.wrong") + " " + text.T("lock.unlock.wait", "n", n)
	}
	if !u.button.Disabled() || u.field.Disabled() || r.focused() != u.field || u.message.Content() != wait(4) {
		t.Fatalf("after a wrong one: %q", u.message.Content())
	}
	test.Type(u.field, "right")
	if u.message.Content() != wait(4) {
		t.Error("typing hides how long it takes")
	}
	r.enterKey(u.field)
	if u.stop != nil || u.field.Empty() {
		t.Fatal("tried before its time, or what was typed is gone")
	}
	if asked := pass(2900 * time.Millisecond); asked != 900*time.Millisecond || u.message.Content() != wait(3) {
		t.Errorf("looks again after %v and says %q", asked, u.message.Content())
	}
	if asked := pass(0); asked != 0 || u.button.Disabled() || u.message.Content() != "" {
		t.Errorf("the wait is over, and it says %q", u.message.Content())
	}
	r.enterKey(u.field)
	r.next()
	if u.message.Content() != "" {
		t.Errorf("the right one: %q", u.message.Content())
	}
}

func TestTheWaitOutlivesTheScreen(t *testing.T) {
	r := enter(t)
	r.eng.wait = time.Second
	u := NewUnlock(r.eng, r.win, "", nil)
	r.show(u.View())
	pass := r.slow(u)
	u.Focus()
	if !u.button.Disabled() || u.message.Content() != text.T("lock.unlock.wait", "n", 1) {
		t.Fatalf("it says %q", u.message.Content())
	}
	u.Close()
	pass(0)
	if !u.button.Disabled() {
		t.Error("a screen that is gone went on")
	}
}

func TestSleepForgetsWhatIsTyped(t *testing.T) {
	r := enter(t)
	u := NewUnlock(r.eng, r.win, "", nil)
	r.show(u.View())
	test.Type(u.field, "half a pass")
	u.Forget()
	if !u.field.Empty() {
		t.Error("it is still there")
	}
}

func TestForgotLeadsToTheWaysBack(t *testing.T) {
	r := enter(t)
	asked := 0
	u := NewUnlock(r.eng, r.win, "", func() { asked++ })
	r.show(u.View())
	test.Tap(button(t, u.View(), text.T("lock.unlock.forgot")))
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
