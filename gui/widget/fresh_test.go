package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

func freshOn(t *testing.T) (p *FreshPassphrase, w fyne.Window, submitted *int) {
	t.Helper()
	submitted = new(int)
	p = NewFreshPassphrase("", func() {}, func() { *submitted++ })
	t.Cleanup(p.Destroy)
	w = test.NewTempWindow(t, p.Content)
	w.Resize(fyne.NewSize(600, 300))
	return p, w, submitted
}

func typeBytes(f *PassphraseField, b *secret.Buffer) {
	for _, c := range b.Bytes() {
		f.TypedRune(rune(c))
	}
}

func TestMadeWordsAreCoveredWhileTyped(t *testing.T) {
	test.NewTempApp(t)
	p, w, _ := freshOn(t)
	if p.First() != p.again || !p.shown.Visible() || p.mine.Visible() {
		t.Fatal("the words are not shown, to be typed")
	}
	if s, where := p.Wants(); s != text.T("lock.again.words") || where != p.again {
		t.Errorf("wants %q", s)
	}
	w.Canvas().Focus(p.First())
	p.again.TypedRune('a')
	if p.shown.Visible() || !p.hidden.Visible() || p.words.words != nil {
		t.Error("the words can be read while they are typed")
	}
	if s, _ := p.Wants(); s != text.T("lock.again.differ") {
		t.Errorf("one letter is enough: %q", s)
	}
	p.look()
	if !p.shown.Visible() || !p.again.Empty() || w.Canvas().Focused() != p.again {
		t.Error("one cannot look again")
	}
	typeBytes(p.again, p.made)
	if s, where := p.Wants(); s != "" || where != nil {
		t.Errorf("wants %q", s)
	}
	copied := p.Copy()
	defer copied.Destroy()
	if !copied.Equal(p.made) {
		t.Error("another passphrase came out")
	}
	before := p.made
	p.make()
	if before.Bytes() != nil || !p.again.Empty() {
		t.Error("the words before are still there")
	}
}

func TestOwnPassphraseIsTypedTwice(t *testing.T) {
	test.NewTempApp(t)
	p, w, submitted := freshOn(t)
	p.mode.Choose(1)
	if w.Canvas().Focused() != p.field || p.shown.Visible() && p.words.words != nil {
		t.Fatal("the words are still shown, or the field has not the keyboard")
	}
	if s, where := p.Wants(); s != text.T("lock.passphrase.empty") || where != p.field {
		t.Errorf("wants %q", s)
	}
	test.Type(p.field, "tiger moon")
	if p.meter.Score() == 0 {
		t.Error("it is not weighed")
	}
	p.field.OnSubmit()
	if w.Canvas().Focused() != p.again {
		t.Error("Return does not lead on")
	}
	test.Type(p.again, "tiger noon")
	if s, _ := p.Wants(); s != text.T("lock.again.differ") {
		t.Errorf("wants %q", s)
	}
	p.again.Clear()
	test.Type(p.again, "tiger moon")
	if s, _ := p.Wants(); s != "" {
		t.Errorf("wants %q", s)
	}
	p.again.OnSubmit()
	if *submitted != 1 {
		t.Error("Return does not submit")
	}
	p.Disable()
	if !p.field.Disabled() || !p.Disabled() {
		t.Error("not greyed")
	}
	p.Enable()
	field, again, made := p.field, p.again, p.made
	p.Destroy()
	if field.Text().Bytes() != nil || again.Text().Bytes() != nil || made.Bytes() != nil {
		t.Error("something is left")
	}
}

func TestStepperKeepsItsBounds(t *testing.T) {
	test.NewTempApp(t)
	heard := 0
	s := NewStepper(2, 2, 3, "less", "more", func(n int) { heard = n })
	less, more := s.Buttons()
	if !less.Disabled() || more.Disabled() {
		t.Error("the least number can be made less")
	}
	test.Tap(more)
	test.Tap(more)
	if s.Value() != 3 || heard != 3 || !more.Disabled() {
		t.Errorf("%d, heard %d", s.Value(), heard)
	}
	s.Disable()
	if !s.Disabled() {
		t.Error("not greyed")
	}
	s.Bound(2, 2)
	if s.Value() != 2 {
		t.Errorf("%d is out of bounds", s.Value())
	}
}
