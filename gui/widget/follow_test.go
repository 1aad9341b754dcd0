package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func TestScrollFollowsFocus(t *testing.T) {
	light(t)
	column := container.NewVBox()
	var last, first *Button
	for range 30 {
		last = SecondaryButton("x", nil)
		if first == nil {
			first = last
		}
		column.Add(container.NewHBox(last))
	}
	s := FollowFocus(Pad(8, 8, column))
	w := test.NewTempWindow(t, s)
	w.Resize(fyne.NewSize(200, 200))
	w.Canvas().Focus(last)
	if bottom := s.Offset.Y + s.Size().Height; bottom < column.MinSize().Height {
		t.Errorf("the last button is out of sight: the view ends at %v of %v", bottom, column.MinSize().Height)
	}
	w.Canvas().Focus(first)
	if s.Offset.Y > first.Position().Y+8 {
		t.Errorf("the first button is out of sight at offset %v", s.Offset.Y)
	}
}
