package files

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
)

var safe = engine.Agent{Person: engine.Person{Name: "Family safe", ID: "safe", Recipient: hybrid("safe"), Classic: classic("safe"), Verified: true}}

// agent is the engine with an agent, in whatever state.
func withSafe(problem fault.Kind) *fake {
	a := safe
	if problem != "" {
		a.Problem = fault.New(problem, a.Name, nil)
	}
	return &fake{agent: &a, people: []engine.Person{me, ana, safe.Person}, plan: &batch.Plan{Encrypt: items("report.pdf"), Bytes: 1000, Files: 1}}
}

const also = "Family safe can also open this"

func TestTheAgentIsOnThePlan(t *testing.T) {
	f := withSafe("")
	s, w, n := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	wants(t, w, also)
	if !checkBox(t, w, also).On() {
		t.Error("left out before anybody said so")
	}
	press(t, w, "Encrypt")
	settled(f, n)
	if opt := f.encrypted[0]; opt.NoAgent || len(opt.To) != 1 {
		t.Errorf("%+v", opt)
	}
	wants(t, w, "Encrypted for Me. Family safe can open it too")

	// Left out by hand, for these files only.
	s.Drop(touch(t, "report.pdf"))
	box := checkBox(t, w, also)
	w.Canvas().Focus(box)
	test.Tap(box)
	wants(t, w, "Left out of these files only.")
	if box != checkBox(t, w, also) || box.On() || w.Canvas().Focused() != box {
		t.Error("the keyboard lost its place")
	}
	press(t, w, "Encrypt")
	settled(f, n)
	if !f.encrypted[1].NoAgent {
		t.Error("not left out")
	}
	wants(t, w, "Encrypted for Me")
	s.Drop(touch(t, "another"))
	if !checkBox(t, w, also).On() {
		t.Error("left out of the next files as well")
	}
	// With a passphrase nobody can be added, and the plan says so.
	s.plan.choose.Choose(1)
	lacks(t, w, also)
	wants(t, w, "With a passphrase nobody can be added, so Family safe cannot open this.")
}

func TestTheAgentChosenByHandIsThereOnce(t *testing.T) {
	f := withSafe("")
	s, w, n := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	s.plan.people.who.add(safe.Person)
	s.plan.people.build()
	lacks(t, w, also)
	press(t, w, "Encrypt")
	settled(f, n)
	wants(t, w, "Encrypted for Me, Family safe")
	lacks(t, w, "can open it too")
}

// What keeps the agent out keeps the plan from going on, until somebody chose.
func TestAnAgentWhoCannotBeAdded(t *testing.T) {
	for problem, sentence := range map[fault.Kind]string{
		fault.ContactChanged:  "A different key came under this contact's name",
		fault.AgentIncomplete: "both a post-quantum and a classic key",
		fault.AgentMissing:    "no longer among your contacts",
	} {
		f := withSafe(problem)
		s, w, n := screen(t, f)
		s.Drop(touch(t, "report.pdf"))
		wants(t, w, "Your recovery agent Family safe cannot be added.", sentence)
		lacks(t, w, also)
		if strings.Contains(words(w), "Decide now") != (problem == fault.ContactChanged) {
			t.Errorf("%s: %s", problem, words(w))
		}
		if !button(t, w, "Encrypt").Disabled() {
			t.Errorf("%s: it would be encrypted without them", problem)
		}
		press(t, w, "Leave them out this time")
		lacks(t, w, "cannot be added")
		press(t, w, "Encrypt")
		settled(f, n)
		if !f.encrypted[0].NoAgent {
			t.Errorf("%s: %+v", problem, f.encrypted[0])
		}
	}
}

// What changed since the plan was made is shown before anything is done.
func TestAnAgentSetMeanwhile(t *testing.T) {
	f := withSafe("")
	f.agent = nil
	s, w, n := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	lacks(t, w, also)
	f.agent = &safe
	s.plan.start()
	if len(f.encrypted) != 0 {
		t.Fatal("begun before it was shown")
	}
	wants(t, w, also)
	press(t, w, "Encrypt")
	settled(f, n)
	if len(f.encrypted) != 1 {
		t.Error("not begun")
	}
}

func TestTheAgentsKeyIsOnNoDevice(t *testing.T) {
	a := audience{people: []engine.Person{device}}
	if !a.hardwareOnly() {
		t.Fatal("a device is none")
	}
	a.agent = keeper{person: safe.Person}
	if a.hardwareOnly() {
		t.Error("with an agent, a lost device is the end")
	}
	a.alone = true
	if !a.hardwareOnly() {
		t.Error("left out, the agent counts")
	}
}

func TestChangingWhoCanOpenItIncludesTheAgent(t *testing.T) {
	f := withSafe("")
	s, w, n := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	test.Tap(checkBox(t, w, also))
	press(t, w, "Encrypt")
	settled(f, n)
	open := items("report.pdf.age")
	open[0].Access = batch.ByKey
	f.plan = &batch.Plan{Open: open}
	s.changeWho(s.board.spots[0])
	if box := checkBox(t, w, also); box.On() {
		t.Error("the present choice is not shown")
	} else {
		test.Tap(box)
	}
	press(t, w, "Change")
	settled(f, n)
	if len(f.rewrapped) != 1 || f.opened[0].NoAgent {
		t.Fatalf("%v, %+v", f.rewrapped, f.opened)
	}
	wants(t, w, "Can now be opened by Me, and by Family safe")
}

// An interrupted batch goes on for the same people, the agent counted.
func TestAnInterruptedBatchKeepsTheAgent(t *testing.T) {
	paths := touch(t, "a", "b")
	begun := func(alone bool) *fake {
		reached := make(chan struct{})
		f := withSafe("")
		f.plan, f.work = planning(paths), partly(1, reached)
		s, _, news := screen(t, f)
		s.Shown()
		s.Drop(paths)
		s.plan.people.who.alone = alone
		s.plan.start()
		<-reached
		s.memory.saved = s.memory.saved.Add(-saveEvery)
		news.tell()
		next := withSafe("")
		next.sealed, next.plan = f.sealed, planning(paths[1:])
		return next
	}
	for _, alone := range []bool{false, true} {
		f := begun(alone)
		s, w, n := screen(t, f)
		s.Shown()
		wants(t, w, map[bool]string{false: "Encrypted for Me. Family safe can open it too", true: "Encrypted for Me"}[alone])
		press(t, w, "Continue")
		if checkBox(t, w, also).On() == alone {
			t.Errorf("left out before %v, and now not so", alone)
		}
		lacks(t, w, "which is different now")
		press(t, w, "Encrypt")
		settled(f, n)
		if f.encrypted[0].NoAgent != alone {
			t.Errorf("%+v", f.encrypted[0])
		}
	}
	f := begun(false)
	f.agent = nil
	s, w, _ := screen(t, f)
	s.Shown()
	press(t, w, "Continue")
	wants(t, w, "This began with Family safe as your recovery agent, which is different now.")
	if slices.ContainsFunc(s.plan.people.who.people, func(p engine.Person) bool { return p.ID == "safe" }) {
		t.Error("added by itself")
	}
}
