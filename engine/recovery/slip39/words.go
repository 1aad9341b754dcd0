package slip39

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"cryptodesk/engine/secret"
)

// wordList is sorted; no word is shorter than prefix or longer than 8 letters, and no two begin with the same four.
//
//go:embed wordlist.txt
var wordList string

const (
	listSize = 1024
	prefix   = 4 // letters that make out a word
	wordMax  = 8 // letters
)

var words = sync.OnceValue(func() []string { return strings.Fields(wordList) })

// letters are the words as numbers, for searches that read all of them: eight letters, the first one on top, then zeros.
var letters = sync.OnceValue(func() *[listSize]uint64 {
	var list [listSize]uint64
	for i, w := range words() {
		var b [wordMax]byte
		copy(b[:], w)
		list[i] = binary.BigEndian.Uint64(b[:])
	}
	return &list
})

// find is the place in the list of a word, of which four letters or more are enough, in either case.
func find(word []byte) (uint16, bool) {
	if len(word) < prefix || len(word) > wordMax {
		return 0, false
	}
	var wanted uint64
	for i, c := range word {
		wanted |= uint64(lower(c)) << (8 * (wordMax - 1 - i))
	}
	mask := ^uint64(0) << (8 * (wordMax - len(word)))
	var index, found uint64
	for i, entry := range letters() {
		other := (entry ^ wanted) & mask
		same := (other|-other)>>63 - 1 // all ones if other is 0
		index |= uint64(i) & same
		found |= same
	}
	return uint16(index), found != 0
}

// appendWord appends the word at a place in the list to dst, which has room for it.
func appendWord(dst []byte, index uint16) []byte {
	var word uint64
	for i, entry := range letters() {
		other := uint64(i) ^ uint64(index)
		word |= entry & ((other|-other)>>63 - 1)
	}
	for ; word != 0; word <<= 8 {
		dst = append(dst, byte(word>>56))
	}
	return dst
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

// cut returns the first word of text, empty at its end, and what comes after. What is neither a letter nor part of one, such
// as spaces, line ends, numbers and dots, stands between words.
func cut(text []byte) (word, rest []byte) {
	start := -1
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		inside := unicode.IsLetter(r) || unicode.IsMark(r) || r == utf8.RuneError
		if inside && start < 0 {
			start = i
		}
		if !inside && start >= 0 {
			return text[start:i], text[i:]
		}
		i += n
	}
	if start < 0 {
		return nil, nil
	}
	return text[start:], nil
}

// Complete returns the words that begin with what was typed so far, in either case; none for nothing typed.
func Complete(typed []byte) (list []string) {
	for _, w := range words() {
		if len(typed) > 0 && begins(w, typed) {
			list = append(list, w)
		}
	}
	return list
}

func begins(word string, few []byte) bool {
	if len(few) > len(word) {
		return false
	}
	for i, c := range few {
		if word[i] != lower(c) {
			return false
		}
	}
	return true
}

// IsWord says whether word, or its first four letters or more, is in the list, in either case.
func IsWord(word []byte) (is bool) {
	secret.Do(func() { _, is = find(word) })
	return is
}

// Verdict is what can be said of one word while words are typed.
type Verdict int

const (
	Known   Verdict = iota // it is in the list, or its first four letters are
	Begun                  // words begin like that, but more letters are needed
	Unknown                // no word begins like that
)

// Look returns a verdict on each word of text, which is read as Parse reads it, and no more than the longest share has.
func Look(text []byte) (verdicts []Verdict) {
	secret.Do(func() {
		for word, rest := cut(text); len(word) > 0 && len(verdicts) < wordsMax; word, rest = cut(rest) {
			verdict := Unknown
			if _, ok := find(word); ok {
				verdict = Known
			} else if len(word) < prefix && Complete(word) != nil {
				verdict = Begun
			}
			verdicts = append(verdicts, verdict)
		}
	})
	return verdicts
}
