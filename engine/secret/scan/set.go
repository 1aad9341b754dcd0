package scan

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"slices"

	"cryptodesk/engine/secret"
)

const (
	shortest  = 6  // bytes of a needle: six letters
	indexBits = 18 // 32 KiB of bits: fits the first-level cache
	anchor    = 1<<48 - 1
	spare     = 8 // zero bytes a searched slice must have behind its end
)

// Set is what is looked for. It is filled first and searched with then; searching is safe from several goroutines.
type Set struct {
	plain   *secret.Buffer // all needles in a row
	used    int
	needles []needle
	longest int

	key    uint64 // random and odd: what the index holds tells nothing of the needles
	filter [1 << indexBits / 64]uint64
	lists  map[uint64][]int32 // by all bits of the hash of the first six bytes
}

type needle struct {
	kind   Kind
	form   string
	at, to int // in Set.plain
}

// NewSet makes an empty Set. Destroy it after use.
func NewSet() *Set {
	var key [8]byte
	rand.Read(key[:])
	return &Set{plain: secret.New(4096), key: binary.LittleEndian.Uint64(key[:]) | 1, lists: map[uint64][]int32{}}
}

// Destroy wipes the needles; nil-safe, idempotent.
func (s *Set) Destroy() {
	if s != nil {
		s.plain.Destroy()
	}
}

// Len is the number of needles.
func (s *Set) Len() int { return len(s.needles) }

// Each lends out every needle in turn, for a test to plant it.
func (s *Set) Each(f func(kind Kind, form string, text []byte)) {
	for i, n := range s.needles {
		f(n.kind, n.form, s.text(int32(i)))
	}
}

// add takes a copy of text. Needles that are too short to mean anything, of a few values only, or there already, are left out.
func (s *Set) add(kind Kind, form string, text []byte) {
	if len(text) < shortest || dull(text) || s.has(text) {
		return
	}
	for s.used+len(text) > s.plain.Len() {
		grown := secret.New(2 * s.plain.Len())
		copy(grown.Bytes(), s.plain.Bytes()[:s.used])
		s.plain.Destroy()
		s.plain = grown
	}
	n := needle{kind, form, s.used, s.used + len(text)}
	copy(s.plain.Bytes()[n.at:], text)
	s.used, s.longest = n.to, max(s.longest, len(text))
	h := s.hash(head(text))
	s.filter[h>>(64-indexBits)>>6] |= 1 << (h >> (64 - indexBits) & 63)
	s.lists[h] = append(s.lists[h], int32(len(s.needles)))
	s.needles = append(s.needles, n)
}

// dull says that text could lie anywhere: it has fewer than four different bytes.
func dull(text []byte) bool {
	var seen []byte
	for _, b := range text {
		if !slices.Contains(seen, b) {
			seen = append(seen, b)
		}
	}
	return len(seen) < 4
}

func (s *Set) has(text []byte) bool {
	for _, i := range s.lists[s.hash(head(text))] {
		if bytes.Equal(s.text(i), text) {
			return true
		}
	}
	return false
}

func (s *Set) text(i int32) []byte { return s.plain.Bytes()[s.needles[i].at:s.needles[i].to] }

// head is the first six bytes as a number.
func head(text []byte) uint64 {
	var first [8]byte
	copy(first[:6], text)
	return binary.LittleEndian.Uint64(first[:])
}

func (s *Set) hash(head uint64) uint64 { return head * s.key }

// search calls found with every needle that begins in b[:n]. b is longer by at least spare bytes and as much of what
// follows as is known; ends is where that ends.
func (s *Set) search(b []byte, n, ends int, found func(at int, which int32)) {
	if len(b) < ends+spare || n > ends || s.plain.Bytes() == nil {
		return
	}
	for i := 0; i < n; {
		word := binary.LittleEndian.Uint64(b[i:])
		if word == 0 {
			i += s.skip(b[i:n])
			continue
		}
		h := word & anchor * s.key
		bit := h >> (64 - indexBits)
		if s.filter[bit>>6]>>(bit&63)&1 != 0 {
			for _, which := range s.lists[h] {
				if bytes.HasPrefix(b[i:ends], s.text(which)) {
					found(i, which)
				}
			}
		}
		i++
	}
}

var zeros [4096]byte

// skip is how far the next needle is at least, in b that begins with eight zeros: no needle begins with six.
func (s *Set) skip(b []byte) int {
	if len(b) >= len(zeros) && bytes.Equal(b[:len(zeros)], zeros[:]) {
		return len(zeros) - shortest + 1
	}
	return 3
}
