//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package search

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

// drawn is a piece that was never anywhere else: small letters, so that it has many slips.
func drawn() *secret.Buffer {
	b := secret.New(12)
	secret.Do(func() {
		rand.Read(b.Bytes())
		for i, c := range b.Bytes() {
			b.Bytes()[i] = 'a' + c%26
		}
	})
	return b
}

// joined is all of the parts in a row.
func joined(parts ...*secret.Buffer) *secret.Buffer {
	n := 0
	for _, p := range parts {
		n += p.Len()
	}
	all := secret.New(n)
	n = 0
	for _, p := range parts {
		n += secret.Copy(all.Bytes()[n:], p.Bytes())
	}
	return all
}

type looking struct {
	t   *testing.T
	set *scan.Set
}

// look searches all memory of this process; what should lie in guarded pages is found there, and nothing elsewhere.
func (l looking) look(when string, guarded bool) {
	l.t.Helper()
	secret.Settle()
	r, err := l.set.Own(ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	if !r.Sees() || r.Found() > 0 || (r.Guarded > 0) != guarded {
		l.t.Errorf("%s: %v", when, r)
	}
	l.t.Logf("%s: %v", when, r)
}

// What is remembered and what is guessed lies in guarded memory and nowhere else, while a search runs, and nowhere at all
// when it is over. That the search sees shows what is planted, and what lies in guarded pages.
func TestMemoryForgetsTheGuesses(t *testing.T) {
	one, two := drawn(), drawn()
	right, wrong := joined(two, one), joined(one, two)
	l := looking{t, scan.NewSet()}
	defer l.set.Destroy()
	for _, text := range []*secret.Buffer{right, wrong} {
		l.set.AddText(scan.Passphrase, text.Bytes())
	}
	wrong.Destroy()

	path := filepath.Join(t.TempDir(), "file.age")
	to := agefile.NewPassphrase(right)
	raw, err := agefile.SealBytes(secret.New(1), to)
	to.Destroy()
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	pieceText, anyOrder := guarded("piece: "), guarded("\norder: any\nslips: all\n")
	newLine := guarded("\n")
	recipe := joined(pieceText, one, newLine, pieceText, two, anyOrder)
	half := joined(pieceText, one)
	one.Destroy()
	two.Destroy()
	l.look("a recipe in hand", true)

	r, err := ParseRecipe(recipe, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := ready(t, path, r, Options{Checkpoint: filepath.Join(t.TempDir(), "far")})
	alone(s)
	s.tried = func(number uint64) {
		if number == 0 {
			l.look("a guess tried", true)
			s.Pause()
		}
	}
	s.Start(ctx)
	await(s, Paused)
	l.look("paused", true)
	s.Resume()
	if err := over(s); err != nil {
		t.Fatal(err)
	}
	l.look("found", true)
	found := s.Found()
	s.Close()
	l.look("closed, with what was found", true)
	loose := append([]byte(nil), found.Bytes()...)
	found.Destroy()
	secret.Settle()
	if report, err := l.set.Own(ctx); err != nil || report.Found() == 0 {
		t.Errorf("a guess on the heap was not seen: %v, %v", report, err)
	}
	secret.Wipe(loose)
	runtime.KeepAlive(loose)

	// One that finds nothing wipes what was remembered by itself: who gives up may never close it.
	if r, err = ParseRecipe(half, nil); err != nil {
		t.Fatal(err)
	}
	if err := begun(ready(t, path, r, Options{})); fault.Of(err) != fault.NoGuess {
		t.Fatal(err)
	}
	l.look("nothing left", false)
}

func begun(s *Search) error {
	s.Start(ctx)
	return over(s)
}
