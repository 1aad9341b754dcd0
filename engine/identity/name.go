package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cryptodesk/engine/fault"
)

// maxName bounds a person's or key's name, in bytes of UTF-8.
const maxName = 200

// CleanName is a person's or a key's name as it is kept: trimmed, inner spaces
// single, and in NFC, so that Hangul typed on any system compares equal.
// Errors: NameMissing; BadName for more than 200 bytes, invalid UTF-8, control
// characters and invisible ones that could make one name look like another.
func CleanName(s string) (string, error) {
	if len(s) > 4*maxName || !utf8.ValidString(s) {
		return "", fault.New(fault.BadName, "", nil)
	}
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if s == "" {
		return "", fault.New(fault.NameMissing, "", nil)
	}
	if len(s) > maxName || strings.ContainsFunc(s, hidden) {
		return "", fault.New(fault.BadName, "", nil)
	}
	return s, nil
}

// SameName compares names the way people do: without case.
func SameName(a, b string) bool { return strings.EqualFold(a, b) }

// FoldName is the same for two names exactly when SameName says so, for maps
// of many names.
func FoldName(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, s)
}

// hidden finds what does not show: controls, format characters (bidirectional
// overrides, zero-width spaces), private use, line separators. The zero-width
// joiners stay, because emoji and several scripts need them.
func hidden(r rune) bool {
	if r == '\u200c' || r == '\u200d' {
		return false
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}
