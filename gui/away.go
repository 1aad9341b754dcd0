package gui

import (
	"time"

	"cryptodesk/engine/session"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

const (
	touchEvery = time.Second             // the engine hears of input so often at most
	ackTime    = 1500 * time.Millisecond // how long the banner says that it was heard
)

// away tells the engine that somebody is there, and warns before it locks
// because nobody is. The engine's own clock locks; nothing here can delay it.
// For the UI goroutine.
type away struct {
	w      *window
	now    func() time.Time
	after  func(time.Duration, func()) (stop func()) // the function runs on the UI goroutine
	last   time.Time                                 // of the last word to the engine
	banner *widget.Banner                            // while it is shown
	heard  bool                                      // the banner says that it was heard
	stop   func()                                    // the next look, if one is due
}

func newAway(w *window) *away {
	return &away{w: w, now: time.Now, after: func(d time.Duration, f func()) func() {
		t := time.AfterFunc(d, func() { cross.Do(f) })
		return func() { t.Stop() }
	}}
}

// touched is for every key, click, scroll and motion.
func (a *away) touched() {
	now := a.now()
	warned := a.banner != nil && !a.heard
	if !warned && now.Sub(a.last) < touchEvery {
		return
	}
	a.last = now
	a.w.eng.Touch()
	trace.Event("touch", nil)
	if warned {
		a.answer()
	}
}

// answer says that the input was heard. The banner stays for a moment, so that
// a click meant for it does not reach what lies below.
func (a *away) answer() {
	if _, open := a.w.eng.IdleLeft(); !open {
		return // too late: the lock is on its way
	}
	trace.Event("idle.kept", nil)
	a.heard = true
	a.banner.Done(text.T("app.idle.stayed"))
	a.next(ackTime, func() { a.hide(); a.follow() })
}

// follow looks when the warning will be due, unless that is known already.
func (a *away) follow() {
	if a.stop == nil {
		a.look()
	}
}

// look runs once while nothing is near, and once a second before the lock.
func (a *away) look() {
	left, open := a.w.eng.IdleLeft()
	switch {
	case !open && a.w.back != nil:
		a.hide()
		a.door()
	case !open:
		a.hide()
	case left > session.IdleWarning:
		a.hide()
		a.next(left-session.IdleWarning, a.look)
	default:
		seconds := max(1, int((left+time.Second-1)/time.Second))
		a.warn(seconds)
		a.next(max(left-time.Duration(seconds-1)*time.Second, 100*time.Millisecond), a.look)
	}
}

// door looks after keys that are brought back in place of the lock: they have
// no session, so the limit of the settings is kept here.
func (a *away) door() {
	limit := a.w.settings.AutoLock.limit()
	switch left := limit - a.now().Sub(a.last); {
	case limit == 0:
	case left <= 0:
		trace.Event("idle.door", nil)
		a.w.giveUp()
	default:
		a.next(left, a.look)
	}
}

func (a *away) warn(seconds int) {
	if a.banner == nil {
		a.banner = widget.NewBanner(a.w.win.Canvas(), text.T("app.idle.stay"))
		trace.Place("idle.stay", a.banner.Button())
		trace.Event("idle.warn", map[string]any{"seconds": seconds})
	}
	a.heard = false
	a.banner.Say(text.T("app.idle.soon", "n", seconds))
	a.banner.Raise()
}

// next asks for one look, in place of the one that was due.
func (a *away) next(d time.Duration, f func()) {
	a.forget()
	a.stop = a.after(d, func() { a.stop = nil; f() })
}

func (a *away) forget() {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}

func (a *away) hide() {
	if a.banner != nil {
		a.banner.Drop()
		a.banner, a.heard = nil, false
	}
}

// anew begins again: locked, unlocked, or another limit.
func (a *away) anew() {
	a.forget()
	a.hide()
	a.follow()
}
