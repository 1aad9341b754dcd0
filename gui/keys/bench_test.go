package keys

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/identity"
	"cryptodesk/gui/theme"
)

// many is an engine with so many key pairs and contacts.
func many(keys, contacts int) *fake {
	f := &fake{}
	day := time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local)
	for i := range keys {
		name := fmt.Sprintf("Key %04d", i)
		f.keys = append(f.keys, identity.Public{ID: name, Name: name, Kind: identity.Hybrid, Signing: make([]byte, 32), Created: day})
	}
	for i := range contacts {
		f.contacts = append(f.contacts, identity.Contact{Name: fmt.Sprintf("%s %04d", []string{"Friend", "박서준"}[i%2], i),
			Recipient: identity.Recipient{Kind: identity.X25519, Text: fmt.Sprintf("age1%04d", i)}, Verified: i%3 == 0, Added: day})
	}
	return f
}

func manyScreen(b *testing.B) (*Screen, fyne.Window) {
	b.Helper()
	test.NewTempApp(b)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Light))
	w := test.NewTempWindow(b, container.NewStack())
	s := New(w, many(200, 1000), Desk{})
	w.SetContent(s.Content())
	w.Resize(fyne.NewSize(960, 640))
	s.Shown()
	s.tabs.Choose(people)
	return s, w
}

// BenchmarkPage turns a page of 1,000 contacts: every visible row changes.
// Without painting; BenchmarkFrame has the software painter in it as well.
func BenchmarkPage(b *testing.B) {
	s, _ := manyScreen(b)
	for b.Loop() {
		if s.list.At() == 999 {
			s.list.GoTo(0)
		}
		s.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	}
}

// BenchmarkFrame turns a page and paints the whole window in software.
func BenchmarkFrame(b *testing.B) {
	s, w := manyScreen(b)
	for b.Loop() {
		if s.list.At() == 999 {
			s.list.GoTo(0)
		}
		s.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
		w.Canvas().Capture()
	}
}

// BenchmarkSearch types a letter among 1,200 names.
func BenchmarkSearch(b *testing.B) {
	s, _ := manyScreen(b)
	for b.Loop() {
		s.search.SetText("friend 09")
		s.search.SetText("friend 0")
	}
}

// BenchmarkLoad asks the engine for everything; it is not done on the UI
// goroutine.
func BenchmarkLoad(b *testing.B) {
	f := many(200, 1000)
	for b.Loop() {
		load(f)
	}
}
