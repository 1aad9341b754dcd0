package search

import (
	"unicode/utf8"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Bounds of a recipe.
const (
	MaxPieces       = 8
	MaxAlternatives = 1000    // typed ones of one piece; lists and numbers are not counted
	MaxWords        = 1 << 20 // lines of a list
	MaxList         = 8 << 20 // bytes of a list
	MaxTogether     = 3
	maxText         = 256 // bytes of one alternative
	maxKeys         = 256 // key presses in a guess, before slips
)

// Recipe is what somebody remembers of a passphrase. The zero value remembers
// nothing. The texts are guarded and become the recipe's; Close ends them.
type Recipe struct {
	Pieces   []*Piece
	AnyOrder bool    // the pieces came in some order, the listed one first
	Between  *Choice // what stands between any two pieces, the same everywhere; nil: nothing
	Ending   *Choice // what may come last; nil: nothing

	Capitals  []Capitals // other ways to write the letters than as they are, most likely first
	Keyboards []Keyboard // other settings of the keyboard while it was typed
	Slips     Slips      // what may have gone wrong with a single key
	Unknown   Characters // of what kind a character may be that is not remembered at all

	// Together is how many deviations from what is remembered one guess may
	// have: each of a piece left out, other capitals, another keyboard, a slip
	// and an unknown character counts as one.
	Together int
}

// Piece is a part of the passphrase, in one or more alternatives.
type Piece struct {
	Choice
	Optional bool // it may be missing altogether
}

// Choice is a list of alternatives, most likely first.
type Choice struct {
	from  []source
	typed int
	total uint64
}

// source is one text, a list of them, or a range of numbers.
type source struct {
	text     *secret.Buffer
	lines    []span // the alternatives in text
	first    uint64 // the first number, when there is no text
	width    int    // digits at least
	contains uint64
}

type span struct{ from, to int32 }

// Capitals is a way to write the letters of a guess.
type Capitals int

const (
	AsWritten  Capitals = iota
	FirstUpper          // the first letter of the passphrase
	EachUpper           // the first letter of each piece
	AllUpper
	AllLower
	Inverted // as with Caps Lock on
)

// Keyboard is a setting of the keyboard that was not the one meant.
type Keyboard int

const (
	AsMeant Keyboard = iota
	Latin            // Hangul was typed with the keyboard set to Latin letters
	Hangul           // Latin letters were typed with the keyboard set to Hangul
)

// Slips are kinds of mistakes with one key.
type Slips uint

const (
	Neighbour Slips = 1 << iota // the key beside it
	Shifted                     // the same key with shift the other way
	Missing                     // left out
	Doubled                     // pressed twice
	Swapped                     // pressed after the next one

	AllSlips = Neighbour | Shifted | Missing | Doubled | Swapped
)

// Characters are kinds of a character that is not remembered, and how it
// differs from what is: one more, or one in place of another.
type Characters uint

const (
	Digits Characters = 1 << iota
	Lower
	Upper
	Symbols // those of ASCII
	Space
	Jamo // what a key gives with the keyboard set to Hangul

	More    // one more, at any place
	Instead // one in place of another

	AnyLatin = Digits | Lower | Upper | Symbols | Space
)

// Add takes text over as one more alternative, which may be empty. Errors:
// TooLarge, TooMany, BadName for what no keyboard gives: invalid UTF-8 or a NUL.
func (c *Choice) Add(text *secret.Buffer) error {
	b := text.Bytes()
	err := checkText(b)
	if c.typed++; err == nil && c.typed > MaxAlternatives {
		err = fault.New(fault.TooMany, "", nil)
	}
	if err != nil {
		text.Destroy()
		return err
	}
	c.add(source{text: text, lines: []span{{0, int32(len(b))}}, contains: 1})
	return nil
}

// AddNumbers adds the numbers from first to last, written with at least width
// digits. Errors: BadName when last is before first or the width is no width.
func (c *Choice) AddNumbers(first, last uint64, width int) error {
	const most = 1_000_000_000_000
	if last < first || last > most || width < 0 || width > 20 {
		return fault.New(fault.BadName, "", nil)
	}
	c.add(source{first: first, width: width, contains: last - first + 1})
	return nil
}

// AddList takes over a list, one alternative a line; empty lines are none.
// Errors: as Add, and RecipeEmpty.
func (c *Choice) AddList(list *secret.Buffer) error {
	s := source{text: list}
	var err error
	secret.Do(func() { s.lines, err = linesOf(list.Bytes()) })
	if err == nil && len(s.lines) == 0 {
		err = fault.New(fault.RecipeEmpty, "", nil)
	}
	if err != nil {
		list.Destroy()
		return err
	}
	s.contains = uint64(len(s.lines))
	c.add(s)
	return nil
}

func (c *Choice) add(s source) {
	c.from = append(c.from, s)
	c.total += s.contains
}

// Len is the number of alternatives; nil-safe.
func (c *Choice) Len() uint64 {
	if c == nil {
		return 0
	}
	return c.total
}

func (c *Choice) close() {
	if c == nil {
		return
	}
	for _, s := range c.from {
		s.text.Destroy()
	}
	c.from, c.total = nil, 0
}

// Close wipes what is remembered; nil-safe, idempotent.
func (r *Recipe) Close() {
	if r == nil {
		return
	}
	for _, p := range r.Pieces {
		p.close()
	}
	r.Between.close()
	r.Ending.close()
	r.Pieces = nil
}

func linesOf(b []byte) (lines []span, err error) {
	if len(b) > MaxList {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && b[end] != '\n' {
			end++
		}
		next := end + 1
		if end > at && b[end-1] == '\r' {
			end--
		}
		if err := checkText(b[at:end]); err != nil {
			return nil, err
		}
		if end > at {
			lines = append(lines, span{int32(at), int32(end)})
		}
		if len(lines) > MaxWords {
			return nil, fault.New(fault.TooMany, "", nil)
		}
		at = next
	}
	return lines, nil
}

func checkText(b []byte) error {
	if len(b) > maxText {
		return fault.New(fault.TooLarge, "", nil)
	}
	for rest := b; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size < 2 || r == 0 {
			return fault.New(fault.BadName, "", nil)
		}
		rest = rest[size:]
	}
	return nil
}
