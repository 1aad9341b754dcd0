package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/gui/theme"
)

func TestSheetsOneAtATime(t *testing.T) {
	light(t)
	w := test.NewTempWindow(t, container.NewStack())
	w.Resize(fyne.NewSize(720, 480))
	below, above := SecondaryButton("below", nil), SecondaryButton("above", nil)
	first := NewSheet("first", Body(""), below)
	second := NewSheet("second", Body(""), above)
	var closed []string
	first.OnClosed = func() { closed = append(closed, "first") }
	second.OnClosed = func() { closed = append(closed, "second") }
	first.Open(w.Canvas(), below)
	second.Open(w.Canvas(), above)
	if first.Visible() {
		t.Error("two cards at once")
	}
	second.Close()
	if !first.Visible() || w.Canvas().Focused() != fyne.Focusable(below) {
		t.Error("the sheet below does not come back with the keyboard where it was")
	}
	third := NewSheet("third", Body(""))
	third.OnClosed = func() { closed = append(closed, "third") }
	third.Open(w.Canvas(), nil)
	first.Close()
	if len(closed) != 3 || closed[1] != "third" || closed[2] != "first" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("closed %v", closed)
	}
	if third.Swept() {
		t.Error("nobody swept it away")
	}
	last := NewSheet("last", Body(""))
	last.Open(w.Canvas(), nil)
	DismissAll(w.Canvas())
	if !last.Swept() || !last.Closed() {
		t.Error("it does not know that it was swept away")
	}
}

// TestPicturesAreDrawnOnce: rasterising icons at every refresh cost whole
// frames in lists.
func TestPicturesAreDrawnOnce(t *testing.T) {
	light(t)
	i := NewIcon("key", theme.Muted, 20)
	test.NewTempWindow(t, i).Resize(fyne.NewSize(40, 40))
	r := test.WidgetRenderer(i).(*renderer)
	image := r.parts[0].(*canvas.Image)
	i.Refresh()
	if r.redraws(0, image) {
		t.Error("drawn anew although nothing changed")
	}
	i.role = theme.Danger
	i.paint(r.parts)
	if !r.redraws(0, image) {
		t.Error("not drawn anew in another colour")
	}
}
