package safefile

import (
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"cryptodesk/engine/fault"
)

// longestExtension is the most bytes, dot included, that are taken for an
// extension rather than for a part of the name.
const longestExtension = 12

// splitTarget cuts target into its folder (absolute, not cleaned: "link/.." is
// not "." when link is a link) and its last name.
func splitTarget(target string) (folder, name string, err error) {
	i := len(target)
	for i > 0 && !isSeparator(target[i-1]) {
		i--
	}
	folder, name = target[:i], target[i:]
	if !oneElement(name) || strings.IndexByte(folder, 0) >= 0 {
		return "", "", fault.New(fault.BadName, target, nil)
	}
	for len(folder) > 1 && isSeparator(folder[len(folder)-1]) && folder[:len(folder)-1] != filepath.VolumeName(folder) {
		folder = folder[:len(folder)-1]
	}
	if folder == "" {
		folder = "."
	}
	if !filepath.IsAbs(folder) {
		here, err := filepath.Abs(".")
		if err != nil {
			return "", "", fault.FromOS(target, err)
		}
		folder = here + string(filepath.Separator) + folder
	}
	return folder, name, nil
}

// oneElement says whether name is one name in a folder, and not the folder or
// its parent.
func oneElement(name string) bool {
	return name != "" && name != "." && name != ".." && filepath.VolumeName(name) == "" &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == 0 || r == '/' || r == filepath.Separator })
}

// checkName refuses what cannot be the name of a result.
func checkName(name string, max int) error {
	if !oneElement(name) {
		return fault.New(fault.BadName, name, nil)
	}
	if len(name) > max {
		return fault.New(fault.NameTooLong, name, nil)
	}
	return nil
}

func isSeparator(b byte) bool { return b == '/' || b == filepath.Separator }

// sibling is target with its last name exchanged, spelled as the caller spelled it.
func sibling(target, name string) string {
	i := len(target)
	for i > 0 && !isSeparator(target[i-1]) {
		i--
	}
	return target[:i] + name
}

// numbered is "stem (n)ext", the stem shortened on a rune boundary when the
// whole would be longer than max bytes; false when nothing of it would be left.
func numbered(stem, ext string, n, max int) (string, bool) {
	tail := " (" + strconv.Itoa(n) + ")" + ext
	room := max - len(tail)
	if room <= 0 {
		return "", false
	}
	stem = shorten(stem, room)
	return stem + tail, stem != ""
}

// shorten cuts s to at most max bytes without cutting a rune in two. Bytes that
// are not UTF-8 count as runes of their own.
func shorten(s string, max int) string {
	if len(s) <= max {
		return s
	}
	// The longest rune has utf8.UTFMax bytes, so the start of the one the cut
	// falls into, if it does, is at most three bytes back.
	for start := max; start >= 0 && start > max-utf8.UTFMax; start-- {
		if !utf8.RuneStart(s[start]) {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s[start:]); start+size > max {
			return s[:start]
		}
		break
	}
	return s[:max]
}

// splitFile cuts a file name before the extensions that belong together:
// ".age", ".tar", and one of any kind inside them, so that a number put there
// changes neither what a name ends in nor how it is opened.
func splitFile(name string) (stem, ext string) {
	stem = name
	inner, outer := cutExtension(stem)
	if strings.EqualFold(outer, ".age") {
		stem = inner
		inner, outer = cutExtension(stem)
	}
	stem = inner
	if packed(outer) {
		if inner, outer = cutExtension(stem); strings.EqualFold(outer, ".tar") {
			stem = inner
		}
	}
	return stem, name[len(stem):]
}

// splitFolder keeps the name of a folder whole: "v1.2" has no extension.
func splitFolder(name string) (stem, ext string) { return name, "" }

// cutExtension cuts off what follows the last dot when it looks like an
// extension: letters and digits, a few, and something before the dot.
func cutExtension(name string) (stem, ext string) {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || dot == len(name)-1 || len(name)-dot > longestExtension {
		return name, ""
	}
	for _, c := range []byte(name[dot+1:]) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return name, ""
		}
	}
	return name[:dot], name[dot:]
}

// packed says whether ext is one that compressed archives put after ".tar".
func packed(ext string) bool {
	switch strings.ToLower(ext) {
	case ".gz", ".xz", ".bz2", ".zst", ".lz", ".lz4", ".z":
		return true
	}
	return false
}

// Numbered is what KeepBoth makes of the file name target when n-1 such names
// are taken, n >= 2; false when the name leaves no room for a number.
func Numbered(target string, n int) (string, bool) {
	_, name, err := splitTarget(target)
	if err != nil {
		return "", false
	}
	stem, ext := splitFile(name)
	name, ok := numbered(stem, ext, n, usualNameMax)
	return sibling(target, name), ok
}
