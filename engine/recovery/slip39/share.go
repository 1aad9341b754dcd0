package slip39

import (
	"strconv"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	headWords   = 4 // before the value
	sizeMin     = 16
	sizeMax     = 64 // bytes of a secret: what a wallet's seed may have
	flagWord    = 1  // has, in flagBit, how the checksum goes
	flagBit     = 1 << 4
	wordsMin    = headWords + (sizeMin*8+9)/10 + checkWords
	wordsMax    = headWords + (sizeMax*8+9)/10 + checkWords
	textMax     = 64 << 10 // bytes, with all that may stand around the words
	exponentMax = 10       // ten million hashes, seconds; the format goes up to minutes
)

// RootWords is how many words a share of 32 bytes has.
const RootWords = 33

// Set is what all shares that were made together have in common. Two sets are told apart by comparing.
type Set struct {
	ID         int  // random, 15 bits
	Extendable bool // the ID does not go into the encryption
	Exponent   int  // of the number of hashes, 0 to 15
	Groups     int  // how many groups there are, 1 for what Split makes
	GroupsNeed int  // and how many of them are needed
	Size       int  // of the secret, in bytes
}

// Share is one share, whose words were in order. What is public of it can be seen, and is not to be changed.
type Share struct {
	Set
	Group int // from 0
	Index int // from 0, within the group
	Need  int // how many shares of the group are needed
	value *secret.Buffer
}

// Close wipes the share's value; nil-safe, idempotent.
func (s *Share) Close() {
	if s != nil {
		s.value.Destroy()
	}
}

// Equal says whether two shares are one and the same.
func (s *Share) Equal(other *Share) bool {
	return s.Set == other.Set && s.Group == other.Group && s.Index == other.Index && s.Need == other.Need && s.value.Equal(other.value)
}

// Words is the share as lower-case words with single spaces. Errors: Locked (closed).
func (s *Share) Words() (*secret.Buffer, error) {
	value := s.value.Bytes()
	if value == nil {
		return nil, fault.New(fault.Locked, "", nil)
	}
	var text *secret.Buffer
	secret.Do(func() {
		var room [wordsMax]uint16
		var line [wordsMax * (wordMax + 1)]byte
		long := line[:0]
		for i, v := range s.encode(&room, value) {
			if i > 0 {
				long = append(long, ' ')
			}
			long = appendWord(long, v)
		}
		text = secret.Take(long)
	})
	return text, nil
}

func (s *Share) encode(room *[wordsMax]uint16, value []byte) []uint16 {
	bits := len(value) * 8
	values := room[:headWords+(bits+9)/10+checkWords]
	flag := 0
	if s.Extendable {
		flag = 1
	}
	head := uint64(s.ID)<<25 | uint64(flag)<<24 | uint64(s.Exponent)<<20 | uint64(s.Group)<<16 | uint64(s.GroupsNeed-1)<<12 |
		uint64(s.Groups-1)<<8 | uint64(s.Index)<<4 | uint64(s.Need-1)
	for i := range headWords {
		values[i] = uint16(head>>(10*(headWords-1-i))) & 1023
	}
	n, held, acc := headWords, padding(len(values)), uint32(0)
	for _, b := range value {
		acc, held = acc<<8|uint32(b), held+8
		if held >= 10 {
			held -= 10
			values[n] = uint16(acc >> held)
			acc &= 1<<held - 1
			n++
		}
	}
	setChecksum(s.Extendable, values)
	return values
}

// padding is how many zero bits stand before a share's value. More than 8, and the number of words is not one that any
// secret has.
func padding(words int) int { return (words - headWords - checkWords) * 10 % 16 }

// Parse reads the words of one share: in either case, with anything but letters between them, such as line ends and
// numbers, and words may be cut after four letters or more. text is guarded and stays the caller's. Errors: ShareWord with the
// number, from 1, of a word that is not in the list; ShareLength with how many words there are; ShareSuspect with the number
// of the one word that does not fit the others; ShareChecksum, when it is more than one, or their order; ShareInvalid, which
// a mistake of a person does not explain; TooLarge, above 64 KiB.
func Parse(text []byte) (s *Share, err error) {
	if len(text) > textMax {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	secret.Do(func() {
		var room [wordsMax]uint16
		var values []uint16
		if values, err = read(&room, text); err == nil {
			s, err = decode(values)
		}
	})
	return s, err
}

func read(room *[wordsMax]uint16, text []byte) ([]uint16, error) {
	n, unknown := 0, 0
	for word, rest := cut(text); len(word) > 0; word, rest = cut(rest) {
		index, ok := find(word)
		if !ok && unknown == 0 {
			unknown = n + 1
		}
		if n < len(room) {
			room[n] = index
		}
		n++
	}
	switch {
	case unknown > 0:
		return nil, numbered(fault.ShareWord, unknown)
	case n < wordsMin || n > wordsMax || padding(n) > 8:
		return nil, numbered(fault.ShareLength, n)
	}
	return room[:n], nil
}

func decode(values []uint16) (*Share, error) {
	extendable := values[flagWord]&flagBit != 0
	if residueOf(extendable, values) != 1 {
		return nil, suspect(values)
	}
	head := uint64(0)
	for _, v := range values[:headWords] {
		head = head<<10 | uint64(v)
	}
	four := func(shift int) int { return int(head >> shift & 15) }
	s := &Share{Group: four(16), Index: four(4), Need: four(0) + 1, Set: Set{ID: int(head >> 25), Extendable: extendable,
		Exponent: four(20), Groups: four(8) + 1, GroupsNeed: four(12) + 1, Size: (len(values) - headWords - checkWords) * 10 / 16 * 2}}
	if s.GroupsNeed > s.Groups || s.Group >= s.Groups {
		return nil, fault.New(fault.ShareInvalid, "", nil)
	}
	value := secret.New(s.Size)
	acc, held, out := uint32(0), -padding(len(values)), value.Bytes()[:0]
	for _, v := range values[headWords : len(values)-checkWords] {
		acc, held = acc<<10|uint32(v), held+10
		if len(out) == 0 && acc>>held != 0 {
			value.Destroy()
			return nil, fault.New(fault.ShareInvalid, "", nil)
		}
		for held >= 8 {
			held -= 8
			out = append(out, byte(acc>>held))
			acc &= 1<<held - 1
		}
	}
	s.value = value
	return s, nil
}

// suspect names the word that is wrong, if it can be only one. The flag that says how the checksum goes is in a word, too.
func suspect(values []uint16) error {
	for _, flip := range []bool{false, true} {
		extendable := values[flagWord]&flagBit != 0 != flip
		at, change := oddOne(residueOf(extendable, values), len(values))
		if flips := at == flagWord && change&flagBit != 0; at >= 0 && flips == flip {
			return numbered(fault.ShareSuspect, at+1)
		}
	}
	return fault.New(fault.ShareChecksum, "", nil)
}

// numbered is a fault whose subject is a number.
func numbered(kind fault.Kind, n int) error { return fault.New(kind, strconv.Itoa(n), nil) }
