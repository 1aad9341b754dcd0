package passphrase

import "unicode/utf8"

// Hangul syllables are made of a lead, a vowel and an optional tail by arithmetic: Unicode Standard, section 3.12.
const (
	firstSyllable = 0xAC00
	lastSyllable  = 0xD7A3
	firstLead     = 0x1100
	firstVowel    = 0x1161
	firstTail     = 0x11A7 // one before the first: tail 0 is none
	leads         = 19
	vowels        = 21
	tails         = 28
)

func isSyllable(r rune) bool { return r >= firstSyllable && r <= lastSyllable }

// compose joins r to the character before it when both are parts of one syllable, as in file names and input of macOS.
func compose(before, r rune) (joined rune, ok bool) {
	lead, vowel, tail := before-firstLead, r-firstVowel, r-firstTail
	switch {
	case lead >= 0 && lead < leads && vowel >= 0 && vowel < vowels:
		return firstSyllable + (lead*vowels+vowel)*tails, true
	case isSyllable(before) && (before-firstSyllable)%tails == 0 && tail > 0 && tail < tails:
		return before + tail, true
	}
	return 0, false
}

// The keys of the two-set Korean keyboard (KS X 5002), for leads, vowels and tails in their Unicode order.
var (
	leadKeys  = [leads]string{"r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g"}
	vowelKeys = [vowels]string{"k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho", "hl", "y", "n", "nj", "np", "nl",
		"b", "m", "ml", "l"}
	tailKeys = [tails]string{"", "r", "R", "rt", "s", "sw", "sg", "e", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a",
		"q", "qt", "t", "T", "d", "w", "c", "z", "x", "v", "g"}
)

// typedOnLatinKeys turns a published list of Korean words into what comes out with the keyboard set to English, lower case.
func typedOnLatinKeys(list []byte) []byte {
	var out []byte
	for len(list) > 0 {
		r, size := utf8.DecodeRune(list)
		list = list[size:]
		if !isSyllable(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		i := int(r - firstSyllable)
		out = append(out, leadKeys[i/(vowels*tails)]...)
		out = append(out, vowelKeys[i/tails%vowels]...)
		out = append(out, tailKeys[i%tails]...)
	}
	for i := range out {
		out[i] = lower(out[i])
	}
	return out
}

// latinKey gives the letter on the key of a single Hangul letter that can be typed alone, so that runs along the keyboard show.
func latinKey(r rune) rune {
	for i, jamo := range jamoOnKeys {
		if jamo == r {
			return rune('a' + i)
		}
	}
	return r
}

// jamoOnKeys are the Hangul letters on the keys a to z.
var jamoOnKeys = [26]rune{'ㅁ', 'ㅠ', 'ㅊ', 'ㅇ', 'ㄷ', 'ㄹ', 'ㅎ', 'ㅗ', 'ㅑ', 'ㅓ', 'ㅏ', 'ㅣ', 'ㅡ', 'ㅜ', 'ㅐ', 'ㅔ', 'ㅂ', 'ㄱ', 'ㄴ',
	'ㅅ', 'ㅕ', 'ㅍ', 'ㅈ', 'ㅌ', 'ㅛ', 'ㅋ'}
