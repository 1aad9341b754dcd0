//go:build e2e && linux

package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/secret/scan"
)

// awaits plays something and waits for what the window says next of that name.
func (l *life) awaits(name string, play func() error) map[string]any {
	l.t.Helper()
	before := l.Events(name)
	l.do(play())
	event, err := l.Event(l.ctx, name, before)
	l.do(err)
	return event
}

func (l *life) tap(id string) func() error { return func() error { return l.Tap(l.ctx, id) } }

// recover makes a recovery sheet and types two of its words back, makes three shares of which two are enough, and a key for
// a recovery agent, and rehearses with one of them that is typed and one as a file.
func (l *life) recover() {
	before := l.quiet(0)
	l.do(l.Press("Ctrl+3"))
	l.do(l.Tap(l.ctx, "recovery.begin"))
	asked := l.awaits("recovery.sheet.ask", l.tap("sheet.do"))
	sheet := l.written("*recovery sheet*.pdf", 1)[0]
	words := l.printed(sheet)
	l.do(l.secrets.words(words, onPaper, asValue))
	l.do(l.Await(l.ctx, "the question for two words", func(now desk.State) bool { return now.Focus == "sheet.words" }))
	l.awaits("recovery.sheet.read", func() error {
		return l.Type(words[int(asked["first"].(float64))-1] + " " + words[int(asked["second"].(float64))-1] + "\n")
	})
	l.do(l.Press("Escape"))

	l.do(l.Tap(l.ctx, "recovery.shares"))
	l.awaits("recovery.shares", l.tap("shares.do"))
	l.do(l.Press("Escape"))
	shares := l.written("* share *.pdf", 3)
	for _, page := range shares {
		l.do(l.secrets.words(l.printed(page), onPaper, asValue))
	}
	l.do(l.secrets.pages(append(shares, sheet)...))

	l.agent(sheet)

	_, _, _, height, err := l.Bounds()
	l.do(err)
	l.do(l.Wheel("recovery.sheet", 50))
	l.do(l.Await(l.ctx, "the end of the page", func(now desk.State) bool {
		at, there := now.At["recovery.rehearse"]
		return there && at[1]+at[3] < height
	}))
	l.do(l.Tap(l.ctx, "recovery.rehearse"))
	l.types(l.printed(shares[2]))
	if piece := l.drops("recovery.piece", strings.TrimSuffix(shares[0], ".pdf")+".txt"); piece["ready"] != true {
		l.t.Fatalf("two shares came to %v", piece)
	}
	l.quiet(before)
	l.look(rehearsing)
	if out := l.awaits("recovery.rehearsed", l.tap("rehearse.do")); out["passed"] != true {
		l.t.Fatalf("the rehearsal: %v", out)
	}
	l.do(l.Press("Escape"))
	l.do(l.Press("Ctrl+1"))
}

// types types the words of a page where pieces are gathered, four letters each.
func (l *life) types(words []string) {
	l.do(l.Tap(l.ctx, "gather.type"))
	l.do(l.Await(l.ctx, "the words to have the keyboard", func(now desk.State) bool { return now.Focus == "gather.words" }))
	few := make([]string, len(words))
	for i, w := range words {
		few[i] = w[:4]
	}
	if piece := l.awaits("recovery.piece", func() error { return l.Type(strings.Join(few, " ") + " ") }); piece["ok"] != true {
		l.t.Fatalf("the typed words came to %v", piece)
	}
}

// agent makes a recovery agent's key, which is on a page and nowhere else. other is the page that is there already.
func (l *life) agent(other string) {
	l.do(l.Tap(l.ctx, "recovery.agent"))
	l.do(l.Tap(l.ctx, "agent.own"))
	l.awaits("agent.set", l.tap("agent.key.do"))
	for _, page := range l.written("*recovery sheet*.pdf", 2) {
		if page == other {
			continue
		}
		words := l.printed(page)
		l.do(l.secrets.words(words, onPaper, asValue))
		l.do(l.secrets.wordsOfKey(scan.PrivateKey, signing, words))
		l.do(l.secrets.pages(page, other))
	}
	l.do(l.Await(l.ctx, "the question for two words", func(now desk.State) bool { return now.Focus == "sheet.words" }))
	l.do(l.Press("Escape"))
}

// drops drops a file on the window and waits until something comes of it.
func (l *life) drops(event, path string) map[string]any {
	l.t.Helper()
	_, _, width, height, err := l.Bounds()
	l.do(err)
	return l.awaits(event, func() error { return l.Drop(l.ctx, width/2, height/2, path) })
}

// written are the files in the home folder with a name like that.
func (l *life) written(pattern string, n int) []string {
	l.t.Helper()
	found, err := filepath.Glob(filepath.Join(l.folder, pattern))
	if err != nil || len(found) != n {
		l.t.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found
}

var numbered = regexp.MustCompile(`(\d+)\s+([a-z]{4,8})\b`)

// printed are the words on a page.
func (l *life) printed(page string) []string {
	l.t.Helper()
	text, err := command(l.ctx, "pdftotext", "-raw", page, "-").Output()
	l.do(err)
	words := make([]string, allWords)
	for _, m := range numbered.FindAllStringSubmatch(string(text), -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && n >= 1 && n <= len(words) {
			words[n-1] = m[2]
		}
	}
	return words
}

// receive is ready to receive, and takes a file that another program sends, which has the same keyring on another computer. It
// stays ready across the lock.
func (l *life) receive() {
	l.do(l.Press("Ctrl+4"))
	l.do(l.Screen(l.ctx, "transfer"))
	at := strings.Fields(l.awaits("transfer.ready", l.tap("transfer.ready"))["address"].(string))[0]
	other := filepath.Join(l.t.TempDir(), "other")
	l.do(os.MkdirAll(other, 0o700))
	raw, err := os.ReadFile(filepath.Join(l.home, "keyring.age"))
	l.do(err)
	l.do(os.WriteFile(filepath.Join(other, "keyring.age"), raw, 0o600))
	letter := filepath.Join(l.t.TempDir(), "letter.txt")
	l.do(os.WriteFile(letter, make([]byte, 300_000), 0o600))
	send := l.verb("send", "--home", other, "-t", "me", "--to", at, letter)
	var said strings.Builder
	send.Stdout, send.Stderr = &said, &said
	sent := make(chan error, 1)
	l.awaits("transfer.asked", func() error {
		err := send.Start()
		go func() { sent <- send.Wait() }()
		return err
	})
	l.awaits("transfer.over", l.tap("transfer.yes"))
	if err := <-sent; err != nil {
		l.t.Fatalf("send: %v: %s", err, said.String())
	}
	l.do(desk.AwaitFile(l.ctx, filepath.Join(l.folder, "letter.txt.age")))
	l.do(l.Press("Ctrl+1"))
	if l.Latest("transfer.ready")["on"] != true {
		l.do(fmt.Errorf("no longer ready"))
	}
}
