//go:build linux

package presence

import (
	"os"
	"testing"

	"github.com/godbus/dbus/v5"

	"cryptodesk/engine/session"
)

func TestSleepWaitsForTheLock(t *testing.T) {
	system := startBus(t)
	login := startLogin(t, system)
	w := sit(t, system, nil)
	for range 2 { // and again after it woke up
		delay := <-login.inhibits
		login.sleep(true)
		if got := <-w.why; got != session.Suspended {
			t.Errorf("locked because %q", got)
		}
		if !delay.held(t) {
			t.Fatal("the computer could sleep before the lock was done")
		}
		w.answer <- struct{}{}
		delay.released(t)
		login.sleep(false)
	}
	<-login.inhibits
}

func TestClosingLetsTheComputerSleep(t *testing.T) {
	system := startBus(t)
	login := startLogin(t, system)
	w := sit(t, system, nil)
	delay := <-login.inhibits
	login.conn.Emit(ourSession, loginSession+".Lock")
	w.expect(t, session.Screen) // so the inhibitor has arrived
	w.Close()
	w.Close()
	delay.released(t)
}

func TestOurSessionsLock(t *testing.T) {
	system := startBus(t)
	login := startLogin(t, system)
	w := sit(t, system, nil)
	<-login.inhibits // now it listens
	const other = "/org/freedesktop/login1/session/_33"
	hint := func(path dbus.ObjectPath, locked any) {
		login.conn.Emit(path, properties+".PropertiesChanged", loginSession,
			map[string]dbus.Variant{"LockedHint": dbus.MakeVariant(locked)}, []string{})
	}
	login.conn.Emit(other, loginSession+".Lock")
	hint(other, true)
	hint(ourSession, false)
	hint(ourSession, "yes")
	login.conn.Emit(ourSession, properties+".PropertiesChanged", "x.y", map[string]dbus.Variant{"LockedHint": dbus.MakeVariant(true)}, []string{})
	login.sleep(false)
	login.sleep(true) // what came before is handled by now, in its order
	w.expect(t, session.Suspended)
	login.conn.Emit(ourSession, loginSession+".Lock")
	w.expect(t, session.Screen)
	hint(ourSession, true)
	w.expect(t, session.Screen)
}

// Without a session of its own, a program that the user's service manager
// started asks for the one of its environment.
func TestSessionOfTheEnvironment(t *testing.T) {
	system := startBus(t)
	login := &userLogin{conn: system.peer(), asked: make(chan string, 4)}
	login.conn.Export(login, loginPath, loginManager)
	if _, err := login.conn.RequestName(loginName, 0); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_SESSION_ID", "7")
	w := sit(t, system, nil)
	if id := <-login.asked; id != "7" {
		t.Fatalf("asked for %q", id)
	}
	<-login.asked // the inhibitor, refused: now it listens
	login.conn.Emit(ourSession, loginSession+".Lock")
	w.expect(t, session.Screen)
}

type userLogin struct {
	conn  *dbus.Conn
	asked chan string
}

func (l *userLogin) GetSession(id string) (dbus.ObjectPath, *dbus.Error) {
	l.asked <- id
	return ourSession, nil
}

func (l *userLogin) Inhibit(_, _, _, _ string) (dbus.UnixFD, *dbus.Error) {
	l.asked <- "inhibit"
	return 0, dbus.MakeFailedError(os.ErrPermission)
}

// saver is a screensaver that tells when it is asked, which is when somebody
// listens.
type saver struct {
	conn   *dbus.Conn
	name   string
	active bool
	asked  chan struct{}
}

func startSaver(t *testing.T, b *bus, name string, active bool) *saver {
	t.Helper()
	s := &saver{conn: b.peer(), name: name, active: active, asked: make(chan struct{}, 16)}
	s.conn.Export(s, pathOf(name), name)
	if _, err := s.conn.RequestName(name, 0); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *saver) GetActive() (bool, *dbus.Error) {
	s.asked <- struct{}{}
	return s.active, nil
}

func (s *saver) tell(body ...any) {
	s.conn.Emit(pathOf(s.name), s.name+".ActiveChanged", body...)
}

func TestScreenLocks(t *testing.T) {
	for _, name := range screenSavers {
		t.Run(name, func(t *testing.T) {
			desktop := startBus(t)
			s := startSaver(t, desktop, name, false)
			w := sit(t, nil, desktop)
			<-s.asked
			s.tell(false)
			s.tell()
			s.tell("on")
			s.tell(true, true)
			s.tell(map[string]dbus.Variant{"on": dbus.MakeVariant(true)})
			settle(t, s.conn)
			select {
			case why := <-w.why:
				t.Fatalf("locked because %q", why)
			default:
			}
			s.tell(true)
			w.expect(t, session.Screen)
		})
	}
}

// Whoever does not own the name is not listened to: neither to all, nor to us
// alone, nor by claiming to be the bus.
func TestOnlyTheOwnerOfTheNameIsTrusted(t *testing.T) {
	const name = "org.gnome.ScreenSaver"
	desktop := startBus(t)
	s := startSaver(t, desktop, name, false)
	w := sit(t, nil, desktop)
	<-s.asked
	stranger := desktop.peer("org.example.Stranger")
	us := ourName(t, stranger, s)
	for _, m := range []struct {
		path dbus.ObjectPath
		name string
		body []any
	}{
		{pathOf(name), name + ".ActiveChanged", []any{true}},
		{"/org/freedesktop/DBus", ownerChanged, []any{name, "", stranger.Names()[0]}},
		{pathOf(name), name + ".ActiveChanged", []any{true}},
		{loginPath, loginManager + ".PrepareForSleep", []any{true}},
		{"/", "org.example.Stranger.ActiveChanged", []any{true}},
	} {
		if err := stranger.Emit(m.path, m.name, m.body...); err != nil {
			t.Fatal(err)
		}
		send(t, stranger, us, m.path, m.name, m.body...)
	}
	settle(t, stranger)
	s.tell(false)
	settle(t, s.conn)
	// Everything of the stranger is before this one on our connection.
	s.tell(true)
	w.expect(t, session.Screen)
	select {
	case why := <-w.why:
		t.Errorf("locked once more, because %q", why)
	default:
	}
}

func TestWhatASignalDoes(t *testing.T) {
	const name, owner, other = "org.gnome.ScreenSaver", ":1.5", ":1.9"
	for _, c := range []struct {
		what   string
		signal dbus.Signal
		why    session.Reason
		owner  string
	}{
		{"the owner", dbus.Signal{Sender: owner, Name: name + ".ActiveChanged", Body: []any{true}}, session.Screen, owner},
		{"another one", dbus.Signal{Sender: other, Name: name + ".ActiveChanged", Body: []any{true}}, "", owner},
		{"nobody", dbus.Signal{Name: name + ".ActiveChanged", Body: []any{true}}, "", owner},
		{"unlocked", dbus.Signal{Sender: owner, Name: name + ".ActiveChanged", Body: []any{false}}, "", owner},
		{"no body", dbus.Signal{Sender: owner, Name: name + ".ActiveChanged"}, "", owner},
		{"another body", dbus.Signal{Sender: owner, Name: name + ".ActiveChanged", Body: []any{1}}, "", owner},
		{"another name of the owner", dbus.Signal{Sender: owner, Name: "org.mate.ScreenSaver.ActiveChanged", Body: []any{true}}, "", owner},
		{"the bus", dbus.Signal{Sender: busName, Name: ownerChanged, Body: []any{name, owner, other}}, "", other},
		{"the bus, gone", dbus.Signal{Sender: busName, Name: ownerChanged, Body: []any{name, owner, ""}}, "", ""},
		{"the bus, odd", dbus.Signal{Sender: busName, Name: ownerChanged, Body: []any{name, owner, 7}}, "", owner},
		{"the bus, short", dbus.Signal{Sender: busName, Name: ownerChanged, Body: []any{name}}, "", owner},
		{"as if the bus", dbus.Signal{Sender: other, Name: ownerChanged, Body: []any{name, owner, other}}, "", owner},
	} {
		l := &line{owners: map[string]string{name: owner, "org.mate.ScreenSaver": ""}, wake: make(chan struct{}, 1)}
		l.listen(hearScreen)
		l.DeliverSignal("", "", &c.signal)
		if l.why != c.why || l.owners[name] != c.owner {
			t.Errorf("%s: locks for %q, owner %q", c.what, l.why, l.owners[name])
		}
	}
}

func TestSleepOutdoesTheScreen(t *testing.T) {
	l := &line{wake: make(chan struct{}, 1)}
	l.post(session.Suspended)
	l.post(session.Screen)
	if l.why != session.Suspended {
		t.Error("the inhibitor would not be let go")
	}
}

// ourName is the unique name of the watcher: the one that is neither.
func ourName(t *testing.T, stranger *dbus.Conn, s *saver) string {
	t.Helper()
	var names []string
	if err := stranger.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if n[0] == ':' && n != stranger.Names()[0] && n != s.conn.Names()[0] {
			return n
		}
	}
	t.Fatal("the watcher is not on the bus")
	return ""
}

// send delivers a signal to one program alone, which no match rule filters.
func send(t *testing.T, from *dbus.Conn, to string, path dbus.ObjectPath, name string, body ...any) {
	t.Helper()
	face, member := name[:lastDot(name)], name[lastDot(name)+1:]
	m := &dbus.Message{Type: dbus.TypeSignal, Body: body, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath: dbus.MakeVariant(path), dbus.FieldInterface: dbus.MakeVariant(face), dbus.FieldMember: dbus.MakeVariant(member),
		dbus.FieldDestination: dbus.MakeVariant(to), dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(body...)),
	}}
	if call := from.Send(m, nil); call != nil && call.Err != nil {
		t.Fatal(call.Err)
	}
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}

func TestTheNameMovesOn(t *testing.T) {
	const name = "org.freedesktop.ScreenSaver"
	desktop := startBus(t)
	old := startSaver(t, desktop, name, false)
	w := sit(t, nil, desktop)
	<-old.asked
	if _, err := old.conn.ReleaseName(name); err != nil {
		t.Fatal(err)
	}
	fresh := startSaver(t, desktop, name, false)
	<-fresh.asked // it was noticed
	old.tell(true)
	settle(t, old.conn)
	select {
	case why := <-w.why:
		t.Fatalf("who had the name before locked: %q", why)
	default:
	}
	fresh.tell(true)
	w.expect(t, session.Screen)
}

func TestAlreadyLocked(t *testing.T) {
	desktop := startBus(t)
	s := startSaver(t, desktop, "org.gnome.ScreenSaver", true)
	w := sit(t, nil, desktop)
	<-s.asked
	w.expect(t, session.Screen)
}

func TestBusesComeAndGo(t *testing.T) {
	system, desktop := startBus(t), startBus(t)
	for _, b := range []*bus{system, desktop} {
		b.kill()
	}
	w := sit(t, system, desktop)
	for range 3 {
		system.start()
		login := startLogin(t, system)
		delay := <-login.inhibits
		login.sleep(true)
		w.expect(t, session.Suspended)
		delay.released(t)
		desktop.start()
		s := startSaver(t, desktop, "org.gnome.ScreenSaver", false)
		<-s.asked
		s.tell(true)
		w.expect(t, session.Screen)
		system.kill()
		desktop.kill()
	}
}

// Close waits for every goroutine: it returns, so there is none.
func TestNoBusAtAll(t *testing.T) {
	w := sit(t, nil, nil)
	w.Close()
	w.Close()
}
