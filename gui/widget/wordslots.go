package widget

import "cryptodesk/engine/secret"

// Dictionary is a public list of words, none of which begins another.
type Dictionary struct {
	Complete func(begun []byte) []string // the words that begin like that
	Known    func(word []byte) bool
}

const (
	slotSize = 16           // bytes of guarded memory for each word: its length, and
	slotMost = slotSize - 1 // its letters
)

// wordSlots are words being typed, in guarded memory.
type wordSlots struct {
	dict Dictionary
	n    int
	buf  *secret.Buffer
}

func newWordSlots(n int, dict Dictionary) *wordSlots {
	return &wordSlots{dict: dict, n: n, buf: secret.New(n * slotSize)}
}

// word is the guarded letters of one word, nil once wiped.
func (s *wordSlots) word(i int) []byte {
	b := s.buf.Bytes()
	if b == nil || i < 0 || i >= s.n {
		return nil
	}
	b = b[i*slotSize : (i+1)*slotSize]
	return b[1 : 1+b[0]]
}

// add appends a letter to a word and says whether there was room.
func (s *wordSlots) add(i int, letter byte) bool {
	b := s.buf.Bytes()
	if b == nil || b[i*slotSize] == slotMost {
		return false
	}
	at := i * slotSize
	b[at]++
	b[at+int(b[at])] = letter
	return true
}

// drop removes the last letter of a word and says whether there was one.
func (s *wordSlots) drop(i int) bool {
	b := s.buf.Bytes()
	if b == nil || b[i*slotSize] == 0 {
		return false
	}
	at := i * slotSize
	b[at+int(b[at])] = 0
	b[at]--
	return true
}

// wipe removes a word.
func (s *wordSlots) wipe(i int) {
	if b := s.buf.Bytes(); b != nil {
		secret.Wipe(b[i*slotSize : (i+1)*slotSize])
		b[i*slotSize] = 0 // in a build that wipes nothing too, which is to behave like this one
	}
}

// rest is what a word lacks to be the only one of the list that begins like
// it: letters of a public word.
func (s *wordSlots) rest(i int) string {
	begun := s.word(i)
	if len(begun) == 0 {
		return ""
	}
	if all := s.dict.Complete(begun); len(all) == 1 {
		return all[0][len(begun):]
	}
	return ""
}

// finish adds the rest.
func (s *wordSlots) finish(i int) {
	for _, letter := range []byte(s.rest(i)) {
		s.add(i, letter)
	}
}

// known says whether a word is one of the list, whole.
func (s *wordSlots) known(i int) bool {
	w := s.word(i)
	return len(w) > 0 && s.rest(i) == "" && s.dict.Known(w)
}

// whole says whether every word is known.
func (s *wordSlots) whole() bool {
	for i := range s.n {
		if !s.known(i) {
			return false
		}
	}
	return true
}

// filled is how many words have letters.
func (s *wordSlots) filled() (n int) {
	for i := range s.n {
		if len(s.word(i)) > 0 {
			n++
		}
	}
	return n
}

// join is the words with single spaces between them.
func (s *wordSlots) join() *secret.Buffer {
	size := 0
	for i := range s.n {
		size += len(s.word(i)) + 1
	}
	out := secret.New(max(0, size-1))
	rest := out.Bytes()
	for i := range s.n {
		if i > 0 && len(rest) > 0 {
			rest[0] = ' '
			rest = rest[1:]
		}
		rest = rest[secret.Copy(rest, s.word(i)):]
	}
	return out
}
