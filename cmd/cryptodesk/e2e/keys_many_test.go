//go:build e2e && linux

package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// TestManyKeys turns pages, scrolls and searches among 200 key pairs and 1,000 contacts with real key and wheel events,
// and reports phase by phase the longest time in which the window did not answer ("wait": a frame took at least that;
// "gap": none took longer; "cpu": the most processor time of the window's thread, which a busy machine does not change). The figures are for
// README; what fails here is a list that does not find or show its rows.
func TestManyKeys(t *testing.T) {
	home := manyKeys(t, 200, 1000)
	settle(t, home, map[string]any{"theme": "light", "language": "en", "width": 960, "height": 640})
	s := &paced{session: open(t, home)}
	s.do(s.Locked(s.ctx))
	begun := time.Now()
	s.used, s.at = ticks(t, s.PID()), begun
	s.do(s.Unlock(s.ctx, passphrase))
	t.Logf("unlocked after %d ms", time.Since(begun).Milliseconds())
	s.phase("unlocked")
	s.do(s.Press("Ctrl+2"))
	s.do(s.focused("keys.list"))
	s.phase("opened the screen")
	s.picture("mine")
	s.turn("Next", 20)
	s.turn("Prior", 20)
	s.phase("turned pages of 200 key pairs")
	s.do(s.TapAt(s.ctx, "keys.tabs", 0.8))
	s.do(s.Tap(s.ctx, "keys.search"))
	s.do(s.Press("Return"))
	s.do(s.focused("keys.list"))
	s.phase("changed to the contacts")
	s.turn("Next", 60)
	s.turn("Prior", 60)
	s.phase("turned pages of 1,000 contacts")
	s.picture("page")
	s.turn("Down", 120)
	s.phase("went down row by row")
	s.do(s.Wheel("keys.list", 200))
	s.do(s.Wheel("keys.list", -100))
	s.phase("turned the wheel")
	s.do(s.Press("End"))
	s.picture("end")
	s.do(s.Press("Ctrl+F"))
	s.do(s.focused("keys.search"))
	for _, words := range []string{"friend 09", "87", "\n"} {
		s.do(s.Type(words))
	}
	s.do(s.focused("keys.list"))
	s.phase("searched")
	s.picture("found")
	s.do(s.Press("Return"))
	s.do(s.Await(s.ctx, "the contact", func(now desk.State) bool { return now.Ready("detail.close") }))
	s.phase("opened a contact")
	s.picture("contact")
	s.quit()
}

// paced is a session that reads the reports about the window's pace.
type paced struct {
	*session
	reported int
	used     int       // processor time of the whole program by the last phase, in 1/100 s
	at       time.Time // when that was
}

// phase says how the window answered since the phase before.
func (s *paced) phase(name string) {
	s.t.Helper()
	// What happens now is in the report after the next.
	_, err := s.Event(s.ctx, "ui.pace", s.Events("ui.pace"))
	s.do(err)
	wait, gap, cpu := 0.0, 0.0, 0.0
	n := s.Events("ui.pace")
	for ; s.reported < n; s.reported++ {
		report, err := s.Event(s.ctx, "ui.pace", s.reported)
		s.do(err)
		wait, gap = max(wait, report["wait"].(float64)), max(gap, report["gap"].(float64))
		cpu = max(cpu, report["cpu"].(float64))
	}
	used, now := ticks(s.t, s.PID()), time.Now()
	share := float64(used-s.used) / now.Sub(s.at).Seconds()
	s.used, s.at = used, now
	s.t.Logf("%-32s longest wait %6.1f ms, gap %6.1f ms, cpu %6.1f ms; all threads %3.0f %%", name, wait, gap, cpu, share)
}

// picture takes one, and leaves out of the reports that the display server was busy with it.
func (s *paced) picture(name string) {
	s.t.Helper()
	s.do(s.snap(name))
	_, err := s.Event(s.ctx, "ui.pace", s.Events("ui.pace"))
	s.do(err)
	s.reported = s.Events("ui.pace")
}

// focused waits until a widget has the keyboard.
func (s *paced) focused(id string) error {
	return s.Await(s.ctx, id+" focused", func(now desk.State) bool { return now.Focus == id })
}

// turn presses a key many times, as one that is held down does.
func (s *paced) turn(key string, times int) {
	s.t.Helper()
	for range times {
		s.do(s.Press(key))
		time.Sleep(time.Second / 30) // the rate of a held key, not a wait for anything
	}
}

// manyKeys makes a profile with that many key pairs and contacts.
func manyKeys(t *testing.T, keys, contacts int) string {
	t.Helper()
	home := profile(t)
	store := safefile.New(filepath.Join(home, "journal"))
	defer store.Close()
	ring, err := keyring.Open(t.Context(), store, filepath.Join(home, "keyring.age"), secret.Take([]byte(passphrase)))
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	var own []*identity.KeyPair
	for i := range keys - 1 {
		own = append(own, newPair(t, fmt.Sprintf("Key %03d", i), i))
	}
	if err := ring.AddKey(own...); err != nil {
		t.Fatal(err)
	}
	var people []identity.Contact
	for i := range contacts {
		k := newPair(t, fmt.Sprintf("%s %04d", []string{"Friend", "박서준", "Colleague"}[i%3], i), i)
		p := k.Public()
		k.Destroy()
		people = append(people, identity.Contact{Name: p.Name, Recipient: p.Recipient, Classic: p.Classic, Signing: p.Signing,
			Verified: i%2 == 0, Added: time.Now().UTC()})
	}
	if err := ring.AddContact(people...); err != nil {
		t.Fatal(err)
	}
	return home
}

// newPair is post-quantum or classic by turns.
func newPair(t *testing.T, name string, i int) *identity.KeyPair {
	t.Helper()
	generate := identity.New
	if i%4 == 3 {
		generate = identity.NewClassic
	}
	k, err := generate(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
