// Package gui owns the window: which screen is shown, the rail, the shortcuts,
// the settings, locking and leaving. It imports the engine, its value packages
// and the screens' packages; it never imports cryptography, network or the
// libraries behind the engine, which a test checks.
package gui

import (
	"context"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/files"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/lock"
	"cryptodesk/gui/presence"
	"cryptodesk/gui/recovery"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/transfer"
)

// appID is the program's name to the desktop.
const appID = "app.cryptodesk"

// Engine is what the window needs of the engine; *engine.Engine has it.
type Engine interface {
	lock.Engine
	files.Engine
	keys.Engine
	recovery.Door
	transfer.Engine
	Home() string
	State() session.State
	OnChange(f func()) (stop func())
	Protection() secret.Status
	Touch()
	SetIdle(limit time.Duration)
	IdleLeft() (left time.Duration, ok bool)
	Lock()
	LockFor(why session.Reason)
	LockedBy() session.Reason
	StateProblem() error
	CanCheckMemory() bool
	CheckMemory(ctx context.Context) (*engine.MemoryReport, error)
	SetPrompter(p identity.Prompter)
	Close()
}

var _ Engine = (*engine.Engine)(nil)

// Run shows the window until it is closed; dropped is taken as if it had been
// dropped on it. It must be called on the main goroutine, with a display
// there. Every secret is wiped before it returns.
func Run(eng *engine.Engine, dropped []string) error {
	defer secret.Guard()
	debug.SetPanicOnFault(true) // guarded memory that is gone ends in Guard, not in the runtime's report
	a := app.NewWithID(appID)
	forget(a)
	noLastEvent(a)
	w := open(a, eng)
	w.overdue = func() { cross.End(); endAnyway() }
	w.drop(dropped)
	trace.Pulse("quiet", secret.Settled)
	trace.Watch(w.win)
	w.win.Show()
	presence.Input(w.win, w.away.touched)
	time.AfterFunc(fontAfter, func() { cross.Do(readFont) })
	watch := presence.Watch(text.T("app.name"), text.T("app.sleep.why"), w.gone)
	defer watch.Close()
	a.Run()
	if !w.leaving { // the toolkit hears some signals by itself
		w.keepSize()
	}
	return nil
}

// fontAfter is when the window has long been drawn.
const fontAfter = time.Second

// readFont has the toolkit read the font of keys before the first one is shown,
// which takes half of the time that a frame has.
func readFont() {
	fyne.MeasureText("0", theme.BodySize, fyne.TextStyle{Monospace: true})
}

// open makes the window in the language and theme of its settings.
func open(a fyne.App, eng Engine) *window {
	s := loadSettings(eng.Home())
	s.speak()
	translateToolkit()
	a.Settings().SetTheme(theme.New(s.Theme))
	w := &window{app: a, eng: eng, settings: s, win: a.NewWindow(text.T("app.name"))}
	w.start()
	return w
}
