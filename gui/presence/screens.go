package presence

import (
	"context"
	"strings"

	"github.com/godbus/dbus/v5"

	"cryptodesk/engine/session"
)

// screenSavers are the names under which desktops tell that the screen was
// locked. Each has an interface of the same name with GetActive() and
// ActiveChanged(on); KDE and others use the first.
var screenSavers = []string{
	"org.freedesktop.ScreenSaver",
	"org.gnome.ScreenSaver",
	"org.cinnamon.ScreenSaver",
	"org.mate.ScreenSaver",
	"org.xfce.ScreenSaver",
}

// screens listens to the session bus: screen locks.
type screens struct{ gone func(session.Reason) }

func (d *screens) serve(ctx context.Context, l *line) error {
	l.listen(hearScreen)
	for _, name := range screenSavers {
		rule := []dbus.MatchOption{dbus.WithMatchSender(name), dbus.WithMatchInterface(name), dbus.WithMatchMember("ActiveChanged")}
		if err := l.follow(ctx, name, rule); err != nil {
			return err
		}
	}
	for {
		why, back, ok := l.next()
		if !ok {
			return nil
		}
		if back {
			d.askNow(ctx, l)
		}
		if why != "" {
			d.gone(why)
		}
	}
}

func hearScreen(l *line, s *dbus.Signal) {
	name, ok := strings.CutSuffix(s.Name, ".ActiveChanged")
	if !ok || !l.from(s, name) {
		return
	}
	if on, ok := truth(s.Body); ok && on {
		l.post(session.Screen)
	}
}

// askNow asks who has just come whether the screen is locked already: they or
// the bus may have been away when it was.
func (d *screens) askNow(ctx context.Context, l *line) {
	for _, name := range screenSavers {
		l.mu.Lock()
		there := l.owners[name] != ""
		l.mu.Unlock()
		if !there {
			continue
		}
		on := false
		if l.call(ctx, l.conn.Object(name, pathOf(name)), name+".GetActive").Store(&on) == nil && on {
			l.post(session.Screen)
		}
	}
}

// pathOf is where the object of a name is: KDE's and GNOME's are there.
func pathOf(name string) dbus.ObjectPath {
	return dbus.ObjectPath("/" + strings.ReplaceAll(name, ".", "/"))
}
