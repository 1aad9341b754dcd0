package recovery

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

func made(kind recovery.Kind, days int, keys ...string) recovery.Way {
	return recovery.NewWay(kind, keys, noon.AddDate(0, 0, -days))
}

func tried(w recovery.Way, days int, passed bool) recovery.Way {
	w.Rehearsed, w.Passed = noon.AddDate(0, 0, -days), passed
	return w
}

func TestTheAnswerComesFromTheFacts(t *testing.T) {
	classic := key("Old", identity.X25519)
	same := made(recovery.BackupWay, 1, "Ana")
	same.SamePassphrase = true
	for name, c := range map[string]struct {
		ways []recovery.Way
		keys []identity.Public
		want []string
		not  []string
	}{
		"nothing": {nil, nil, []string{text.T("recovery.answer.notYet"), text.T("recovery.reason.noWay"), text.T("recovery.rehearse.first"), text.T("recovery.state.none")}, nil},
		"a sheet": {[]recovery.Way{made(recovery.SheetWay, 1, "Ana")}, nil,
			[]string{text.T("recovery.answer.yes", "n", 1), text.T("recovery.reason.never"), text.Date(noon.AddDate(0, 0, -1))}, []string{text.T("recovery.begin")}},
		"the same passphrase": {[]recovery.Way{same}, nil, []string{text.T("recovery.answer.notYet"), text.T("recovery.state.same")}, nil},
		"a key came later": {[]recovery.Way{made(recovery.SheetWay, 1, "Ana")}, []identity.Public{classic},
			[]string{text.T("recovery.answer.partly"), text.T("recovery.reason.keysAdded", "n", 1, "names", "Old"), text.T("recovery.state.part")}, nil},
		"a rehearsal is due": {[]recovery.Way{tried(made(recovery.SheetWay, 300, "Ana"), 100, true)}, nil,
			[]string{text.T("recovery.reason.rehearse"), text.T("recovery.state.due"), text.T("recovery.reason.rehearsed", "date", text.Date(noon.AddDate(0, 0, -100)))}, nil},
		"a rehearsal failed": {[]recovery.Way{tried(made(recovery.BackupWay, 9, "Ana"), 1, false), made(recovery.SheetWay, 1, "Ana")}, nil,
			[]string{text.T("recovery.reason.failed"), text.T("recovery.state.failed")}, nil},
		"two ways, tried": {[]recovery.Way{tried(made(recovery.BackupWay, 9, "Ana"), 1, true), made(recovery.SharesWay, 1, "Ana")}, nil,
			[]string{text.T("recovery.answer.yes", "n", 2), text.T("recovery.reason.rehearsed", "date", text.Date(noon.AddDate(0, 0, -1)))}, []string{text.T("recovery.reason.never")}},
		"on a device": {[]recovery.Way{made(recovery.SheetWay, 1, "Ana")}, []identity.Public{key("Stick", identity.Plugin)},
			[]string{text.T("recovery.answer.yes", "n", 1), text.T("recovery.reason.hardware", "n", 1, "names", "Stick")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.keys = append(f.keys, c.keys...)
			f.status = recovery.Look(c.ways, f.keys, noon)
			_, w := screen(t, f)
			for _, want := range c.want {
				shows(t, w, want, true)
			}
			for _, not := range c.not {
				shows(t, w, not, false)
			}
		})
	}
}

// shows says whether a word is anywhere on the screen: text, badge or button.
func shows(t *testing.T, w fyne.Window, words string, want bool) {
	t.Helper()
	found := false
	for _, part := range test.LaidOutObjects(w.Content()) {
		if !part.Visible() {
			continue
		}
		switch o := part.(type) {
		case *widget.Text:
			found = found || o.Content() == words
		case *widget.Badge:
			found = found || o.AccessibilityLabel() == words
		case *widget.Button:
			found = found || o.Label() == words
		}
	}
	if found != want {
		t.Errorf("%q on the screen: %v", words, found)
	}
}

func TestEveryReasonAndKindHasItsWords(t *testing.T) {
	for _, r := range recovery.Reasons() {
		if !text.Has("recovery.reason." + string(r)) {
			t.Errorf("no words for %s", r)
		}
	}
	for _, k := range recovery.PieceKinds() {
		if !text.Has("recovery.piece." + string(k)) {
			t.Errorf("no words for %s", k)
		}
	}
}

func TestSheetsAreForPostQuantumKeys(t *testing.T) {
	f := newFake()
	f.keys = []identity.Public{key("Old", identity.X25519)}
	f.status = recovery.Look(nil, f.keys, noon)
	s, w := screen(t, f)
	shows(t, w, text.T("recovery.sheet.classic"), true)
	shows(t, w, text.T("recovery.sheet.make"), false)
	press(t, w, "recovery.begin")
	says(t, w, text.T("recovery.backup.lead"))
	widget.DismissAll(w.Canvas())
	s.Save("Old")
	says(t, w, text.T("recovery.backup.lead"))
}

func TestTheScreenFollowsTheFacts(t *testing.T) {
	f := newFake()
	f.status = recovery.Look(nil, f.keys, noon)
	s, w := screen(t, f)
	if b, ok := w.Canvas().Focused().(*widget.Button); !ok || b.Label() != text.T("recovery.begin") {
		t.Errorf("the keyboard is on %T", w.Canvas().Focused())
	}
	before := s.content.Objects[0]
	s.Refresh()
	if s.content.Objects[0] != before {
		t.Error("made anew though nothing changed")
	}
	f.status = recovery.Look([]recovery.Way{made(recovery.SheetWay, 0, "Ana")}, f.keys, noon)
	s.Refresh()
	shows(t, w, text.T("recovery.answer.yes", "n", 1), true)
}

func TestSaveAsksWhich(t *testing.T) {
	f := newFake()
	f.keys = append(f.keys, key("Work", identity.Hybrid))
	s, w := screen(t, f)
	s.Save("Work")
	option, ok := w.Canvas().Focused().(*widget.Option)
	if !ok || option.AccessibilityLabel() != text.T("recovery.sheet.title") {
		t.Fatalf("the keyboard is on %T", w.Canvas().Focused())
	}
	option.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	press(t, w, "recovery.sheet.do")
	did(t, f, "sheet Work Work recovery sheet 2026-11-26.pdf")
}

// did is what the engine was asked for.
func did(t *testing.T, f *fake, want ...string) {
	t.Helper()
	if len(f.did) != len(want) {
		t.Fatalf("the engine did %q, want %q", f.did, want)
	}
	for i := range want {
		if f.did[i] != want[i] {
			t.Errorf("the engine did %q, want %q", f.did[i], want[i])
		}
	}
}

func TestCardsAreEquallyHigh(t *testing.T) {
	f := newFake()
	f.status = recovery.Look(nil, f.keys, noon)
	_, w := screen(t, f)
	for _, width := range []float32{544, 784, 1200} {
		w.Resize(fyne.NewSize(width, 600))
		for _, part := range test.LaidOutObjects(w.Content()) {
			c, ok := part.(*fyne.Container)
			if !ok {
				continue
			}
			grid, ok := c.Layout.(*cardGrid)
			if !ok {
				continue
			}
			n := grid.columns()
			if want := map[float32]int{544: 1, 784: 2, 1200: 3}[width]; n != want {
				t.Errorf("%d columns at %v", n, width)
			}
			for i := 0; i+1 < len(c.Objects); i += n {
				if n > 1 && c.Objects[i].Size().Height != c.Objects[i+1].Size().Height {
					t.Errorf("cards %d and %d differ at %v", i, i+1, width)
				}
			}
			if last := c.Objects[len(c.Objects)-1]; last.Position().Y+last.Size().Height > c.Size().Height+0.5 {
				t.Errorf("the last card is cut off at %v", width)
			}
		}
	}
}

func TestDatesOfTomorrowAreNoAlarm(t *testing.T) {
	f := newFake()
	w := made(recovery.SheetWay, 0, "Ana")
	w.Made = noon.Add(72 * time.Hour)
	f.status = recovery.Look([]recovery.Way{w}, f.keys, noon)
	_, win := screen(t, f)
	shows(t, win, text.T("recovery.reason.clock"), true)
}
