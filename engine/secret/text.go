package secret

import (
	"sync"
	"unicode/utf8"
)

const textSize = 1024 // bytes of UTF-8 a typed passphrase may have

// Text is a passphrase being typed: at most 1024 bytes of UTF-8 in guarded memory, never a string. Safe for concurrent use,
// except that the slice of Bytes is only good until the next change.
type Text struct {
	mu  sync.Mutex
	buf *Buffer
	n   int
}

// NewText returns an empty Text.
func NewText() *Text { return &Text{buf: New(textSize)} }

// Append adds r at the end. It returns false, and changes nothing, when r is no valid character, would not fit, or the Text
// is destroyed.
func (t *Text) Append(r rune) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := utf8.RuneLen(r)
	room := t.buf.Bytes()
	if size < 0 || t.n+size > len(room) {
		return false
	}
	t.n += utf8.EncodeRune(room[t.n:t.n+size], r)
	return true
}

// Backspace removes and wipes the last character, if any.
func (t *Text) Backspace() {
	t.mu.Lock()
	defer t.mu.Unlock()
	typed := t.typed()
	_, size := utf8.DecodeLastRune(typed)
	Wipe(typed[len(typed)-size:])
	t.n -= size
}

// Clear removes and wipes everything typed.
func (t *Text) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	Wipe(t.typed())
	t.n = 0
}

// RuneCount returns the number of characters.
func (t *Text) RuneCount() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	do(func() { n = utf8.RuneCount(t.typed()) })
	return n
}

// Rune returns character i, counted from 0, or utf8.RuneError when there is none.
func (t *Text) Rune(i int) rune {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest := t.typed()
	for ; i > 0 && len(rest) > 0; i-- {
		_, size := utf8.DecodeRune(rest)
		rest = rest[size:]
	}
	if i < 0 {
		return utf8.RuneError
	}
	r, _ := utf8.DecodeRune(rest)
	return r
}

// Bytes returns the guarded bytes typed so far, to be read before the next change; nil once destroyed.
func (t *Text) Bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.typed()
}

// Buffer returns a copy of what was typed, nil once destroyed.
func (t *Text) Buffer() *Buffer {
	t.mu.Lock()
	defer t.mu.Unlock()
	typed := t.typed()
	if typed == nil {
		return nil
	}
	b := New(len(typed))
	move(b.data, typed)
	return b
}

// Equal compares in constant time for equal lengths. A destroyed Text equals nothing.
func (t *Text) Equal(other *Text) bool {
	if t == other {
		return t.Bytes() != nil
	}
	x, y := t.Buffer(), other.Buffer()
	defer x.Destroy()
	defer y.Destroy()
	return x.Equal(y)
}

// Destroy wipes the Text for good. Further calls, and calls on nil, do nothing.
func (t *Text) Destroy() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Destroy()
	t.n = 0
}

func (t *Text) typed() []byte {
	b := t.buf.Bytes()
	if b == nil {
		return nil
	}
	return b[:t.n:t.n]
}
