//go:build e2e && linux

package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// session is one run of the program on a desktop of its own.
type session struct {
	*desk.Program
	ctx     context.Context
	t       *testing.T
	shots   int
	profile string // the profile folder
	folder  string // the home folder, where exports go unless somebody says otherwise
}

// open starts the program on a fresh desktop with a profile folder.
func open(t *testing.T, profile string, args ...string) *session {
	t.Helper()
	return openOn(t, desktop(t), profile, args...)
}

// desktop is a fresh one.
func desktop(t *testing.T) *desk.Display {
	t.Helper()
	d, err := desk.Open(patience(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// openOn starts the program on a desktop.
func openOn(t *testing.T, d *desk.Display, profile string, args ...string) *session {
	t.Helper()
	return openBy(t, d, program, profile, args...)
}

// openBy starts the program by a command of one's own.
func openBy(t *testing.T, d *desk.Display, command, profile string, args ...string) *session {
	t.Helper()
	ctx := patience(t)
	folder := t.TempDir()
	watch(t, profile)
	p, err := d.Start(ctx, command, folder, append([]string{"--home", profile}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{Program: p, ctx: ctx, t: t, profile: profile, folder: folder}
	t.Cleanup(func() {
		if t.Failed() {
			s.ctx = context.Background() // the test's own may be over
			s.snap("failed")
		}
		p.Kill()
		if t.Failed() {
			t.Logf("the program said: %s", p.Said())
		}
	})
	return s
}

// snap keeps a picture in build/e2e/, named after the test and numbered.
func (s *session) snap(step string) error {
	s.shots++
	folder := filepath.Join(filepath.Dir(program), "e2e", s.t.Name())
	return s.Shot(s.ctx, filepath.Join(folder, fmt.Sprintf("%02d-%s.png", s.shots, step)))
}

// do stops the test at the first step that fails.
func (s *session) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// quit closes the window and expects the program to end well, without a word on stderr.
func (s *session) quit() {
	s.t.Helper()
	code, err := s.Quit(s.ctx)
	s.do(err)
	if said := s.Said(); code != 0 || said != "" {
		s.t.Fatalf("exit %d, and it said: %s", code, said)
	}
	if heard := s.Heard(); heard == "" || strings.Contains(heard, passphrase) {
		s.t.Fatalf("the trace is empty or tells the passphrase: %q", heard)
	}
}

// profile makes a profile without the window, so that a test about something else can start locked.
func profile(t *testing.T) string {
	t.Helper()
	home := filepath.Join(t.TempDir(), "profile")
	must(patience(t), t, passphrase, program, "keys", "--home", home, "--passphrase-fd", "3", "new", owner)
	return home
}

func TestFirstRunEncryptAndOpen(t *testing.T) {
	home, work := filepath.Join(t.TempDir(), "profile"), t.TempDir()
	original := random(t, work, "report.pdf", 300_000)
	s := open(t, home)
	s.do(s.FirstRun(s.ctx, owner, passphrase, false, s.snap))
	s.do(s.snap("files"))
	s.do(s.Bring(s.ctx, original))
	s.do(s.snap("plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("done"))
	back := filepath.Join(t.TempDir(), "report.pdf.age")
	s.do(os.Rename(original+".age", back))
	s.do(s.Bring(s.ctx, back))
	s.do(s.snap("open-plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("open-done"))
	s.quit()

	same(t, original, filepath.Join(filepath.Dir(back), "report.pdf"))
	stock := filepath.Join(t.TempDir(), "stock.pdf")
	if err := desk.StockOpen(s.ctx, age, filepath.Join(home, "keyring.age"), passphrase, back, stock); err != nil {
		t.Fatal(err)
	}
	same(t, original, stock)
}

func TestDropsOfEveryKind(t *testing.T) {
	work := t.TempDir()
	s := open(t, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	for _, drop := range []struct {
		name  string
		files []string // made first; what is dropped is the first part of each path
	}{
		{"one", []string{"letter.txt"}},
		{"three", []string{"a.bin", "b.bin", "c.bin"}},
		{"folder", []string{"holiday/one.jpg", "holiday/deep/er/two.jpg", "holiday/empty.txt"}},
		{"spaces", []string{"two  words and more.txt"}},
		{"hangul", []string{"비밀 편지.txt"}},
		{"decomposed-hangul", []string{"\u1112\u1161\u11ab.txt"}},
		{"percent", []string{"100%25 sure?#1.txt"}},
		{"newline", []string{"first\nsecond.txt"}},
		{"mixed", []string{"plain.txt", "folder with space/한글 50%.txt"}},
	} {
		t.Run(drop.name, func(t *testing.T) {
			s := &session{Program: s.Program, ctx: s.ctx, t: t}
			folder, back := filepath.Join(work, drop.name), filepath.Join(work, drop.name+" back")
			s.do(os.MkdirAll(back, 0o755))
			for i, name := range drop.files {
				random(t, folder, name, i*70_000+len(name))
			}
			var originals, sealed []string
			for _, name := range list(t, folder) {
				originals = append(originals, filepath.Join(folder, name))
			}
			before := tree(t, folder)
			s.do(s.Bring(s.ctx, originals...))
			s.do(s.snap("plan"))
			s.do(s.Run(s.ctx))
			s.do(s.snap("done"))
			for _, path := range originals {
				name := path + ".age"
				if info, err := os.Stat(path); err == nil && info.IsDir() {
					name = path + ".tar.age"
				}
				moved := filepath.Join(back, filepath.Base(name))
				s.do(os.Rename(name, moved))
				sealed = append(sealed, moved)
			}
			if now := tree(t, folder); !maps.Equal(before, now) {
				t.Fatalf("the originals changed: %v", now)
			}
			s.do(s.Bring(s.ctx, sealed...))
			s.do(s.snap("open-plan"))
			s.do(s.Run(s.ctx))
			s.do(s.snap("open-done"))
			for _, path := range sealed {
				s.do(os.Remove(path))
			}
			if now := tree(t, back); !maps.Equal(before, now) {
				t.Fatalf("not the same bytes\ngot  %v\nwant %v", now, before)
			}
		})
	}
	s.quit()
}

func TestTakenNameKeepsBoth(t *testing.T) {
	work := t.TempDir()
	original := random(t, work, "letter.txt", 1000)
	first := random(t, work, "letter.txt.age", 50) // somebody's file that happens to have the name
	before, err := sumOf(first)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, profile(t))
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Bring(s.ctx, original))
	s.do(s.snap("plan"))
	s.do(s.Run(s.ctx))
	s.do(s.snap("done"))
	s.quit()
	if after, _ := sumOf(first); after != before {
		t.Fatalf("the file that had the name was changed")
	}
	if _, err := os.Stat(filepath.Join(work, "letter.txt (2).age")); err != nil {
		if _, err := os.Stat(filepath.Join(work, "letter (2).txt.age")); err != nil {
			t.Fatalf("no second name: %q", list(t, work))
		}
	}
}

func TestWrongPassphraseStaysLocked(t *testing.T) {
	s := open(t, profile(t))
	s.do(s.Locked(s.ctx))
	s.do(s.Type("not it\n"))
	s.do(s.Await(s.ctx, "the passphrase being tried", func(st desk.State) bool { return !st.Ready("lock.passphrase") }))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("refused"))
	s.do(s.Unlock(s.ctx, passphrase))
	s.do(s.Press("Ctrl+L"))
	s.do(s.Locked(s.ctx))
	s.do(s.snap("locked-again"))
	s.quit()
}

// same compares two files or folders.
func same(t *testing.T, want, got string) {
	t.Helper()
	if a, b := tree(t, want), tree(t, got); !maps.Equal(a, b) {
		t.Fatalf("not the same bytes\n%s: %v\n%s: %v", want, a, got, b)
	}
}
