package gui

import (
	"cryptodesk/engine/identity"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/recovery"
	"cryptodesk/gui/shell"
)

// waysDesk gives the Recovery screen, and its steps, what they need of the
// window.
func (w *window) waysDesk() recovery.Desk {
	owner := w.eng.Owner()
	if owner == "" {
		owner = accountName()
	}
	return recovery.Desk{
		Folder: documents(),
		Owner:  owner,
		Reveal: func(path string) { shell.Reveal(path, func() {}) },
		Verify: func(c identity.Contact, done func()) { keys.Verify(w.win, w.eng, c, done) },
	}
}

// ways is the Recovery screen, which is built when it is first needed.
func (w *window) ways() *recovery.Screen {
	if w.recovery == nil {
		w.recovery = recovery.New(w.win, recovery.Through(w.eng), w.waysDesk())
	}
	return w.recovery
}

// restore brings keys back in place of the lock or the first run.
func (w *window) restore() {
	w.clear()
	w.back = recovery.NewWizard(w.win, recovery.Through(w.eng), w.waysDesk(), nil, func(bool) {
		w.clear()
		w.sync()
	})
	w.stage.Set(w.back.View())
	w.back.Shown()
	w.away.last = w.away.now()
	w.away.anew()
}
