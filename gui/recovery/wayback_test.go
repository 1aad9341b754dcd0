package recovery

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// wayBack begins the last step of a first run, in its frame.
func wayBack(t *testing.T, f *fake) (b *WayBack, w fyne.Window, done *int) {
	t.Helper()
	w, done = window(t), new(int)
	show := func(_ string, p widget.Page, first fyne.Focusable) {
		p.Step, p.Of = 3, 3
		w.SetContent(p.Build())
		w.Resize(fyne.NewSize(720, 480))
		w.Canvas().Focus(first)
	}
	b = NewWayBack(w, f, Desk{Folder: t.TempDir(), Now: func() time.Time { return noon }}, show, func() { *done++ })
	t.Cleanup(b.Close)
	b.Begin()
	return b, w, done
}

func TestFirstWayBackIsASheet(t *testing.T) {
	f := newFake()
	_, w, done := wayBack(t, f)
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // Next
	f.err = fault.New(fault.Exists, "", nil)
	press(t, w, "recovery.sheet.do")
	says(t, w, text.T("recovery.exists"))
	f.err, f.did = nil, nil
	press(t, w, "recovery.sheet.do")
	did(t, f, "sheet Ana Ana recovery sheet 2026-11-26.pdf")
	words := w.Canvas().Focused().(*widget.WordsField)
	press(t, w, "recovery.sheet.check")
	says(t, w, text.T("recovery.sheet.missing", "number", "7"))
	test.Type(words, "acne acid")
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	says(t, w, text.T("recovery.sheet.differs", "number", "7"))
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	test.Type(words, "academic ")
	words.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	says(t, w, text.T("recovery.sheet.keep"))
	if !f.sheet.closed {
		t.Error("the words are kept")
	}
	press(t, w, "recovery.way.another")
	option(t, w, text.T("recovery.backup.title"))
	press(t, w, "lock.next")
	ownPassphrase(t, w, "p")
	press(t, w, "recovery.backup.do")
	says(t, w, text.T("recovery.backup.keep"))
	press(t, w, "lock.backup.start")
	if *done != 1 {
		t.Errorf("done %d times", *done)
	}
	f.wiped(t)
}

func TestWayBackCanBePutOff(t *testing.T) {
	f := newFake()
	_, w, done := wayBack(t, f)
	press(t, w, "recovery.later")
	if *done != 1 {
		t.Errorf("done %d times", *done)
	}
	did(t, f)
}

func TestClassicKeysGetABackup(t *testing.T) {
	f := newFake()
	f.keys = []identity.Public{key("Old", identity.X25519)}
	b, w, _ := wayBack(t, f)
	press(t, w, "lock.next")
	says(t, w, text.T("recovery.backup.lead"))
	press(t, w, "recovery.backup.do")
	says(t, w, text.T("lock.again.words"))
	press(t, w, "lock.back")
	if b.fresh != nil {
		t.Error("the words of a page that is gone are kept")
	}
}

func TestWayBackClosedWhileItWrites(t *testing.T) {
	f := newFake()
	b, w, done := wayBack(t, f)
	press(t, w, "lock.next")
	var work, after func()
	form.Away = func(x, y func()) { work, after = x, y }
	defer func() { form.Away = inline }()
	press(t, w, "recovery.sheet.do")
	b.Close()
	work()
	after()
	if !f.sheet.closed || *done != 0 {
		t.Error("the words are kept, or it went on")
	}
}
