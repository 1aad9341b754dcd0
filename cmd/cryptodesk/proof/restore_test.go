//go:build e2e && linux

package proof

import (
	"os"
	"path/filepath"

	"cryptodesk/engine/secret/scan"
)

// What is looked for of somebody else's keys, which are brought back into this keyring.
const (
	ofAgent    scan.Kind = "agent"       // the key of their recovery agent
	ofFriend   scan.Kind = "restored"    // their own
	theirPaper scan.Kind = "their words" // of the pages that were brought
	theirValue scan.Kind = "their value" // what those words stand for
)

// estate is what a friend left: two shares of the key of their recovery agent, a letter that it opens, and a recovery sheet.
type estate struct {
	shares []string
	letter string
	sheet  string
}

// estate makes it with another profile, of which this program never hears.
func (l *life) estate() (e estate) {
	dir := l.t.TempDir()
	home, plain := filepath.Join(dir, "profile"), filepath.Join(dir, "letter.txt")
	e.letter, e.sheet = plain+".age", filepath.Join(dir, "sheet.pdf")
	l.do(os.WriteFile(plain, []byte("all that I have"), 0o600))
	for _, args := range [][]string{
		{"keys", "new", "Bea"},
		{"recovery", "agent", "new", "-o", dir, "Safe"},
		{"encrypt", plain},
		{"recovery", "sheet", "-o", e.sheet},
	} {
		l.others(home, args[0], args[1:]...)
	}
	l.do(os.Remove(plain))
	found, err := filepath.Glob(filepath.Join(dir, "* share *.pdf"))
	if err != nil || len(found) != 3 {
		l.t.Fatalf("shares: %q, %v", found, err)
	}
	e.shares = found[:2]
	return e
}

// theirs adds what is secret in it.
func (l *life) theirs(e estate) {
	one, two, sheet := l.printed(e.shares[0]), l.printed(e.shares[1]), l.printed(e.sheet)
	for _, words := range [][]string{one, two, sheet} {
		l.do(l.secrets.words(words, theirPaper, theirValue))
	}
	l.do(l.secrets.wordsOfKey(ofAgent, ofAgent, one, two))
	l.do(l.secrets.wordsOfKey(ofFriend, ofFriend, sheet))
	l.do(l.secrets.pages(append(e.shares, e.sheet)...))
}

// restore brings back the key of a friend's recovery agent from a share that is typed and one as a file, opens a letter with
// it, and then brings the friend's own key back from a sheet. Both come to the keys that are there.
func (l *life) restore() {
	before := l.quiet(0)
	e := l.estate()
	l.theirs(e)
	l.do(l.Press("Ctrl+3"))
	l.do(l.Screen(l.ctx, "recovery"))
	l.do(l.Tap(l.ctx, "recovery.restore"))
	l.do(l.Tap(l.ctx, "why.lost"))
	l.do(l.Screen(l.ctx, "restore.gather"))
	l.types(l.printed(e.shares[0]))
	if piece := l.drops("recovery.piece", e.shares[1]); piece["ready"] != true {
		l.t.Fatalf("two shares came to %v", piece)
	}
	l.quiet(before)
	l.look(gathered)
	l.takeIn()

	l.do(l.Press("Ctrl+1"))
	l.do(l.Bring(l.ctx, e.letter))
	l.do(l.Run(l.ctx))
	l.do(l.secrets.opened(e.letter))

	l.do(l.Press("Ctrl+3"))
	l.do(l.Screen(l.ctx, "recovery"))
	if piece := l.drops("recovery.piece", e.sheet); piece["ready"] != true {
		l.t.Fatalf("the sheet came to %v", piece)
	}
	l.takeIn()
	l.do(l.Press("Ctrl+1"))
}

// takeIn has the keys that were put together added to the keyring, and puts the question of a way back off if there is one.
func (l *life) takeIn() {
	if back := l.awaits("recovery.restored", l.tap("restore.next")); back["ok"] != true {
		l.t.Fatalf("not taken in: %v", back)
	}
	l.do(l.Screen(l.ctx, "restore.added", "way.choose"))
	if l.State().Screen == "restore.added" {
		l.do(l.Tap(l.ctx, "restore.next"))
	} else {
		l.do(l.Tap(l.ctx, "way.later"))
	}
	l.do(l.Screen(l.ctx, "recovery"))
	l.do(l.secrets.saved(filepath.Join(l.home, "keyring.age")))
}
