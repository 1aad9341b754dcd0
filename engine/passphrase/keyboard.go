package passphrase

import (
	"strings"
	"sync"
)

// keyAt places the keys of a Latin keyboard: x in quarters of a key, each row shifted as on the desk, and y by rows.
var keyAt = func() (at [128]struct{ x, y int8 }) {
	for y, row := range []struct {
		shift       int8
		plain, caps string
	}{
		{1, "`1234567890-=", "~!@#$%^&*()_+"},
		{7, "qwertyuiop[]\\", "QWERTYUIOP{}|"},
		{8, "asdfghjkl;'", "ASDFGHJKL:\""},
		{10, "zxcvbnm,./", "ZXCVBNM<>?"},
	} {
		for i := range row.plain {
			x := row.shift + int8(4*i)
			at[row.plain[i]].x, at[row.plain[i]].y = x, int8(y)
			at[row.caps[i]].x, at[row.caps[i]].y = x, int8(y)
		}
	}
	return at
}()

// neighbours gives the direction from key a to key b when they touch. x 0 means no key.
func neighbours(a, b rune) (x, y int, ok bool) {
	if a < 0 || b < 0 || int(a) >= len(keyAt) || int(b) >= len(keyAt) || keyAt[a].x == 0 || keyAt[b].x == 0 {
		return 0, 0, false
	}
	dx, dy := int(keyAt[b].x)-int(keyAt[a].x), int(keyAt[b].y)-int(keyAt[a].y)
	beside := dy == 0 && (dx == 4 || dx == -4)
	above := (dy == 1 || dy == -1) && dx >= -3 && dx <= 3
	return sign(dx), dy, beside || above
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// Touching are the keys of a Latin keyboard around key, with shift held as for key; nil for what is no such key. The caller
// does not change them.
func Touching(key rune) []byte {
	if key < 0 || int(key) >= len(keyAt) {
		return nil
	}
	return keyboard().touching[key]
}

// OtherShift is the character on the same key with shift the other way.
func OtherShift(key rune) (other rune, ok bool) {
	if key < 0 || int(key) >= len(keyAt) || keyboard().otherShift[key] == 0 {
		return key, false
	}
	return rune(keyboard().otherShift[key]), true
}

type keys struct {
	touching   [128][]byte
	otherShift [128]byte
}

var keyboard = sync.OnceValue(func() *keys {
	k := &keys{}
	for a := range rune(len(keyAt)) {
		for b := range rune(len(keyAt)) {
			if a != b && keyAt[a].x != 0 && keyAt[a] == keyAt[b] {
				k.otherShift[a] = byte(b)
			}
			if _, _, ok := neighbours(a, b); ok && shifted(a) == shifted(b) {
				k.touching[a] = append(k.touching[a], byte(b))
			}
		}
	}
	return k
})

func shifted(key rune) bool {
	return key >= 'A' && key <= 'Z' || strings.ContainsRune("~!@#$%^&*()_+{}|:\"<>?", key)
}
