// Package trace says where things are on screen, for tests that drive the real window.
//
// It owns one stream of JSON lines, written only when the program was started with --trace FD:
//
//	{"screen":"files.plan","at":{"plan.go":[40,312,120,36]},"off":["plan.cancel"],"focus":"plan.go"}
//	{"event":"job.done","rows":3}
//
// "at" holds [x, y, width, height] in device pixels from the window's top left corner, of every published widget that is
// visible and was painted; "off" those of them that are disabled; "focus" the one that has the keyboard. A line is
// written when any of it changed, and screen and places of one line belong to the same moment.
//
// Nothing here may be a secret: no typed text, no passphrase, no key. It imports the toolkit and nothing of this
// program, never reads anything back, and does nothing at all unless Enable was called.
package trace

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"sort"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// interval between two looks at the places: fine enough to wait for, too coarse to cost anything.
const interval = 40 * time.Millisecond

var out struct {
	sync.Mutex
	w       io.Writer
	screen  string
	objects map[string]fyne.CanvasObject
	last    []byte
}

// snapshot is one line about the window.
type snapshot struct {
	Screen string            `json:"screen"`
	At     map[string][4]int `json:"at"`
	Off    []string          `json:"off,omitempty"`
	Focus  string            `json:"focus,omitempty"`
}

// Enable starts the trace. Call it once, before the first window is made.
func Enable(w io.Writer) {
	out.Lock()
	defer out.Unlock()
	out.w = w
	out.objects = map[string]fyne.CanvasObject{}
}

// On says whether a trace is being written.
func On() bool {
	out.Lock()
	defer out.Unlock()
	return out.w != nil
}

// Screen says what the window shows now, such as "lock.name" or "files.plan". Safe from any goroutine; an observer
// sees it together with the places of its widgets.
func Screen(name string) {
	out.Lock()
	defer out.Unlock()
	out.screen = name
}

// Event writes one line {"event": name, ...fields} at once. Safe from any goroutine. Fields hold counts and states,
// never what a person typed.
func Event(name string, fields map[string]any) {
	out.Lock()
	defer out.Unlock()
	if out.w == nil {
		return
	}
	line := map[string]any{"event": name}
	for k, v := range fields {
		line[k] = v
	}
	write(line)
}

// Place publishes the place of a widget under an id, such as "plan.go". A later object under the same id replaces an
// earlier one. Safe from any goroutine.
func Place(id string, o fyne.CanvasObject) {
	out.Lock()
	defer out.Unlock()
	if out.w != nil {
		out.objects[id] = o
	}
}

// Watch reports on this window until the program ends. Call it once, after the window was made.
func Watch(w fyne.Window) {
	if !On() {
		return
	}
	go keepPace()
	go func() {
		for range time.Tick(interval) {
			fyne.DoAndWait(func() { look(w.Canvas()) })
		}
	}()
}

// look writes a snapshot when it differs from the last one. It runs on the goroutine that owns the window.
func look(c fyne.Canvas) {
	out.Lock()
	defer out.Unlock()
	now := snapshot{Screen: out.screen, At: map[string][4]int{}}
	focused := c.Focused()
	for id, o := range out.objects {
		at, ok := place(c, o)
		if !ok {
			continue
		}
		now.At[id] = at
		if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
			now.Off = append(now.Off, id)
		}
		if f, ok := o.(fyne.Focusable); ok && f == focused {
			now.Focus = id
		}
	}
	sort.Strings(now.Off)
	line, err := json.Marshal(now)
	if err != nil || bytes.Equal(line, out.last) {
		return
	}
	out.last = line
	write(now)
}

// place returns the rectangle of a painted, visible object in pixels. The driver answers the origin for an object that
// is not on screen, and nothing published sits exactly there.
func place(c fyne.Canvas, o fyne.CanvasObject) ([4]int, bool) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	size := o.Size()
	if at.IsZero() || size.IsZero() || !o.Visible() {
		return [4]int{}, false
	}
	px := func(v float32) int { return int(math.Round(float64(v * c.Scale()))) }
	return [4]int{px(at.X), px(at.Y), px(size.Width), px(size.Height)}, true
}

// write puts one value on a line of its own. A reader that went away ends the trace, not the program.
func write(v any) {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = out.w.Write(append(line, '\n'))
	}
	if err != nil {
		out.w = io.Discard
	}
}
