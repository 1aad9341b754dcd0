//go:build linux

package presence

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"cryptodesk/engine/session"
)

// anyone may own and send anything: this bus stands for both.
const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%s</listen><policy context="default">
<allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
`

// bus is a message bus of the test's own, which can die and come back.
type bus struct {
	t       *testing.T
	dir     string
	daemon  *exec.Cmd
	address string
}

func startBus(t *testing.T) *bus {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		t.Skip("needs the program dbus-daemon")
	}
	dir, err := os.MkdirTemp("", "bus") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	b := &bus{t: t, dir: dir, address: "unix:path=" + filepath.Join(dir, "bus")}
	t.Cleanup(func() { b.kill(); os.RemoveAll(dir) })
	b.start()
	return b
}

func (b *bus) start() {
	b.t.Helper()
	file := filepath.Join(b.dir, "conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, config, filepath.Join(b.dir, "bus")), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.daemon = exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--config-file="+file, "--print-address=1")
	b.daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := b.daemon.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.daemon.Start(); err != nil {
		b.t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bus) kill() {
	b.daemon.Process.Kill()
	b.daemon.Wait()
	os.Remove(filepath.Join(b.dir, "bus"))
}

// peer is somebody on the bus.
func (b *bus) peer(names ...string) *dbus.Conn {
	b.t.Helper()
	conn, err := dbus.Connect(b.address)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	for _, name := range names {
		if _, err := conn.RequestName(name, dbus.NameFlagReplaceExisting|dbus.NameFlagAllowReplacement); err != nil {
			b.t.Fatal(err)
		}
	}
	return conn
}

// settle returns when the bus has handled what conn sent.
func settle(t *testing.T, conn *dbus.Conn) {
	t.Helper()
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil {
		t.Fatal(err)
	}
}

const ourSession = "/org/freedesktop/login1/session/_32"

// login is a logind: it knows one session, and who delays sleep.
type login struct {
	t        *testing.T
	conn     *dbus.Conn
	inhibits chan inhibitor
}

// inhibitor is a pipe: the writing end is lent to who delays sleep.
type inhibitor struct{ read, write *os.File }

func startLogin(t *testing.T, b *bus) *login {
	t.Helper()
	l := &login{t: t, conn: b.peer(), inhibits: make(chan inhibitor, 16)}
	if err := l.conn.Export(l, loginPath, loginManager); err != nil {
		t.Fatal(err)
	}
	if _, err := l.conn.RequestName(loginName, 0); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *login) GetSessionByPID(pid uint32) (dbus.ObjectPath, *dbus.Error) {
	if int(pid) != os.Getpid() {
		return "", dbus.MakeFailedError(fmt.Errorf("who is %d?", pid))
	}
	return ourSession, nil
}

func (l *login) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if what != "sleep" || mode != "delay" || who == "" || why == "" {
		return 0, dbus.MakeFailedError(fmt.Errorf("%s %s %s %s", what, who, why, mode))
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.t.Cleanup(func() { r.Close(); w.Close() })
	l.inhibits <- inhibitor{r, w}
	return dbus.UnixFD(w.Fd()), nil
}

// held says whether somebody else has the writing end.
func (i inhibitor) held(t *testing.T) bool {
	t.Helper()
	i.write.Close()
	poll := []unix.PollFd{{Fd: int32(i.read.Fd())}}
	if _, err := unix.Poll(poll, 0); err != nil {
		t.Fatal(err)
	}
	return poll[0].Revents&unix.POLLHUP == 0
}

// released waits until nobody has.
func (i inhibitor) released(t *testing.T) {
	t.Helper()
	i.write.Close()
	if _, err := i.read.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the inhibitor: %v", err)
	}
}

// sleep tells that the computer is about to sleep, or woke up.
func (l *login) sleep(on bool) {
	l.t.Helper()
	if err := l.conn.Emit(loginPath, loginManager+".PrepareForSleep", on); err != nil {
		l.t.Fatal(err)
	}
}

// watcher is what is tested, with pauses that end at once.
type watcher struct {
	*Watcher
	why    chan session.Reason
	answer chan struct{} // gone returns when it gets one
}

// sit begins to watch two buses; nil stands for one that does not exist.
func sit(t *testing.T, system, desktop *bus) *watcher {
	t.Helper()
	address := func(b *bus) string {
		if b == nil {
			return "unix:path=/nonexistent/bus"
		}
		return b.address
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address(system))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address(desktop))
	w := &watcher{why: make(chan session.Reason), answer: make(chan struct{})}
	w.Watcher = watch("CryptoDesk", "a test", func(why session.Reason) {
		w.why <- why
		<-w.answer
	}, func(ctx context.Context, _ time.Duration) { pause(ctx, time.Millisecond) })
	t.Cleanup(w.Close)
	return w
}

// expect waits for a lock and lets it be done.
func (w *watcher) expect(t *testing.T, want session.Reason) {
	t.Helper()
	if got := <-w.why; got != want {
		t.Errorf("locked because %q, want %q", got, want)
	}
	w.answer <- struct{}{}
}
