package search

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strconv"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// MaxRecipe is how many bytes a recipe's text may have.
const MaxRecipe = 64 << 10

// ParseRecipe reads what is remembered from text, which it takes over and
// wipes. Lines are "name: values" in any order; empty ones and those that begin
// with # say nothing.
//
//	piece: blue | green | "dark blue"   a part of it, in its alternatives, most likely first
//	piece: 1990..1999 | 00..99          numbers from and to
//	piece?: home                        a part that may be missing
//	list: words.txt                     a part that is one of the lines of a file (list? as well)
//	order: any                          the parts came in some order, not as listed
//	between: | - | _                    what stands between two parts: nothing, a hyphen or a low line
//	ending: | ! | 1                     what may come last
//	capitals: first each upper lower inverted
//	keyboard: latin hangul              it was set to that while typing, and should have been to the other
//	slips: neighbour shifted missing doubled swapped, or all
//	unknown: more instead digits lower upper symbols space jamo, or any
//	together: 1                         how many of these deviations one guess may have, 0 to 3
//
// An alternative with blanks at its ends, with | or with " in front is written
// in quotes, where \" is a quote and \\ a backslash.
//
// open gives the list at a path; nil refuses lists. Errors: RecipeBad with the
// number of the line as subject, RecipeEmpty, TooLarge, and those of open.
func ParseRecipe(text *secret.Buffer, open func(path string) (*secret.Buffer, error)) (*Recipe, error) {
	defer text.Destroy()
	if text.Len() > MaxRecipe {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	p := parser{r: &Recipe{Together: 1}, open: open}
	var err error
	secret.Do(func() { err = p.read(text.Bytes()) })
	if err == nil && len(p.r.Pieces) == 0 {
		err = fault.New(fault.RecipeEmpty, "", nil)
	}
	if err != nil {
		p.r.Close()
		return nil, err
	}
	return p.r, nil
}

// OpenList reads the list at path, for ParseRecipe.
func OpenList(path string) (*secret.Buffer, error) {
	file, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := secret.ReadAll(file, MaxList)
	if err != nil {
		return nil, fault.New(fault.Of(err), path, err)
	}
	return b, nil
}

type parser struct {
	r    *Recipe
	open func(path string) (*secret.Buffer, error)
	once [6]bool // lines that may come once and did
}

// errBad is a line that cannot be read; what is in it is not repeated.
var errBad = errors.New("line of a recipe")

func (p *parser) read(text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		err := errBad
		if name, values, ok := bytes.Cut(line, []byte(":")); ok {
			err = p.line(bytes.TrimSpace(name), bytes.TrimSpace(values))
		}
		if err == errBad {
			return fault.New(fault.RecipeBad, strconv.Itoa(number), nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) line(name, values []byte) error {
	switch string(name) {
	case "piece", "piece?", "list", "list?":
		piece := &Piece{Optional: name[len(name)-1] == '?'}
		p.r.Pieces = append(p.r.Pieces, piece) // so that it is closed whatever comes
		if len(p.r.Pieces) > MaxPieces {
			return errBad
		}
		if name[0] == 'l' {
			return p.list(&piece.Choice, values)
		}
		return alternatives(&piece.Choice, values)
	case "between":
		return p.choice(0, &p.r.Between, values)
	case "ending":
		return p.choice(1, &p.r.Ending, values)
	case "order":
		p.r.AnyOrder = string(values) == "any"
		if !p.r.AnyOrder && string(values) != "as listed" {
			return errBad
		}
		return p.first(2)
	case "together":
		if len(values) != 1 || values[0] < '0' || values[0] > '0'+MaxTogether {
			return errBad
		}
		p.r.Together = int(values[0] - '0')
		return p.first(3)
	case "capitals":
		return eachWord(values, func(word string) bool { return addNamed(&p.r.Capitals, capitalsNamed, word) })
	case "keyboard":
		return eachWord(values, func(word string) bool { return addNamed(&p.r.Keyboards, keyboardsNamed, word) })
	case "slips":
		return cmp.Or(p.first(4), eachWord(values, func(word string) bool { return addFlag(&p.r.Slips, slipsNamed, word) }))
	case "unknown":
		err := cmp.Or(p.first(5), eachWord(values, func(word string) bool { return addFlag(&p.r.Unknown, charactersNamed, word) }))
		if p.r.Unknown&(More|Instead) == 0 {
			p.r.Unknown |= More
		}
		if p.r.Unknown&^(More|Instead) == 0 {
			p.r.Unknown |= AnyLatin
		}
		return err
	}
	return errBad
}

func (p *parser) choice(which int, to **Choice, values []byte) error {
	if err := p.first(which); err != nil {
		return err
	}
	*to = &Choice{}
	return alternatives(*to, values)
}

// first refuses a line that came before.
func (p *parser) first(which int) error {
	if p.once[which] {
		return errBad
	}
	p.once[which] = true
	return nil
}

var (
	capitalsNamed = map[string]Capitals{"first": FirstUpper, "each": EachUpper, "upper": AllUpper, "lower": AllLower, "inverted": Inverted}
	// The setting while typing says what came of what was meant.
	keyboardsNamed  = map[string]Keyboard{"latin": Latin, "hangul": Hangul}
	slipsNamed      = map[string]Slips{"neighbour": Neighbour, "shifted": Shifted, "missing": Missing, "doubled": Doubled, "swapped": Swapped, "all": AllSlips}
	charactersNamed = map[string]Characters{"digits": Digits, "lower": Lower, "upper": Upper, "symbols": Symbols, "space": Space, "jamo": Jamo,
		"any": AnyLatin, "more": More, "instead": Instead}
)

func eachWord(values []byte, use func(word string) bool) error {
	words := 0
	for word := range bytes.FieldsSeq(values) {
		if words++; !use(string(word)) {
			return errBad
		}
	}
	if words == 0 {
		return errBad
	}
	return nil
}

func addNamed[T comparable](to *[]T, named map[string]T, word string) bool {
	v, ok := named[word]
	if !ok || slices.Contains(*to, v) {
		return false
	}
	*to = append(*to, v)
	return true
}

func addFlag[T Slips | Characters](to *T, named map[string]T, word string) bool {
	v, ok := named[word]
	*to |= v
	return ok
}

func (p *parser) list(c *Choice, path []byte) error {
	if p.open == nil || len(path) == 0 {
		return errBad
	}
	words, err := p.open(string(path))
	if err != nil {
		return err
	}
	return c.AddList(words)
}

// alternatives reads texts and ranges of numbers between bars.
func alternatives(c *Choice, values []byte) error {
	for more := true; more; {
		var text []byte
		if values = bytes.TrimLeft(values, " \t"); len(values) > 0 && values[0] == '"' {
			var ok bool
			if text, values, more, ok = quoted(values[1:]); !ok {
				return errBad
			}
		} else {
			text, values, more = bytes.Cut(values, []byte("|"))
			text = bytes.TrimSpace(text)
			if first, last, ok := bytes.Cut(text, []byte("..")); ok && isNumber(first) && isNumber(last) {
				if numbers(c, first, last) != nil {
					return errBad
				}
				continue
			}
			text = bytes.Clone(text)
		}
		if c.Add(secret.Take(text)) != nil {
			return errBad
		}
	}
	return nil
}

// quoted reads a text up to its closing quote, and the bar behind it.
func quoted(from []byte) (text, rest []byte, more, ok bool) {
	text = make([]byte, 0, len(from)) // never outgrown, so there is one copy to wipe
	for at := 0; at < len(from); at++ {
		switch from[at] {
		case '\\':
			if at++; at == len(from) || from[at] != '"' && from[at] != '\\' {
				secret.Wipe(text)
				return nil, nil, false, false
			}
		case '"':
			rest, more = bytes.CutPrefix(bytes.TrimLeft(from[at+1:], " \t"), []byte("|"))
			if !more && len(rest) > 0 {
				secret.Wipe(text)
			}
			return text, rest, more, more || len(rest) == 0
		}
		text = append(text, from[at])
	}
	secret.Wipe(text)
	return nil, nil, false, false
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 12
}

// numbers are padded when the first one is.
func numbers(c *Choice, first, last []byte) error {
	from, width := valueOf(first), 0
	if first[0] == '0' && len(first) > 1 {
		width = len(first)
	}
	return c.AddNumbers(from, valueOf(last), width)
}

func valueOf(digits []byte) (n uint64) {
	for _, d := range digits {
		n = 10*n + uint64(d-'0')
	}
	return n
}
