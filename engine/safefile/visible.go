package safefile

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is a file name as it may be shown on one line of a window or a
// terminal. Control characters, line separators, characters that change the
// direction of the text or are invisible, and bytes that are not UTF-8 become
// escapes as Go writes them (\n, \x1b, \u202e, \xff); the rest, combining and
// decomposed characters included, stays as it is. Where a backslash can be
// part of a name it is doubled, so different names never look the same.
// Display only: the result is not a path.
func Visible(name string) string {
	plain := true
	for i, r := range name {
		if hidden(r) || r == utf8.RuneError && !literal(name[i:]) {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == utf8.RuneError && !literal(name[i:]):
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case hidden(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// literal tells the replacement character itself from a byte that is no UTF-8.
func literal(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size > 1
}

// hidden says whether r must not reach a screen as it is. The joiners are left
// alone: Persian, Indic scripts and emoji are spelled with them.
func hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	if r == '\\' {
		return filepath.Separator != '\\'
	}
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return r != nonJoiner && r != joiner &&
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
