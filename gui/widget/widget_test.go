package widget

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/gui/theme"
)

func light(t *testing.T) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
}

func TestButtonAnswersMouseAndKeyboard(t *testing.T) {
	light(t)
	n := 0
	b := PrimaryButton("Encrypt", func() { n++ })
	w := test.NewTempWindow(t, container.NewWithoutLayout(b))
	w.Canvas().Focus(b)
	test.Tap(b)
	press(b, fyne.KeyReturn)
	press(b, fyne.KeyEnter)
	press(b, fyne.KeySpace)
	press(b, fyne.KeyDown)
	if n != 4 {
		t.Fatalf("pressed %d times, want 4", n)
	}
	b.Disable()
	test.Tap(b)
	press(b, fyne.KeyReturn)
	if n != 4 {
		t.Error("a disabled button answered")
	}
}

func TestFocusIsVisible(t *testing.T) {
	light(t)
	b := SecondaryButton("Choose", nil)
	r := test.WidgetRenderer(b)
	outline := r.Objects()[0].(*canvas.Rectangle)
	b.FocusGained()
	if outline.StrokeColor != theme.Color(theme.Accent) {
		t.Error("no ring with the focus")
	}
	b.FocusLost()
	if outline.StrokeColor == theme.Color(theme.Accent) {
		t.Error("a ring without the focus")
	}
}

func TestWidgetsFollowTheTheme(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	words, badge := Muted("words"), NewBadge("Verified", theme.OK)
	w := test.NewTempWindow(t, container.NewVBox(words, badge))
	color := func() any { return test.WidgetRenderer(words).Objects()[0].(*canvas.Text).Color }
	before := color()
	app.Settings().SetTheme(theme.New(theme.Dark))
	w.Content().Refresh()
	if color() == before {
		t.Error("text kept its colour")
	}
}

// tenWide measures every character as ten pixels.
func tenWide(s string) float32 { return float32(len([]rune(s))) * 10 }

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width float32
		want  []string
	}{
		{"one two three", 70, []string{"one two", "three"}},
		{"암호문구를 적어 주세요", 80, []string{"암호문구를 적어", "주세요"}},
		{"averyveryverylongword x", 50, []string{"avery", "veryv", "erylo", "ngwor", "d x"}},
		{"a\n\nb", 50, []string{"a", "", "b"}},
		{"", 50, []string{""}},
		{"x", 1, []string{"x"}},
	} {
		if got := wrap(c.in, c.width, tenWide); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestShorten(t *testing.T) {
	if got := shorten("report.pdf", 100, tenWide, true); got != "report.pdf" {
		t.Errorf("what fits was shortened: %q", got)
	}
	middle := shorten("a very long name of a report.pdf", 120, tenWide, true)
	if !strings.HasPrefix(middle, "a very") || !strings.HasSuffix(middle, ".pdf") || tenWide(middle) > 120 {
		t.Errorf("middle: %q", middle)
	}
	if got := shorten("가나다라마바사", 40, tenWide, false); got != "가나다…" {
		t.Errorf("end: %q", got)
	}
	if got := shorten("abc", 0, tenWide, true); got != "…" {
		t.Errorf("no room: %q", got)
	}
}

func TestTextGrowsWithItsLines(t *testing.T) {
	light(t)
	words := Body("a sentence that is too long for one line of a hundred pixels")
	words.Resize(fyne.NewSize(100, 20))
	if lines := len(words.lines); lines < 3 || words.MinSize().Height != float32(lines)*words.lineHeight() {
		t.Errorf("%d lines, %v high", lines, words.MinSize().Height)
	}
	words.Set("")
	if h := words.MinSize().Height; h != 0 {
		t.Errorf("no words are %v high", h)
	}
}

func TestCheckAndChoice(t *testing.T) {
	light(t)
	states := []bool{}
	c := NewCheck("Remove the originals", false, func(on bool) { states = append(states, on) })
	test.Tap(c)
	press(c, fyne.KeySpace)
	if !slices.Equal(states, []bool{true, false}) || c.On() {
		t.Errorf("check: %v", states)
	}
	chosen := []int{}
	o := NewChoice([]string{"System", "Light", "Dark"}, 0, func(i int) { chosen = append(chosen, i) })
	o.Resize(o.MinSize())
	press(o, fyne.KeyLeft)
	press(o, fyne.KeyRight)
	test.TapAt(o, fyne.NewPos(o.Size().Width-5, 5))
	test.TapAt(o, fyne.NewPos(o.Size().Width-5, 5))
	press(o, fyne.KeySpace)
	if !slices.Equal(chosen, []int{1, 2, 0}) {
		t.Errorf("choice: %v", chosen)
	}
}

func TestSheetClosesByEscapeAndGivesTheFocusBack(t *testing.T) {
	light(t)
	below := SecondaryButton("Below", nil)
	w := test.NewTempWindow(t, below)
	w.Resize(fyne.NewSize(720, 480))
	c := w.Canvas()
	c.Focus(below)
	closed := 0
	inside := PrimaryButton("Close", nil)
	s := NewSheet("A heading", Body("words"), inside)
	s.OnClosed = func() { closed++ }
	s.Open(c, inside)
	if c.Focused() != inside {
		t.Fatal("the sheet has not the focus")
	}
	press(inside, fyne.KeyEscape)
	if c.Overlays().Top() != nil || closed != 1 || c.Focused() != below {
		t.Errorf("open: %v, closed %d times, focus on %v", c.Overlays().Top() != nil, closed, c.Focused())
	}
	s.Close()
	if closed != 1 {
		t.Error("closed twice")
	}
}

func TestPinnedSheetStaysUntilTheLock(t *testing.T) {
	light(t)
	w := test.NewTempWindow(t, Body("screen"))
	w.Resize(fyne.NewSize(720, 480))
	s := NewSheet("Working", Body("words"))
	s.Pinned = true
	s.Open(w.Canvas(), nil)
	NewSheet("Above", Body("words")).Open(w.Canvas(), nil)
	above := DismissTop(w.Canvas())
	pinned := DismissTop(w.Canvas())
	if !above || !pinned || w.Canvas().Overlays().Top() != s {
		t.Fatal("a pinned sheet was closed by Esc, or the one above it was not")
	}
	DismissAll(w.Canvas())
	if w.Canvas().Overlays().Top() != nil {
		t.Error("something lies over the lock")
	}
}

func TestSheetFitsTheSmallestWindow(t *testing.T) {
	light(t)
	w := test.NewTempWindow(t, Body("screen"))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(720, 480))
	long := Body(strings.Repeat("many words ", 400))
	s := NewSheet("Long", long, PrimaryButton("Close", nil))
	s.Open(w.Canvas(), nil)
	at, size := s.card.Position(), s.card.Size()
	if at.Y < 0 || at.Y+size.Height > 480 || at.X < 0 || at.X+size.Width > 720 {
		t.Errorf("card at %v, %v large", at, size)
	}
}

func TestToastIsOnTheStage(t *testing.T) {
	light(t)
	stage := NewStage(Body("screen"), fyne.NewSize(720, 480))
	w := test.NewTempWindow(t, container.NewStack(NewPanel(theme.Background, 0), stage))
	Toast(w.Canvas(), theme.OK, "Copied")
	if stage.shown == nil {
		t.Error("no toast")
	}
	stage.Set(Body("other"))
	if stage.shown != nil {
		t.Error("the toast outlived its screen")
	}
}

func TestProgressIsClamped(t *testing.T) {
	light(t)
	p := NewProgressBar()
	for in, want := range map[float64]float64{-1: 0, 0.5: 0.5, 2: 1} {
		p.Set(in)
		if p.Value() != want {
			t.Errorf("%v became %v", in, p.Value())
		}
	}
	m := NewStrengthMeter()
	m.Set(9, "centuries")
	if m.Score() != strengthSteps || m.AccessibilityLabel() != "centuries" {
		t.Errorf("score %d, %q", m.Score(), m.AccessibilityLabel())
	}
}

func TestRowSharesTheFreeWidth(t *testing.T) {
	light(t)
	left, right := IconButton("close", "Close", nil), IconButton("more", "More", nil)
	name := FileName("holiday.tar.age")
	row := Row(8, left, name, right)
	row.Resize(fyne.NewSize(400, 40))
	if name.Size().Width != 400-2*theme.Target-16 || right.Position().X != 360 {
		t.Errorf("name %v wide, last at %v", name.Size().Width, right.Position().X)
	}
}
