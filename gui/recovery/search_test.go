package recovery

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"unicode/utf8"

	"filippo.io/age"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// sealed makes a file that takes next to nothing to try a passphrase on.
func sealed(t *testing.T, name, passphrase string, logN int) string {
	t.Helper()
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	to.SetWorkFactor(logN)
	var raw bytes.Buffer
	w, err := age.Encrypt(&raw, to)
	if err == nil {
		err = w.Close()
	}
	path := filepath.Join(t.TempDir(), name)
	if err == nil {
		err = os.WriteFile(path, raw.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The fake searches like the engine; keyring is its own file.
func (f *fake) SearchTarget(path string) (*search.Target, error) {
	if path == "" {
		path = f.keyring
	}
	return search.OpenTarget(path)
}

func (f *fake) Search(t *search.Target, g *search.Guesses, opt search.Options) *search.Search {
	f.searching = search.New(t, g, opt)
	f.searching.Start(context.Background())
	return f.searching
}

func (f *fake) Searching() *search.Search {
	if f.searching == nil || f.searching.Closed() {
		return nil
	}
	return f.searching
}

func (f *fake) SearchNotes(*search.Target, uint64, uint64) string {
	return filepath.Join(f.home, "far")
}

func (f *fake) GetIn(_ context.Context, path string, found, fresh *secret.Buffer) (bool, error) {
	own := path == f.keyring
	err := f.note("get in", filepath.Base(path), f.take(found), f.take(fresh))
	if err == nil && own {
		f.state = session.Unlocked
	}
	return own, err
}

// forgetful has forgotten the passphrase of the keyring, which is pass, and has nothing else.
func forgetful(t *testing.T, pass string, logN int) (*Wizard, *fake, fyne.Window, *[]bool) {
	t.Helper()
	was, waits := measure, soon
	measure = func(context.Context, *search.Target, search.Team) (float64, error) { return 2, nil }
	soon = func(f func()) { f() }
	t.Cleanup(func() { measure, soon = was, waits })
	f := newFake()
	f.state, f.home, f.keyring = session.Locked, t.TempDir(), sealed(t, "keyring.age", pass, logN)
	t.Cleanup(func() {
		if f.searching != nil {
			f.searching.Close()
		}
	})
	z, w, ended := wizard(t, f)
	option(t, w, text.T("recovery.why.forgot"))
	press(t, w, "recovery.last")
	return z, f, w, ended
}

// write types faster than anything is counted before the last key.
func write(p *widget.PassphraseField, s string) {
	count := soon
	soon = func(func()) {}
	for i, r := range s {
		if i+utf8.RuneLen(r) == len(s) {
			soon = count
		}
		p.TypedRune(r)
	}
}

// came looks once the search is over.
func (l *lastResort) came() {
	<-l.run.Done()
	l.look(l.run)
}

func TestLastResort(t *testing.T) {
	z, f, w, ended := forgetful(t, "mangoSummer", 2)
	l := z.resort
	says(t, w, text.T("recovery.search.empty"))
	if !z.next.Disabled() {
		t.Error("one can begin with nothing")
	}
	write(l.parts[0].field, "Summer")
	write(l.parts[1].field, "mango | melon")
	test.Tap(l.slips)
	says(t, w, text.T("recovery.search.takes", "total", "2", "time", text.Span(1)))
	test.Tap(l.order)
	says(t, w, text.T("recovery.search.takes", "total", "4", "time", text.Span(2)))
	test.Tap(l.between[2])
	says(t, w, text.T("recovery.search.takes", "total", "8", "time", text.Span(4)))
	write(l.ending, "1 | 2")
	says(t, w, text.T("recovery.search.takes", "total", "24", "time", text.Span(12)))
	l.parts[1].field.Clear()
	write(l.parts[1].field, `"mango`)
	l.changed()
	says(t, w, text.T("recovery.search.bad", "n", 2))
	write(l.parts[1].field, `"`)
	press(t, w, "recovery.search.begin")
	l.came()
	l.z.Escape() // gives up nothing that took days to find
	says(t, w, text.T("recovery.search.found"))
	if len(f.did) > 0 {
		t.Fatalf("before there is a new passphrase: %q", f.did)
	}
	f.err = fault.New(fault.NoSpace, "", nil)
	ownPassphrase(t, w, "new one")
	press(t, w, "recovery.search.set")
	what, _ := text.FaultOf(f.err)
	says(t, w, what)
	if f.state != session.Locked || f.Searching() == nil {
		t.Error("what was found is gone though nothing was written")
	}
	f.err, f.did = nil, nil
	press(t, w, "recovery.search.set")
	did(t, f, "get in keyring.age mangoSummer new one")
	f.wiped(t)
	if !z.Back() || f.Searching() != nil || len(*ended) > 0 {
		t.Errorf("back: %v, %v", z.Back(), *ended)
	}
	for _, p := range l.parts {
		if !p.field.Empty() {
			t.Error("what was typed is still there")
		}
	}
}

func TestLastResortFindsNothing(t *testing.T) {
	z, f, w, _ := forgetful(t, "something else", 2)
	l := z.resort
	write(l.parts[0].field, "abc")
	press(t, w, "recovery.search.begin")
	l.came()
	says(t, w, text.T("recovery.search.none"))
	press(t, w, "recovery.search.change")
	says(t, w, text.T("recovery.search.title"))
	if l.parts[0].field.Empty() || f.Searching() != nil || z.next.Disabled() {
		t.Error("what was entered should be there to be changed")
	}
}

// The steps may be left while it is tried, and paused; the search is where it was. With other memories it says so.
func TestLastResortGoesOn(t *testing.T) {
	z, f, w, ended := forgetful(t, "something else", 12) // so that 9,000 guesses take a while
	l := z.resort
	test.Tap(l.slips)
	write(l.parts[0].field, "1..9000")
	press(t, w, "recovery.search.begin")
	l.run.Pause()
	l.look(l.run)
	press(t, w, "recovery.search.leave")
	if len(*ended) != 1 || f.Searching() == nil {
		t.Fatal("the search ended with the steps")
	}
	z.Close()
	z, w, _ = wizard(t, f)
	option(t, w, text.T("recovery.why.forgot"))
	press(t, w, "recovery.last")
	l = z.resort
	says(t, w, text.T("recovery.search.running"))
	l.run.Resume()
	for l.run.Progress().Done == 0 { // it goes on in workers of its own
		runtime.Gosched()
	}
	press(t, w, "recovery.search.stop")
	says(t, w, text.T("recovery.search.title"))
	if _, err := os.Stat(f.SearchNotes(nil, 0, 1)); err != nil || f.Searching() != nil {
		t.Fatalf("stopped: %v", err)
	}
	test.Tap(l.slips)
	write(l.parts[0].field, "1..3")
	press(t, w, "recovery.search.begin")
	l.came()
	says(t, w, text.T("recovery.search.foreign"))
	press(t, w, "recovery.search.anew")
	press(t, w, "recovery.search.begin")
	l.came()
	says(t, w, text.T("recovery.search.none"))
}

func TestLastResortForAFile(t *testing.T) {
	z, f, w, ended := forgetful(t, "mangoSummer", 2)
	z.Drop([]string{sealed(t, "letter.age", "ab", 2)})
	says(t, w, "letter.age")
	l := z.resort
	write(l.parts[0].field, "ab")
	press(t, w, "recovery.search.begin")
	l.came()
	ownPassphrase(t, w, "new one")
	press(t, w, "recovery.search.set")
	did(t, f, "get in letter.age ab new one")
	says(t, w, text.T("recovery.search.changed"))
	if z.Back() || f.state != session.Locked {
		t.Error("a file's passphrase opened the keyring")
	}
	press(t, w, "keys.done")
	if len(*ended) != 1 {
		t.Error("not over")
	}
}

func TestLastResortRefuses(t *testing.T) {
	z, _, w, _ := forgetful(t, "x", 2)
	l := z.resort
	test.Tap(l.slips)
	write(l.parts[0].field, "1..9999")
	write(l.parts[1].field, "1..99999")
	says(t, w, text.T("recovery.search.hopeless", "total", text.Many(9999*99999), "time", text.Span(9999*99999/2.)))
	if !z.next.Disabled() {
		t.Error("what has no hope can be begun")
	}
}

func TestLastResortSaysWhatIsWrongWithTheFile(t *testing.T) {
	z, _, w, _ := forgetful(t, "x", 2)
	path := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, []byte("Dear Ben"), 0o600); err != nil {
		t.Fatal(err)
	}
	z.Drop([]string{path})
	what, _ := text.FaultOf(fault.New(fault.NotEncrypted, "", nil))
	says(t, w, what)
}

func TestPartsComeAndGo(t *testing.T) {
	z, _, w, _ := forgetful(t, "x", 2)
	l := z.resort
	for range search.MaxPieces {
		press(t, w, "recovery.search.add")
	}
	if len(l.parts) != search.MaxPieces {
		t.Errorf("%d parts", len(l.parts))
	}
	for range search.MaxPieces {
		test.Tap(l.parts[0].out)
	}
	if len(l.parts) != 1 || !l.parts[0].out.Disabled() {
		t.Errorf("%d parts", len(l.parts))
	}
}
