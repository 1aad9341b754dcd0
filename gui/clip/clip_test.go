package clip

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// desktop is a clipboard with a clock that the test moves.
type desktop struct {
	t       *testing.T
	keeper  *keeper
	content string
	ui      chan func()
	now     time.Duration
	timers  []timer
	looks   int
}

type timer struct {
	at time.Duration
	f  func()
}

func sit(t *testing.T) *desktop {
	d := &desktop{t: t, ui: make(chan func(), 16)}
	t.Cleanup(cross.Divert(func(f func()) { d.ui <- f }))
	d.keeper = &keeper{
		put:   func(words string) { d.content = words },
		holds: func(words string) bool { d.looks++; return d.content == words },
		after: func(by time.Duration, f func()) { d.timers = append(d.timers, timer{d.now + by, f}) },
	}
	return d
}

// pass moves the clock and runs what is due then.
func (d *desktop) pass(by time.Duration) {
	d.now += by
	due := d.timers
	d.timers = nil
	for _, t := range due {
		if t.at > d.now {
			d.timers = append(d.timers, t)
			continue
		}
		t.f()
	}
}

// settle runs what a look at the clipboard sent to the UI goroutine.
func (d *desktop) settle() { (<-d.ui)() }

func TestWhatWasCopiedGoesAfterAWhile(t *testing.T) {
	d := sit(t)
	d.keeper.copy("a card")
	d.pass(Kept - time.Second)
	if d.content != "a card" || d.looks != 0 {
		t.Fatalf("too early: %q after %d looks", d.content, d.looks)
	}
	d.pass(time.Second)
	d.settle()
	if d.content != "" || d.keeper.words != "" {
		t.Errorf("still there: %q", d.content)
	}
}

func TestSomebodyElsesContentStays(t *testing.T) {
	d := sit(t)
	d.keeper.copy("a card")
	d.content = "from another program"
	d.pass(Kept)
	d.settle()
	if d.content != "from another program" {
		t.Errorf("the clipboard holds %q", d.content)
	}
	d.keeper.clear(func() { d.looks = -1 })
	if d.looks != -1 {
		t.Error("looked again for what is gone already")
	}
}

func TestASecondCopyHasItsOwnTime(t *testing.T) {
	d := sit(t)
	d.keeper.copy("one")
	d.pass(20 * time.Second)
	d.keeper.copy("two")
	d.pass(10 * time.Second) // of the first
	if d.content != "two" || d.looks != 0 {
		t.Fatalf("the first one's timer took the second: %q, %d looks", d.content, d.looks)
	}
	d.pass(20 * time.Second)
	d.settle()
	if d.content != "" {
		t.Errorf("still there: %q", d.content)
	}
}

func TestCopiedWhileTheLookRan(t *testing.T) {
	d := sit(t)
	d.keeper.copy("one")
	d.pass(Kept)
	answer := <-d.ui
	d.keeper.copy("two")
	answer()
	if d.content != "two" || d.keeper.words != "two" {
		t.Errorf("the clipboard holds %q", d.content)
	}
}

func TestClearTellsWhenItIsDone(t *testing.T) {
	d := sit(t)
	done := 0
	d.keeper.clear(func() { done++ })
	if done != 1 {
		t.Fatal("nothing to clear, and no answer")
	}
	d.keeper.copy("a card")
	d.keeper.clear(func() { done++ })
	d.settle()
	if d.content != "" || done != 2 {
		t.Errorf("%q, answered %d times", d.content, done)
	}
}

func TestCopySaysThatItGoes(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	ui := make(chan func(), 16)
	t.Cleanup(cross.Divert(func(f func()) { ui <- f }))
	stage := widget.NewStage(widget.Body(""), fyne.NewSize(300, 200))
	test.NewTempWindow(t, stage)
	Copy("a card")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "a card" {
		t.Errorf("the clipboard holds %q", got)
	}
	if !says(stage, text.T("app.copied")) {
		t.Error("it does not say that it goes")
	}
	one.words = "" // leave no word for another test
}

// says looks for a sentence in what an object shows.
func says(o fyne.CanvasObject, sentence string) bool {
	switch o := o.(type) {
	case *widget.Text:
		return o.Content() == sentence
	case *fyne.Container:
		for _, child := range o.Objects {
			if says(child, sentence) {
				return true
			}
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			if says(child, sentence) {
				return true
			}
		}
	}
	return false
}
