package gui

import (
	"os"
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/session"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// coverTime bounds the wait for the window before the computer sleeps. The
// keys are wiped before it; what may be left then is a passphrase half typed,
// in guarded memory.
const coverTime = 2 * time.Second

// lock covers everything at once; the engine's news brings the lock screen.
func (w *window) lock() {
	if w.eng.State() == session.Unlocked {
		w.eng.Lock()
		w.sync()
	}
}

// gone locks because the desktop says that nobody is there. It returns when the
// keys are wiped and the window is covered, because the computer may sleep
// then; on any goroutine but the UI's.
func (w *window) gone(why session.Reason) {
	w.eng.LockFor(why)
	covered := make(chan struct{})
	cross.Do(func() {
		w.giveUp()
		w.sync()
		if w.unlock != nil {
			w.unlock.Forget()
		}
		close(covered)
	})
	select {
	case <-covered:
	case <-time.After(coverTime):
	}
}

// giveUp closes what was being brought back in place of the lock: pieces and
// words lie open there with no session that could lock.
func (w *window) giveUp() {
	if w.back != nil && w.eng.State() != session.Unlocked {
		w.clear()
		w.sync()
	}
}

// lockedBecause is the sentence on the lock screen, "" when somebody asked.
func (w *window) lockedBecause() string {
	switch minutes := w.settings.AutoLock; w.eng.LockedBy() {
	case session.Idle:
		if minutes == never {
			return text.T("lock.why.clock")
		}
		return text.T("lock.why.idle", "n", int(minutes))
	case session.Suspended:
		return text.T("lock.why.suspended")
	case session.Screen:
		return text.T("lock.why.screen")
	}
	return ""
}

// close asks while work runs, and leaves otherwise.
func (w *window) close() {
	if w.files == nil || !w.files.Busy() {
		w.leave()
		return
	}
	var sheet *widget.Sheet
	stay := widget.SecondaryButton(text.T("app.quit.stay"), func() { sheet.Close() })
	quit := widget.DangerButton(text.T("app.quit.leave"), w.leave)
	sheet = widget.NewSheet(text.T("app.quit.title"), widget.Body(text.T("app.quit.text")), stay, quit)
	sheet.Open(w.win.Canvas(), stay)
}

// leave wipes first and quits then: a dead input-method server can hang the
// toolkit's own end, and nothing secret may be left if it does. The clipboard
// comes last, because its owner may take a second to answer.
func (w *window) leave() {
	if w.leaving {
		return
	}
	w.leaving = true
	w.keepSize()
	w.silence()
	w.away.forget()
	w.clear()
	cross.Go(w.eng.Close, func() {
		clip.Clear(func() {
			if w.overdue != nil {
				w.overdue()
			}
			end(w.app)
		})
	})
}

// keepSize remembers how large the window is.
func (w *window) keepSize() {
	size := w.win.Canvas().Size()
	w.settings.Width, w.settings.Height = size.Width, size.Height
	w.settings.save()
}

// noLastEvent takes away the hook that the toolkit queues as its last event: it
// saves preferences, of which there are none, and it races with the closing of
// the queue that it is sent through (fyne 2.8.1, runGL). Lost between the two
// halves of the queue it is waited for for ever; sent too late it panics, when
// everything is wiped and saved.
func noLastEvent(a fyne.App) {
	if hook, ok := a.Lifecycle().(lastHook); ok {
		hook.SetOnStoppedHookExecuted(nil)
	}
}

// lastHook is of the toolkit's own Lifecycle, and not of the public one.
type lastHook interface{ SetOnStoppedHookExecuted(f func()) }

// endTime bounds the toolkit's own end, which waits for ever for an
// input-method server that is gone.
const endTime = 2 * time.Second

// endAnyway ends the process when the toolkit does not. Everything is wiped and
// saved by then.
func endAnyway() { time.AfterFunc(endTime, func() { os.Exit(0) }) }

// Ending is the first thing to call at a signal, from any goroutine: the toolkit
// hears some of them, too, and ends by itself.
func Ending() { cross.End() }

// end is the toolkit's Quit without the stop of the watch on its settings, which
// panics when there were no watches left to give (fyne 2.8.1, stopWatching).
func end(a fyne.App) {
	for _, win := range a.Driver().AllWindows() {
		win.Close()
	}
	a.Driver().Quit()
}

// Quit closes the window, if there is one, from any goroutine, when everything
// is wiped.
func Quit() {
	defer func() { _ = recover() }() // the toolkit panics when it has ended already
	endAnyway()
	if a := fyne.CurrentApp(); a != nil {
		fyne.Do(func() { end(a) })
	}
}
