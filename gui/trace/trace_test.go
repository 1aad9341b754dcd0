package trace

import (
	"bytes"
	"encoding/json"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

func TestSnapshotSaysPlacesFocusAndDisabled(t *testing.T) {
	test.NewTempApp(t)
	var b bytes.Buffer
	Enable(&b)
	defer Enable(nil)
	first, second := widget.NewButton("one", nil), widget.NewButton("two", nil)
	second.Disable()
	hidden := widget.NewButton("three", nil)
	hidden.Hide()
	w := test.NewTempWindow(t, container.NewPadded(container.NewVBox(first, second, hidden)))
	w.Resize(fyne.NewSize(200, 200))
	Place("first", first)
	Place("second", second)
	Place("hidden", hidden)
	Screen("here")
	w.Canvas().Focus(first)
	look(w.Canvas())
	look(w.Canvas())
	if n := bytes.Count(b.Bytes(), []byte("\n")); n != 1 {
		t.Fatalf("%d lines for one state: %s", n, b.Bytes())
	}
	var s snapshot
	if err := json.Unmarshal(b.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Screen != "here" || s.Focus != "first" || len(s.Off) != 1 || s.Off[0] != "second" {
		t.Fatalf("wrong snapshot: %s", b.Bytes())
	}
	if len(s.At) != 2 || s.At["second"][1] <= s.At["first"][1] {
		t.Fatalf("wrong places: %v", s.At)
	}
	first.Disable()
	b.Reset()
	look(w.Canvas())
	if b.Len() == 0 {
		t.Fatal("a change was not written")
	}
}

func TestNothingIsWrittenUnlessAsked(t *testing.T) {
	if On() {
		t.Fatal("on without Enable")
	}
	Screen("x")
	Place("x", widget.NewLabel("x"))
	Event("x", nil)
}

func TestEventCarriesItsFields(t *testing.T) {
	var b bytes.Buffer
	Enable(&b)
	defer Enable(nil)
	Event("job.done", map[string]any{"rows": 3})
	if got := b.String(); got != `{"event":"job.done","rows":3}`+"\n" {
		t.Fatal(got)
	}
}
