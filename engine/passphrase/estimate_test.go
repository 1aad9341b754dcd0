package passphrase

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func bits(p string) float64 { return Estimate([]byte(p)).Log10Guesses * math.Log2(10) }

// TestEstimate gives, in bits, the range within which the answer is honest.
func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		p         string
		low, high float64
	}{
		{"", 0, 0},
		{"password", 0, 3}, {"Password1", 0, 11}, {"P@ssw0rd", 0, 6}, {"drowssap", 0, 6}, {"qwerty123", 0, 14}, {"letmein", 0, 8},
		{"dragon", 0, 10}, {"michael1984", 0, 15}, {"Sarah", 0, 12},
		{"aaaaaaaaaaaaaaaaaaaa", 0, 9}, {"abcabcabcabc", 0, 11}, {"1212121212", 0, 12}, {"passwordpassword", 0, 5},
		{"abcdefghijklm", 0, 8}, {"987654321", 0, 8}, {"zyxwvu", 0, 8}, {"가나다라마바사", 0, 8},
		{"asdfghjkl", 0, 14}, {"1qaz2wsx", 0, 30}, {"zaq12wsx", 0, 30}, {"!@#$%^&*()", 0, 14}, {"ㅂㅈㄷㄱㅛㅕ", 0, 24},
		{"19840523", 0, 16}, {"23.05.1984", 0, 18}, {"1984-05-23", 0, 18}, {"840523", 0, 16}, {"0523", 0, 12}, {"1984", 0, 11},
		{"비밀번호", 0, 9}, {"사랑해1004", 0, 22}, {"qlalfqjsgh", 0, 10}, {"dkssudgktpdy", 0, 10}, {"안녕하세요", 0, 10},
		{"abacus-abacus-abacus-abacus-abacus", 0, 20}, {"people-house-water-money", 0, 52},
		{"correct horse battery staple", 30, 52},
		{"xK9#vQ2!mZ7$", 40, 79}, {"3f8a91c07be2d465", 40, 64},
		{"우리는오늘저녁에된장국을끓여먹었다", 50, 110},
		{"oxidant-cosponsor-steadier-unmasked-viability", 64.5, 64.7},
		{"oxidant cosponsor steadier unmasked viability", 64.5, 64.7},
		{"t-shirt-yo-yo-abacus-zoom-oxidant", 64.5, 64.7},
	} {
		got := bits(c.p)
		if got < c.low-1e-9 || got > c.high {
			t.Errorf("%q: %.1f bits, honest is %v to %v", c.p, got, c.low, c.high)
		}
	}
}

func TestGeneratedPassphraseHolds(t *testing.T) {
	for range 50 {
		b := Generate(Words)
		s := Estimate(b.Bytes())
		key, n := s.Plain()
		// One in a thousand has a word twice, and counts as four.
		if s.Log10Guesses < 15 || s.Level < Strong || key != "strength.centuries" || n != 0 {
			t.Errorf("%s %.1f bits, level %d, %s %d", b.Bytes(), s.Log10Guesses*math.Log2(10), s.Level, key, n)
		}
		b.Destroy()
	}
}

func TestHangulIsTheSameInBothForms(t *testing.T) {
	if a, b := bits("한글은"), bits("\u1112\u1161\u11AB\u1100\u1173\u11AF\u110B\u1173\u11AB"); a != b || a == 0 {
		t.Errorf("%v composed, %v as parts", a, b)
	}
}

func TestLevelsAndPlainTime(t *testing.T) {
	for _, c := range []struct {
		seconds float64
		level   Level
		key     string
		n       int
	}{
		{0, VeryWeak, "strength.instant", 0}, {0.9, VeryWeak, "strength.instant", 0}, {1, VeryWeak, "strength.seconds", 1},
		{119, VeryWeak, "strength.minutes", 1}, {3 * hour, Weak, "strength.hours", 3}, {29 * day, Weak, "strength.days", 29},
		{40 * day, Fair, "strength.months", 1}, {364.9 * day, Fair, "strength.months", 12}, {2 * year, Fair, "strength.years", 2},
		{11 * year, Strong, "strength.years", 11}, {99.9 * year, Strong, "strength.years", 99}, {century, Strong, "strength.centuries", 0},
		{20 * century, Excellent, "strength.centuries", 0},
	} {
		s := strengthOf(math.Log10(c.seconds*2*AttackRate + 1e-9))
		s.Seconds = c.seconds
		if key, n := s.Plain(); key != c.key || n != c.n || !slices.Contains(PlainKeys(), key) {
			t.Errorf("%v s: %s %d, want %s %d", c.seconds, key, n, c.key, c.n)
		}
		if c.seconds > 0 && strengthOf(math.Log10(c.seconds*1.0001*2*AttackRate)).Level != c.level {
			t.Errorf("%v s: want level %d", c.seconds, c.level)
		}
	}
}

func TestLongInputIsBounded(t *testing.T) {
	for _, p := range []string{strings.Repeat("x", 1<<20), strings.Repeat("ab1!", 1<<10), strings.Repeat("힣", 400), strings.Repeat("\xff", 2000)} {
		if s := Estimate([]byte(p)); math.IsInf(s.Log10Guesses, 0) || math.IsNaN(s.Seconds) || math.IsInf(s.Seconds, 0) {
			t.Errorf("%.4q...: %v", p, s)
		}
	}
}

// TestEstimateKeepsNothing: the input is as it was, and there is no allocation a copy could be in.
func TestEstimateKeepsNothing(t *testing.T) {
	p := []byte("Tr0ub4dor&3 와 비밀")
	before := string(p)
	if n := testing.AllocsPerRun(20, func() { Estimate(p) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if string(p) != before {
		t.Error("the passphrase was changed")
	}
}

func FuzzEstimate(f *testing.F) {
	for _, s := range []string{"", "password", "1984-05-23", "\xff\xfe", "가나다ㅂㅈ\u1100\u1161\u11a8", "qwertyuiop[]", "abacus-zoom-yo-yo-acid", strings.Repeat("ab", 300)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		s := Estimate(p)
		if s.Log10Guesses < 0 || math.IsNaN(s.Log10Guesses) || math.IsInf(s.Log10Guesses, 0) || s.Seconds < 0 {
			t.Fatalf("%q: %v", p, s)
		}
		if most := 2 * float64(utf8.RuneCount(p)); s.Log10Guesses > most && s.Log10Guesses > 4*math.Log10(7776)-1 {
			t.Fatalf("%q: %v guesses for %v characters", p, s.Log10Guesses, utf8.RuneCount(p))
		}
		if key, n := s.Plain(); key == "" || n < 0 {
			t.Fatalf("%q: %s %d", p, key, n)
		}
	})
}

func BenchmarkEstimate(b *testing.B) {
	p := []byte("oxidant-cosponsor-steadier-unmasked-viability")
	b.ReportAllocs()
	for b.Loop() {
		Estimate(p)
	}
}

func BenchmarkEstimateWorst(b *testing.B) {
	p := []byte(strings.Repeat("a", maxRunes))
	for b.Loop() {
		Estimate(p)
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		Generate(Words).Destroy()
	}
}
