//go:build e2e && linux

package e2e

import (
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// copyCard copies the contact card of the first key from its details.
func (s *session) copyCard(d *desk.Display) string {
	s.t.Helper()
	s.do(s.Press("Ctrl+2"))
	s.do(s.Await(s.ctx, "the list", func(st desk.State) bool { return st.Focus == "keys.list" }))
	s.do(s.Press("Return"))
	s.do(s.Tap(s.ctx, "detail.copyCard"))
	for {
		card, err := d.Clipboard(s.ctx)
		s.do(err)
		if strings.Contains(card, "age1") {
			return card
		}
	}
}

func TestClipboardIsEmptiedByTheLock(t *testing.T) {
	d := desktop(t)
	s := openOn(t, d, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	s.copyCard(d)
	s.do(s.snap("copied"))
	s.do(s.Press("Ctrl+L"))
	over, err := s.Event(s.ctx, "clip.over", 0)
	s.do(err)
	if left, err := d.Clipboard(s.ctx); err != nil || left != "" || over["emptied"] != true {
		t.Errorf("%v; left is %q, %v", over, left, err)
	}

	// Somebody else's content, a passphrase perhaps, is neither emptied nor looked at.
	s.do(s.Unlock(s.ctx, passphrase))
	s.copyCard(d)
	asked, err := d.TakeClipboard(s.ctx)
	s.do(err)
	s.do(s.Press("Ctrl+L"))
	over, err = s.Event(s.ctx, "clip.over", 1)
	s.do(err)
	times, lost, err := asked()
	s.do(err)
	if times != 0 || lost || over["emptied"] != false {
		t.Errorf("%v; asked %d times, lost: %v", over, times, lost)
	}
	s.quit()
}

func TestClipboardIsEmptiedAfterAWhile(t *testing.T) {
	t.Parallel()
	d := desktop(t)
	s := openOn(t, d, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	s.copyCard(d)
	_, err := s.Event(s.ctx, "clip.over", 0)
	s.do(err)
	if left, err := d.Clipboard(s.ctx); err != nil || left != "" {
		t.Errorf("left is %q, %v", left, err)
	}
	s.quit()
}
