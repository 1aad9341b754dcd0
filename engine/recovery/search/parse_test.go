package search

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

func listsOf(lists map[string]string) func(string) (*secret.Buffer, error) {
	return func(path string) (*secret.Buffer, error) {
		if text, ok := lists[path]; ok {
			return guarded(text), nil
		}
		return nil, fault.New(fault.NotFound, path, nil)
	}
}

func TestParseRecipe(t *testing.T) {
	open := listsOf(map[string]string{"my words.txt": "one\ntwo\n"})
	for recipe, want := range map[string]string{
		"piece: a | b": "a|b",
		"\uFEFF# what I know\r\n\r\n piece :  a b  \r\npiece: 1..3":    "a b1|a b2|a b3",
		"piece: x\npiece: 08..10 | y":                                  "x08|x09|x10|xy",
		"piece: x\npiece: 8..10":                                       "x8|x9|x10",
		`piece: " a " | "b|c" | "d\"\\" | e"f|""`:                      ` a |b|c|d"\|e"f`,
		`piece: "1..3" | 1.2 | 1...2 | ..3 | 3..`:                      "1..3|1.2|1...2|..3|3..",
		"piece: a\npiece: b\norder: any\nbetween: |-":                  "ab|a-b|ba|b-a",
		"piece: a\npiece?: b\norder: as listed":                        "ab|a",
		"piece: a\npiece?: b\ntogether: 0":                             "ab",
		"list: my words.txt\nending: | !":                              "one|one!|two|two!",
		"list?: my words.txt\npiece: 1":                                "one1|two1|1",
		"piece: ab\ncapitals: upper first":                             "ab|AB|Ab",
		"piece: 한\nkeyboard: latin":                                    "한|gks",
		"piece: gks\nkeyboard: hangul":                                 "gks|한",
		"piece: ab\nslips: missing swapped":                            "ab|b|ba|a",
		"piece: ab\nslips: missing swapped\ntogether: 2":               "ab|b|ba|a",
		"piece: a\nunknown: space":                                     "a| a|a ",
		"piece: a\nunknown: instead space":                             "a| ",
		"piece: a\nslips: missing\nunknown: instead space\ntogether:2": "a| ",
	} {
		r, err := ParseRecipe(guarded(recipe), open)
		if err != nil {
			t.Errorf("%q: %v", recipe, err)
			continue
		}
		g := guessesOf(t, r)
		counted(t, g)
		if got := strings.Join(texts(all(t, g, 0, 1, 0)), "|"); got != want {
			t.Errorf("%q: %s, want %s", recipe, got, want)
		}
	}
	r, err := ParseRecipe(guarded("piece: a\nslips: all\nunknown: any more instead\ncapitals: each lower inverted"), nil)
	if err != nil || r.Slips != AllSlips || r.Unknown != AnyLatin|More|Instead || len(r.Capitals) != 3 || r.Together != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestParseRecipeRefuses(t *testing.T) {
	open := listsOf(map[string]string{"bad": "a\xff", "empty": "\n"})
	for recipe, want := range map[string]struct {
		kind    fault.Kind
		subject string
	}{
		"":                                      {fault.RecipeEmpty, ""},
		"# piece: a":                            {fault.RecipeEmpty, ""},
		"my passphrase":                         {fault.RecipeBad, "1"},
		"piece: a\n\npeace: b":                  {fault.RecipeBad, "3"},
		"piece: \"a":                            {fault.RecipeBad, "1"},
		"piece: \"a\\n\"":                       {fault.RecipeBad, "1"},
		"piece: \"a\" b":                        {fault.RecipeBad, "1"},
		"piece: 3..1":                           {fault.RecipeBad, "1"},
		"piece: \xff":                           {fault.RecipeBad, "1"},
		"piece: a\norder: some":                 {fault.RecipeBad, "2"},
		"piece: a\norder: any\norder: any":      {fault.RecipeBad, "3"},
		"piece: a\nbetween: a\nbetween: b":      {fault.RecipeBad, "3"},
		"piece: a\ntogether: 4":                 {fault.RecipeBad, "2"},
		"piece: a\ntogether: -1":                {fault.RecipeBad, "2"},
		"piece: a\nslips: some":                 {fault.RecipeBad, "2"},
		"piece: a\nslips:":                      {fault.RecipeBad, "2"},
		"piece: a\ncapitals: first first":       {fault.RecipeBad, "2"},
		"piece: a\nkeyboard: qwertz":            {fault.RecipeBad, "2"},
		"list:":                                 {fault.RecipeBad, "1"},
		"list: none":                            {fault.NotFound, "none"},
		"list: empty":                           {fault.RecipeEmpty, ""},
		"list: bad":                             {fault.BadName, ""},
		strings.Repeat("piece: a\n", 9):         {fault.RecipeBad, "9"},
		"piece: a" + strings.Repeat("|a", 1000): {fault.RecipeBad, "1"},
		strings.Repeat("#", MaxRecipe+1):        {fault.TooLarge, ""},
	} {
		_, err := ParseRecipe(guarded(recipe), open)
		if f := fault.As(err); f == nil || f.Kind != want.kind || f.Subject != want.subject {
			t.Errorf("%.40q: %v", recipe, err)
		}
	}
	if _, err := ParseRecipe(guarded("list: words"), nil); fault.Of(err) != fault.RecipeBad {
		t.Error(err)
	}
}

func FuzzParseRecipe(f *testing.F) {
	for _, seed := range []string{"piece: a | \"b\" | 1..9\nlist?: x\norder: any", "between: | -\nending: !\npiece: 한글",
		"capitals: first\nkeyboard: latin\nslips: all\nunknown: any\ntogether: 3", "piece: \"\\\"\\\\\" |"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRecipe(secret.Take(bytes.Clone(text)), listsOf(map[string]string{"x": "one\ntwo"}))
		if err != nil {
			return
		}
		g, err := NewGuesses(r)
		if err != nil {
			return
		}
		defer g.Close()
		if g.Bound() > 20_000 {
			return
		}
		c, err := g.Count(ctx, roomy, 0)
		if err != nil {
			t.Fatal(err)
		}
		list := all(t, g, 0, 1, 0)
		if uint64(len(list)) != c.Total {
			t.Fatalf("%d guesses, counted %d", len(list), c.Total)
		}
		seen := make(map[string]bool)
		for _, guess := range list {
			if seen[guess.text] {
				t.Fatalf("%q twice", guess.text)
			}
			seen[guess.text] = true
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	dir := f.TempDir()
	path := sealed(f, "no such thing", 1)
	target, err := OpenTarget(path)
	if err != nil {
		f.Fatal(err)
	}
	g := guessesOf(f, summer())
	with, err := newScrypt(1<<1, ageR, ageP)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(with.close)
	s := New(target, g, Options{Checkpoint: dir + "/far"})
	point, _, _, err := openCheckpoint(s.opt.Store, s.opt.Checkpoint, g, with)
	if err != nil {
		f.Fatal(err)
	}
	if err := point.write(s.note()); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(s.opt.Checkpoint)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(checkpointTitle))
	f.Fuzz(func(t *testing.T, raw []byte) {
		at := t.TempDir() + "/far"
		if err := os.WriteFile(at, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		point, n, found, err := openCheckpoint(s.opt.Store, at, g, with)
		defer point.close()
		switch kind := fault.Of(err); {
		case err == nil && found && n.shards == 1: // one that was written, perhaps by another process
		case kind == fault.CheckpointDamaged, kind == fault.CheckpointForeign, kind == fault.TooNew:
		default:
			t.Fatalf("%d bytes: found %v, %v", len(raw), found, err)
		}
	})
}
