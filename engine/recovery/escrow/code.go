package escrow

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"slices"
	"strings"
	"unicode"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

const (
	codeWords = 4 // 44 bits
	// codeRounds make a try half a second long. The code is made once and
	// checked a few times, and somebody who wants another request with the
	// same code needs 2^43 tries on average.
	codeRounds = 1 << 20

	codeLabel   = "CryptoDesk v1: release code"
	answerLabel = "CryptoDesk v1: release answer"
)

// spoken are the four words that stand for message.
func spoken(label string, message []byte) []string {
	sum := sha256.Sum256(message)
	bits, err := pbkdf2.Key(sha512.New, string(sum[:]), []byte(label), codeRounds, (codeWords*11+7)/8)
	if err != nil {
		panic(err) // only under a FIPS 140 policy that forbids the parameters
	}
	return identity.Spoken(bits, codeWords)
}

// ParseCode reads four words as somebody typed them: in capitals, with commas
// between them. What are not four words of the list is fault.BadCode, which is
// no wrong guess.
func ParseCode(typed string) ([]string, error) {
	list := identity.SpokenWords()
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return !unicode.IsLetter(r) })
	known := func(w string) bool { _, found := slices.BinarySearch(list, w); return found }
	if len(words) != codeWords || slices.ContainsFunc(words, func(w string) bool { return !known(w) }) {
		return nil, fault.New(fault.BadCode, "", nil)
	}
	return words, nil
}
