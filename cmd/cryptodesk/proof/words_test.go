//go:build e2e && linux

package proof

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"unicode/utf16"

	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret/scan"
)

// What is looked for besides the kinds that the program's own check knows.
const (
	signing scan.Kind = "signing" // the signing key and what it turns into
	onPaper scan.Kind = "words"   // of a recovery sheet or a share
	asValue scan.Kind = "value"   // what the words stand for
	onPage  scan.Kind = "page"    // a sheet or a share as its file has it
)

// lasting are kinds of which something is left to the end where nothing is wiped.
var lasting = []scan.Kind{signing, onPaper, onPage, asPiece, asGuess, ofAgent, ofFriend, theirPaper, deposited}

// SLIP-0039: a share of 32 bytes is 4 words that say of which set it is, 26 of its value and 3 of a checksum.
const (
	headWords  = 4
	valueWords = 26
	allWords   = 33
)

// wordList is the list of SLIP-0039, which is public.
func wordList() ([]string, error) {
	raw, err := os.ReadFile("../../../engine/recovery/slip39/wordlist.txt")
	return strings.Fields(string(raw)), err
}

// words adds the words of a sheet or a share, three at a time, as they are printed, as they may be typed and as the numbers
// they are in the list; and what they stand for.
func (s *secrets) words(words []string, paper, worth scan.Kind) error {
	list, err := wordList()
	if err != nil {
		return err
	}
	if len(words) != allWords {
		return fmt.Errorf("%d words", len(words))
	}
	var numbers []uint16
	few := make([]string, len(words))
	value := new(big.Int)
	for i, w := range words {
		n := slices.Index(list, w)
		if n < 0 {
			return fmt.Errorf("word %d is not in the list", i+1)
		}
		numbers, few[i] = append(numbers, uint16(n)), w[:4]
		if i >= headWords && i < headWords+valueWords {
			value.Or(value.Lsh(value, 10), big.NewInt(int64(n)))
		}
	}
	for i := headWords; i+3 <= allWords; i++ {
		for _, form := range [][]string{words, few} {
			s.text(paper, strings.Join(form[i:i+3], " "))
			s.text(paper, strings.ToUpper(strings.Join(form[i:i+3], " ")))
		}
		s.set.AddRaw(paper, "three words in a row", []byte(strings.Join(words[i:i+3], "")))
		if i+5 <= allWords {
			var row []byte
			for _, n := range numbers[i : i+5] {
				row = binary.LittleEndian.AppendUint16(row, n)
			}
			s.set.AddRaw(paper, "numbers of words", row)
		}
	}
	s.set.AddKey(worth, value.FillBytes(make([]byte, 32)))
	return nil
}

// wordsOfKey adds the key that the words of a sheet, or of enough shares, stand for.
func (s *secrets) wordsOfKey(kind, sign scan.Kind, pages ...[]string) error {
	var shares []*slip39.Share
	for _, words := range pages {
		share, err := slip39.Parse([]byte(strings.Join(words, " ")))
		if err != nil {
			return err
		}
		defer share.Close()
		shares = append(shares, share)
	}
	root, err := slip39.Combine(shares, nil)
	if err != nil {
		return err
	}
	defer root.Destroy()
	s.root(root.Bytes(), kind, sign)
	return nil
}

// text adds text as one needle in each encoding that a toolkit could use.
func (s *secrets) text(kind scan.Kind, text string) {
	var narrow, wide []byte
	for _, r := range text {
		for _, u := range utf16.Encode([]rune{r}) {
			narrow = binary.LittleEndian.AppendUint16(narrow, u)
		}
		wide = binary.LittleEndian.AppendUint32(wide, uint32(r))
	}
	s.set.AddRaw(kind, "utf-8", []byte(text))
	s.set.AddRaw(kind, "utf-16le", narrow)
	s.set.AddRaw(kind, "utf-32le", wide)
}

// pages adds the files of pages, in pieces, without what two of them have in common: fonts and titles are no secret.
func (s *secrets) pages(paths ...string) error {
	const piece = 24
	var files [][]byte
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files = append(files, raw)
	}
	for i, file := range files {
		for at := 0; at+piece <= len(file); at += piece {
			part := file[at : at+piece]
			shared := slices.ContainsFunc(slices.Concat(files[:i], files[i+1:]), func(other []byte) bool { return bytes.Contains(other, part) })
			if !shared && binaryOnly(part) {
				s.set.AddRaw(onPage, "piece of a file", part)
			}
		}
	}
	return nil
}

// binaryOnly says that a piece of a PDF is out of a packed stream: the rest is text, and says dates and places in the file.
func binaryOnly(part []byte) bool {
	odd := 0
	for _, c := range part {
		if c < ' ' || c > '~' {
			odd++
		}
	}
	return odd > len(part)/3
}

// order is that of Ed25519's base point, RFC 8032.
var order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

// expandedSeed adds what Ed25519 makes of a seed: the hash, the scalar in it, and that as Go calculates with it.
func (s *secrets) expandedSeed(kind scan.Kind, hash []byte) {
	s.set.AddKey(kind, hash)
	scalar := bytes.Clone(hash[:32])
	scalar[0] &= 248
	scalar[31] = scalar[31]&63 | 64
	s.set.AddKey(kind, scalar)
	n := new(big.Int).SetBytes(reversed(scalar))
	n.Mod(n, order)
	s.set.AddKey(kind, reversed(n.FillBytes(make([]byte, 32))))
	n.Mod(n.Lsh(n, 256), order) // Montgomery's form
	s.set.AddKey(kind, reversed(n.FillBytes(make([]byte, 32))))
}

func reversed(b []byte) []byte {
	b = bytes.Clone(b)
	slices.Reverse(b)
	return b
}
