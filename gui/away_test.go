package gui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/session"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// clock is the time for a window: what was asked for runs when the test moves
// it on, and the engine's idle time passes with it.
type clock struct {
	eng   *fake
	now   time.Time
	due   func()
	at    time.Time
	looks int // how often something ran
}

func slow(w *window, eng *fake) *clock {
	c := &clock{eng: eng, now: time.Unix(1e9, 0)}
	w.away.now = func() time.Time { return c.now }
	w.away.after = func(d time.Duration, f func()) func() {
		c.due, c.at = f, c.now.Add(d)
		return func() { c.due = nil }
	}
	w.away.anew()
	return c
}

func (c *clock) pass(d time.Duration) {
	for end := c.now.Add(d); ; {
		step := end
		if c.due != nil && c.at.Before(end) {
			step = c.at
		}
		c.eng.left = max(0, c.eng.left-step.Sub(c.now))
		c.now = step
		if c.due == nil || c.at.After(c.now) {
			return
		}
		f := c.due
		c.due = nil
		c.looks++
		f()
	}
}

func TestInputIsPassedOnOnceASecond(t *testing.T) {
	w, eng, _ := stand(t, session.Unlocked)
	c := slow(w, eng)
	before := eng.touches
	for range 250 { // two and a half seconds of the pointer moving
		w.away.touched()
		c.pass(10 * time.Millisecond)
	}
	if n := eng.touches - before; n != 3 {
		t.Errorf("the engine heard %d times", n)
	}
}

func TestTheWarningCountsDown(t *testing.T) {
	w, eng, _ := stand(t, session.Unlocked)
	c := slow(w, eng)
	if eng.limit != 10*time.Minute {
		t.Fatalf("the limit is %v", eng.limit)
	}
	c.pass(9*time.Minute + 29*time.Second)
	if w.away.banner != nil || c.looks > 1 {
		t.Fatalf("too early, or busy: %d looks", c.looks)
	}
	c.pass(2 * time.Second)
	if w.away.banner == nil || w.away.banner.Content() != text.T("app.idle.soon", "n", 29) {
		t.Fatal("no warning 30 seconds before")
	}
	before := c.looks
	c.pass(20 * time.Second)
	if got := w.away.banner.Content(); got != text.T("app.idle.soon", "n", 9) || c.looks-before > 21 {
		t.Errorf("20 seconds later: %q, after %d looks", got, c.looks-before)
	}
	w.away.touched()
	if got := w.away.banner.Content(); got != text.T("app.idle.stayed") || eng.left != 10*time.Minute {
		t.Errorf("after input: %q, %v left", got, eng.left)
	}
	c.pass(2 * time.Second)
	if w.away.banner != nil {
		t.Error("the banner stays")
	}
	c.pass(10*time.Minute - 31*time.Second)
	if w.away.banner == nil {
		t.Error("no second warning")
	}
	w.lock()
	if w.away.banner != nil || c.due != nil {
		t.Error("the warning outlived the lock")
	}
}

func TestTheWarningTakesTheKeyboardFromNobody(t *testing.T) {
	w, eng, _ := stand(t, session.Unlocked)
	c := slow(w, eng)
	field := widget.NewPassphraseField("x")
	t.Cleanup(field.Destroy)
	sheet := widget.NewSheet("Sheet", field)
	sheet.Open(w.win.Canvas(), field)
	c.pass(9*time.Minute + 45*time.Second)
	if w.away.banner == nil || w.win.Canvas().Focused() != fyne.Focusable(field) || w.win.Canvas().Overlays().Top() != fyne.CanvasObject(sheet) {
		t.Fatal("the banner took the keyboard, or lies below the sheet")
	}
	if !w.away.banner.Visible() || w.away.banner.Size().IsZero() {
		t.Error("it cannot be seen")
	}
	sheet.Close()
	c.pass(time.Second)
	if w.away.banner.Size().IsZero() {
		t.Error("it went with the sheet")
	}
}

func TestNeverIsNever(t *testing.T) {
	w, eng, _ := stand(t, session.Unlocked)
	c := slow(w, eng)
	w.show("settings")
	w.config.autoLock.Choose(slices.Index(autoLocks, never))
	c.pass(1000 * time.Hour)
	if w.away.banner != nil || eng.limit != 0 {
		t.Error("it warns")
	}
	w.config.autoLock.Choose(0)
	c.pass(31 * time.Second)
	if w.away.banner == nil || eng.limit != time.Minute {
		t.Errorf("one minute: %v", eng.limit)
	}
	if again := loadSettings(eng.home); again.AutoLock != 1 {
		t.Errorf("kept %v", again.AutoLock)
	}
}

func TestItSaysWhyItLocked(t *testing.T) {
	w, eng, _ := stand(t, session.Unlocked)
	for _, c := range []struct {
		why   session.Reason
		limit minutes
		want  string
	}{
		{session.Asked, 10, ""},
		{session.Idle, 30, text.T("lock.why.idle", "n", 30)},
		{session.Idle, 1, "Locked because nobody was here for 1 minute."},
		{session.Idle, never, text.T("lock.why.clock")},
		{session.Suspended, 10, text.T("lock.why.suspended")},
		{session.Screen, 10, text.T("lock.why.screen")},
	} {
		w.settings.AutoLock, eng.why = c.limit, c.why
		if got := w.lockedBecause(); got != c.want {
			t.Errorf("%s after %d: %q", c.why, c.limit, got)
		}
	}
}

// The computer sleeps only after this returned, so the keys must be gone and
// the window covered then.
func TestGoneLocksAndCovers(t *testing.T) {
	w, eng, ui := stand(t, session.Unlocked)
	sheet := widget.NewSheet("Private", widget.Body("words"))
	sheet.Open(w.win.Canvas(), nil)
	done := make(chan struct{})
	go func() { w.gone(session.Suspended); close(done) }()
	for covered := false; !covered; {
		select {
		case f := <-ui:
			f()
		case <-done:
			covered = true
		}
	}
	if eng.why != session.Suspended || w.unlock == nil || !sheet.Closed() {
		t.Errorf("locked because %q, sheet closed: %v", eng.why, sheet.Closed())
	}
}

func TestTheScreenComesBackAfterTheLock(t *testing.T) {
	w, eng, ui := stand(t, session.Unlocked)
	w.control("2")
	w.lock()
	eng.to(session.Unlocked)
	for w.rail == nil {
		(<-ui)()
	}
	if w.shown != "keys" {
		t.Errorf("it shows %s", w.shown)
	}
	eng.kept[section] = place{Shown: "elsewhere"}
	if got := w.last(); got != "files" {
		t.Errorf("an unknown screen became %s", got)
	}
	eng.kept[section], w.waiting = place{Shown: "keys"}, []string{"/x"}
	if got := w.last(); got != "files" {
		t.Errorf("what was dropped would go to %s", got)
	}
}

func TestAutoLockIsReadWithBounds(t *testing.T) {
	for raw, want := range map[string]minutes{"0": never, "1": 1, "5": 5, "10": 10, "30": 30, "60": 60, "-1": 10, "7": 10, "1e9": 10, "99999999999999999999": 10,
		`"5"`: 10, "null": 10, "true": 10, "0.5": 10, "[]": 10, "{}": 10} {
		var m minutes = 3
		if err := m.UnmarshalJSON([]byte(raw)); err != nil || m != want {
			t.Errorf("%s became %d, %v", raw, m, err)
		}
	}
}

// Whatever holds a passphrase that is being typed, a lock wipes it.
func TestLockWipesEveryFieldThereIs(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	c := w.win.Canvas()
	keys.ChangePassphrase(w.win, w.eng, w.keysDesk(), nil)
	first, ok := c.Focused().(*widget.PassphraseField)
	if !ok {
		t.Fatalf("the keyboard is on %T", c.Focused())
	}
	sheet := widget.NewPassphraseField("on a sheet that forgets it")
	widget.NewSheet("Over the other", sheet).Open(c, sheet)
	nowhere := widget.NewPassphraseField("on nothing any more")
	fields := []*widget.PassphraseField{first, sheet, nowhere}
	for _, f := range fields {
		test.Type(f, "half a pass")
	}
	w.lock()
	for i, f := range fields {
		if f.Text().Bytes() != nil {
			t.Errorf("field %d still holds what was typed", i)
		}
	}
	if c.Overlays().Top() != nil {
		t.Error("a sheet lies over the lock screen")
	}
	if n := widget.WipeTyped(); n != 1 {
		t.Errorf("%d fields on the lock screen", n)
	}
}
