package recovery

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// fakeEscrow knows files by their names, and notes what was asked for.
type fakeEscrow struct {
	people  []identity.Contact
	terms   []escrow.Terms
	paths   []string
	to      []string
	sorts   map[string]escrow.Sort
	what    *escrow.Case
	read    error
	codes   []string
	ends    []error // of one release after another
	entries []escrow.Entry
	answers map[string]string // by file name: the words it wants
	anew    []string
	fails   error
}

var four = []string{"mountain", "girl", "lecture", "barely"}

func (f *fakeEscrow) Contacts() []identity.Contact { return f.people }

func (f *fakeEscrow) Deposit(_ context.Context, id, path string, terms escrow.Terms) error {
	f.to, f.paths, f.terms = append(f.to, id), append(f.paths, filepath.Base(path)), append(f.terms, terms)
	return f.fails
}

func (f *fakeEscrow) MakeRequest(_ context.Context, path string) ([]string, error) {
	f.paths = append(f.paths, filepath.Base(path))
	return four, f.fails
}

func (f *fakeEscrow) StartAnew(_ context.Context, owner string, fresh *secret.Buffer) error {
	f.anew = append(f.anew, owner)
	fresh.Destroy()
	return f.fails
}

func (f *fakeEscrow) Escrow(path string) escrow.Sort { return f.sorts[filepath.Base(path)] }

func (f *fakeEscrow) ReadRelease(context.Context, string, string) (*escrow.Case, error) {
	return f.what, f.read
}

func (f *fakeEscrow) Release(_ context.Context, _ *escrow.Case, code, path string) ([]string, error) {
	f.codes, f.paths = append(f.codes, code), append(f.paths, filepath.Base(path))
	var err error
	if len(f.ends) > 0 {
		err, f.ends = f.ends[0], f.ends[1:]
	}
	return four, err
}

func (f *fakeEscrow) Releases() []escrow.Entry { return f.entries }

func somebody(name string, verified bool) identity.Contact {
	return identity.Contact{Name: name, Verified: verified, Recipient: identity.Recipient{Kind: identity.Hybrid, Text: "age1pq1" + name}}
}

// theCase is Ana's deposit and a request for it.
func theCase() *escrow.Case {
	old, fresh := somebody("Ana", false), somebody("Ana", false)
	fresh.Recipient.Text += "new"
	return &escrow.Case{
		Form:    escrow.Form{Depositor: old, Depositary: "Ben", Date: noon.AddDate(0, -3, 0), Note: []string{"What colour was our first bicycle?"}},
		Request: escrow.Request{ID: "1", Date: noon, Who: fresh}, Known: somebody("Ana", true), Left: 3,
	}
}

// sheetText is all that the uppermost sheet says.
func sheetText(w fyne.Window) string {
	var all []string
	for _, part := range test.LaidOutObjects(uppermost(w)) {
		if !part.Visible() {
			continue
		}
		switch o := part.(type) {
		case *widget.Text:
			all = append(all, o.Content())
		case *widget.Badge:
			all = append(all, o.AccessibilityLabel())
		case *widget.Button:
			all = append(all, o.Label())
		case *widget.Option:
			all = append(all, o.AccessibilityLabel())
		}
	}
	return strings.Join(all, "\n")
}

func uppermost(w fyne.Window) fyne.CanvasObject {
	if o := w.Canvas().Overlays().Top(); o != nil {
		return o
	}
	return w.Content()
}

// pressable is what one presses to do something, by its label.
type control interface {
	fyne.CanvasObject
	fyne.Tappable
	fyne.Disableable
	Label() string
}

func pressable(t *testing.T, w fyne.Window, label string) control {
	t.Helper()
	for _, part := range test.LaidOutObjects(uppermost(w)) {
		if b, ok := part.(control); ok && b.Label() == label && b.Visible() {
			return b
		}
	}
	t.Fatalf("nothing to press says %q in\n%s", label, sheetText(w))
	return nil
}

func act(t *testing.T, w fyne.Window, label string) {
	t.Helper()
	pressable(t, w, label).Tapped(&fyne.PointEvent{})
}

func reads(t *testing.T, w fyne.Window, wanted ...string) {
	t.Helper()
	got := sheetText(w)
	for _, s := range wanted {
		if !strings.Contains(got, s) {
			t.Errorf("no %q in\n%s", s, got)
		}
	}
}

// speak types words into the place for them.
func speak(w fyne.Window, four ...string) {
	for _, part := range test.LaidOutObjects(uppermost(w)) {
		if f, ok := part.(*widget.WordsField); ok {
			w.Canvas().Focus(f)
		}
	}
	test.Type(w.Canvas().Focused(), strings.Join(four, " "))
}

func TestDepositWithSomebody(t *testing.T) {
	f := newFake()
	f.people = []identity.Contact{somebody("Zoe", false), somebody("Ben", true)}
	s, w := screen(t, f)
	s.desk.Verify = func(_ identity.Contact, done func()) {
		f.people[0].Verified = true
		done()
	}
	s.deposit(identity.Contact{})
	act(t, w, text.T("escrow.deposit.do"))
	reads(t, w, "choose who keeps it")
	act(t, w, text.T("escrow.person.choose"))
	if got := sheetText(w); strings.Index(got, "Ben") > strings.Index(got, "Zoe") {
		t.Errorf("verified people come first: %s", got)
	}
	test.Type(w.Canvas().Focused(), "ZO")
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	reads(t, w, "Zoe", "not compared safety words with Zoe", "Compare safety words")
	act(t, w, text.T("escrow.deposit.do"))
	reads(t, w, "tick the box")
	if len(f.to) != 0 {
		t.Fatal("left with somebody nobody verified")
	}
	act(t, w, text.T("escrow.deposit.compare"))
	if got := sheetText(w); strings.Contains(got, "not compared") {
		t.Errorf("verified meanwhile: %s", got)
	}
	act(t, w, text.T("escrow.deposit.do"))
	reads(t, w, text.T("escrow.deposit.done"), "Ana.deposit.age", "Zoe, this file holds the keys of Ana.")
	if len(f.to) != 1 || f.to[0] != f.people[0].ID() || f.terms[0].Unverified || f.terms[0].Classic || !strings.Contains(f.terms[0].Check, "four words") {
		t.Errorf("asked for %v, %+v", f.to, f.terms)
	}
}

func TestDepositWithARisk(t *testing.T) {
	f := newFake()
	f.people = []identity.Contact{somebody("Zoe", false)}
	f.people[0].Recipient.Kind = identity.X25519
	s, w := screen(t, f)
	f.status.Ways = []recovery.State{{Way: recovery.Way{Kind: recovery.DepositWay, To: f.people[0].ID()}}}
	s.Refresh()
	s.deposit(identity.Contact{}) // who had one before is chosen already
	reads(t, w, "only a classic key", "not compared")
	act(t, w, text.T("escrow.deposit.sure"))
	act(t, w, text.T("escrow.deposit.do"))
	if len(f.terms) != 1 || !f.terms[0].Unverified || !f.terms[0].Classic {
		t.Errorf("%+v", f.terms)
	}
	widget.DismissAll(w.Canvas())
	f.people[0] = f.people[0].Offer(somebody("Zoe", false))
	s.deposit(identity.Contact{})
	act(t, w, text.T("escrow.deposit.do"))
	reads(t, w, "A different key came")
	if len(f.terms) != 1 {
		t.Error("left with a key in doubt")
	}
}

func TestRequest(t *testing.T) {
	f := newFake()
	_, w := screen(t, f)
	act(t, w, text.T("escrow.request.make"))
	f.fails = fault.New(fault.Exists, "", nil)
	act(t, w, text.T("escrow.request.do"))
	reads(t, w, text.T("recovery.exists"))
	f.fails = nil
	act(t, w, text.T("escrow.request.do"))
	reads(t, w, append([]string{"Ana.request.txt", text.T("escrow.request.words")}, four...)...)
}

func TestReleaseADeposit(t *testing.T) {
	f := newFake()
	f.sorts = map[string]escrow.Sort{"Ana.deposit.age": escrow.DepositFile, "Ana.request.txt": escrow.RequestFile}
	f.what = theCase()
	s, w := screen(t, f)
	s.Drop([]string{"/x/Ana.deposit.age"}) // a deposit leads here
	reads(t, w, "Ana.deposit.age", text.T("escrow.release.request.missing"))
	s.Drop([]string{"/x/holiday.jpg"})
	reads(t, w, "holiday.jpg is neither")
	f.read = fault.New(fault.RequestStale, "/x/Ana.request.txt", nil)
	s.Drop([]string{"/x/Ana.request.txt"})
	reads(t, w, "more than seven days old")
	f.read = fault.New(fault.NoKey, "", nil)
	act(t, w, text.T("lock.next"))
	reads(t, w, "not left with you")
	f.read = nil
	act(t, w, text.T("lock.next"))
	reads(t, w, "Is it really Ana?", f.what.Depositor.Recipient.Fingerprint(), f.what.Request.Who.Recipient.Fingerprint(), "Verified", "New key",
		"first bicycle", "Whoever made this request gets all keys of Ana", "26 Aug 2026", "26 Nov 2026")
	do := pressable(t, w, text.T("escrow.release.do"))
	if !do.Disabled() {
		t.Error("it can be released without words")
	}
	speak(w, "zoo", "zoo", "zoo", "act")
	f.ends = []error{fault.New(fault.WrongCode, "Ana", nil), nil}
	f.what.Left = 2
	do.Tapped(nil)
	reads(t, w, "You have 2 more tries")
	if !do.Disabled() {
		t.Error("the wrong words are still there")
	}
	speak(w, "moun", "girl", "lect", "bare")
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !slices.Equal(f.codes, []string{"zoo zoo zoo act", strings.Join(four, " ")}) {
		t.Errorf("typed %q", f.codes)
	}
	reads(t, w, append([]string{text.T("escrow.release.done"), "Ana.release.age", "To be read out to Ana"}, four...)...)
}

func TestReleaseIsRefused(t *testing.T) {
	f := newFake()
	f.sorts = map[string]escrow.Sort{"d.deposit.age": escrow.DepositFile, "r": escrow.RequestFile}
	for _, kind := range []fault.Kind{fault.CodeSpent, fault.RequestUsed, fault.RequestStale} {
		t.Run(string(kind), func(t *testing.T) {
			f.what, f.ends = theCase(), []error{fault.New(kind, "", nil)}
			f.what.Known, f.what.Request.Who.Name, f.what.Asker = identity.Contact{}, "Eva", somebody("Eve", true)
			s, w := screen(t, f)
			s.Drop([]string{"/x/d.deposit.age", "/x/r"})
			reads(t, w, text.T("escrow.release.stranger"), "another name than Ana", "Key of your contact Eve")
			speak(w, four...)
			act(t, w, text.T("escrow.release.do"))
			what, _ := text.FaultOf(fault.New(kind, "", nil))
			reads(t, w, text.T("escrow.release.refused"), what)
		})
	}
}

// What is for bringing keys back goes there, and a lock in between ends it.
func TestDropsLeadOn(t *testing.T) {
	f := newFake()
	f.sorts = map[string]escrow.Sort{"a.release.age": escrow.ReleaseFile, "other.age": escrow.DepositFile, "r": escrow.RequestFile}
	for name, releases := range map[string]bool{"a.release.age": false, "other.age": false, "share.txt": false, "r": true} {
		t.Run(name, func(t *testing.T) {
			s, w := screen(t, f)
			s.Drop([]string{"/x/" + name})
			if open := w.Canvas().Overlays().Top() != nil; open != releases || (s.wizard != nil) == releases {
				t.Errorf("a sheet %v, the steps %v", open, s.wizard != nil)
			}
		})
	}
	s, w := screen(t, f)
	f.state = session.Locked
	s.Drop([]string{"/x/r"})
	if w.Canvas().Overlays().Top() != nil {
		t.Error("a sheet opened after the lock")
	}
}

// What was released asks for the words that go with it.
func TestTakeInAsksForWords(t *testing.T) {
	f := newFake()
	f.answers = map[string]string{"Ana.release.age": strings.Join(four, " ")}
	f.files["Ana.release.age"] = recovery.Piece{Kind: recovery.ReleasePiece, Keys: f.keys, Owner: "Ana", Holder: "Ben"}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{Public: f.keys[0]}}}
	s, w := screen(t, f)
	var asked []string
	run := func(typed ...[]string) {
		before := toUI
		toUI = func(f func()) {
			f()
			if !strings.Contains(sheetText(w), text.T("escrow.answer.title")) {
				return
			}
			asked = append(asked, sheetText(w))
			speak(w, typed[0]...)
			typed = typed[1:]
			act(t, w, text.T("escrow.answer.take"))
		}
		defer func() { toUI = before }()
		s.Drop([]string{"/x/Ana.release.age"})
	}
	run([]string{"zoo", "zoo", "zoo", "zoo"}, four)
	if len(asked) != 2 || !strings.Contains(asked[0], "Ben released this") || strings.Contains(asked[0], "not its words") || !strings.Contains(asked[1], "not its words") {
		t.Errorf("asked %q", asked)
	}
	if got := f.last.Pieces(); len(got) != 1 || got[0].Holder != "Ben" {
		t.Errorf("%+v", got)
	}
}

func TestLog(t *testing.T) {
	f := newFake()
	s, w := screen(t, f)
	s.log()
	reads(t, w, text.T("escrow.log.none"))
	widget.DismissAll(w.Canvas())
	at := time.Date(2026, 11, 26, 9, 5, 0, 0, time.Local)
	f.entries = []escrow.Entry{{Kind: escrow.Restored, Name: "Ben", At: at, New: "abcd efgh"}, {Kind: escrow.Released, Name: "Ana", At: at, Words: four, New: "abcd"},
		{Kind: escrow.Refused, Name: "Ana", At: at, Wrong: 2, New: "x"}, {Kind: escrow.Requested, Name: "Ana", At: at, Words: four}}
	for len(f.entries) < mostEntries+5 {
		f.entries = append(f.entries, f.entries[0])
	}
	s.log()
	reads(t, w, "You took in what Ben released", "You released the deposit of Ana", "Wrong words for the request of Ana, 2 times", "You asked for your deposit",
		"26 Nov 2026, 09:05", "To be read out: mountain girl lecture barely", "For the key abcd efgh", "5 older entries")
}

// Who has nothing but a deposit gets new keys, and asks with them.
func TestStartAnew(t *testing.T) {
	f := newFake()
	f.state = session.Locked
	w := window(t)
	through := false
	z := NewWizard(w, f, Desk{Folder: t.TempDir(), Owner: "Ana"}, nil, func(bool) { through = true })
	w.SetContent(z.View())
	z.Shown()
	z.gather(z.happenings()[0])
	act(t, w, text.T("escrow.anew.link"))
	test.Tap(z.next)
	if len(f.anew) != 0 {
		t.Fatal("new keys without a passphrase")
	}
	ownPassphrase(t, w, "a passphrase of my own 7")
	test.Tap(z.next)
	if !slices.Equal(f.anew, []string{"Ana"}) || through {
		t.Fatalf("new keys for %q", f.anew)
	}
	act(t, w, text.T("escrow.request.do"))
	reads(t, w, four...)
	act(t, w, text.T("keys.done"))
	if !through {
		t.Error("it does not go on")
	}
}
