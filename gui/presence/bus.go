package presence

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"cryptodesk/engine/session"
)

const (
	firstPause  = time.Second
	longest     = time.Minute
	steadyAfter = time.Minute     // a connection that lasted that long is no failure
	answerTime  = 5 * time.Second // of one call
)

const (
	busName      = "org.freedesktop.DBus"
	ownerChanged = busName + ".NameOwnerChanged"
)

// keeper keeps one bus: it connects, serves, and begins again when the bus has
// gone.
type keeper struct {
	dial  func(...dbus.ConnOption) (*dbus.Conn, error)
	pause func(context.Context, time.Duration)
	serve func(context.Context, *line) error // until the connection or ctx ends
}

// run returns when ctx is done.
func (k keeper) run(ctx context.Context) {
	wait := firstPause
	for ctx.Err() == nil {
		begun := time.Now()
		k.once(ctx)
		if time.Since(begun) > steadyAfter {
			wait = firstPause
		}
		if ctx.Err() == nil {
			k.pause(ctx, wait)
		}
		wait = min(2*wait, longest)
	}
}

func (k keeper) once(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &line{owners: map[string]string{}, wake: make(chan struct{}, 1)}
	conn, err := k.dial(dbus.WithContext(ctx), dbus.WithSignalHandler(l))
	if err != nil {
		return
	}
	defer conn.Close()
	late := time.AfterFunc(answerTime, stop) // a bus that hangs is no bus
	if conn.Auth(nil) != nil || conn.Hello() != nil || !late.Stop() {
		return
	}
	l.conn = conn
	_ = k.serve(ctx, l) // whatever it was, it is tried again
}

// line is one connection. What came in waits in it as two marks, so that a
// flood of signals costs neither memory nor goroutines.
type line struct {
	conn *dbus.Conn

	mu     sync.Mutex
	hear   func(l *line, s *dbus.Signal) // on the connection's goroutine: no calls
	owners map[string]string             // unique name of who owns a name listened to
	why    session.Reason                // to lock for, or ""
	back   bool                          // the computer woke up, or who tells has come back
	wake   chan struct{}
}

// from says whether a signal came from who owns name now.
func (l *line) from(s *dbus.Signal, name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	owner := l.owners[name]
	return owner != "" && s.Sender == owner
}

// DeliverSignal is for D-Bus: it runs for each signal, in their order.
func (l *line) DeliverSignal(_, _ string, s *dbus.Signal) {
	if s.Sender == busName && s.Name == ownerChanged {
		l.moved(s.Body)
		return
	}
	l.mu.Lock()
	hear := l.hear
	l.mu.Unlock()
	if hear != nil {
		hear(l, s)
	}
}

// listen says what to do with signals from now on.
func (l *line) listen(hear func(*line, *dbus.Signal)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hear = hear
}

// moved takes note of a new owner: NameOwnerChanged(name, old, new).
func (l *line) moved(body []any) {
	name, ok := text(body, 0, 3)
	owner, fine := text(body, 2, 3)
	l.mu.Lock()
	defer l.mu.Unlock()
	before, ours := l.owners[name]
	if !ok || !fine || !ours {
		return
	}
	l.owners[name] = owner
	if before == "" && owner != "" {
		l.back = true
		l.ring()
	}
}

// follow listens to signals of who owns name, and learns who that is.
func (l *line) follow(ctx context.Context, name string, rules ...[]dbus.MatchOption) error {
	l.mu.Lock()
	l.owners[name] = ""
	l.mu.Unlock()
	rules = append(slices.Clip(rules), []dbus.MatchOption{
		dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name),
	})
	for _, rule := range rules {
		if err := l.conn.AddMatchSignalContext(ctx, rule...); err != nil {
			return err
		}
	}
	// Asked after the rule is in force, so that no change is missed. A change
	// that is still on its way brings the same answer again.
	owner := ""
	if l.call(ctx, l.conn.BusObject(), busName+".GetNameOwner", name).Store(&owner) == nil {
		l.moved([]any{name, "", owner})
	}
	return nil
}

// call asks without starting a service that does not run.
func (l *line) call(ctx context.Context, o dbus.BusObject, method string, args ...any) *dbus.Call {
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	return o.CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...)
}

// post leaves a reason to lock. Going to sleep outdoes the others.
func (l *line) post(why session.Reason) {
	l.mu.Lock()
	if l.why != session.Suspended {
		l.why = why
	}
	l.mu.Unlock()
	l.ring()
}

// woke leaves word that the computer woke up.
func (l *line) woke() {
	l.mu.Lock()
	l.back = true
	l.mu.Unlock()
	l.ring()
}

func (l *line) ring() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// next waits for what was posted; ok is false when the connection has ended.
func (l *line) next() (why session.Reason, back, ok bool) {
	select {
	case <-l.conn.Context().Done():
		return "", false, false
	case <-l.wake:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	why, back = l.why, l.back
	l.why, l.back = "", false
	return why, back, true
}

// text is argument i of a body of n arguments.
func text(body []any, i, n int) (string, bool) {
	if len(body) != n {
		return "", false
	}
	s, ok := body[i].(string)
	return s, ok
}

// truth is the only argument of a body.
func truth(body []any) (on, ok bool) {
	if len(body) != 1 {
		return false, false
	}
	on, ok = body[0].(bool)
	return on, ok
}
