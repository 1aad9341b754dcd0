package files

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// planning is a plan of files that are there.
func planning(paths []string) *batch.Plan {
	p := &batch.Plan{}
	for _, path := range paths {
		p.Encrypt = append(p.Encrypt, batch.Item{Path: path, Name: filepath.Base(path), Size: 1000, Files: 1})
		p.Bytes += 1000
		p.Files++
	}
	return p
}

// partly is a job that finishes its first rows, says so, and goes on for ever.
func partly(n int, reached chan<- struct{}) func(context.Context, *job.Tracker) error {
	return func(ctx context.Context, t *job.Tracker) error {
		for i := range n {
			t.Begin(i)
			t.Finish(i, fmt.Sprint("/out/", i, ".age"))
		}
		close(reached)
		<-ctx.Done()
		return ctx.Err()
	}
}

// crashed is a screen on which a batch of paths was begun with set, n of them
// done, when the program was killed; and the engine as the next one finds it.
func crashed(t *testing.T, paths []string, n int, set func(*planView)) *fake {
	t.Helper()
	reached := make(chan struct{})
	f := &fake{plan: planning(paths), work: partly(n, reached)}
	s, _, news := screen(t, f)
	s.Shown()
	s.Drop(paths)
	if set != nil {
		set(s.plan)
	}
	s.plan.start()
	<-reached
	s.memory.saved = s.memory.saved.Add(-saveEvery) // two seconds later
	news.tell()
	return &fake{sealed: f.sealed, plan: planning(paths[min(n, len(paths)):])}
}

func TestInterruptedBatchGoesOn(t *testing.T) {
	paths := touch(t, "a", "b", "c", "d", "e")
	dir := t.TempDir()
	f := crashed(t, paths, 2, func(p *planView) {
		p.choices = choices{armor: true, dir: dir, policy: safefile.Skip, removeAfter: true}
		p.people.who.add(ana)
		p.people.build()
	})
	s, w, n := screen(t, f)
	s.Shown()
	wants(t, w, "Encrypting 5 items was interrupted: 2 done, 3 left.", "For Mina, Ana.", "Continue", "Forget it", "a", "b", "2 items are done")
	if w.Canvas().Focused() != fyne.Focusable(button(t, w, "Continue")) {
		t.Error("the keyboard is not on Continue")
	}
	f.since = map[string]string{paths[2]: "/out/c.age", paths[0]: "/out/a.age"} // c was done, and nobody noted it
	if err := os.Remove(paths[3]); err != nil {
		t.Fatal(err)
	}
	f.plan = planning([]string{paths[2], paths[4]})
	press(t, w, "Continue")
	if !slices.Equal(f.planned[0], []string{paths[2], paths[4]}) {
		t.Errorf("planned %v", f.planned)
	}
	wants(t, w, "Encrypt 1 item", "3 of 5 were done", "1 item is not there any more, or is not what it was: d", "Ana")
	press(t, w, "Encrypt")
	settled(f, n)
	opt := f.encrypted[0]
	to := []string{opt.To[0].Text, opt.To[1].Text}
	if opt.Dir != dir || !opt.Armor || opt.Policy != safefile.Skip || !opt.RemoveOriginals || opt.HideNames || opt.Passphrase != nil ||
		!slices.Equal(to, []string{me.Recipient.Text, ana.Recipient.Text}) {
		t.Errorf("%+v", opt)
	}
	if j := f.jobs[0]; j.Len() != 1 || j.Row(0).Path != paths[4] {
		t.Errorf("%d rows, %v", j.Len(), j.Row(0))
	}
	// What is gone stays on the card until somebody forgets it.
	wants(t, w, "4 done, 1 left")
	press(t, w, "Forget it")
	lacks(t, w, "interrupted")
	again, w, _ := screen(t, &fake{sealed: f.sealed})
	again.Shown()
	lacks(t, w, "interrupted")
	wants(t, w, "3 items are done")
}

func TestNothingIsLeftToDo(t *testing.T) {
	paths := touch(t, "a", "b")
	f := crashed(t, paths, 1, nil)
	s, w, _ := screen(t, f)
	s.Shown()
	f.since = map[string]string{paths[0]: "a.age", paths[1]: "b.age"}
	press(t, w, "Continue")
	lacks(t, w, "interrupted")
	if s.plan != nil || len(f.encrypted) > 0 {
		t.Error("something is to be done")
	}
}

// Esc leaves the card as it was, and nothing begins without the button.
func TestContinueCanBeLeft(t *testing.T) {
	paths := touch(t, "a", "b")
	f := crashed(t, paths, 1, nil)
	s, w, _ := screen(t, f)
	s.Shown()
	press(t, w, "Continue")
	s.Escape()
	wants(t, w, "2 items was interrupted: 1 done, 1 left")
	if len(f.encrypted) > 0 {
		t.Error("it began by itself")
	}
	// A failure of the plan is said, and the card stays.
	f.err = fault.New(fault.Internal, "", nil)
	press(t, w, "Continue")
	s.Escape()
	wants(t, w, "1 done, 1 left")
}

func TestPassphraseBatchAsksAgain(t *testing.T) {
	paths := touch(t, "a", "b")
	f := crashed(t, paths, 1, func(p *planView) {
		p.choose.Choose(1)
		test.Type(p.secret.Field, "a long enough passphrase")
		test.Type(p.secret.Again, "a long enough passphrase")
	})
	for section, sealed := range f.sealed {
		if strings.Contains(sealed, "long enough") {
			t.Errorf("%s holds the passphrase", section)
		}
	}
	s, w, _ := screen(t, f)
	s.Shown()
	wants(t, w, "With a passphrase, which is asked for again.")
	press(t, w, "Continue")
	wants(t, w, "Type the same passphrase as before")
	if s.plan.secret == nil || w.Canvas().Focused() != fyne.Focusable(s.plan.secret.Field) || !button(t, w, "Encrypt").Disabled() {
		t.Error("it does not ask for the passphrase")
	}
}

// Somebody who cannot be named again is not left out without a word.
func TestMissingPeopleAreNamed(t *testing.T) {
	paths := touch(t, "a", "b")
	f := crashed(t, paths, 1, func(p *planView) {
		p.people.who.add(ana)
		p.people.build()
	})
	ana2 := ana
	ana2.ID = "another key" // an ID changes with the key
	f.people = []engine.Person{me, ana2, bo}
	s, w, _ := screen(t, f)
	s.Shown()
	press(t, w, "Continue")
	wants(t, w, "no longer among your contacts, or have another key now: Ana")
	if s.plan.people.who.has("another key") {
		t.Error("the other key is chosen")
	}
}

func TestRowsComeBack(t *testing.T) {
	f := &fake{work: func(_ context.Context, tr *job.Tracker) error {
		tr.Begin(0)
		tr.Finish(0, "/gone/a.age", fault.New(fault.UnsupportedEntry, "/in/pipe", nil))
		tr.Begin(1)
		tr.Fail(1, fault.New(fault.NoSpace, "/in/b", nil))
		tr.Begin(2)
		tr.Fail(2, fault.New(fault.Cancelled, "", nil))
		return nil
	}}
	f.plan = encryptPlan("a", "b", "c")
	s, w, n := screen(t, f)
	s.Shown()
	s.Drop(touch(t, "x"))
	s.plan.start()
	settled(f, n)
	before := words(w)

	f.locked = true
	s.Locked()
	if len(s.board.runs) > 0 || strings.Contains(words(w), "NoSpace") {
		t.Error("the rows outlive the lock")
	}
	f.locked = false
	s.Shown()
	for _, line := range []string{"a", "b", "c", "1 of 3 did not work", "Try again", "Show in folder"} {
		if !strings.Contains(before, line) {
			t.Fatalf("%q was not there before:\n%s", line, before)
		}
		wants(t, w, line)
	}
	if r := s.board.runs[0]; !r.earlier || r.job.Row(0).Notes[0].Subject != "/in/pipe" || !r.people.has("me") {
		t.Errorf("%+v", r)
	}
	w.SetContent(widget.NewStage(s.Content(), fyne.NewSize(720, 480)))
	s.reveal(s.board.spots[0])
	wants(t, w, "a.age is not there any more")
	s.remove(s.board.spots[0])
	again, w, _ := screen(t, &fake{sealed: f.sealed})
	again.Shown()
	wants(t, w, "b")
	if len(again.board.spots) != 2 {
		t.Errorf("%d rows", len(again.board.spots))
	}
	press(t, w, "Clear finished")
	last, w, _ := screen(t, &fake{sealed: again.engine.(*fake).sealed})
	last.Shown()
	wants(t, w, "Drop files or folders here")
}

// With a job running the rows stay through a lock, and what ended meanwhile is
// not taken for interrupted.
func TestLockWhileItRuns(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	f := &fake{work: stuck(begun, ended), plan: encryptPlan("a", "b")}
	s, w, n := screen(t, f)
	s.Shown()
	s.Drop(touch(t, "x"))
	s.plan.start()
	<-begun
	f.locked = true
	s.Locked()
	if len(s.board.spots) != 2 {
		t.Errorf("%d rows", len(s.board.spots))
	}
	s.board.cancelAll()
	settled(f, n)
	f.locked = false
	s.Shown()
	wants(t, w, "Nothing was done")
	lacks(t, w, "interrupted")
	if f.sealed[batchSection] != "null" {
		t.Errorf("%s", f.sealed[batchSection])
	}
}

// Before it was restored nothing is overwritten: the unlock may show another
// screen first.
func TestNothingIsOverwrittenBeforeItIsRead(t *testing.T) {
	paths := touch(t, "a", "b")
	f := crashed(t, paths, 1, nil)
	before := f.sealed[filesSection] + f.sealed[batchSection]
	s, _, _ := screen(t, f)
	s.remember(true)
	s.rememberBatches()
	s.Locked()
	s.remember(true)
	s.rememberBatches()
	if after := f.sealed[filesSection] + f.sealed[batchSection]; after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	paths := make([]string, mostItems+1)
	plan := &batch.Plan{}
	for i := range paths {
		paths[i] = fmt.Sprintf("/in/note %05d.txt", i)
		plan.Encrypt = append(plan.Encrypt, batch.Item{Path: paths[i], Name: filepath.Base(paths[i]), Size: 1, Files: 1})
	}
	for _, c := range []struct {
		n    int
		keep bool
	}{{10_000, true}, {mostItems + 1, false}} {
		reached := make(chan struct{})
		f := &fake{plan: &batch.Plan{Encrypt: plan.Encrypt[:c.n]}, work: partly(300, reached)}
		s, _, _ := screen(t, f)
		s.Shown()
		s.Drop(touch(t, "x"))
		s.plan.start()
		<-reached
		s.remember(true)
		size := len(f.sealed[filesSection]) + len(f.sealed[batchSection])
		if size > 2<<20 {
			t.Errorf("%d items: %d bytes", c.n, size)
		}
		next, w, _ := screen(t, &fake{sealed: f.sealed})
		next.Shown()
		if len(next.board.spots) != mostRows {
			t.Errorf("%d rows", len(next.board.spots))
		}
		wants(t, w, "300 done, "+text.Count(int64(c.n-300))+" left", "100 earlier results are not listed")
		if c.keep {
			wants(t, w, "Continue")
		} else {
			wants(t, w, "too many to keep a list")
			lacks(t, w, "Continue")
		}
		t.Logf("%d items: %d bytes", c.n, size)
	}
}

// What the state holds is authentic, and may still be of another version.
func TestStrangeMemory(t *testing.T) {
	for _, text := range []string{
		`null`, `[null]`, `{}`, `[{"id":"1","work":2,"count":1}]`, `[{"id":"1","count":3,"items":[{"path":"/a"}]}]`,
		`[{"id":"1","count":1,"items":[{"path":"relative"}],"policy":0}]`, `[{"id":"1","count":1,"items":[{"path":"/a"}],"policy":99}]`,
		`[{"id":"1","count":-1}]`,
	} {
		f := &fake{sealed: map[string]string{batchSection: text, filesSection: `{"runs":[{"work":7,"rows":[{"state":99},{"state":3},{"state":0}]},{"rows":null}]}`}}
		s, w, _ := screen(t, f)
		s.Shown()
		wants(t, w, "Drop files or folders here")
		lacks(t, w, "interrupted")
	}
}

// What was to be opened goes on as well, and only what is still to be opened.
func TestInterruptedOpening(t *testing.T) {
	paths := touch(t, "a.age", "b.age", "c.age", "d.age")
	open := &batch.Plan{}
	for _, path := range paths {
		open.Open = append(open.Open, batch.Item{Path: path, Name: filepath.Base(path), Size: 300, Files: 1, Access: batch.ByKey})
	}
	dir, reached := t.TempDir(), make(chan struct{})
	f := &fake{plan: open, work: partly(1, reached)}
	s, _, _ := screen(t, f)
	s.Shown()
	s.Drop(paths)
	s.plan.choices.dir = dir
	s.plan.start()
	<-reached
	s.remember(true)

	rest := &batch.Plan{Open: open.Open[1:3], Encrypt: planning(paths[3:]).Encrypt} // d was replaced by a plain file
	f = &fake{sealed: f.sealed, plan: rest, since: map[string]string{paths[1]: "b"}}
	s, w, n := screen(t, f)
	s.Shown()
	wants(t, w, "Opening 4 items was interrupted: 1 done, 3 left.")
	press(t, w, "Continue")
	wants(t, w, "1 item is not there any more, or is not what it was: d.age")
	press(t, w, "Open")
	settled(f, n)
	if len(f.opened) != 1 || len(f.encrypted) != 0 || f.opened[0].Dir != dir || f.jobs[0].Len() != 1 || f.jobs[0].Row(0).Path != paths[2] {
		t.Errorf("%+v, %d encrypted", f.opened, len(f.encrypted))
	}
}

// More cards than fit wait for their turn.
func TestManyInterruptedBatches(t *testing.T) {
	one := `{"id":"%d","count":1,"items":[{"path":"/a"}],"policy":0}`
	f := &fake{sealed: map[string]string{batchSection: "[" + fmt.Sprintf(one, 1) + "," + fmt.Sprintf(one, 2) + "," + fmt.Sprintf(one, 3) + "]"}}
	s, w, _ := screen(t, f)
	s.Shown()
	if n := strings.Count(words(w), "Continue"); n != mostCards {
		t.Errorf("%d cards", n)
	}
	if least := s.Content().MinSize(); least.Height > 480 {
		t.Errorf("%v is higher than the least window", least)
	}
	for range 3 {
		press(t, w, "Forget it")
	}
	lacks(t, w, "interrupted")
	if f.sealed[batchSection] != "null" {
		t.Error(f.sealed[batchSection])
	}
}

func TestChoosingBeginsWhereItEnded(t *testing.T) {
	f := &fake{plan: encryptPlan("a")}
	s, _, _ := screen(t, f)
	s.Shown()
	if s.lastPlace() != "" {
		t.Error(s.lastPlace())
	}
	for range 2 * mostPlaces {
		s.chosen(touch(t, "x"))
	}
	last := touch(t, "y")
	s.chosen(last)
	s.chosen(last)
	if s.lastPlace() != filepath.Dir(last[0]) || len(s.places()) != mostPlaces {
		t.Errorf("%v", s.places())
	}
}
