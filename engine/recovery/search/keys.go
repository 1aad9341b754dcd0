package search

import (
	"unicode/utf8"

	"cryptodesk/engine/passphrase"
)

// A guess is put together from key presses, because that is where slips happen
// and where Hangul and Latin letters are the same. A key is the character it
// gives or, with hangulKey, the Latin letter on a key pressed with the keyboard
// set to Hangul. noKey gives nothing and keeps letters that were written apart
// from becoming one syllable.
const (
	hangulKey rune = 1 << 30
	noKey     rune = 0
)

// pressed appends the keys that text, valid UTF-8, is typed with.
func pressed(dst []rune, text []byte) []rune {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		from := len(dst)
		keys, alone, ok := passphrase.HangulKeys(dst, r)
		if !ok {
			dst = append(dst, r)
			continue
		}
		dst = keys
		for i := from; i < len(dst); i++ {
			dst[i] |= hangulKey
		}
		if alone {
			dst = append(dst, noKey)
			dst = append(dst, noKey)
			copy(dst[from+1:], dst[from:])
			dst[from] = noKey
			dst[len(dst)-1] = noKey
		}
	}
	return dst
}

// gives appends what the keys give.
func gives(dst []byte, keys []rune) []byte {
	var c passphrase.Composer
	for _, k := range keys {
		switch {
		case k == noKey:
			dst = c.End(dst)
		case k&hangulKey != 0:
			dst = c.Key(dst, k&^hangulKey)
		default:
			dst = utf8.AppendRune(c.End(dst), k)
		}
	}
	return c.End(dst)
}

// hangul is the key of a Latin letter with the keyboard set to Hangul.
func hangul(k rune) (rune, bool) {
	letter, ok := passphrase.HangulKey(k)
	if !ok {
		return k, false
	}
	return letter | hangulKey, true
}

// others appends what one wrong key in place of k gives: a neighbour, or the
// same with shift the other way.
func others(dst []rune, k rune, slips Slips) []rune {
	letter := k &^ hangulKey
	add := func(other rune) {
		if k&hangulKey != 0 {
			other, _ = hangul(other)
		}
		if other != k {
			dst = append(dst, other)
		}
	}
	if slips&Neighbour != 0 {
		for _, other := range passphrase.Touching(letter) {
			add(rune(other))
		}
	}
	if slips&Shifted != 0 {
		if other, ok := passphrase.OtherShift(letter); ok {
			add(other)
		}
	}
	return dst
}

// keysOf lists the keys of a kind of characters, most likely first.
func keysOf(kinds Characters) (keys []rune) {
	between := func(from, to rune) {
		for r := from; r <= to; r++ {
			keys = append(keys, r)
		}
	}
	if kinds&Digits != 0 {
		between('0', '9')
	}
	if kinds&Lower != 0 {
		between('a', 'z')
	}
	if kinds&Upper != 0 {
		between('A', 'Z')
	}
	if kinds&Space != 0 {
		keys = append(keys, ' ')
	}
	if kinds&Symbols != 0 {
		between('!', '/')
		between(':', '@')
		between('[', '`')
		between('{', '~')
	}
	if kinds&Jamo != 0 {
		for r := 'A'; r <= 'z'; r++ {
			if k, ok := hangul(r); ok && k&^hangulKey == r {
				keys = append(keys, k)
			}
		}
	}
	return keys
}
