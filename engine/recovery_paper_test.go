package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret"
)

// labels are plain words; those of both languages are gui/text's to have.
func labels(t *testing.T) recovery.Labels {
	t.Helper()
	font := func(weight string) []byte {
		b, err := os.ReadFile("../assets/fonts/Pretendard-" + weight + ".otf")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return recovery.Labels{Language: "en", Regular: font("Regular"), Bold: font("SemiBold"), T: func(key string, args ...any) string {
		if key != "paper.share.file" {
			return key
		}
		name := "share"
		for i := 1; i < len(args); i += 2 {
			if s, ok := args[i].(string); ok {
				name += " " + s
			} else {
				name += " " + string(rune('0'+args[i].(int)))
			}
		}
		return name
	}}
}

// sheetWords are the words that page keeps, found by asking.
func rightWord(t *testing.T, sheet *recovery.Sheet, i int) []byte {
	t.Helper()
	for a := byte('a'); a <= 'z'; a++ {
		for b := byte('a'); b <= 'z'; b++ {
			for _, w := range slip39.Complete([]byte{a, b}) {
				if sheet.Right(i, []byte(w)) {
					return []byte(w)
				}
			}
		}
	}
	t.Fatal("no word is right")
	return nil
}

func TestSheet(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	key := e.Keys()[0]
	path := filepath.Join(dir, "sheet.pdf")
	sheet, err := e.MakeSheet(ctx, key.ID, path, labels(t))
	if err != nil {
		t.Fatal(err)
	}
	if s := e.Recovery(); s.Answer != recovery.Yes || s.Ways[0].Kind != recovery.SheetWay || !s.Rehearsed.IsZero() {
		t.Errorf("%+v", s)
	}
	changed := make(chan struct{}, 10)
	defer e.OnChange(func() { changed <- struct{}{} })()
	i, j := sheet.Ask()
	if i < 1 || j <= i || j > 33 || sheet.Right(i, []byte("zzzz")) || sheet.Right(0, nil) || sheet.Right(i, []byte("a")) {
		t.Errorf("%d, %d", i, j)
	}
	word := rightWord(t, sheet, j)
	if !sheet.Right(j, []byte(" "+strings.ToUpper(string(word[:4]))+"\n")) {
		t.Error("in capitals, and cut")
	}
	if !e.Recovery().Rehearsed.IsZero() {
		t.Error("one word is no rehearsal")
	}
	rightWord(t, sheet, i)
	<-changed
	e.noting.Wait()
	if s := e.Recovery(); s.Rehearsed.IsZero() || len(s.Ways) != 1 {
		t.Errorf("%+v", s)
	}
	sheet.Close()
	sheet.Close()
	if sheet.Right(i, word) {
		t.Error("closed, and it still tells")
	}
	if _, err := e.MakeSheet(ctx, key.ID, path, labels(t)); fault.Of(err) != fault.Exists {
		t.Errorf("over a file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	classic, err := e.NewKey(ctx, "Old", identity.X25519)
	if err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none.pdf")
	if _, err := e.MakeSheet(ctx, classic.ID, none, labels(t)); fault.Of(err) != fault.BadIdentity {
		t.Errorf("of a classic key: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := e.MakeSheet(gone, key.ID, none, labels(t)); fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := os.Lstat(none); err == nil {
		t.Error("something was left behind")
	}

	// The page brings the key back, and counts as the sheet that it is.
	r := e.NewRestore()
	defer r.Close()
	if p := add(t, r, path, nil); p.Kind != recovery.SheetPiece || len(p.Keys) != 1 || p.Keys[0].ID != key.ID {
		t.Errorf("%+v", p)
	}
	e.clock = func() time.Time { return time.Now().Add(time.Hour) }
	out, err := e.Rehearse(ctx, r)
	if err != nil || len(out.Opened) != 1 || len(out.Missing) != 1 || len(out.Ways) != 1 || out.Ways[0] != e.Recovery().Ways[0].ID {
		t.Errorf("%+v, %v", out, err)
	}
	if s := e.Recovery(); len(s.Ways) != 1 || !s.Ways[0].Passed || s.Answer != recovery.Partly {
		t.Errorf("%+v", s)
	}
}

func TestSharesInAnyOrder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	key := e.Keys()[0]
	paths, err := e.MakeShares(ctx, key.ID, 2, 3, dir, labels(t))
	if err != nil || len(paths) != 6 {
		t.Fatalf("%v, %v", paths, err)
	}
	if s := e.Recovery(); s.Answer != recovery.Yes || s.Ways[0].Need != 2 || s.Ways[0].Of != 3 {
		t.Errorf("%+v", s)
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	for _, plan := range [][2]int{{1, 1}, {1, 2}, {3, 2}, {2, 17}, {0, 0}} {
		if _, err := e.MakeShares(ctx, key.ID, plan[0], plan[1], dir, labels(t)); fault.Of(err) != fault.SharePlan {
			t.Errorf("%v: %v", plan, err)
		}
	}
	again, err := e.MakeShares(ctx, key.ID, 2, 2, dir, labels(t))
	if err != nil || slices.Contains(paths, again[0]) {
		t.Fatalf("%v, %v", again, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 10 {
		t.Errorf("%d files", len(left))
	}

	r := e.NewRestore()
	defer r.Close()
	// A page of one, the text of another, and one of another set on the way.
	if p := add(t, r, paths[4], nil); p.Kind != recovery.SharePiece || p.Share != 3 || p.Have != 1 || p.Need != 2 {
		t.Errorf("%+v", p)
	}
	if f := r.Found(); f.Ready || len(f.Missing) != 1 || f.Missing[0].Lacks() != 1 {
		t.Errorf("%+v", f)
	}
	if _, err := e.Rehearse(ctx, r); fault.Of(err) != fault.ShareMissing {
		t.Errorf("%v", err)
	}
	refused := func(path string, kind fault.Kind) {
		t.Helper()
		p, err := r.AddFile(ctx, path, nil)
		if err != nil || p.Problem == nil || p.Problem.Kind != kind || p.Problem.Subject != filepath.Base(path) {
			t.Errorf("%s: %+v, %v", filepath.Base(path), p, err)
		}
	}
	refused(again[1], fault.ShareForeign)
	refused(paths[5], fault.ShareRepeated)
	if p := add(t, r, paths[1], nil); p.Share != 1 || p.Of != 3 || p.Owner != "Ana" || p.Have != 2 || len(p.Keys) != 1 || p.Keys[0].ID != key.ID {
		t.Errorf("%+v", p)
	}
	if f := r.Found(); !f.Ready || len(f.Keys) != 1 || !f.Keys[0].Known || f.Keys[0].Name != "Ana" || len(f.Missing) != 0 {
		t.Errorf("%+v", f)
	}
	out, err := e.Rehearse(ctx, r)
	if err != nil || !out.Passed || len(out.Ways) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	// Without one of them it does not come back.
	r.Drop(0)
	if f := r.Found(); !f.Ready { // the text of share 3 is there still
		t.Errorf("%+v", f)
	}
	r.Drop(1)
	if f := r.Found(); f.Ready {
		t.Errorf("%+v", f)
	}

	// The whole set restores a new computer, from words alone.
	fresh := openAt(t, filepath.Join(t.TempDir(), "home"))
	d := fresh.NewRestore()
	defer d.Close()
	for _, path := range []string{paths[3], paths[5]} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		words := text[strings.Index(string(text), "\n\n"):]
		if p, err := d.AddWords(ctx, secret.Take(words)); err != nil || p.Problem != nil {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	if err := fresh.Restore(ctx, d, recovery.Replace, "Ana Again", pass()); err != nil {
		t.Fatal(err)
	}
	if k := fresh.Keys(); len(k) != 1 || k[0].ID != key.ID || k[0].Name != "Ana Again" {
		t.Errorf("%+v", k)
	}
	if s := fresh.Recovery(); s.Answer != recovery.Yes || s.Ways[0].Kind != recovery.SharesWay || s.Rehearsed.IsZero() {
		t.Errorf("%+v", s)
	}
}

// Who types the second word and closes the program has rehearsed.
func TestSheetAskedAndClosed(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	e, err := Open(home)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Create(context.Background(), "Ana", pass(), nil); err != nil {
		t.Fatal(err)
	}
	sheet, err := e.MakeSheet(context.Background(), e.Keys()[0].ID, filepath.Join(t.TempDir(), "sheet.pdf"), labels(t))
	if err != nil {
		t.Fatal(err)
	}
	i, j := sheet.Ask()
	rightWord(t, sheet, i)
	rightWord(t, sheet, j)
	sheet.Close()
	e.Close()
	again := openAt(t, home)
	if err := again.Unlock(context.Background(), pass()); err != nil || again.Recovery().Rehearsed.IsZero() {
		t.Errorf("%v, %+v", err, again.Recovery())
	}
}
