package files

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/agefile"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

func encryptPlan(names ...string) *batch.Plan {
	its := items(names...)
	return &batch.Plan{Encrypt: its, Bytes: int64(len(its)) * 1000, Files: len(its)}
}

func TestPlanSaysWhatWillHappen(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf", "비밀.txt")}
	f.plan.Encrypt = append(f.plan.Encrypt, batch.Item{Path: "/in/holiday", Name: "holiday", Folder: true, Size: 9e6, Files: 1204})
	f.plan.Bytes, f.plan.Files = 12_000_000, 1206
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf", "비밀.txt", "holiday"))
	wants(t, w, "Encrypt 3 items", "1,206 files · 12 MB", "→ report.pdf.age", "→ 비밀.txt.age", "→ holiday.tar.age",
		"1,204 files · 9.0 MB", "Me", "Results go beside the originals. The originals stay.", "Encrypt", "Cancel")
	if len(f.encrypted) > 0 {
		t.Error("something happened before the button was pressed")
	}
	press(t, w, "Encrypt")
	if got := f.encrypted[0].To; !slices.Equal(got, []identity.Recipient{me.Recipient}) {
		t.Errorf("encrypted to %v", got)
	}
	if o := f.encrypted[0]; o.RemoveOriginals || o.Armor || o.HideNames || o.Policy != safefile.KeepBoth || o.Dir != "" {
		t.Errorf("options are not the defaults: %+v", o)
	}
}

func TestPlanInKorean(t *testing.T) {
	text.Use(text.Korean)
	defer text.Use(text.English)
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	wants(t, w, "1개 항목 암호화", "결과는 원본 옆에 저장합니다. 원본은 그대로 둡니다.", "나")
}

func TestKeysThatDoNotMix(t *testing.T) {
	t.Run("nobody is downgraded silently", func(t *testing.T) {
		s, w, _ := planFor(t, me, ana, bo)
		if !button(t, w, "Encrypt").Disabled() {
			t.Error("the button is open while keys do not mix")
		}
		wants(t, w, "Bo has only a classic key", "Leave Bo out", "Everyone classic for this file")
		s.plan.start()
		if f := s.engine.(*fake); len(f.encrypted) > 0 {
			t.Error("started with keys that do not mix")
		}
	})
	t.Run("leave out", func(t *testing.T) {
		s, w, _ := planFor(t, me, ana, bo)
		press(t, w, "Leave Bo out")
		lacks(t, w, "Bo")
		press(t, w, "Encrypt")
		if to := s.engine.(*fake).encrypted[0].To; !slices.Equal(to, []identity.Recipient{me.Recipient, ana.Recipient}) {
			t.Errorf("encrypted to %v", to)
		}
	})
	t.Run("everyone classic", func(t *testing.T) {
		s, w, _ := planFor(t, me, ana, bo)
		press(t, w, "Everyone classic for this file")
		wants(t, w, "Everyone's classic key is used this time.")
		press(t, w, "Encrypt")
		if to := s.engine.(*fake).encrypted[0].To; !slices.Equal(to, []identity.Recipient{me.Classic, ana.Classic, bo.Classic}) {
			t.Errorf("encrypted to %v", to)
		}
	})
	t.Run("classic ends with its reason", func(t *testing.T) {
		s, w, _ := planFor(t, me, ana, bo)
		press(t, w, "Everyone classic for this file")
		press(t, w, "Take Bo out")
		lacks(t, w, "Everyone's classic key")
		press(t, w, "Encrypt")
		if to := s.engine.(*fake).encrypted[0].To; !slices.Equal(to, []identity.Recipient{me.Recipient, ana.Recipient}) {
			t.Errorf("encrypted to %v", to)
		}
	})
	t.Run("no classic key to fall back on", func(t *testing.T) {
		carol := engine.Person{Name: "Carol", ID: "carol", Recipient: hybrid("carol")}
		_, w, _ := planFor(t, me, carol, bo)
		wants(t, w, "Leave Bo out")
		lacks(t, w, "Everyone classic for this file")
	})
}

// planFor shows a plan with these people chosen.
func planFor(t *testing.T, people ...engine.Person) (*Screen, fyne.Window, *news) {
	f := &fake{plan: encryptPlan("report.pdf"), people: people}
	s, w, n := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	s.plan.people.who = audience{people: people}
	s.plan.people.build()
	return s, w, n
}

func TestWithoutMe(t *testing.T) {
	_, w, _ := planFor(t, me, ana)
	press(t, w, "Take Me out")
	wants(t, w, "You are not among them")
	press(t, w, "Take Ana out")
	wants(t, w, "Choose at least one person")
	if !button(t, w, "Encrypt").Disabled() {
		t.Error("the button is open with nobody chosen")
	}
}

func TestPickPeopleByKeyboard(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	w.Canvas().Focus(s.plan.people.add)
	key(w, fyne.KeySpace)
	test.Type(w.Canvas().Focused(), "an")
	wants(t, w, "Ana")
	lacks(t, w, "Bo")
	key(w, fyne.KeyReturn) // takes Ana
	key(w, fyne.KeyReturn) // nothing typed: done
	if w.Canvas().Overlays().Top() != nil {
		t.Fatal("the picker is still open")
	}
	if !s.plan.people.who.has("ana") {
		t.Error("Ana was not added")
	}
}

func TestKeyboardOnly(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, n := screen(t, f)
	s.Shown()
	if w.Canvas().Focused() != fyne.Focusable(s.hero.first) {
		t.Error("the keyboard is not on Choose files")
	}
	s.Drop(touch(t, "report.pdf"))
	key(w, fyne.KeyReturn) // the focus is on the primary button
	settled(f, n)
	wants(t, w, "1 item is done", "Encrypted for Me")
	if w.Canvas().Focused() != fyne.Focusable(s.rows.list) {
		t.Fatal("the keyboard is not on the rows")
	}
	key(w, fyne.KeyReturn)
	wants(t, w, "Show in folder", "Change who can open it", "Take off this list")
	key(w, fyne.KeyUp) // round to the last
	key(w, fyne.KeyReturn)
	wants(t, w, "Drop files or folders here")
}

func TestTabReachesEverything(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	reached := map[string]bool{}
	for range 20 {
		switch o := w.Canvas().Focused().(type) {
		case *widget.Button:
			reached[o.Label()] = true
		case *widget.Choice:
			reached["choice"] = true
		}
		w.Canvas().(interface{ FocusNext() }).FocusNext()
	}
	for _, want := range []string{"Encrypt", "Cancel", "Add people", "Take Me out", "More options", "choice"} {
		if !reached[want] {
			t.Errorf("Tab does not reach %s: %v", want, reached)
		}
	}
}

func TestEscapeCancelsThePlan(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	if s.Escape() {
		t.Error("Esc did something with no plan")
	}
	s.Drop(touch(t, "report.pdf"))
	if !s.Escape() {
		t.Error("Esc did nothing")
	}
	wants(t, w, "Drop files or folders here")
	if len(f.encrypted) > 0 {
		t.Error("Esc started a job")
	}
}

func TestOptions(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	lacks(t, w, "Keep both", "Hide the names of files")
	press(t, w, "More options")
	for _, label := range []string{"Write as text, to paste into a message", "Hide the names of files", "Remove the originals afterwards"} {
		test.Tap(checkBox(t, w, label))
	}
	wants(t, w, "→ a random name", "An original goes only after its result was read back", "The originals are removed after a check.")
	s.plan.choices.policy = safefile.Skip
	press(t, w, "Encrypt")
	if o := f.encrypted[0]; !o.Armor || !o.HideNames || !o.RemoveOriginals || o.Policy != safefile.Skip {
		t.Errorf("options %+v", o)
	}
}

func TestKeyboardKeepsItsPlace(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	press(t, w, "More options")
	hide := checkBox(t, w, "Hide the names of files")
	w.Canvas().Focus(hide)
	key(w, fyne.KeySpace)
	wants(t, w, "→ a random name")
	if checkBox(t, w, "Hide the names of files") != hide || w.Canvas().Focused() != fyne.Focusable(hide) {
		t.Error("the box that has the keyboard was replaced")
	}
	w.Canvas().Focus(s.plan.choose)
	key(w, fyne.KeyRight)
	key(w, fyne.KeyLeft)
	if s.plan.choices.byPassphrase || w.Canvas().Focused() != fyne.Focusable(s.plan.choose) {
		t.Error("the arrow keys do not go back and forth")
	}
}

func checkBox(t *testing.T, w fyne.Window, label string) *widget.Check {
	t.Helper()
	var found *widget.Check
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if c, ok := o.(*widget.Check); ok && c.Label() == label {
			found = c
		}
	})
	if found == nil {
		t.Fatalf("no box %q", label)
	}
	return found
}

func TestEncryptWithPassphrase(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, n := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	find[*widget.Choice](t, w).Choose(1)
	go_ := button(t, w, "Encrypt")
	test.Type(s.plan.secret.Field, "correct horse")
	if !go_.Disabled() {
		t.Error("the button is open before the passphrase was repeated")
	}
	test.Type(s.plan.secret.Again, "correct hors")
	wants(t, w, "The two are not the same.")
	test.Type(s.plan.secret.Again, "e")
	lacks(t, w, "The two are not the same.")
	test.Tap(go_)
	if b := f.encrypted[0].Passphrase; string(b.Bytes()) != "correct horse" || f.encrypted[0].To != nil {
		t.Errorf("passphrase %q, to %v", b.Bytes(), f.encrypted[0].To)
	}
	settled(f, n)
	wants(t, w, "Encrypted with a passphrase")
}

func TestGeneratedWords(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "report.pdf"))
	find[*widget.Choice](t, w).Choose(1)
	press(t, w, "Make five random words")
	box := s.plan.secret
	if !box.Ready() || string(box.Made().Bytes()) != string(box.Field.Text().Bytes()) {
		t.Error("the fields do not hold the words")
	}
	made := box.Made()
	box.Field.TypedRune('x')
	if made.Bytes() != nil || box.Made() != nil {
		t.Error("words are shown that are not the passphrase any more")
	}
	press(t, w, "Make five random words")
	made = box.Made()
	s.Escape()
	if made.Bytes() != nil {
		t.Error("the words outlive the plan")
	}
}

func TestMixedDrop(t *testing.T) {
	open := items("mine.age", "diary.age", "foreign.age", "cut.age")
	open[0].Access, open[0].KeyName = batch.ByKey, "Work"
	open[1].Access = batch.ByPassphrase
	open[2].Access = batch.NoAccess
	open[3].Access, open[3].Problem = batch.Unreadable, fault.New(fault.Truncated, "/in/cut.age", nil)
	special := items("ana.card.txt", "keyring.age")
	special[0].Special, special[1].Special = batch.CardFile, batch.KeyringFile
	refused := items("null")
	refused[0].Problem = fault.New(fault.NotRegular, "/dev/null", nil)
	f := &fake{plan: &batch.Plan{Encrypt: items("new.txt"), Open: open, Special: special, Refused: refused, Bytes: 1000, Files: 1}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	what, do := text.Fault(refused[0].Problem)
	cutWhat, cutDo := text.Fault(open[3].Problem)
	wants(t, w, "Encrypt 1 item", "Open 4 encrypted files", "Encrypted for you (Work)", "Encrypted with a passphrase",
		"Not encrypted for any of your keys", "Copy my contact card", cutWhat, cutDo, "Passphrase of this file",
		"A contact card.", "Import…", "A backup or a keyring.", "1 item is left out", what, do, "Encrypt and open")
	if !button(t, w, "Encrypt and open").Disabled() {
		t.Error("the button is open before the passphrase was typed")
	}
	if w.Canvas().Focused() != fyne.Focusable(s.plan.unlock) {
		t.Error("the keyboard is not on the passphrase")
	}
	test.Type(s.plan.unlock, "sesame")
	press(t, w, "Encrypt and open")
	if len(f.encrypted) != 1 || len(f.opened) != 2 || !slices.Equal(f.typed, []string{"sesame"}) {
		t.Fatalf("jobs: %d encrypting, %d opening, passphrases %q", len(f.encrypted), len(f.opened), f.typed)
	}
	if f.opened[0].Passphrase != nil {
		t.Error("the files for keys got the passphrase")
	}
	if n := f.jobs[1].Len() + f.jobs[2].Len(); n != 2 {
		t.Errorf("%d files are opened: those that cannot be were not left out", n)
	}
}

func TestLeavePassphraseFilesOut(t *testing.T) {
	open := items("mine.age", "diary.age")
	open[0].Access, open[1].Access = batch.ByKey, batch.ByPassphrase
	f := &fake{plan: &batch.Plan{Open: open}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	press(t, w, "Leave it out")
	wants(t, w, "Open 1 encrypted file")
	press(t, w, "Open")
	if len(f.opened) != 1 || len(f.typed) != 0 {
		t.Errorf("opened %d, typed %q", len(f.opened), f.typed)
	}
}

func TestNothingToDo(t *testing.T) {
	open := items("foreign.age")
	open[0].Access = batch.NoAccess
	f := &fake{plan: &batch.Plan{Open: open}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	wants(t, w, "Close", "Copy my contact card")
	lacks(t, w, "\nOpen\n", "More options")
	press(t, w, "Close")
	wants(t, w, "Drop files or folders here")
}

func TestDropTakesOnlyRealPaths(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	s.Drop([]string{"relative.txt", "http://host/x", "/no/such/file/at/all", ""})
	if len(f.planned) > 0 {
		t.Errorf("planned %v", f.planned)
	}
	wants(t, w, "Nothing in that drop is a file on this computer")
	widget.DismissAll(w.Canvas())
	real := touch(t, "a", "b")
	s.Drop([]string{real[0], "relative.txt"})
	s.Drop([]string{real[1], real[0] + "/"}) // joins the plan; the same one counts once
	if !slices.Equal(f.planned[1], real) {
		t.Errorf("planned %v, want %v", f.planned[1], real)
	}
}

func TestChoicesSurviveASecondDrop(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, _, _ := screen(t, f)
	paths := touch(t, "a", "b")
	s.Drop(paths[:1])
	s.plan.people.who.add(ana)
	s.plan.choices.armor = true
	s.Drop(paths[1:])
	if !s.plan.people.who.has("ana") || !s.plan.choices.armor {
		t.Error("what was chosen is gone")
	}
}

func TestDropWhilePlanning(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	var finish []func()
	s.away = func(work, done func()) { finish = append(finish, func() { work(); done() }) }
	paths := touch(t, "a", "b")
	s.Drop(paths[:1])
	wants(t, w, "Looking at one item…", "Nothing is changed.")
	s.Drop(paths[1:])
	wants(t, w, "Looking at 2 items…")
	for _, f := range finish {
		f()
	}
	if got := f.planned[len(f.planned)-1]; !slices.Equal(got, paths) {
		t.Errorf("planned %v", got)
	}
	wants(t, w, "Encrypt 1 item")
	if s.turning.Visible() {
		t.Error("the spinner still turns")
	}
	s.Escape()
	s.Drop(paths[:1])
	if !s.Escape() || s.turning.Visible() {
		t.Error("Esc does not end the planning")
	}
	finish[2]()
	wants(t, w, "Drop files or folders here") // what was cancelled comes too late
}

func TestNearTheLimitOfADrop(t *testing.T) {
	f := &fake{plan: encryptPlan("report.pdf")}
	s, w, _ := screen(t, f)
	paths := touch(t, "a")
	for range 3000 {
		paths = append(paths, "/gone/"+strings.Repeat("x", 80))
	}
	s.Drop(paths)
	wants(t, w, "drop its folder instead")
}

func TestManyItemsInThePlan(t *testing.T) {
	names := make([]string, 10_000)
	for i := range names {
		names[i] = text.Count(int64(i)) + ".txt"
	}
	f := &fake{plan: encryptPlan(names...)}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	wants(t, w, "Encrypt 10,000 items", "Show 9,995 more")
	press(t, w, "Show 9,995 more")
	wants(t, w, "0.txt")
	key(w, fyne.KeyEnd)
	wants(t, w, "9,999.txt")
}

func TestPlanThatCannotBeMade(t *testing.T) {
	f := &fake{err: fault.New(fault.Internal, "", nil)}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	what, do := text.FaultOf(f.err)
	wants(t, w, what, do, "Close")
}

func TestEverySpecialIsExplained(t *testing.T) {
	for _, special := range []batch.Special{batch.CardFile, batch.KeyringFile, batch.IdentityFile, batch.RecipientsFile,
		batch.DepositFile, batch.RequestFile, batch.ReleaseFile, batch.ShareFile, batch.SheetFile} {
		its := items("x.txt")
		its[0].Special = special
		s, w, _ := screen(t, &fake{plan: &batch.Plan{Special: its}})
		s.Drop(touch(t, "x"))
		lacks(t, w, "files.special.")
		wants(t, w, "Something else", "x.txt", "Close")
	}
}

// What people leave with each other goes to the Recovery screen, a deposit with
// its request, and is never opened to a file.
func TestDepositsGoToRecovery(t *testing.T) {
	its := items("a.deposit.age", "a.request.txt", "b.release.age", "card.txt")
	for i, special := range []batch.Special{batch.DepositFile, batch.RequestFile, batch.ReleaseFile, batch.CardFile} {
		its[i].Special = special
	}
	var taken [][]string
	for n, names := range map[int][]string{3: {"card.txt"}, 2: {"a.deposit.age", "a.request.txt"}} {
		plan := &batch.Plan{Special: its[:2]}
		if n == 3 {
			plan.Special = its
		}
		s, w, _ := screen(t, &fake{plan: plan})
		s.Recover = func(paths []string) { taken = append(taken, paths) }
		s.Drop(touch(t, "x"))
		lacks(t, w, "Open", "Decrypt")
		press(t, w, "Go on in Recovery")
		if n == 2 {
			lacks(t, w, "Something else") // the plan is done with
		} else {
			wants(t, w, "Something else", names[0])
		}
	}
	for _, paths := range taken {
		if len(paths) != 2 || filepath.Base(paths[0]) != "a.deposit.age" || filepath.Base(paths[1]) != "a.request.txt" {
			t.Errorf("took %q", paths)
		}
	}
	if len(taken) != 2 {
		t.Errorf("%d times", len(taken))
	}
}

// What brings keys back goes there together; a backup is opened to a file only
// for who insists.
func TestSharesAndBackupsGoToRecovery(t *testing.T) {
	its := items("share 1.txt", "sheet.pdf", "Ana backup.age")
	for i, special := range []batch.Special{batch.ShareFile, batch.SheetFile, batch.KeyringFile} {
		its[i].Special = special
	}
	its[2].Info, its[2].Access = &agefile.Info{Passphrase: true}, batch.ByPassphrase
	var taken []string
	for _, again := range []bool{false, true} {
		s, w, _ := screen(t, &fake{plan: &batch.Plan{Special: slices.Clone(its)}})
		s.Recover = func(paths []string) { taken = paths }
		s.Drop(touch(t, "x"))
		if again {
			press(t, w, "Open it like any file")
			wants(t, w, "Something else", "Ana backup.age", "Open 1 encrypted file")
			continue
		}
		press(t, w, "Go on in Recovery")
		lacks(t, w, "Something else")
		if len(taken) != 3 || filepath.Base(taken[2]) != "Ana backup.age" {
			t.Errorf("took %q", taken)
		}
	}
}

func TestSpecialAsAnyFile(t *testing.T) {
	special := items("id.txt")
	special[0].Special = batch.IdentityFile
	f := &fake{plan: &batch.Plan{Special: special}}
	s, w, _ := screen(t, f)
	s.Drop(touch(t, "x"))
	wants(t, w, "A private key.")
	press(t, w, "Encrypt it like any file")
	wants(t, w, "Encrypt 1 item", "→ id.txt.age")
}
