package identity

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	_ "embed"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// wordList is the English list of BIP-39, 2,048 words, 11 bits each
// (https://github.com/bitcoin/bips/blob/master/bip-0039, MIT licence).
//
//go:embed bip39-english.txt
var wordList string

const (
	wordCount  = 12 // 132 bits
	wordLabel  = "CryptoDesk v1: safety words"
	wordRounds = 1 << 16 // of PBKDF2, about 50 ms
)

// SafetyWords are twelve words that two people compare: the same on both sides
// exactly when both hold each other's true keys, in any order. They cover the
// main, classic and signing keys of both. nil when one side has no signing key
// known: then there is only the fingerprint to compare, or a card to ask for.
//
// Someone in the middle who wants the same words on both sides must find a
// collision, 2^66 tries of two key pairs at 2^16 hashes each.
func SafetyWords(mine Public, theirs Contact) []string {
	if len(mine.Signing) == 0 || len(theirs.Signing) == 0 {
		return nil
	}
	a := voice(mine.Recipient, mine.Classic, mine.Signing)
	b := voice(theirs.Recipient, theirs.Classic, theirs.Signing)
	if bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	bits, err := pbkdf2.Key(sha512.New, string(slices.Concat(a, b)), []byte(wordLabel), wordRounds, (wordCount*11+7)/8)
	if err != nil {
		panic(err) // only under a FIPS 140 policy that forbids the parameters
	}
	return Spoken(bits, wordCount)
}

// Spoken are n words for the first 11·n bits of b, to be read out and typed.
func Spoken(b []byte, n int) []string {
	list := SpokenWords()
	words := make([]string, n)
	for i := range words {
		words[i] = list[elevenBits(b, i*11)]
	}
	return words
}

// SpokenWords are all words that Spoken may answer, in alphabetical order, no
// two with the same first four letters. The caller owns the slice.
func SpokenWords() []string { return strings.Fields(wordList) }

// voice is one side's share of the words. Lengths come first, so that no two
// sets of keys run together to the same bytes.
func voice(main, classic Recipient, signing []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(main.Text), []byte(classic.Text), signing} {
		binary.Write(h, binary.BigEndian, uint32(len(part)))
		h.Write(part)
	}
	return h.Sum(nil)
}

func elevenBits(b []byte, at int) int {
	value := 0
	for i := at; i < at+11; i++ {
		value = value<<1 | int(b[i/8]>>(7-i%8)&1)
	}
	return value
}

// Fingerprint is what people compare to be sure of one public key: for SSH keys
// what ssh-keygen -l shows, else 160 bits of the SHA-256 of the text, in groups
// of four letters and digits (RFC 4648 base32, lower case).
func (r Recipient) Fingerprint() string {
	if r.Kind == SSHEd25519 || r.Kind == SSHRSA {
		if key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(r.Text)); err == nil {
			return ssh.FingerprintSHA256(key)
		}
	}
	sum := sha256.Sum256([]byte(r.Text))
	text := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20]))
	var groups []string
	for group := range slices.Chunk([]byte(text), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}
