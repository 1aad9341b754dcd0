package files

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// running starts a plan of n files whose job does work.
func running(t *testing.T, f *fake, names ...string) (*Screen, fyne.Window, *news) {
	f.plan = encryptPlan(names...)
	s, w, n := screen(t, f)
	s.Drop(touch(t, "x"))
	s.plan.start()
	return s, w, n
}

func TestRowsFollowTheJob(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	f := &fake{work: stuck(begun, ended)}
	s, w, n := running(t, f, "big.iso", "later.txt")
	<-begun
	n.tell()
	wants(t, w, "Encrypting, 0 of 2 done", "big.iso", "50 % of 1.0 kB", "later.txt", "Waiting", "Cancel all")
	lacks(t, w, "Clear finished")
	if bar := find[*row](t, w).bar; bar.Value() != 0.5 {
		t.Errorf("the bar is at %v", bar.Value())
	}
	if !s.Busy() {
		t.Error("not busy")
	}
	press(t, w, "Cancel all")
	settled(f, n)
	wants(t, w, "Nothing was done", "Cancelled, nothing was left behind", "Clear finished")
	press(t, w, "Clear finished")
	wants(t, w, "Drop files or folders here")
}

func TestCancelOneRow(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	f := &fake{work: stuck(begun, ended)}
	s, w, n := running(t, f, "big.iso", "later.txt")
	<-begun
	n.tell()
	press(t, w, "Cancel this one")
	<-ended
	n.tell()
	if got := s.board.spots[1].state().State; got != job.Waiting {
		t.Errorf("the other row is %v", got)
	}
}

func TestFailureSaysWhatAndWhatToDo(t *testing.T) {
	cause := errors.New("SECRET-CAUSE")
	e := fault.New(fault.NoSpace, "/in/big.iso", cause)
	f := &fake{work: failAll(1, e)}
	s, w, n := running(t, f, "big.iso")
	settled(f, n)
	what, do := text.Fault(e)
	wants(t, w, "big.iso", what, do, "Try again", "1 of 1 did not work", "The originals are as they were.")
	s.details(s.board.spots[0])
	wants(t, w, what, do, "NoSpace", "/in/big.iso")
	lacks(t, w, "SECRET-CAUSE")
	press(t, w, "Copy details")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "CryptoDesk encrypt\nNoSpace: /in/big.iso" {
		t.Errorf("the details are %q", got)
	}
}

func TestTryAgainPlansAgain(t *testing.T) {
	f := &fake{work: failAll(1, fault.New(fault.NoSpace, "", nil))}
	path := touch(t, "big.iso")[0]
	f.plan = &batch.Plan{Encrypt: []batch.Item{{Path: path, Name: "big.iso", Size: 10, Files: 1}}}
	s, w, n := screen(t, f)
	s.Drop([]string{path})
	s.plan.start()
	settled(f, n)
	press(t, w, "Try again")
	wants(t, w, "Encrypt 1 item")
	if len(f.planned) != 2 || f.planned[1][0] != path {
		t.Errorf("planned %v", f.planned)
	}
}

func TestWrongPassphraseAsksAgain(t *testing.T) {
	open := items("diary.age")
	open[0].Access = batch.ByPassphrase
	f := &fake{plan: &batch.Plan{Open: open}, work: failAll(1, fault.New(fault.WrongPassphrase, "/in/diary.age", nil))}
	s, w, n := screen(t, f)
	s.Drop(touch(t, "x"))
	test.Type(s.plan.unlock, "wrong")
	press(t, w, "Open")
	settled(f, n)
	wants(t, w, "This passphrase does not open it.", "Try again")
	press(t, w, "Try again")
	field := find[*widget.PassphraseField](t, w)
	if w.Canvas().Focused() != fyne.Focusable(field) {
		t.Error("the keyboard is not on the passphrase")
	}
	f.work = nil
	test.Type(field, "right")
	press(t, w, "Open")
	settled(f, n)
	wants(t, w, "Opened", "1 item is done")
	if strings.Join(f.typed, " ") != "wrong right" {
		t.Errorf("typed %q", f.typed)
	}
	if len(s.board.spots) != 1 {
		t.Errorf("%d rows: the failed one was not replaced", len(s.board.spots))
	}
}

func TestHeaderCountsWhatIsListed(t *testing.T) {
	f := &fake{work: func(_ context.Context, t *job.Tracker) error {
		t.Begin(0)
		t.Finish(0, "/out/a.age")
		t.Begin(1)
		t.Fail(1, fault.New(fault.NoSpace, "", nil))
		return nil
	}}
	s, w, n := running(t, f, "a", "b")
	settled(f, n)
	wants(t, w, "1 of 2 did not work")
	s.remove(s.board.spots[1])
	wants(t, w, "1 item is done")
}

func TestDamagedIsNotTriedAgain(t *testing.T) {
	f := &fake{work: failAll(1, fault.New(fault.PayloadDamaged, "", nil))}
	_, w, n := running(t, f, "x.age")
	settled(f, n)
	wants(t, w, "Details")
	lacks(t, w, "Try again")
}

func TestTenThousandRows(t *testing.T) {
	const rows = 10_000
	names := make([]string, rows)
	for i := range names {
		names[i] = fmt.Sprintf("note %05d.txt", i)
	}
	begun, ended := make(chan struct{}), make(chan struct{})
	f := &fake{work: stuck(begun, ended)}
	s, w, n := running(t, f, names...)
	<-begun
	made, updated := 0, 0
	create, update := s.rows.list.Create, s.rows.list.Update
	s.rows.list.Create = func() fyne.CanvasObject { made++; return create() }
	s.rows.list.Update = func(i int, o fyne.CanvasObject) { updated++; update(i, o) }
	n.tell()
	seen := s.rows.list.Shown()
	if updated != seen || seen > 10 {
		t.Errorf("%d updates for %d visible rows", updated, seen)
	}
	w.Canvas().Focus(s.rows.list)
	key(w, fyne.KeyEnd)
	wants(t, w, "note 09999.txt")
	key(w, fyne.KeyHome)
	wants(t, w, "note 00000.txt")
	lacks(t, w, "note 09999.txt")
	for range 500 {
		key(w, fyne.KeyPageDown)
	}
	if made > 10 {
		t.Errorf("%d row objects were made while scrolling", made)
	}
}

func TestOnlyTheFailed(t *testing.T) {
	f := &fake{work: func(_ context.Context, t *job.Tracker) error {
		for i := range 3 {
			t.Begin(i)
			if i == 1 {
				t.Fail(i, fault.New(fault.NoSpace, "", nil))
			} else {
				t.Finish(i, "/out/x.age")
			}
		}
		return nil
	}}
	s, w, n := running(t, f, "a", "b", "c")
	settled(f, n)
	wants(t, w, "1 of 3 did not work")
	s.rows.failed.Choose(1)
	if len(s.board.spots) != 1 || s.board.spots[0].row != 1 {
		t.Errorf("listed %v", s.board.spots)
	}
}

func TestChangeWho(t *testing.T) {
	f := &fake{}
	s, w, n := running(t, f, "report.pdf")
	settled(f, n)
	open := items("report.pdf.age")
	open[0].Access = batch.ByKey
	f.plan = &batch.Plan{Open: open}
	s.changeWho(s.board.spots[0])
	wants(t, w, "Change who can open it", "may still have an older copy")
	box := s.board.runs[0].people
	if !box.has("me") {
		t.Error("the present people are not shown")
	}
	press(t, w, "Add people")
	test.Tap(checkBox(t, w, "Ana"))
	press(t, w, "Done")
	press(t, w, "Change")
	settled(f, n)
	if len(f.rewrapped) != 1 || len(f.rewrapped[0]) != 2 {
		t.Fatalf("rewrapped %v", f.rewrapped)
	}
	wants(t, w, "Can now be opened by Me, Ana")
}

func TestChangeWhoOfAPassphraseFile(t *testing.T) {
	open := items("diary.age")
	open[0].Access = batch.ByPassphrase
	if fault.Of(changeable(&batch.Plan{Open: open}, "")) != fault.PassphraseAlone {
		t.Error("a passphrase file can be changed")
	}
}

func TestLockForgetsThePlan(t *testing.T) {
	open := items("diary.age")
	open[0].Access = batch.ByPassphrase
	f := &fake{plan: &batch.Plan{Open: open}}
	s, _, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	test.Type(s.plan.unlock, "half a passph")
	field := s.plan.unlock
	s.Locked()
	if s.plan != nil || field.Text().RuneCount() != 0 {
		t.Error("the lock leaves what was typed")
	}
	s.chosen(touch(t, "late")) // the answer of a file chooser that was open
	if s.plan != nil {
		t.Error("a plan was made while locked")
	}
	s.Shown()
	s.chosen(touch(t, "later"))
	if s.plan == nil {
		t.Error("no plan after unlocking")
	}
}
