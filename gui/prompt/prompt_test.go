package prompt

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// room is a window in which the test plays the UI goroutine.
type room struct {
	*testing.T
	win    fyne.Window
	p      *Prompter
	ui     chan func()
	locked bool
	field  *widget.PassphraseField // below, which has the keyboard at first
}

func open(t *testing.T) *room {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	r := &room{T: t, ui: make(chan func(), 64), field: widget.NewPassphraseField("x")}
	r.win = test.NewTempWindow(t, widget.NewStage(container.NewStack(r.field), fyne.NewSize(720, 480)))
	r.win.Resize(fyne.NewSize(720, 480))
	r.win.Canvas().Focus(r.field)
	t.Cleanup(r.field.Destroy)
	t.Cleanup(cross.Divert(func(f func()) { r.ui <- f }))
	r.p = New(r.win, func() bool { return !r.locked })
	return r
}

// next runs one thing that came to the UI goroutine.
func (r *room) next() { (<-r.ui)() }

type said[T any] struct {
	value T
	err   error
}

// asked asks on a worker's goroutine and shows the sheet.
func asked[T any](r *room, f func() (T, error)) chan said[T] {
	out := make(chan said[T], 1)
	go func() {
		value, err := f()
		out <- said[T]{value, err}
	}()
	r.next()
	return out
}

func (r *room) ask(ctx context.Context, hidden bool) chan said[*secret.Buffer] {
	return asked(r, func() (*secret.Buffer, error) { return r.p.Ask(ctx, "yubikey", "PIN for serial 123", hidden) })
}

func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			walk(child, visit)
		}
	}
}

func (r *room) words() string {
	var all []string
	if top := r.win.Canvas().Overlays().Top(); top != nil {
		walk(top, func(o fyne.CanvasObject) {
			switch o := o.(type) {
			case *canvas.Text:
				all = append(all, o.Text)
			case *widget.Button:
				all = append(all, "["+o.Label()+"]")
			}
		})
	}
	return strings.Join(all, " ")
}

func (r *room) wants(words ...string) {
	r.Helper()
	for _, w := range words {
		if shown := r.words(); !strings.Contains(shown, w) {
			r.Errorf("%q is not on screen: %s", w, shown)
		}
	}
}

func (r *room) press(label string) {
	r.Helper()
	pressed := false
	walk(r.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok && b.Label() == label && !pressed {
			pressed = true
			test.Tap(b)
		}
	})
	if !pressed {
		r.Fatalf("no button %q: %s", label, r.words())
	}
}

func (r *room) clear() {
	r.Helper()
	if top := r.win.Canvas().Overlays().Top(); top != nil {
		r.Errorf("still open: %s", r.words())
	}
}

func TestHiddenValue(t *testing.T) {
	r := open(t)
	answer := r.ask(t.Context(), true)
	r.wants("age-plugin-yubikey asks:", "The plugin's own words:", "PIN for serial 123", "hidden as you type")
	field, ok := r.win.Canvas().Focused().(*widget.PassphraseField)
	if !ok || field == r.field {
		t.Fatalf("the keyboard is on %T", r.win.Canvas().Focused())
	}
	test.Type(field, "1234")
	if strings.Contains(r.words(), "1234") {
		t.Error("the PIN can be read")
	}
	r.press("Answer")
	got := <-answer
	if got.err != nil || string(got.value.Bytes()) != "1234" {
		t.Fatalf("%q %v", got.value.Bytes(), got.err)
	}
	got.value.Destroy()
	if field.Text().Bytes() != nil {
		t.Error("the field still holds the PIN")
	}
	if r.win.Canvas().Focused() != r.field {
		t.Errorf("the keyboard is on %T", r.win.Canvas().Focused())
	}
	r.clear()
}

func TestVisibleValue(t *testing.T) {
	r := open(t)
	answer := r.ask(t.Context(), false)
	field := r.win.Canvas().Focused().(*widget.Field)
	test.Type(field, "slot 1")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := <-answer; got.err != nil || string(got.value.Bytes()) != "slot 1" {
		t.Errorf("%v", got.err)
	}
	r.clear()
}

// TestEveryWayOutIsAnAnswer: a question never leaves the engine waiting, and
// never leaves a sheet behind.
func TestEveryWayOutIsAnAnswer(t *testing.T) {
	for name, way := range map[string]struct {
		leave func(r *room, cancel func())
		kind  fault.Kind
	}{
		"button":  {func(r *room, _ func()) { r.press("Cancel") }, fault.Cancelled},
		"escape":  {func(r *room, _ func()) { widget.DismissTop(r.win.Canvas()) }, fault.Cancelled},
		"lock":    {func(r *room, _ func()) { widget.DismissAll(r.win.Canvas()) }, fault.Cancelled},
		"context": {func(r *room, cancel func()) { cancel(); r.next() }, fault.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			answer := r.ask(ctx, true)
			field := r.win.Canvas().Focused().(*widget.PassphraseField)
			test.Type(field, "1234")
			way.leave(r, cancel)
			if got := <-answer; fault.Of(got.err) != way.kind || got.value != nil {
				t.Errorf("%v", got.err)
			}
			if field.Text().Bytes() != nil {
				t.Error("the field still holds the PIN")
			}
			r.clear()
		})
	}
}

func TestNothingOverTheLock(t *testing.T) {
	r := open(t)
	r.locked = true
	if got := <-r.ask(t.Context(), true); fault.Of(got.err) != fault.Locked {
		t.Errorf("%v", got.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.locked = false
	if got := <-r.ask(ctx, true); fault.Of(got.err) != fault.Cancelled {
		t.Errorf("%v", got.err)
	}
	r.locked = true
	r.p.Message("yubikey", "hello", func() { t.Error("given up") })
	r.next()
	r.p.Waiting("yubikey", nil)
	r.next()
	r.p.Done("yubikey")
	r.next()
	r.clear()
}

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		no, press string
		want      bool
		kind      fault.Kind
	}{
		{"skip", "“insert”", true, ""},
		{"skip", "“skip”", false, ""},
		{"skip", "Cancel", false, fault.Cancelled},
		{"", "“insert”", true, ""},
	} {
		t.Run(c.no+c.press, func(t *testing.T) {
			r := open(t)
			answer := asked(r, func() (bool, error) { return r.p.Confirm(t.Context(), "yubikey", "Insert it", "insert", c.no) })
			r.wants("age-plugin-yubikey asks:", "Insert it", "[“insert”]", "[Cancel]")
			if strings.Contains(r.words(), "“”") {
				t.Error("a button without a label")
			}
			if b, ok := r.win.Canvas().Focused().(*widget.Button); !ok || b.Label() != "Cancel" {
				t.Errorf("the keyboard is on %v: a key pressed for something else would answer", b)
			}
			r.press(c.press)
			if got := <-answer; got.value != c.want || fault.Of(got.err) != c.kind {
				t.Errorf("%+v: %v %v", c, got.value, got.err)
			}
			r.clear()
		})
	}
}

func TestNote(t *testing.T) {
	r := open(t)
	stopped := 0
	stop := func() { stopped++ }
	for _, m := range []string{"one", "two", "three", "four"} {
		r.p.Message("yubikey", m, stop)
		r.next()
	}
	r.wants("age-plugin-yubikey is working", "two", "four")
	if strings.Contains(r.words(), "one") || strings.Contains(r.words(), "Touch") || len(r.win.Canvas().Overlays().List()) != 1 {
		t.Errorf("%s", r.words())
	}
	r.p.Waiting("yubikey", stop)
	r.next()
	r.wants("Touch your key if it blinks.")
	r.p.Done("yubikey")
	r.next()
	r.clear()
	if stopped != 0 {
		t.Error("a note that ends by itself gives up")
	}
	for _, leave := range []func(){
		func() { r.press("Cancel") },
		func() { widget.DismissTop(r.win.Canvas()) },
		func() { widget.DismissAll(r.win.Canvas()) },
	} {
		stopped = 0
		r.p.Waiting("yubikey", stop)
		r.next()
		leave()
		r.clear()
		r.p.Done("yubikey")
		r.next()
		if stopped != 1 {
			t.Errorf("given up %d times", stopped)
		}
	}
}

// TestStrangersWordsStayInside: a long name and long words do not push the
// buttons out of the smallest window, in either language.
func TestStrangersWordsStayInside(t *testing.T) {
	defer text.Use(text.English)
	for _, l := range []text.Language{text.English, text.Korean} {
		text.Use(l)
		t.Run(string(l), strangersWords)
	}
}

func strangersWords(t *testing.T) {
	r := open(t)
	long := strings.Repeat("wwwwwwwwww ", 30)
	answer := asked(r, func() (bool, error) {
		return r.p.Confirm(t.Context(), strings.Repeat("n", 200), long, strings.Repeat("W", 30), strings.Repeat("W", 30))
	})
	inside := 0
	walk(r.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
			if at.X < 0 || at.Y < 0 || at.X+b.Size().Width > 720 || at.Y+b.Size().Height > 480 {
				t.Errorf("%q at %v %v", b.Label(), at, b.Size())
			}
			inside++
		}
	})
	if inside != 3 {
		t.Errorf("%d buttons", inside)
	}
	widget.DismissAll(r.win.Canvas())
	<-answer
}
