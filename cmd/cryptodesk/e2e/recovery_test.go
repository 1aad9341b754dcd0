//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// The passphrase of the backup, and the one chosen when keys are brought back.
const (
	backupPassphrase = "a backup on a stick in a drawer"
	freshPassphrase  = "A new start, on a new computer 9"
)

// lost is what somebody has left who lost the computer: what the ways back wrote, and a file encrypted before.
type lost struct {
	original, sealed string
	backup, sheet    string
	shares           []string // pages and texts, in the order of their names
}

// TestEveryWayLeadsBack makes every way back in in the window, and brings the keys back with each of them, in the window of
// a new empty profile, until the same encrypted file opens.
func TestEveryWayLeadsBack(t *testing.T) {
	t.Parallel()
	l := makeWays(t)
	for _, way := range []struct {
		name  string
		bring func(*session, lost)
	}{
		{"backup", func(s *session, l lost) { s.bringBackup(l.backup) }},
		{"sheet-words", func(s *session, l lost) { s.typeWords(wordsOf(s, l.sheet)) }},
		{"sheet-pdf", func(s *session, l lost) { s.bringPiece(l.sheet) }},
		{"sheet-photo", func(s *session, l lost) { s.bringPiece(photo(s, l.sheet)) }},
		{"shares-files", func(s *session, l lost) {
			s.bringPiece(l.find(t, "share 3", ".txt"))
			s.bringPiece(l.find(t, "share 1", ".pdf"))
		}},
		{"shares-typed", func(s *session, l lost) {
			s.bringPiece(l.find(t, "share 2", ".pdf"))
			s.typeWords(wordsOf(s, l.find(t, "share 1", ".pdf")))
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			home := filepath.Join(t.TempDir(), "profile")
			watch(t, home, freshPassphrase)
			s := open(t, home)
			s.do(s.Tap(s.ctx, "lock.restore"))
			s.leadsBack(l, "why.computer", way.bring)
		})
	}
	t.Run("forgotten", func(t *testing.T) { forgotten(t, l) })
}

// find is the share with these parts in its name.
func (l lost) find(t *testing.T, part, end string) string {
	t.Helper()
	for _, path := range l.shares {
		if name := filepath.Base(path); strings.Contains(name, part+" ") && strings.HasSuffix(name, end) {
			return path
		}
	}
	t.Fatalf("no %s%s among %q", part, end, l.shares)
	return ""
}

// makeWays encrypts a file, makes every way back in on the Recovery screen, and asks for the answer after each.
func makeWays(t *testing.T) (l lost) {
	home, work := profile(t), t.TempDir()
	settle(t, home, map[string]any{"width": 1200, "height": 800}) // every card can be seen
	l.original = random(t, work, "letter.txt", 30_000)
	s := open(t, home)
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, l.original))
	s.do(s.Run(s.ctx))
	l.sealed = l.original + ".age"
	if answer := s.await("recovery.answer", func() error { return s.Press("Ctrl+3") }); answer["answer"] != "notYet" {
		t.Fatalf("the answer without any way: %v", answer)
	}
	s.do(s.snap("not-yet"))

	// The sheet counts when it is written; two of its words show that it can be read.
	s.do(s.Tap(s.ctx, "recovery.begin"))
	s.do(s.snap("sheet"))
	asked := s.await("recovery.sheet.ask", s.tap("sheet.do"))
	l.sheet = s.written("*recovery sheet*.pdf")
	words := wordsOf(s, l.sheet)
	s.do(s.Await(s.ctx, "the question for two words", func(now desk.State) bool { return now.Focus == "sheet.words" }))
	s.await("recovery.sheet.read", func() error {
		return s.Type(words[int(asked["first"].(float64))-1] + " " + words[int(asked["second"].(float64))-1] + "\n")
	})
	s.do(s.snap("sheet-read"))
	s.do(s.Press("Escape"))

	s.do(s.Tap(s.ctx, "recovery.backup"))
	before := s.Events("recovery.backup")
	s.do(s.MakeBackup(s.ctx, "backup.do", backupPassphrase, s.snap))
	_, err := s.Event(s.ctx, "recovery.backup", before)
	s.do(err)
	s.do(s.snap("backup-made"))
	l.backup = s.written("*backup*.age")
	s.do(s.Press("Escape"))

	s.do(s.Tap(s.ctx, "recovery.shares"))
	s.do(s.snap("shares"))
	s.await("recovery.shares", s.tap("shares.do"))
	s.do(s.snap("shares-made"))
	l.shares, err = filepath.Glob(filepath.Join(s.folder, "* share *"))
	s.do(err)
	s.do(s.Press("Escape"))
	if answer := s.Latest("recovery.answer"); answer["answer"] != "yes" || answer["ways"] != 3.0 {
		t.Fatalf("the answer with three ways: %v", answer)
	}
	s.do(s.snap("three-ways"))

	// A rehearsal with shares.
	s.do(s.Tap(s.ctx, "recovery.rehearse"))
	s.bringPiece(l.find(t, "share 1", ".txt"))
	s.do(s.snap("rehearse-one"))
	s.bringPiece(l.find(t, "share 2", ".txt"))
	if out := s.await("recovery.rehearsed", s.tap("rehearse.do")); out["passed"] != true {
		t.Fatalf("the rehearsal: %v", out)
	}
	s.do(s.snap("rehearsed"))
	s.do(s.Press("Escape"))

	// What belongs there finds the way from Files.
	s.do(s.Press("Ctrl+1"))
	s.do(s.Bring(s.ctx, l.find(t, "share 1", ".txt"), l.find(t, "share 3", ".pdf")))
	s.do(s.snap("shares-on-files"))
	before = s.Events("recovery.piece")
	s.do(s.Tap(s.ctx, "special.recover"))
	_, err = s.Event(s.ctx, "recovery.piece", before+1) // the second of two
	s.do(err)
	s.do(s.Screen(s.ctx, "restore.gather"))
	s.do(s.snap("from-files"))
	s.quit()
	return l
}

// written is the one file in the program's home folder with a name like that.
func (s *session) written(pattern string) string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.folder, pattern))
	if err != nil || len(found) != 1 {
		s.t.Fatalf("%s: %q (%v); there is %q", pattern, found, err, list(s.t, s.folder))
	}
	return found[0]
}

// forgotten is a keyring that somebody cannot open any more: it is kept aside, as it was.
func forgotten(t *testing.T, l lost) {
	home := profile(t)
	before, err := sumOf(filepath.Join(home, "keyring.age"))
	if err != nil {
		t.Fatal(err)
	}
	watch(t, home, freshPassphrase)
	s := open(t, home)
	s.do(s.Locked(s.ctx))
	s.do(s.Tap(s.ctx, "lock.forgot"))
	s.leadsBack(l, "why.forgot", func(s *session, l lost) { s.bringPiece(l.sheet) })
	aside, err := filepath.Glob(filepath.Join(home, "keyring.age.*.aside"))
	if err != nil || len(aside) != 1 {
		t.Fatalf("aside: %q (%v); there is %q", aside, err, list(t, home))
	}
	if after, _ := sumOf(aside[0]); after != before {
		t.Error("the old keyring is not as it was")
	}
}

// leadsBack brings keys back with the pieces somebody has, and opens the file that was encrypted before.
func (s *session) leadsBack(l lost, why string, bring func(*session, lost)) {
	t := s.t
	t.Helper()
	work := t.TempDir()
	sealed := filepath.Join(work, "letter.txt.age")
	raw, err := os.ReadFile(l.sealed)
	if err == nil {
		err = os.WriteFile(sealed, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.do(s.Screen(s.ctx, "restore.why"))
	s.do(s.snap("why"))
	s.do(s.Tap(s.ctx, why))
	s.do(s.Screen(s.ctx, "restore.gather"))
	bring(s, l)
	if piece := s.Latest("recovery.piece"); piece["ready"] != true {
		t.Fatalf("the pieces came to %v", piece)
	}
	s.do(s.snap("ready"))
	s.do(s.Tap(s.ctx, "restore.next"))
	s.do(s.Screen(s.ctx, "restore.passphrase"))
	s.do(s.TapAt(s.ctx, "fresh.mode", 0.75))
	s.do(s.Fill(s.ctx, "fresh.field", freshPassphrase))
	s.do(s.Fill(s.ctx, "fresh.again", freshPassphrase))
	s.do(s.snap("passphrase"))
	if back := s.await("recovery.restored", s.tap("restore.next")); back["ok"] != true {
		t.Fatalf("not restored: %v", back)
	}
	s.do(s.Screen(s.ctx, "way.choose"))
	s.do(s.snap("back"))
	s.do(s.Tap(s.ctx, "way.later"))
	s.do(s.Screen(s.ctx, "files"))
	s.do(s.Bring(s.ctx, sealed))
	s.do(s.Run(s.ctx))
	s.do(s.snap("opened"))
	s.quit()
	same(t, l.original, filepath.Join(work, "letter.txt"))
	for _, secret := range []string{freshPassphrase, backupPassphrase} {
		if strings.Contains(s.Heard(), secret) {
			t.Error("the trace tells a passphrase")
		}
	}
}

// bringPiece drops a file and waits until it was read.
func (s *session) bringPiece(path string) {
	s.t.Helper()
	_, _, width, height, err := s.Bounds()
	s.do(err)
	piece := s.await("recovery.piece", func() error { return s.Drop(s.ctx, width/2, height/2, path) })
	if piece["ok"] != true {
		s.t.Fatalf("%s: %v", filepath.Base(path), piece)
	}
}

// bringBackup drops a backup and gives its passphrase, after a wrong one.
func (s *session) bringBackup(path string) {
	s.t.Helper()
	_, _, width, height, err := s.Bounds()
	s.do(err)
	s.await("recovery.ask", func() error { return s.Drop(s.ctx, width/2, height/2, path) })
	s.do(s.Await(s.ctx, "the question for the passphrase", func(now desk.State) bool { return now.Focus == "ask.passphrase" }))
	s.do(s.snap("ask"))
	again := s.await("recovery.ask", func() error { return s.Type("not it\n") })
	if again["again"] != true {
		s.t.Fatalf("asked again: %v", again)
	}
	s.do(s.Await(s.ctx, "the question for the passphrase again", func(now desk.State) bool { return now.Focus == "ask.passphrase" }))
	s.do(s.snap("ask-again"))
	if piece := s.await("recovery.piece", func() error { return s.Type(backupPassphrase + "\n") }); piece["ok"] != true {
		s.t.Fatalf("the backup: %v", piece)
	}
}

// typeWords types the words of a page, four letters each, as the field says one may.
func (s *session) typeWords(words []string) {
	s.t.Helper()
	s.do(s.Tap(s.ctx, "gather.type"))
	s.do(s.Await(s.ctx, "the words to have the keyboard", func(now desk.State) bool { return now.Focus == "gather.words" }))
	for i, w := range words {
		words[i] = w[:4]
	}
	s.do(s.Type(strings.Join(words[:7], " ") + " wrong"))
	s.do(s.snap("words"))
	s.do(s.Press("Delete"))
	piece := s.await("recovery.piece", func() error { return s.Type(strings.Join(words[7:], " ") + " ") })
	if piece["ok"] != true || piece["typed"] != true {
		s.t.Fatalf("the typed words: %v", piece)
	}
}

var numbered = regexp.MustCompile(`(\d+)\s+([a-z]{4,8})\b`)

// wordsOf reads the words off a page, as a person would.
func wordsOf(s *session, page string) []string {
	s.t.Helper()
	text := must(s.ctx, s.t, "", "pdftotext", "-raw", page, "-")
	words := make([]string, 33)
	for _, m := range numbered.FindAllStringSubmatch(text, -1) {
		var n int
		if _, err := fmt.Sscan(m[1], &n); err == nil && n >= 1 && n <= len(words) {
			words[n-1] = m[2]
		}
	}
	for i, w := range words {
		if w == "" {
			s.t.Fatalf("no word %d on the page:\n%s", i+1, text)
		}
	}
	return words
}

// photo is a page as a picture.
func photo(s *session, page string) string {
	s.t.Helper()
	out := filepath.Join(s.t.TempDir(), "photo")
	must(s.ctx, s.t, "", "pdftoppm", "-png", "-r", "150", "-singlefile", page, out)
	return out + ".png"
}
