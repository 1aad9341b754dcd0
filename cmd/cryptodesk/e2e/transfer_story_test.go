//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/exchange"
)

// TestTransferStory is two people with a window each, in both themes: they meet without a card, one sends by drop and the
// other is asked; what arrives opens; and each of them stops a sending half-way.
func TestTransferStory(t *testing.T) {
	t.Parallel()
	for _, look := range []struct{ theme, language string }{{"light", "en"}, {"dark", "ko"}} {
		t.Run(look.theme+"-"+look.language, func(t *testing.T) {
			var people []*session
			for _, name := range []string{"Ada", "Ben"} {
				home := filepath.Join(t.TempDir(), "profile")
				must(patience(t), t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "new", name)
				settle(t, home, map[string]any{"theme": look.theme, "language": look.language})
				s := open(t, home)
				s.do(s.Unlock(s.ctx, passphrase))
				s.do(s.Press("Ctrl+4"))
				s.do(s.Screen(s.ctx, "transfer"))
				people = append(people, s)
			}
			ada, ben := people[0], people[1]
			ada.do(ada.snap("empty"))
			ada.meets(ben)
			at := ben.getsReady()
			ada.sendsAndArrives(ben, at)
			ada.stops(ben, at, ada, 1)
			ada.stops(ben, at, ben, 2)
			ada.quit()
			ben.quit()
		})
	}
}

// meets makes both a verified contact of the other.
func (s *session) meets(other *session) {
	s.t.Helper()
	at := other.await("meet.waiting", other.tap("transfer.meet"))["address"].(string)
	s.do(s.Tap(s.ctx, "transfer.meet"))
	s.do(s.Fill(s.ctx, "meet.address", at))
	s.do(s.snap("meet"))
	hers := s.await("meet.words", s.tap("meet.do"))["say"].(string)
	his, err := other.Event(other.ctx, "meet.words", 0)
	other.do(err)
	s.do(s.Fill(s.ctx, "meet.words", his["say"].(string)))
	s.do(s.snap("meet-words"))
	s.do(s.Tap(s.ctx, "meet.do"))
	other.do(other.Fill(other.ctx, "meet.words", hers))
	other.do(other.Tap(other.ctx, "meet.do"))
	for _, one := range []*session{s, other} {
		_, err := one.Event(one.ctx, "meet.done", 0)
		one.do(err)
		one.do(one.snap("met"))
		one.do(one.Tap(one.ctx, "meet.do"))
	}
}

// getsReady listens, and says where.
func (s *session) getsReady() string {
	s.t.Helper()
	at := s.await("transfer.ready", s.tap("transfer.ready"))["address"].(string)
	s.do(s.snap("ready"))
	return strings.Fields(at)[0]
}

// offers drops a file on the window, chooses the first contact and begins.
func (s *session) offers(to *session, at, path string) {
	s.t.Helper()
	s.await("transfer.sheet", func() error {
		_, _, width, height, err := s.Bounds()
		if err != nil {
			return err
		}
		return s.Drop(s.ctx, width/2, height/2, path)
	})
	s.do(s.Press("Return"))
	s.do(s.Rewrite(s.ctx, "transfer.where", at))
	s.do(s.snap("send"))
	to.await("transfer.asked", s.tap("transfer.send.do"))
}

func (s *session) sendsAndArrives(to *session, at string) {
	s.t.Helper()
	letter := random(s.t, s.t.TempDir(), "a letter.txt", 300_000)
	s.offers(to, at, letter)
	s.do(s.snap("waiting"))
	to.do(to.snap("asked"))
	to.do(to.Tap(to.ctx, "transfer.yes"))
	arrived := filepath.Join(to.folder, "a letter.txt.age")
	to.do(desk.AwaitFile(to.ctx, arrived))
	s.ends(0, true)
	to.ends(0, true)
	s.do(s.snap("sent"))
	to.do(to.snap("received"))
	must(to.ctx, to.t, passphrase, program, "decrypt", "--home", to.profile, "--passphrase-fd", "3", arrived)
	same(s.t, letter, strings.TrimSuffix(arrived, ".age"))
}

// ends waits for the end of exchange number n, counted from 0, and whether it arrived.
func (s *session) ends(n int, well bool) {
	s.t.Helper()
	over, err := s.Event(s.ctx, "transfer.over", n)
	s.do(err)
	if over["arrived"] != well {
		s.t.Fatalf("arrived: %v", over["arrived"])
	}
}

// stops has one of the two stop exchange number n while it is under way, which the other is frozen for: nothing stays of it.
func (s *session) stops(to *session, at string, who *session, n int) {
	s.t.Helper()
	large := filepath.Join(s.t.TempDir(), "large")
	f, err := os.Create(large)
	if err == nil {
		err = f.Truncate(1 << 30)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	f.Close()
	s.offers(to, at, large)
	other := s
	if who == s {
		other = to
	}
	moving := func() bool {
		last := who.Latest("transfer.phase")
		return last != nil && last["phase"] == float64(exchange.Moving)
	}
	to.do(to.Tap(to.ctx, "transfer.yes"))
	who.do(who.Await(who.ctx, "moving", func(desk.State) bool { return moving() }))
	s.do(syscall.Kill(other.PID(), syscall.SIGSTOP))
	who.do(who.snap(fmt.Sprintf("moving-%t", who == s)))
	who.do(who.Tap(who.ctx, "transfer.row.away"))
	s.do(syscall.Kill(other.PID(), syscall.SIGCONT))
	s.ends(n, false)
	to.ends(n, false)
	s.do(s.snap("stopped"))
	to.do(to.snap("stopped"))
	if rest, err := filepath.Glob(filepath.Join(to.folder, ".cryptodesk-*")); err != nil || len(rest) > 0 {
		s.t.Errorf("left behind: %q, %v", rest, err)
	}
}
