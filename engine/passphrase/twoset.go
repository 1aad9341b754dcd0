package passphrase

import "unicode/utf8"

// Hangul letters that stand alone, in the order of leads and of vowels (Unicode block Hangul Compatibility Jamo).
var aloneLeads = [leads]rune{'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'}

const firstAloneVowel = 'ㅏ'

// HangulKeys appends to dst the Latin letters on the keys of the two-set keyboard that type r, a Hangul syllable or a letter
// that can be typed alone: "gks" for 한. alone says that it was such a letter. ok is false, and dst as it was, for all else.
func HangulKeys(dst []rune, r rune) (keys []rune, alone, ok bool) {
	add := func(letters string) {
		for _, c := range letters {
			dst = append(dst, c)
		}
	}
	switch v := r - firstAloneVowel; {
	case isSyllable(r):
		i := int(r - firstSyllable)
		add(leadKeys[i/(vowels*tails)])
		add(vowelKeys[i/tails%vowels])
		add(tailKeys[i%tails])
		return dst, false, true
	case v >= 0 && v < vowels:
		add(vowelKeys[v])
		return dst, true, true
	}
	for i, lead := range aloneLeads {
		if lead == r {
			add(leadKeys[i])
			return dst, true, true
		}
	}
	return dst, false, false
}

// HangulKey gives the letter that means the same with the keyboard set to Hangul: shift matters on seven keys only. ok is
// false for what is no Latin letter.
func HangulKey(r rune) (key rune, ok bool) {
	switch {
	case r >= 'a' && r <= 'z', r == 'R', r == 'E', r == 'Q', r == 'T', r == 'W', r == 'O', r == 'P':
		return r, true
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A', true
	}
	return r, false
}

// Composer makes syllables of keys pressed one after the other, as the input methods do: a consonant after a vowel ends the
// syllable until a vowel takes it away. The zero value is ready; it keeps at most one unfinished syllable. Letters are those
// of HangulKey.
type Composer struct {
	lead, vowel, tail int8 // 1 more than the place in leadKeys and vowelKeys, the place in tailKeys; 0 is none
}

// Key presses a key and appends to dst what became final through it.
func (c *Composer) Key(dst []byte, letter rune) []byte {
	if lead := placeOf(leadKeys[:], letter, 0); lead >= 0 {
		return c.consonant(dst, int8(lead), letter)
	}
	return c.vowelKey(dst, letter)
}

func (c *Composer) consonant(dst []byte, lead int8, letter rune) []byte {
	if c.lead > 0 && c.vowel > 0 {
		if tail := placeOf(tailKeys[:], letter, c.lastOfTail()); tail > 0 {
			c.tail = int8(tail)
			return dst
		}
	}
	dst = c.End(dst)
	c.lead = lead + 1
	return dst
}

func (c *Composer) vowelKey(dst []byte, letter rune) []byte {
	if c.tail > 0 { // its last consonant begins the next syllable
		keys := tailKeys[c.tail]
		lead := placeOf(leadKeys[:], rune(keys[len(keys)-1]), 0)
		c.tail = int8(max(0, placeOf(tailKeys[:], rune(keys[0]), 0)))
		if len(keys) == 1 {
			c.tail = 0
		}
		dst = c.End(dst)
		c.lead = int8(lead) + 1
	}
	if c.vowel > 0 {
		if v := placeOf(vowelKeys[:], letter, vowelKeys[c.vowel-1][0]); len(vowelKeys[c.vowel-1]) == 1 && v >= 0 {
			c.vowel = int8(v) + 1
			return dst
		}
		dst = c.End(dst)
	}
	c.vowel = int8(placeOf(vowelKeys[:], letter, 0)) + 1
	return dst
}

// lastOfTail is the key that a second consonant of the tail comes after, 0 when there is none yet and 1, which is no key,
// when there is no room for another.
func (c *Composer) lastOfTail() byte {
	switch keys := tailKeys[c.tail]; len(keys) {
	case 0:
		return 0
	case 1:
		return keys[0]
	}
	return 1
}

// End appends what is unfinished, as after a key that is not Hangul.
func (c *Composer) End(dst []byte) []byte {
	switch {
	case c.lead > 0 && c.vowel > 0:
		dst = utf8.AppendRune(dst, firstSyllable+(rune(c.lead-1)*vowels+rune(c.vowel-1))*tails+rune(c.tail))
	case c.lead > 0:
		dst = utf8.AppendRune(dst, aloneLeads[c.lead-1])
	case c.vowel > 0:
		dst = utf8.AppendRune(dst, firstAloneVowel+rune(c.vowel-1))
	}
	*c = Composer{}
	return dst
}

// placeOf finds what key letter alone, or letter after the key before, makes; -1 if nothing.
func placeOf(table []string, letter rune, before byte) int {
	for i, keys := range table {
		switch {
		case before == 0 && len(keys) == 1 && rune(keys[0]) == letter,
			before != 0 && len(keys) == 2 && keys[0] == before && rune(keys[1]) == letter:
			return i
		}
	}
	return -1
}
