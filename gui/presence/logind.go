package presence

import (
	"context"
	"os"

	"github.com/godbus/dbus/v5"

	"cryptodesk/engine/session"
)

// Names of org.freedesktop.login1, see its manual page org.freedesktop.login1(5).
const (
	loginName    = "org.freedesktop.login1"
	loginPath    = "/org/freedesktop/login1"
	loginManager = loginName + ".Manager"
	loginSession = loginName + ".Session"
	properties   = busName + ".Properties"
)

// logind listens to the system bus: sleep, and the lock of our own session.
type logind struct {
	who, why string
	gone     func(session.Reason)
}

func (d *logind) serve(ctx context.Context, l *line) error {
	manager := l.conn.Object(loginName, loginPath)
	ours := d.session(ctx, l, manager)
	l.listen(func(l *line, s *dbus.Signal) { d.hear(l, s, ours) })
	from := dbus.WithMatchSender(loginName)
	rules := [][]dbus.MatchOption{{from, dbus.WithMatchInterface(loginManager), dbus.WithMatchMember("PrepareForSleep")}}
	if ours != "" {
		at := dbus.WithMatchObjectPath(ours)
		rules = append(rules,
			[]dbus.MatchOption{from, at, dbus.WithMatchInterface(loginSession), dbus.WithMatchMember("Lock")},
			[]dbus.MatchOption{from, at, dbus.WithMatchInterface(properties), dbus.WithMatchMember("PropertiesChanged")})
	}
	if err := l.follow(ctx, loginName, rules...); err != nil {
		return err
	}
	delay := d.inhibit(ctx, l, manager)
	defer func() { delay.Close() }() // a nil file says so, and does nothing
	for {
		why, back, ok := l.next()
		if !ok {
			return nil
		}
		if why != "" {
			d.gone(why)
		}
		if why == session.Suspended {
			delay.Close()
			delay = nil
		}
		if back && delay == nil {
			delay = d.inhibit(ctx, l, manager)
		}
	}
}

func (d *logind) hear(l *line, s *dbus.Signal, ours dbus.ObjectPath) {
	if !l.from(s, loginName) {
		return
	}
	switch s.Name {
	case loginManager + ".PrepareForSleep":
		switch sleeping, ok := truth(s.Body); {
		case !ok:
		case sleeping:
			l.post(session.Suspended)
		default:
			l.woke()
		}
	case loginSession + ".Lock":
		if s.Path == ours && ours != "" {
			l.post(session.Screen)
		}
	case properties + ".PropertiesChanged": // (interface, changed, invalidated)
		if s.Path == ours && ours != "" && len(s.Body) == 3 && hinted(s.Body[0], s.Body[1]) {
			l.post(session.Screen)
		}
	}
}

// hinted says whether a desktop told logind that the screen is locked.
func hinted(face, changed any) bool {
	if face != loginSession {
		return false
	}
	values, _ := changed.(map[string]dbus.Variant)
	locked, _ := values["LockedHint"].Value().(bool)
	return locked
}

// session is the path of the session this program was started in, "" without
// one. A program that the user's service manager started belongs to none; the
// one of the environment is asked for then, and the one on the display last.
func (d *logind) session(ctx context.Context, l *line, manager dbus.BusObject) (path dbus.ObjectPath) {
	if l.call(ctx, manager, loginManager+".GetSessionByPID", uint32(os.Getpid())).Store(&path) == nil {
		return path
	}
	for _, id := range []string{os.Getenv("XDG_SESSION_ID"), "auto"} {
		if id != "" && l.call(ctx, manager, loginManager+".GetSession", id).Store(&path) == nil {
			return path
		}
	}
	return ""
}

// inhibit makes the computer wait before it sleeps, until the file is closed.
// nil when the system does not let us. It waits for the answer however long it
// takes: a file that comes after its time would hold up every sleep.
func (d *logind) inhibit(ctx context.Context, l *line, manager dbus.BusObject) *os.File {
	var fd dbus.UnixFD
	call := manager.CallWithContext(ctx, loginManager+".Inhibit", dbus.FlagNoAutoStart, "sleep", d.who, d.why, "delay")
	if call.Store(&fd) != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), "sleep inhibitor")
}
