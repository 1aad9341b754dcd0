//go:build e2e && linux

package e2e

import (
	"fmt"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// TestForgottenPassphrase is somebody in front of the lock who knows the parts of the passphrase and not their order, and has
// nothing else: it is found, another one is set at once, and the keyring opens with that.
func TestForgottenPassphrase(t *testing.T) {
	t.Parallel()
	for _, look := range []struct {
		theme, language string
		width, height   int
	}{{"light", "en", 960, 640}, {"dark", "ko", 720, 480}} {
		t.Run(fmt.Sprintf("%s-%s-%dx%d", look.theme, look.language, look.width, look.height), func(t *testing.T) {
			home := profile(t)
			watch(t, home, freshPassphrase)
			settle(t, home, map[string]any{"theme": look.theme, "language": look.language, "width": look.width, "height": look.height})
			s := open(t, home)
			s.do(s.Tap(s.ctx, "lock.forgot"))
			s.do(s.Screen(s.ctx, "restore.why"))
			s.do(s.Tap(s.ctx, "why.forgot"))
			s.do(s.Screen(s.ctx, "restore.gather"))
			s.do(s.snap("nothing-at-hand"))
			s.do(s.Tap(s.ctx, "restore.last"))
			s.do(s.Screen(s.ctx, "search.form"))
			s.do(s.snap("form"))
			s.remember()
			begun := s.await("search.begun", s.tap("search.begin"))
			s.do(s.Screen(s.ctx, "search.run"))
			s.do(s.snap("trying"))
			s.await("search.state", s.tap("search.pause"))
			s.do(s.Await(s.ctx, "the pause", func(desk.State) bool { return s.Latest("search.state")["state"] == 3.0 }))
			s.do(s.snap("paused"))
			s.do(s.Tap(s.ctx, "search.pause"))
			s.do(s.Screen(s.ctx, "search.found"))
			s.do(s.snap("found"))
			s.do(s.TapAt(s.ctx, "fresh.mode", 0.75))
			s.do(s.Fill(s.ctx, "fresh.field", freshPassphrase))
			s.do(s.Fill(s.ctx, "fresh.again", freshPassphrase))
			if set := s.await("search.set", s.tap("restore.next")); set["ok"] != true || set["own"] != true {
				t.Fatalf("not set: %v, %v", set, begun)
			}
			s.do(s.Screen(s.ctx, "way.choose"))
			s.do(s.snap("back"))
			s.do(s.Tap(s.ctx, "way.later"))
			s.do(s.Screen(s.ctx, "files"))
			s.do(s.Press("Ctrl+l"))
			s.do(s.Locked(s.ctx))
			s.do(s.Unlock(s.ctx, freshPassphrase))
			s.do(s.Screen(s.ctx, "files"))
			s.quit()
		})
	}
}

// remember enters three parts in a wrong order, and what stands between them.
func (s *session) remember() {
	s.t.Helper()
	tap := func(id string) {
		s.t.Helper()
		s.do(s.Reveal(s.ctx, id))
		s.do(s.Tap(s.ctx, id))
	}
	tap("search.add")
	for i, part := range []string{"battery staple", "7!", "Correct horse,"} {
		id := fmt.Sprintf("search.part.%d", i+1)
		s.do(s.Reveal(s.ctx, id))
		s.do(s.Fill(s.ctx, id, part))
	}
	s.do(s.snap("parts"))
	tap("search.order")
	tap("search.between.space")
	tap("search.between.nothing")
	s.do(s.snap("joints"))
	tap("search.slips")
	s.do(s.Await(s.ctx, "the number of guesses", func(desk.State) bool { return s.Latest("search.counted")["guesses"] == 6.0 }))
	s.do(s.snap("deviations"))
}
