package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

var ctx = context.Background()

const roomy = 1 << 30

func guarded(text string) *secret.Buffer { return secret.Take([]byte(text)) }

func choice(texts ...string) *Choice {
	c := &Choice{}
	for _, text := range texts {
		if err := c.Add(guarded(text)); err != nil {
			panic(err)
		}
	}
	return c
}

func piece(texts ...string) *Piece { return &Piece{Choice: *choice(texts...)} }

func maybe(texts ...string) *Piece { return &Piece{Choice: *choice(texts...), Optional: true} }

func guessesOf(t testing.TB, r *Recipe) *Guesses {
	t.Helper()
	g, err := NewGuesses(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

type guess struct {
	text   string
	number uint64
	level  int
}

// all are the guesses of a shard.
func all(t testing.TB, g *Guesses, shard, shards, from uint64) (list []guess) {
	t.Helper()
	o := g.inOrder(shard, shards, from)
	defer o.close()
	room := make([]byte, 4*maxKeys)
	for {
		n, number, level, ok := o.take(room)
		if !ok {
			return list
		}
		list = append(list, guess{string(room[:n]), number, level})
	}
}

func counted(t testing.TB, g *Guesses) Count {
	t.Helper()
	c, err := g.Count(ctx, roomy, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func texts(list []guess) (out []string) {
	for _, g := range list {
		out = append(out, g.text)
	}
	return out
}

func TestGuessesInOrder(t *testing.T) {
	numbers := &Piece{}
	if err := numbers.AddNumbers(8, 11, 2); err != nil {
		t.Fatal(err)
	}
	words := &Piece{}
	if err := words.AddList(guarded("one\r\n\ntwo\nthree")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		recipe Recipe
		want   string
	}{
		"as it is":     {Recipe{Pieces: []*Piece{piece("a b")}}, "a b"},
		"alternatives": {Recipe{Pieces: []*Piece{piece("x", "y"), piece("1", "2")}}, "x1|x2|y1|y2"},
		"any order":    {Recipe{Pieces: []*Piece{piece("a"), piece("b"), piece("c")}, AnyOrder: true}, "abc|acb|bac|bca|cab|cba"},
		"between":      {Recipe{Pieces: []*Piece{piece("a"), piece("b"), piece("c")}, Between: choice("", "-")}, "abc|a-b-c"},
		"one piece":    {Recipe{Pieces: []*Piece{piece("a")}, Between: choice("-", "+")}, "a"},
		"ending":       {Recipe{Pieces: []*Piece{piece("a")}, Ending: choice("", "!", "1")}, "a|a!|a1"},
		"numbers":      {Recipe{Pieces: []*Piece{numbers}}, "08|09|10|11"},
		"words":        {Recipe{Pieces: []*Piece{words}}, "one|two|three"},
		"optional":     {Recipe{Pieces: []*Piece{piece("a"), maybe("b")}, Together: 1}, "ab|a"},
		"not optional": {Recipe{Pieces: []*Piece{piece("a"), maybe("b")}}, "ab"},
		"the same":     {Recipe{Pieces: []*Piece{piece("a", "b"), piece("b", "a")}, AnyOrder: true}, "ab|ba|aa|bb"},
		"capitals": {Recipe{Pieces: []*Piece{piece("summer"), piece("Day")}, Capitals: []Capitals{FirstUpper, EachUpper, AllUpper, AllLower, Inverted},
			Together: 1}, "summerDay|SummerDay|SUMMERDAY|summerday|SUMMERdAY"},
		"typed with Latin letters": {Recipe{Pieces: []*Piece{piece("한글"), piece("ab")}, Keyboards: []Keyboard{Latin, Hangul}, Together: 1},
			"한글ab|gksrmfab|한글뮤"},
		"both":              {Recipe{Pieces: []*Piece{piece("한a")}, Capitals: []Capitals{AllUpper}, Keyboards: []Keyboard{Latin}, Together: 2}, "한a|gksa|한A|gksA"},
		"Hangul with slips": {Recipe{Pieces: []*Piece{piece("가나")}, Slips: Missing | Doubled | Swapped, Together: 1}, "가나|ㅏ나|ㄱ가나|ㅏㄱ나|ㄱ나|가ㅏ나|ㄱ나ㅏ|가ㅏ|간나|가ㅏㄴ|간|가나ㅏ"},
		"written apart":     {Recipe{Pieces: []*Piece{piece("가ㅋㅋ")}}, "가ㅋㅋ"},
		"neighbours":        {Recipe{Pieces: []*Piece{piece("q")}, Slips: Neighbour, Together: 1}, "q|1|2|a|w"},
		"shifted":           {Recipe{Pieces: []*Piece{piece("ㄱa1é")}, Slips: Shifted, Together: 1}, "ㄱa1é|ㄲa1é|ㄱA1é|ㄱa!é"},
		"more":              {Recipe{Pieces: []*Piece{piece("1x")}, Unknown: Digits | More, Together: 1}, moreDigits("1x")},
		"none is empty":     {Recipe{Pieces: []*Piece{piece("", "a")}, Slips: Missing, Together: 1}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			g := guessesOf(t, &c.recipe)
			c1 := counted(t, g)
			if got := strings.Join(texts(all(t, g, 0, 1, 0)), "|"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if want := uint64(strings.Count(c.want, "|") + 1); c1.Total != want || g.Bound() < want {
				t.Errorf("counted %d, bound %d, want %d", c1.Total, g.Bound(), want)
			}
		})
	}
}

func moreDigits(text string) string {
	list := []string{text}
	for at := 0; at <= len(text); at++ {
		for d := '0'; d <= '9'; d++ {
			if more := text[:at] + string(d) + text[at:]; !slices.Contains(list, more) {
				list = append(list, more)
			}
		}
	}
	return strings.Join(list, "|")
}

// slipped is every text one key of which went wrong, made in the plainest way.
func slipped(text string) map[string]bool {
	made := make(map[string]bool)
	for i := range text {
		c := text[i]
		made[text[:i]+text[i+1:]] = true
		made[text[:i]+string(c)+text[i:]] = true
		for _, o := range others(nil, rune(c), Neighbour) {
			made[text[:i]+string(o)+text[i+1:]] = true
		}
		if i+1 < len(text) {
			made[text[:i]+string(text[i+1])+string(c)+text[i+2:]] = true
		}
	}
	return made
}

// Two pieces, any order, one slip: all that should be there is, and no more.
func TestOneSlipIsComplete(t *testing.T) {
	r := &Recipe{Pieces: []*Piece{piece("blue", "green"), piece("1999")}, AnyOrder: true, Between: choice("", "-"),
		Slips: Neighbour | Missing | Doubled | Swapped, Together: 1}
	g := guessesOf(t, r)
	c := counted(t, g)
	want := make(map[string]int)
	for _, colour := range []string{"blue", "green"} {
		for _, joint := range []string{"", "-"} {
			for _, base := range []string{colour + joint + "1999", "1999" + joint + colour} {
				for text := range slipped(base) {
					if _, ok := want[text]; !ok {
						want[text] = 1
					}
				}
				want[base] = 0
			}
		}
	}
	list := all(t, g, 0, 1, 0)
	if len(list) != len(want) || c.Total != uint64(len(want)) || c.Levels[0] != 8 {
		t.Errorf("%d guesses, counted %+v, want %d", len(list), c, len(want))
	}
	for _, guess := range list {
		if level, ok := want[guess.text]; !ok || level != guess.level {
			t.Errorf("%q with %d deviations", guess.text, guess.level)
		}
	}
}

// Two slips: what two single ones with keys apart from each other give is all there.
func TestTwoSlips(t *testing.T) {
	g := guessesOf(t, &Recipe{Pieces: []*Piece{piece("abcd")}, Slips: Missing | Swapped, Together: 2})
	counted(t, g)
	got := texts(all(t, g, 0, 1, 0))
	want := "abcd|bcd|bacd|acd|acbd|abd|abdc|abc|cd|cbd|bd|bdc|bc|bad|badc|bac|ad|adc|ac|ab|acb"
	a, b := slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(strings.Split(want, "|")))
	if !slices.Equal(a, b) {
		t.Errorf("%v\nwant %v", a, b)
	}
}

// recipes draws recipes of all sorts.
func recipes(random *rand.Rand) *Recipe {
	alphabet := []string{"a", "b", "S", "1", "가", "뷁", "ㅋ", "é", "-", "aa", "쀼"}
	text := func(longest int) (s string) {
		for range random.IntN(longest + 1) {
			s += alphabet[random.IntN(len(alphabet))]
		}
		return s
	}
	r := &Recipe{AnyOrder: random.IntN(2) == 0, Together: random.IntN(3)}
	for range 1 + random.IntN(3) {
		p := piece(text(3) + "x")
		for range random.IntN(3) {
			if err := p.Add(guarded(text(3))); err != nil {
				panic(err)
			}
		}
		p.Optional = random.IntN(3) == 0
		r.Pieces = append(r.Pieces, p)
	}
	if random.IntN(2) == 0 {
		r.Between = choice("", text(1))
	}
	if random.IntN(2) == 0 {
		r.Ending = choice("", text(1), "1")
	}
	if random.IntN(2) == 0 {
		r.Capitals = []Capitals{FirstUpper, Inverted, AllUpper}
	}
	if random.IntN(2) == 0 {
		r.Keyboards = []Keyboard{Latin, Hangul}
	}
	r.Slips = Slips(random.UintN(uint(AllSlips) + 1))
	if random.IntN(2) == 0 {
		r.Unknown = Characters(random.UintN(uint(Instead)<<1))&^(Upper|Symbols) | Digits
	}
	return r
}

// Over recipes of all sorts: no guess comes twice, the count is exact and so is
// each level's, the order never grows more likely, no guess could have had
// fewer deviations, the bound holds, the shards are the whole and nothing
// twice, and going on at any number gives the rest.
func TestGuessesHold(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 26))
	for i := range 150 {
		g := guessesOf(t, recipes(random))
		for g.Bound() > 200_000 {
			g = guessesOf(t, recipes(random))
		}
		c := counted(t, g)
		list := all(t, g, 0, 1, 0)
		if uint64(len(list)) != c.Total || c.Total > c.ways || c.ways > g.Bound() {
			t.Fatalf("%d: %d guesses, counted %+v, bound %d", i, len(list), c, g.Bound())
		}
		seen := make(map[string]bool)
		var levels [MaxTogether + 1]uint64
		for n, guess := range list {
			if seen[guess.text] || guess.number != uint64(n) || guess.text == "" {
				t.Fatalf("%d: guess %d, %q, is there already or out of place", i, n, guess.text)
			}
			seen[guess.text] = true
			levels[guess.level]++
			if n > 0 && guess.level < list[n-1].level {
				t.Fatalf("%d: level %d after %d", i, guess.level, list[n-1].level)
			}
		}
		if levels != c.Levels {
			t.Fatalf("%d: levels %v, counted %v", i, levels, c.Levels)
		}
		checkFirst(t, g, list)
		checkShards(t, g, list, random)
	}
}

// checkFirst goes over all ways and compares levels.
func checkFirst(t *testing.T, g *Guesses, list []guess) {
	t.Helper()
	least := make(map[string]int)
	if err := g.over(ctx, func(w *walk) uint64 {
		text := string(w.write())
		if was, ok := least[text]; !ok || w.level() < was {
			least[text] = w.level()
		}
		return 1
	}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	delete(least, "")
	if len(least) != len(list) {
		t.Fatalf("%d different guesses, %d in order", len(least), len(list))
	}
	for _, guess := range list {
		if least[guess.text] != guess.level {
			t.Fatalf("%q has level %d, could have %d", guess.text, guess.level, least[guess.text])
		}
	}
}

func checkShards(t *testing.T, g *Guesses, list []guess, random *rand.Rand) {
	t.Helper()
	shards := 1 + random.Uint64N(7)
	parts := make([]guess, len(list))
	for shard := range shards {
		for _, guess := range all(t, g, shard, shards, 0) {
			if guess.number%shards != shard || parts[guess.number].text != "" {
				t.Fatalf("guess %d in shard %d of %d", guess.number, shard, shards)
			}
			parts[guess.number] = guess
		}
	}
	if !slices.Equal(parts, list) {
		t.Fatalf("%d shards are not the whole", shards)
	}
	from := random.Uint64N(uint64(len(list)) + 2)
	if rest := all(t, g, 0, 1, from); !slices.Equal(rest, list[min(int(from), len(list)):]) {
		t.Fatalf("from %d on: %v", from, rest)
	}
}

// Less memory makes counting slower and nothing else.
func TestCountInLittleMemory(t *testing.T) {
	make := func() *Guesses {
		return guessesOf(t, &Recipe{Pieces: []*Piece{piece("correct", "horse"), piece("battery")}, AnyOrder: true, Slips: AllSlips,
			Unknown: AnyLatin | More | Instead, Together: 1})
	}
	g, small := make(), make()
	c := counted(t, g)
	if slots, classes := tableFor(c.ways, 1<<15); slots != 1<<11 || classes < 4 {
		t.Fatalf("%d slots, %d classes: nothing is tested", slots, classes)
	}
	d, err := small.Count(ctx, 1<<15, 0)
	if err != nil || c != d || !slices.Equal(g.first, small.first) {
		t.Errorf("%+v in plenty, %+v in little memory (%v)", c, d, err)
	}
}

func TestCountStops(t *testing.T) {
	over, cancel := context.WithCancel(ctx)
	cancel()
	p := &Piece{}
	if err := p.AddNumbers(0, 1_000_000, 0); err != nil {
		t.Fatal(err)
	}
	g := guessesOf(t, &Recipe{Pieces: []*Piece{p}})
	if _, err := g.Count(over, roomy, 0); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
}

func TestTooMany(t *testing.T) {
	p := &Piece{}
	if err := p.AddNumbers(0, 999_999_999_999, 0); err != nil {
		t.Fatal(err)
	}
	q := &Piece{}
	if err := q.AddNumbers(0, 999_999_999_999, 0); err != nil {
		t.Fatal(err)
	}
	g := guessesOf(t, &Recipe{Pieces: []*Piece{p, q}, Slips: Neighbour, Together: 3})
	if g.Bound() != endless {
		t.Error(g.Bound())
	}
	if _, err := g.Count(ctx, roomy, 0); fault.Of(err) != fault.Hopeless {
		t.Error(err)
	}
	g = guessesOf(t, &Recipe{Pieces: []*Piece{piece("abc")}, Slips: AllSlips, Together: 1})
	c := counted(t, g)
	again := guessesOf(t, &Recipe{Pieces: []*Piece{piece("abc")}, Slips: AllSlips, Together: 1})
	if _, err := again.Count(ctx, roomy, c.ways-1); fault.Of(err) != fault.Hopeless {
		t.Error(err)
	}
	if _, err := again.Count(ctx, roomy, c.ways); err != nil {
		t.Error(err)
	}
}

func TestRecipesRefused(t *testing.T) {
	long := strings.Repeat("x", maxText)
	for name, c := range map[string]struct {
		recipe *Recipe
		want   fault.Kind
	}{
		"nothing":    {&Recipe{}, fault.RecipeEmpty},
		"no text":    {&Recipe{Pieces: []*Piece{piece("")}}, fault.RecipeEmpty},
		"no choice":  {&Recipe{Pieces: []*Piece{{}}}, fault.RecipeEmpty},
		"too long":   {&Recipe{Pieces: []*Piece{piece(long), piece(long)}}, fault.TooLarge},
		"too many":   {&Recipe{Pieces: slices.Repeat([]*Piece{piece("a")}, MaxPieces+1)}, fault.TooMany},
		"deviations": {&Recipe{Pieces: []*Piece{piece("a")}, Together: MaxTogether + 1}, fault.TooMany},
	} {
		if _, err := NewGuesses(c.recipe); fault.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	var c Choice
	for text, want := range map[string]fault.Kind{long + "x": fault.TooLarge, "\xff": fault.BadName, "a\x00": fault.BadName, "": ""} {
		if err := c.Add(guarded(text)); fault.Of(err) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, bad := range [][2]uint64{{2, 1}, {0, 1 << 62}} {
		if err := c.AddNumbers(bad[0], bad[1], 0); fault.Of(err) != fault.BadName {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := c.AddList(guarded("\n\n")); fault.Of(err) != fault.RecipeEmpty {
		t.Error(err)
	}
}

func BenchmarkCount(b *testing.B) {
	var c Count
	for b.Loop() {
		g, err := NewGuesses(&Recipe{Pieces: []*Piece{piece("summer", "winter"), piece("holiday"), piece("1999", "2001")}, AnyOrder: true,
			Between: choice("", "-"), Slips: AllSlips, Unknown: AnyLatin | More, Together: 1})
		if err != nil {
			b.Fatal(err)
		}
		if c, err = g.Count(ctx, roomy, 0); err != nil {
			b.Fatal(err)
		}
		g.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.ways), "ns/way")
	b.ReportMetric(float64(c.Total), "guesses")
}

func ExampleRecipe() {
	colour, year := &Piece{}, &Piece{}
	for _, text := range []string{"blue", "green"} {
		if err := colour.Add(secret.Take([]byte(text))); err != nil {
			panic(err)
		}
	}
	if err := year.AddNumbers(1990, 1999, 4); err != nil {
		panic(err)
	}
	g, err := NewGuesses(&Recipe{Pieces: []*Piece{colour, year}, AnyOrder: true, Slips: AllSlips, Together: 1})
	if err != nil {
		panic(err)
	}
	defer g.Close()
	c, err := g.Count(context.Background(), 1<<28, 0)
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Levels[0], "as remembered,", c.Levels[1], "with a slip")
	// Output: 40 as remembered, 2572 with a slip
}
