//go:build e2e && linux

package proof

import (
	"fmt"
	"os"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret/scan"
)

// What is looked for of a search for a forgotten passphrase.
const (
	asPiece scan.Kind = "piece" // what is remembered
	asGuess scan.Kind = "guess" // where the pieces of a guess meet
	asTried scan.Kind = "tried" // what scrypt makes of a guess
)

// joints are what may stand between the pieces.
var joints = []string{"", " ", "-"}

// remembered adds pieces of a passphrase and all guesses they give for a keyring. What scrypt makes of one is added for the
// first two: it takes as long as a try.
func (s *secrets) remembered(pieces [2]string, keyring string) error {
	raw, err := os.ReadFile(keyring)
	if err != nil {
		return err
	}
	stanza, _, err := scryptStanza(raw)
	if err != nil {
		return err
	}
	for _, piece := range pieces {
		s.set.AddText(asPiece, []byte(piece))
	}
	for i, joint := range joints {
		for _, guess := range []string{pieces[0] + joint + pieces[1], pieces[1] + joint + pieces[0]} {
			s.set.AddText(asGuess, []byte(guess))
			if i > 0 {
				continue
			}
			if _, err := s.scrypt(asTried, []byte(guess), stanza); err != nil {
				return err
			}
		}
	}
	return nil
}

// search is somebody in front of the lock who is sure of two pieces, in some order: all guesses are tried, with a pause, and
// none is right. They give up where that is said, and are back at the lock.
func (l *life) search() {
	l.do(l.Locked(l.ctx))
	before := l.quiet(0)
	l.do(l.Tap(l.ctx, "lock.forgot"))
	l.do(l.Tap(l.ctx, "why.forgot"))
	l.do(l.Tap(l.ctx, "restore.last"))
	l.remember()
	before = l.quiet(before)

	l.do(l.Tap(l.ctx, "search.begin"))
	l.do(l.Await(l.ctx, "guesses to be tried", func(desk.State) bool { return l.goes() >= search.Running }))
	l.look(guessing)
	l.do(l.Await(l.ctx, "a pause to be possible", func(now desk.State) bool {
		return now.Ready("search.pause") || now.Screen == "search.over"
	}))
	if l.State().Screen == "search.run" {
		before = l.rest(before)
	}
	l.do(l.Screen(l.ctx, "search.over"))
	if over := l.Latest("search.over"); over["kind"] != string(fault.NoGuess) {
		l.t.Fatalf("the search ended with %v", over)
	}
	l.do(l.Tap(l.ctx, "restore.cancel"))
	l.do(l.Locked(l.ctx))
	l.quiet(before)
	l.look(searched)
	l.step("search for a passphrase")
}

// remember types the pieces, and says that they came in some order and what may be between them.
func (l *life) remember() {
	l.do(l.Screen(l.ctx, "search.form"))
	for i, piece := range l.pieces {
		id := fmt.Sprintf("search.part.%d", i+1)
		l.do(l.Reveal(l.ctx, id))
		l.do(l.Fill(l.ctx, id, piece))
	}
	for _, id := range []string{"search.order", "search.between.space", "search.between.hyphen", "search.slips"} {
		l.do(l.Reveal(l.ctx, id))
		l.do(l.Tap(l.ctx, id))
	}
	guesses := float64(2 * len(joints))
	l.do(l.Await(l.ctx, "the number of guesses", func(desk.State) bool { return l.Latest("search.counted")["guesses"] == guesses }))
}

// rest searches while the search pauses, if it is not over before.
func (l *life) rest(before float64) (now float64) {
	l.do(l.Tap(l.ctx, "search.pause"))
	l.do(l.Await(l.ctx, "the pause", func(desk.State) bool { return l.goes() >= search.Paused }))
	if l.goes() != search.Paused {
		return before
	}
	before = l.quiet(before)
	l.look(paused)
	l.do(l.Tap(l.ctx, "search.pause"))
	return before
}

// goes is how the search goes, as the window last said.
func (l *life) goes() search.State {
	n, ok := l.Latest("search.state")["state"].(float64)
	if !ok {
		return search.Counting
	}
	return search.State(n)
}
