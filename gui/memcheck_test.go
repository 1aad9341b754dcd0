package gui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
	"cryptodesk/engine/session"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// words is every text in an object.
func words(o fyne.CanvasObject) string {
	var all strings.Builder
	for _, part := range test.LaidOutObjects(o) {
		if t, ok := part.(*widget.Text); ok {
			all.WriteString(t.Content() + "\n")
		}
	}
	return all.String()
}

func TestMemoryCheckSaysWhatItFound(t *testing.T) {
	clean := &engine.MemoryReport{Bytes: 163_000_000, Count: map[scan.Kind]int{scan.Control: 2}}
	leak := &engine.MemoryReport{Bytes: 163_000_000, Unread: 5_000_000, Count: map[scan.Kind]int{scan.Control: 2, scan.PrivateKey: 3}}
	blind := &engine.MemoryReport{Bytes: 163_000_000, Count: map[scan.Kind]int{}}
	size := text.Bytes(163_000_000)
	for _, c := range []struct {
		name   string
		report *engine.MemoryReport
		err    error
		says   []string
		not    string
	}{
		{"clean", clean, nil, []string{text.T("settings.check.clean", "size", size), text.T("settings.check.proof")}, "were found outside"},
		{"leak", leak, nil, []string{text.T("settings.check.found", "n", 3, "size", size), text.T("memory.kind.key") + ": 3",
			text.T("settings.check.unread", "size", text.Bytes(5_000_000))}, "no copy"},
		{"blind", blind, nil, []string{text.T("settings.check.blind")}, "no copy"},
		{"locked", nil, fault.New(fault.Permission, "", nil), []string{}, "no copy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _, _ := stand(t, session.Unlocked)
			w.show("settings")
			w.config.check.tell(c.report, c.err)
			top := w.win.Canvas().Overlays().Top()
			if top == nil {
				t.Fatal("no sheet")
			}
			said := words(top)
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in %q", want, said)
				}
			}
			if strings.Contains(said, c.not) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// slowScan is an engine whose memory check waits to be cancelled.
type slowScan struct {
	*fake
	begun chan struct{}
}

func (s slowScan) CheckMemory(ctx context.Context) (*engine.MemoryReport, error) {
	close(s.begun)
	<-ctx.Done()
	return nil, fault.New(fault.Cancelled, "", nil)
}

func TestTheLockEndsTheMemoryCheck(t *testing.T) {
	w, eng, ui := stand(t, session.Unlocked)
	s := slowScan{eng, make(chan struct{})}
	w.eng = s
	w.show("settings")
	m := w.config.check
	m.run()
	<-s.begun
	w.lock()
	for m.button.Disabled() {
		(<-ui)()
	}
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("its outcome lies over the lock screen")
	}
}

func TestWarningsOfTheSystem(t *testing.T) {
	test.NewTempApp(t)
	for _, kind := range secret.WarningKinds() {
		free := words(warned(secret.Warning{Kind: kind, Where: "/dev/sda2"}))
		held := words(warned(secret.Warning{Kind: kind, Where: "/dev/sda2", Held: true}))
		if strings.Contains(free, "memory.") || !strings.Contains(held, text.T("memory.held")) || strings.Contains(free, text.T("memory.held")) {
			t.Errorf("%s: %q and %q", kind, free, held)
		}
	}
}
