//go:build e2e && linux

package proof

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/secret/scan"
)

// deposited are the keys in a deposit that somebody left here.
const deposited scan.Kind = "deposited"

// others plays a verb with the profile of somebody else, and answers what it printed.
func (l *life) others(home, name string, args ...string) string {
	l.t.Helper()
	cmd := l.verb(name, append([]string{"--home", home}, args...)...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("%s %q: %v: %s", name, args, err, said.String())
	}
	return string(out)
}

// deposit is what somebody left here, the request of their new keys for it, and the words that they read out.
func (l *life) deposit() (deposit, request, code, fresh string) {
	dir := l.t.TempDir()
	card, old := filepath.Join(dir, "card.txt"), filepath.Join(dir, "old")
	deposit, request, fresh = filepath.Join(dir, "Cleo.deposit.age"), filepath.Join(dir, "Cleo.request.txt"), filepath.Join(dir, "new")
	l.others(l.home, "keys", "export", "--card", "-o", card)
	l.others(old, "keys", "new", "Cleo")
	l.others(old, "contacts", "add", card)
	l.others(old, "recovery", "deposit", owner, "-o", deposit, "--unverified")
	l.others(fresh, "keys", "new", "Cleo")
	lines := strings.Split(strings.TrimSpace(l.others(fresh, "recovery", "request", "-o", request)), "\n")
	return deposit, request, lines[len(lines)-1], fresh
}

// left adds the key of a deposit and those in it.
func (s *secrets) left(deposit string) error {
	if err := s.opened(deposit); err != nil {
		return err
	}
	raw, err := os.ReadFile(deposit)
	if err != nil {
		return err
	}
	plain, err := age.Decrypt(bytes.NewReader(raw), s.ids...)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "AGE-SECRET-KEY-PQ-1"); ok {
			s.root(fromBech32(data), deposited, deposited)
		}
	}
	return nil
}

// release gives a deposit back to the new keys of who left it, whose words are typed.
func (l *life) release() {
	deposit, request, code, fresh := l.deposit()
	l.do(l.secrets.left(deposit))
	l.do(l.Press("Ctrl+1"))
	l.do(l.Bring(l.ctx, deposit, request))
	if read := l.awaits("release.read", l.tap("special.recover")); read["ok"] != true {
		l.t.Fatalf("a deposit and a request came to %v", read)
	}
	l.do(l.Await(l.ctx, "the case", func(now desk.State) bool { _, there := now.At["release.words"]; return there }))
	for _, at := range []string{"keys.place", "release.words"} { // up from Cancel, where the keyboard begins
		l.do(l.Press("Shift+Tab"))
		l.do(l.Await(l.ctx, "the keyboard on "+at, func(now desk.State) bool { return now.Focus == at }))
	}
	l.do(l.Type(code))
	if done := l.awaits("recovery.release", func() error { return l.Press("Return") }); done["ok"] != true {
		l.t.Fatalf("not released: %v", done)
	}
	l.do(l.Press("Escape"))
	l.do(l.secrets.saved(filepath.Join(l.home, "keyring.age")))
	asker, err := profile(l.pass, filepath.Join(fresh, "keyring.age"))
	l.do(err)
	asker.set.Destroy()
	released := &secrets{set: l.secrets.set, ids: asker.ids}
	l.do(released.opened(l.written("*.release.age", 1)[0]))
	l.do(l.Press("Ctrl+1"))
}
