// Package presence knows whether somebody is at the computer: every key, click,
// scroll and motion in the window (Input), and what the desktop tells over
// D-Bus: the computer goes to sleep, the session or the screen is locked
// (Watch).
//
// It imports the toolkit, D-Bus, engine/session (for the reasons to lock) and
// engine/secret (for its guard), owns no words and decides nothing: who calls it locks.
//
// # What is trusted
//
// A signal counts only when its sender owns the well-known name it should come
// from at that moment: anybody on a bus may send a signal, also to one program
// alone, past all match rules. A body of another shape is ignored. The worst
// that a false signal could do is to lock.
//
// # Sleep
//
// A delay inhibitor of logind (org.freedesktop.login1.Manager.Inhibit) is held
// all the time, so that the computer waits until gone has returned, five
// seconds at most (InhibitDelayMaxSec). It is taken again after the sleep.
//
// # Lost buses
//
// A bus that is not there or goes away is looked for again after a second, and
// then after twice as long each time, a minute at most. No bus is ever started.
package presence

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

// Watcher listens to the desktop until it is closed.
type Watcher struct {
	stop context.CancelFunc
	ends sync.WaitGroup
}

// Watch begins to listen. gone is called on a goroutine of the watcher, at most
// two at a time, and the computer sleeps only after it has returned. who and
// why are what the system shows of those who delay sleep.
func Watch(who, why string, gone func(session.Reason)) *Watcher { return watch(who, why, gone, pause) }

func watch(who, why string, gone func(session.Reason), pause func(context.Context, time.Duration)) *Watcher {
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{stop: stop}
	switch runtime.GOOS {
	case "windows", "darwin": // the session's own clocks notice a sleep
		return w
	}
	w.listen(ctx, keeper{dbus.SystemBusPrivate, pause, (&logind{who: who, why: why, gone: gone}).serve})
	w.listen(ctx, keeper{dbus.SessionBusPrivateNoAutoStartup, pause, (&screens{gone: gone}).serve})
	return w
}

func (w *Watcher) listen(ctx context.Context, k keeper) {
	w.ends.Add(1)
	go func() {
		defer secret.Guard()
		defer w.ends.Done()
		k.run(ctx)
	}()
}

// Close stops listening and waits until everything has ended, gone included.
func (w *Watcher) Close() {
	w.stop()
	w.ends.Wait()
}

// pause waits, or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
