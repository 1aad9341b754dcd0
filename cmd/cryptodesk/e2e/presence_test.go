//go:build e2e && linux

package e2e

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// looks are settings with pictures worth looking at.
func look(theme, language string, width, height int, more map[string]any) map[string]any {
	all := map[string]any{"theme": theme, "language": language, "width": width, "height": height}
	for k, v := range more {
		all[k] = v
	}
	return all
}

// TestEveryInputCounts plays real input of every kind, and wants each to be heard; and work that runs without any, which
// must not be.
func TestEveryInputCounts(t *testing.T) {
	home, work := profile(t), t.TempDir()
	d := desktop(t)
	s := openOn(t, d, home)
	heard := func(what string, do func() error) {
		t.Helper()
		before := s.Events("touch")
		for s.Events("touch") == before { // at most one a second is passed on, so it may take a second try
			s.do(do())
			soon, cancel := context.WithTimeout(s.ctx, 1100*time.Millisecond)
			_, err := s.Event(soon, "touch", before)
			cancel()
			if s.ctx.Err() != nil {
				t.Fatalf("%s was not heard: %v", what, err)
			}
		}
	}
	s.do(s.Locked(s.ctx))
	heard("a key in the passphrase field", func() error { return d.Type("x") })
	s.do(s.Press("Ctrl+U"))
	s.do(s.Unlock(s.ctx, passphrase))
	left, top, width, height, err := s.Bounds()
	s.do(err)
	there := 0
	heard("the pointer over nothing", func() error { there++; return d.Move(left+width/2+there, top+height/2) })
	heard("a click on nothing", func() error { return d.Click(left+width-16, top+height-16) })
	s.do(s.Wheel("rail.files", 0)) // only puts the pointer there
	heard("Control alone", func() error { return d.Press("Ctrl") })
	heard("the wheel", func() error { return s.Wheel("rail.files", 1) })
	heard("Tab", func() error { return d.Press("Tab") })
	heard("a shortcut", func() error { return d.Press("Ctrl+2") })
	heard("Shift alone", func() error { return d.Press("Shift") })
	s.do(s.Press("Ctrl+1"))
	s.do(s.Screen(s.ctx, "files"))

	big := sparse(t, work, "large.img", 1<<30)
	s.do(s.Bring(s.ctx, big))
	heard("the pointer over a sheet or card", func() error { there++; return d.Move(left+width/2+there, top+height/2) })
	s.do(s.Tap(s.ctx, "plan.go"))
	s.do(s.Screen(s.ctx, "files.run", "files.done"))
	before := s.Events("touch")
	_, err = s.Event(s.ctx, "job.done", 0)
	s.do(err)
	if now := s.Events("touch"); now != before {
		t.Errorf("work and its progress bar counted as input %d times", now-before)
	}
	s.quit()
}

// TestLocksByItself waits for the warning, ends it with a key on one desktop, and lets it come true on another.
func TestLocksByItself(t *testing.T) {
	t.Parallel()
	one := map[string]any{"auto_lock_minutes": 1}
	t.Run("kept", func(t *testing.T) {
		t.Parallel()
		home := profile(t)
		settle(t, home, look("dark", "ko", 720, 480, one))
		s := open(t, home)
		s.do(s.Unlock(s.ctx, passphrase))
		s.do(s.Press("Ctrl+2"))
		s.do(s.Screen(s.ctx, "keys"))
		s.do(s.Await(s.ctx, "the list to have the keyboard", func(st desk.State) bool { return st.Focus == "keys.list" }))
		warning, err := s.Event(s.ctx, "idle.warn", 0)
		s.do(err)
		if warning["seconds"] != 30.0 {
			t.Errorf("%v", warning)
		}
		s.do(s.Await(s.ctx, "the banner", func(st desk.State) bool { return st.Ready("idle.stay") }))
		if now := s.State().Focus; now != "keys.list" {
			t.Errorf("the banner took the keyboard to %q", now)
		}
		s.do(s.snap("warning"))
		s.do(s.Press("Shift"))
		_, err = s.Event(s.ctx, "idle.kept", 0)
		s.do(err)
		s.do(s.snap("kept"))
		s.do(s.Await(s.ctx, "the banner to go", func(st desk.State) bool { return !st.Ready("idle.stay") }))
		if now := s.State(); now.Screen != "keys" {
			t.Errorf("now at %s", now.Screen)
		}
		s.quit()
	})
	t.Run("locked", func(t *testing.T) {
		t.Parallel()
		home := profile(t)
		settle(t, home, look("light", "en", 960, 640, one))
		s := open(t, home)
		s.do(s.Unlock(s.ctx, passphrase))
		s.do(s.Press("Ctrl+Comma"))
		s.do(s.Screen(s.ctx, "settings"))
		s.do(s.Tap(s.ctx, "settings.passphrase"))
		s.do(s.Await(s.ctx, "the sheet", func(st desk.State) bool { return st.Ready("passphrase.old") }))
		s.do(s.Type("half a pass"))
		_, err := s.Event(s.ctx, "idle.warn", 0)
		s.do(err)
		s.do(s.snap("warning"))
		s.do(s.Locked(s.ctx))
		s.do(s.snap("locked"))
		if st := s.State(); !st.Ready("lock.why") || st.Ready("passphrase.old") {
			t.Errorf("the lock screen shows %+v", st)
		}
		s.do(s.Unlock(s.ctx, passphrase))
		if now := s.State().Screen; now != "settings" {
			t.Errorf("after the unlock: %s", now)
		}
		s.quit()
	})
}

const (
	loginName    = "org.freedesktop.login1"
	loginPath    = "/org/freedesktop/login1"
	loginManager = loginName + ".Manager"
	saverName    = "org.freedesktop.ScreenSaver"
)

// system plays logind and the screensaver of a desktop.
type system struct {
	t          *testing.T
	login, ses *dbus.Conn
	pipes      chan [2]*os.File
}

func play(t *testing.T, d *desk.Display) *system {
	t.Helper()
	session, bus := d.Buses()
	y := &system{t: t, pipes: make(chan [2]*os.File, 4)}
	for _, c := range []struct {
		to            **dbus.Conn
		address, name string
		at            dbus.ObjectPath
	}{{&y.login, bus, loginManager, loginPath}, {&y.ses, session, saverName, "/org/freedesktop/ScreenSaver"}} {
		conn, err := dbus.Connect(c.address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.Export(y, c.at, c.name); err != nil {
			t.Fatal(err)
		}
		*c.to = conn
	}
	if _, err := y.login.RequestName(loginName, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := y.ses.RequestName(saverName, 0); err != nil {
		t.Fatal(err)
	}
	return y
}

// Inhibit is org.freedesktop.login1.Manager.Inhibit.
func (y *system) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	r, w, err := os.Pipe()
	if err != nil || what != "sleep" || mode != "delay" {
		return 0, dbus.MakeFailedError(errors.New(what + " " + mode))
	}
	y.t.Cleanup(func() { r.Close(); w.Close() })
	y.t.Logf("%s delays %s: %s", who, what, why)
	y.pipes <- [2]*os.File{r, w}
	return dbus.UnixFD(w.Fd()), nil
}

// GetActive is org.freedesktop.ScreenSaver.GetActive.
func (y *system) GetActive() (bool, *dbus.Error) { return false, nil }

// TestSleepAndScreenLock tells the program that the computer sleeps and that the screen is locked.
func TestSleepAndScreenLock(t *testing.T) {
	home := profile(t)
	d := desktop(t)
	y := play(t, d)
	s := openOn(t, d, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Press("Ctrl+2"))
	s.do(s.Screen(s.ctx, "keys"))
	delay := <-y.pipes
	s.do(y.login.Emit(loginPath, loginManager+".PrepareForSleep", true))
	s.do(s.Locked(s.ctx))
	delay[1].Close() // ours; the reply is out by now
	if _, err := delay[0].Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the computer waits on: %v", err)
	}
	s.do(s.snap("slept"))
	s.do(y.login.Emit(loginPath, loginManager+".PrepareForSleep", false))
	<-y.pipes
	s.do(s.Unlock(s.ctx, passphrase))
	if now := s.State().Screen; now != "keys" {
		t.Errorf("after the unlock: %s", now)
	}
	s.do(y.ses.Emit("/org/freedesktop/ScreenSaver", saverName+".ActiveChanged", true))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("screen"))
	s.quit()
}

// TestWrongPassphrasesWait tries until the program makes one wait.
func TestWrongPassphrasesWait(t *testing.T) {
	home := profile(t)
	settle(t, home, look("dark", "en", 960, 640, nil))
	s := open(t, home)
	for s.Events("unlock.wait") == 0 {
		s.do(s.Locked(s.ctx))
		s.do(s.Type("wrong\n"))
		s.do(s.Await(s.ctx, "it being tried", func(st desk.State) bool { return !st.Ready("lock.passphrase") }))
		s.do(s.Locked(s.ctx))
	}
	s.do(s.snap("wait"))
	if s.State().Ready("lock.next") {
		t.Error("the button can be pressed")
	}
	s.do(s.Type(passphrase))
	_, err := s.Event(s.ctx, "unlock.ready", 0)
	s.do(err)
	s.do(s.Press("Return"))
	s.do(s.Screen(s.ctx, "files"))
	s.quit()
}

// TestSettingsPictures keeps pictures of Settings, to be looked at, and lets the program check its memory.
func TestSettingsPictures(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]any{
		"light-en": look("light", "en", 960, 640, nil), "dark-ko": look("dark", "ko", 960, 640, nil),
		"small-en": look("dark", "en", 720, 480, nil), "small-ko": look("light", "ko", 720, 480, nil),
	} {
		t.Run(name, func(t *testing.T) {
			home := profile(t)
			settle(t, home, settings)
			s := open(t, home)
			s.do(s.Unlock(s.ctx, passphrase))
			s.do(s.Press("Ctrl+Comma"))
			s.do(s.Screen(s.ctx, "settings"))
			s.do(s.snap("settings"))
			focused := func(id string) {
				t.Helper()
				s.do(s.Await(s.ctx, id+" to have the keyboard", func(st desk.State) bool { return st.Focus == id }))
			}
			focused("settings.language")
			for _, id := range []string{"settings.theme", "settings.lock", "settings.passphrase", "settings.check"} {
				s.do(s.Press("Tab"))
				focused(id)
				s.do(s.snap(id[len("settings."):]))
			}
			for n := range 2 {
				s.do(s.Press("Space"))
				done, err := s.Event(s.ctx, "check.done", n)
				s.do(err)
				s.do(s.snap("checked"))
				if done["sees"] != true || done["found"] != 0.0 {
					t.Errorf("check %d: %v", n+1, done)
				}
				s.do(s.Press("Escape"))
				focused("settings.check")
			}
			s.do(s.Press("Ctrl+L"))
			s.do(s.Locked(s.ctx))
			s.quit()
		})
	}
}
