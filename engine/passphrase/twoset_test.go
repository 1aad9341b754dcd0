package passphrase

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func typed(keys string) string {
	var c Composer
	var out []byte
	for _, k := range keys {
		if letter, ok := HangulKey(k); ok {
			out = c.Key(out, letter)
		} else {
			out = utf8.AppendRune(c.End(out), k)
		}
	}
	return string(c.End(out))
}

func TestComposer(t *testing.T) {
	for keys, want := range map[string]string{
		"gksrmf": "한글", "dkssudgktpdy": "안녕하세요", "rkRk": "가까", "rkrrk": "각가", "dkswdk": "앉아", "dkswk": "안자",
		"rhk": "과", "rhkr": "곽", "rhkrk": "과가", "kk": "ㅏㅏ", "hk": "ㅘ", "r": "ㄱ", "rr": "ㄱㄱ", "EkE": "따ㄸ", "dlTek": "있다",
		"ekfrdk": "닭아", "ekfrl": "달기", "rk1rk": "가1가", "AK": "마", "": "", "rnpfl": "궤리", "dmlrk": "의가", "rkqtdl": "값이",
	} {
		if got := typed(keys); got != want {
			t.Errorf("%s: %s, want %s", keys, got, want)
		}
	}
}

// Every syllable, and every two after one another that could run together, come back from their keys.
func TestComposerRoundTrip(t *testing.T) {
	var all []rune
	for r := rune(firstSyllable); r <= lastSyllable; r++ {
		all = append(all, r)
	}
	check := func(text string) {
		var keys []rune
		for _, r := range text {
			var ok bool
			if keys, _, ok = HangulKeys(keys, r); !ok {
				t.Fatalf("no keys for %q", r)
			}
		}
		if got := typed(string(keys)); got != text {
			t.Errorf("%s typed as %s comes back as %s", text, string(keys), got)
		}
	}
	check(string(all))
	for _, first := range all[:vowels*tails] {
		for lead := range rune(leads) {
			check(string([]rune{first, firstSyllable + lead*vowels*tails}))
		}
	}
}

func TestHangulKeysAlone(t *testing.T) {
	for _, r := range "ㄱㄲㅎㅏㅘㅣ" {
		keys, alone, ok := HangulKeys(nil, r)
		if !alone || !ok || typed(string(keys)) != string(r) {
			t.Errorf("%c: %q, %v, %v", r, string(keys), alone, ok)
		}
	}
	for _, r := range "aㄳ1漢 " {
		if keys, _, ok := HangulKeys(nil, r); ok || len(keys) > 0 {
			t.Errorf("%c has keys", r)
		}
	}
}

func TestTouching(t *testing.T) {
	for key, want := range map[rune]string{'s': "adewxz", 'S': "ADEWXZ", 'q': "12aw", '1': "2`q", ' ': "", 'é': "", 'm': ",jkn"} {
		got := strings.Split(string(Touching(key)), "")
		if sorted := sortedText(got); sorted != want {
			t.Errorf("%c touches %s, want %s", key, sorted, want)
		}
	}
	for a := range rune(128) {
		for _, b := range Touching(a) {
			if !strings.ContainsRune(string(Touching(rune(b))), a) {
				t.Errorf("%c touches %c, which does not touch it", a, b)
			}
		}
		if b, ok := OtherShift(a); ok {
			if back, _ := OtherShift(b); back != a {
				t.Errorf("%c and %c are not on one key", a, b)
			}
		}
	}
	if other, _ := OtherShift('1'); other != '!' {
		t.Errorf("on the key of 1 is %c", other)
	}
}

func sortedText(letters []string) string {
	for i := range letters {
		for j := i; j > 0 && letters[j] < letters[j-1]; j-- {
			letters[j], letters[j-1] = letters[j-1], letters[j]
		}
	}
	return strings.Join(letters, "")
}
