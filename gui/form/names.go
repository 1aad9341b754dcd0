package form

import (
	"strings"
	"unicode"
)

// FileName is what a key or a person is called, as a file name that any system
// takes.
func FileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	return strings.Trim(name, " .")
}

// Quoted is a file name as a shell takes it.
func Quoted(name string) string {
	plain := func(r rune) bool {
		return r > unicode.MaxASCII && unicode.IsLetter(r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
