package recovery

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

func TestAgentCard(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	wants(t, w, "Recovery agent", "Choose one")
	f.agent = agentOf(person("Family safe", true))
	s.Refresh()
	wants(t, w, "Family safe", "Manage")
	f.agent.Problem = fault.New(fault.ContactChanged, "Family safe", nil)
	s.Refresh()
	wants(t, w, "Decide")
	f.agent = nil
	s.Refresh()
	wants(t, w, "Choose one")
}

func TestChooseAContactAsTheAgent(t *testing.T) {
	f := newFake()
	f.people = []identity.Contact{person("Ben", true), person("Bea", false), person("Old", false), person("Odd", false)}
	f.unfit = map[string]fault.Kind{"Old": fault.AgentIncomplete, "Odd": fault.ContactChanged}
	s, w := screen(t, f)
	s.agent()
	wants(t, w, "They can open what you encrypt for people from now on")
	goTo(t, w, "agent.contact")
	wants(t, w, "Who shall it be?", "Ben", "Bea", "Needs their contact card", text.T("escrow.person.verified"))
	search := w.Canvas().Focused().(*widget.Field)
	search.SetText("be")
	if all := shown(w); strings.Contains(all, "Old") || !strings.Contains(all, "Bea") {
		t.Errorf("the search does not narrow the list:\n%s", all)
	}
	search.SetText("nobody of that name")
	wants(t, w, "Nobody is called that.")
	search.OnSubmitted("")
	search.SetText("bea")
	search.OnSubmitted("bea")
	wants(t, w, "Bea as recovery agent?", "Nobody has compared safety words with Bea", person("Bea", false).Recipient.Fingerprint())
	if w.Canvas().Focused() == fyne.Focusable(button(w, "Make them the agent")) {
		t.Error("one press away from somebody nobody verified")
	}
	press(t, w, "agent.confirm.do")
	since(t, f, "agent Bea")
	wants(t, w, "Bea is your recovery agent", "What was encrypted before is not yet.")
	press(t, w, "agent.existing.short")
	wants(t, w, "Where to look")
}

func TestNobodyToChoose(t *testing.T) {
	s, w := screen(t, newFake())
	s.agentPick()
	wants(t, w, "You have no contacts yet.")
}

func TestSetAgentThatFails(t *testing.T) {
	f := newFake()
	f.people = []identity.Contact{person("Ben", true)}
	s, w := screen(t, f)
	s.agentPick()
	press(t, w, "app.choose")
	f.err = fault.New(fault.NoSpace, "", nil)
	press(t, w, "agent.confirm.do")
	wants(t, w, sentence(f.err), "Ben as recovery agent?")
}

func TestTurnTheAgentOff(t *testing.T) {
	f := newFake()
	f.agent = agentOf(person("Family safe", true))
	s, w := screen(t, f)
	s.agent()
	wants(t, w, "Family safe", "Since 26 Nov 2026")
	goTo(t, w, "agent.off")
	wants(t, w, "Family safe can still open what is encrypted already.")
	press(t, w, "agent.off.do")
	since(t, f, "no agent")
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the sheet stays")
	}
	wants(t, w, "Choose one")
}

// With a problem, the sheet says which, and offers what helps.
func TestAnAgentWithAProblem(t *testing.T) {
	for _, problem := range []fault.Kind{fault.AgentMissing, fault.AgentIncomplete, fault.ContactChanged} {
		f := newFake()
		f.agent = agentOf(person("Family safe", true))
		f.agent.Problem = fault.New(problem, "Family safe", nil)
		s, w := screen(t, f)
		s.agent()
		what, _ := strings.CutSuffix(sentence(f.agent.Problem), ".")
		wants(t, w, what, "Choose another")
		if strings.Contains(shown(w), "Open existing files") {
			t.Errorf("%s: files can be opened to them", problem)
		}
	}
}

func TestMakeAnAgentOnPaper(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	s.agent()
	goTo(t, w, "agent.own")
	wants(t, w, "Family safe recovery sheet 2026-11-26.pdf")
	press(t, w, "agent.key.do")
	since(t, f, "key Family safe", "page Family safe recovery sheet 2026-11-26.pdf", "adopt Family safe")
	if !f.offline.closed {
		t.Error("the key stays in memory")
	}
	wants(t, w, "Now read two words from it")
	field := w.Canvas().Focused().(*widget.WordsField)
	test.Type(field, "academic acid")
	press(t, w, "recovery.sheet.check")
	wants(t, w, "Family safe is your recovery agent", "The key is on this page and nowhere else.")
	if !f.sheet.closed {
		t.Error("the words stay in memory")
	}
}

func TestMakeAnAgentInAFile(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	s.agentKey()
	all[*widget.Choice](w)[0].Choose(1)
	all[*widget.Field](w)[0].SetText("Drawer")
	wants(t, w, "Drawer.key.age")
	press(t, w, "agent.key.do") // without the passphrase typed again
	since(t, f)
	all[*widget.Choice](w)[1].Choose(1) // one's own
	for _, p := range all[*widget.PassphraseField](w) {
		test.Type(p, "my own passphrase 7 battery")
	}
	press(t, w, "agent.key.do")
	since(t, f, "key Drawer", "file Drawer.key.age", "adopt Drawer")
	wants(t, w, "Drawer is your recovery agent", "The key is in this file and nowhere else.", "age -d -i Drawer.key.age FILE.age")
	for _, b := range f.given {
		if b.Bytes() != nil {
			t.Error("the passphrase stays in memory")
		}
	}
}

func TestMakeAnAgentInShares(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	s.agentKey()
	all[*widget.Choice](w)[0].Choose(2)
	wants(t, w, "Any 2 of 3 people together can open your files.")
	press(t, w, "agent.key.do")
	since(t, f, "key Family safe", "shares 2 3", "adopt Family safe")
	wants(t, w, "share 1.pdf", "share 1.txt", "The key is in these shares and nowhere else.")
}

func TestMakeAnAgentThatFails(t *testing.T) {
	for kind, says := range map[fault.Kind]string{fault.Exists: "There is a file of that name already.", fault.NoSpace: sentence(fault.New(fault.NoSpace, "", nil)),
		fault.NameTaken: sentence(fault.New(fault.NameTaken, "", nil))} {
		f := newFake()
		s, w := screen(t, f)
		s.agentKey()
		f.err = fault.New(kind, "", nil)
		press(t, w, "agent.key.do")
		wants(t, w, says, "Make the key")
		if f.agent != nil {
			t.Errorf("%s: there is an agent", kind)
		}
	}
}

func found(names ...string) *batch.Plan {
	p := &batch.Plan{}
	for _, n := range names {
		p.Open = append(p.Open, batch.Item{Path: "/in/" + n, Name: n})
	}
	return p
}

func TestOpenExistingFilesToTheAgent(t *testing.T) {
	f := newFake()
	f.agent = agentOf(person("Family safe", true))
	s, w := screen(t, f)
	s.agent()
	goTo(t, w, "agent.existing")
	dir := t.TempDir()
	s.Drop([]string{dir, "/another"})
	wants(t, w, filepath.Base(dir), "and 1 more")
	f.plan = &batch.Plan{}
	press(t, w, "agent.add.look")
	since(t, f, "look "+dir+" /another")
	wants(t, w, "There is no encrypted file in it.")
	f.plan.Refused = []batch.Item{{Path: "/in/p.age", Problem: fault.New(fault.PassphraseAlone, "/in/p.age", nil)}}
	press(t, w, "agent.add.look")
	wants(t, w, "There is 1 encrypted file in it, and nobody can be added to that.")
	f.did = nil
	f.plan = found("a.age", "b.age", "c.age", "d.age")
	f.plan.Refused = []batch.Item{{Path: "/in/p.age", Problem: fault.New(fault.PassphraseAlone, "/in/p.age", nil)}}
	press(t, w, "agent.add.look")
	wants(t, w, "4 encrypted files to open to Family safe.", "1 stays as it is", "p.age")
	f.work = func(_ context.Context, t *job.Tracker) error {
		for i := range 4 {
			t.Begin(i)
		}
		t.Finish(0, "/in/a.age")
		t.Skip(1)
		t.Fail(2, fault.New(fault.NoKey, "/in/c.age", nil))
		t.Finish(3, "/in/d.age")
		return nil
	}
	press(t, w, "agent.add.do")
	since(t, f, "look "+dir+" /another", "add 4")
	wants(t, w, "Done", "2 files are open to Family safe now.", "1 was open to them already.", "2 files stay as they were", "c.age", "p.age")
	press(t, w, "keys.done")
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the sheet stays")
	}
}

// While it works, the sheet stays until somebody stops it.
func TestStopOpeningExistingFiles(t *testing.T) {
	f := newFake()
	f.agent = agentOf(person("Family safe", true))
	f.plan = found("a.age", "b.age")
	begun := make(chan struct{})
	f.work = func(ctx context.Context, t *job.Tracker) error {
		t.Begin(0)
		t.Finish(0, "/in/a.age")
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}
	var done func()
	form.Away = func(work, end func()) {
		over := make(chan struct{})
		go func() { work(); close(over) }()
		done = func() { <-over; end() }
	}
	defer func() { form.Away = func(work, done func()) { work(); done() } }()
	s, w := screen(t, f)
	s.agentAdd()
	press(t, w, "agent.add.look")
	done()
	press(t, w, "agent.add.do")
	<-begun
	s.adding.progress()
	wants(t, w, "1 of 2")
	if !widget.DismissTop(w.Canvas()) || w.Canvas().Overlays().Top() == nil {
		t.Fatal("Escape takes the sheet away while it works")
	}
	press(t, w, "app.cancel")
	done()
	wants(t, w, "Stopped", "1 file is open to Family safe now.", "1 was not reached. Do the same again to go on.")
}

func TestLookingThatFails(t *testing.T) {
	f := newFake()
	f.agent = agentOf(person("Family safe", true))
	s, w := screen(t, f)
	s.agentAdd()
	f.err = fault.New(fault.Cancelled, "", errors.New("x"))
	press(t, w, "agent.add.look")
	wants(t, w, sentence(f.err))
	f.err = nil
	defer func(before func(fyne.Window, shell.Request, func([]string))) { form.ChoosePath = before }(form.ChoosePath)
	form.ChoosePath = func(_ fyne.Window, r shell.Request, f func([]string)) {
		if !r.Folder {
			t.Error("no folder is asked for")
		}
		f([]string{"/chosen"})
	}
	press(t, w, "keys.place.change")
	wants(t, w, "chosen")
}
