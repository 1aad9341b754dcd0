package recovery

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

func TestMain(m *testing.M) {
	widget.KeepToasts()
	form.Away = inline
	form.Later = func(time.Duration, func()) {}
	toUI = func(f func()) { f() }
	follow = func(func() uint64, <-chan struct{}, func()) func() { return func() {} }
	os.Exit(m.Run())
}

// inline stays on the test's goroutine.
func inline(work, done func()) { work(); done() }

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// fake is an engine with keys and ways in memory.
type fake struct {
	agents
	state  session.State
	keys   []identity.Public
	status recovery.Status
	err    error // of everything that is made or restored
	did    []string
	given  []*secret.Buffer // passphrases it got
	files  map[string]recovery.Piece
	asks   map[string]string // by file name: the passphrase it has
	words  recovery.Piece    // what typed words are
	wordsE error
	filesE error // why no file can be reached
	found  recovery.Found
	last   *fakeRestore
	sheet  *fakeSheet
	out    recovery.Rehearsal

	home, keyring string // where a search notes how far it is, and the own keyring's file
	searching     *search.Search

	guesses map[string][]legacy.Guess // by file name
	old     []*legacy.Found
	piece   recovery.Piece // what a key from an old script becomes
	fakeEscrow
}

func key(name string, kind identity.Kind) identity.Public {
	return identity.Public{ID: name, Name: name, Kind: kind, Created: noon}
}

func newFake() *fake {
	return &fake{state: session.Unlocked, keys: []identity.Public{key("Ana", identity.Hybrid)}, files: map[string]recovery.Piece{}, asks: map[string]string{}}
}

func (f *fake) State() session.State      { return f.state }
func (f *fake) Recovery() recovery.Status { return f.status }
func (f *fake) Keys() []identity.Public   { return f.keys }

func (f *fake) note(what ...string) error {
	f.did = append(f.did, strings.Join(what, " "))
	return f.err
}

func (f *fake) take(b *secret.Buffer) string {
	f.given = append(f.given, b)
	defer b.Destroy()
	return string(b.Bytes())
}

func (f *fake) MakeBackup(_ context.Context, path string, pass *secret.Buffer, key string) error {
	return f.note("backup", filepath.Base(path), f.take(pass), key)
}

func (f *fake) MakeSheet(_ context.Context, key, path string, _ recovery.Labels) (Sheet, error) {
	if err := f.note("sheet", key, filepath.Base(path)); err != nil {
		return nil, err
	}
	f.sheet = &fakeSheet{f: f}
	return f.sheet, nil
}

func (f *fake) MakeShares(_ context.Context, key string, need, of int, dir string, _ recovery.Labels) ([]string, error) {
	var paths []string
	for i := range of {
		paths = append(paths, filepath.Join(dir, key+" share "+string(rune('1'+i))+".pdf"))
	}
	return paths, f.note("shares", key, text.Count(int64(need)), text.Count(int64(of)))
}

func (f *fake) LegacyLook(path string) ([]legacy.Guess, error) {
	return f.guesses[filepath.Base(path)], f.err
}

func (f *fake) LegacyOpen(_ context.Context, path string, how legacy.Format, pass *secret.Buffer, keyPath string) ([]*legacy.Found, error) {
	typed := "-"
	if pass != nil {
		typed = f.take(pass)
	}
	if err := f.note("open", filepath.Base(path), typed, filepath.Base(keyPath)); err != nil {
		return nil, err
	}
	return f.old, nil
}

func (f *fake) LegacySave(_ context.Context, found *legacy.Found, path string) error {
	return f.note("save", string(found.Plain.Bytes()), filepath.Base(path))
}

func (f *fake) NewRestore() Restore {
	f.last = &fakeRestore{f: f}
	return f.last
}

func (f *fake) Restore(_ context.Context, r Restore, how recovery.How, owner string, fresh *secret.Buffer) error {
	pass := "-"
	if fresh != nil {
		pass = f.take(fresh)
	}
	err := f.note("restore", []string{"merge", "replace"}[how], owner, pass)
	if err == nil {
		f.state = session.Unlocked
	}
	return err
}

func (f *fake) Rehearse(context.Context, Restore) (recovery.Rehearsal, error) {
	return f.out, f.note("rehearse")
}

// fakeSheet has "academic" as word 7 and "acid" as word 23.
type fakeSheet struct {
	f      *fake
	closed bool
}

func (s *fakeSheet) Ask() (int, int) { return 7, 23 }
func (s *fakeSheet) Close()          { s.closed = true }
func (s *fakeSheet) Right(i int, typed []byte) bool {
	return string(typed) == map[int]string{7: "academic", 23: "acid"}[i]
}

// fakeRestore knows files by their names.
type fakeRestore struct {
	f      *fake
	pieces []recovery.Piece
	closed bool
	typed  []string
	ask    recovery.AskWords
}

func (r *fakeRestore) AddFile(_ context.Context, path string, ask identity.Ask) (recovery.Piece, error) {
	name := filepath.Base(path)
	if r.f.filesE != nil {
		return recovery.Piece{}, r.f.filesE
	}
	for again := false; r.f.asks[name] != ""; again = true {
		pass, err := ask(again)
		if err != nil {
			return recovery.Piece{}, err
		}
		if r.f.take(pass) == r.f.asks[name] {
			break
		}
	}
	if want := r.f.answers[name]; want != "" {
		for again := false; ; again = true {
			words, err := r.ask(recovery.Piece{Name: name, Holder: "Ben"}, again)
			if err != nil {
				return recovery.Piece{}, err
			}
			if r.f.take(words) == want {
				break
			}
		}
	}
	p, ok := r.f.files[name]
	if !ok {
		p = recovery.Piece{Kind: recovery.OtherPiece, Problem: fault.New(fault.NoKey, name, nil)}
	}
	p.Name = name
	r.pieces = append(r.pieces, p)
	return p, nil
}

func (r *fakeRestore) AddWords(_ context.Context, words *secret.Buffer) (recovery.Piece, error) {
	r.typed = append(r.typed, r.f.take(words))
	if r.f.wordsE != nil {
		return recovery.Piece{}, r.f.wordsE
	}
	r.pieces = append(r.pieces, r.f.words)
	return r.f.words, nil
}

func (r *fakeRestore) AddOld(_ context.Context, f *legacy.Found, name string, ask identity.Ask) (recovery.Piece, error) {
	if pass := r.f.asks["inside"]; pass != "" {
		for again := false; ; again = true {
			typed, err := ask(again)
			if err != nil {
				return recovery.Piece{}, err
			}
			if r.f.take(typed) == pass {
				break
			}
		}
	}
	p := r.f.piece
	p.Name = name
	r.pieces = append(r.pieces, p)
	return p, nil
}

func (r *fakeRestore) Words(ask recovery.AskWords) { r.ask = ask }
func (r *fakeRestore) Drop(i int)                  { r.pieces = append(r.pieces[:i:i], r.pieces[i+1:]...) }
func (r *fakeRestore) Pieces() []recovery.Piece    { return r.pieces }
func (r *fakeRestore) Close()                      { r.closed = true }

func (r *fakeRestore) Found() recovery.Found {
	if len(r.pieces) == 0 {
		return recovery.Found{}
	}
	return r.f.found
}

// screen shows the Recovery screen over an engine.
func screen(t *testing.T, f *fake) (*Screen, fyne.Window) {
	t.Helper()
	w := window(t)
	s := New(w, f, Desk{Folder: t.TempDir(), Owner: "Ana", Now: func() time.Time { return noon }})
	t.Cleanup(s.Close)
	w.SetContent(s.Content())
	w.Resize(fyne.NewSize(720, 480))
	s.Shown()
	return s, w
}

func window(t *testing.T) fyne.Window {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	w := test.NewTempWindow(t, container.NewStack())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(720, 480))
	t.Cleanup(func() { widget.DismissAll(w.Canvas()) })
	return w
}
