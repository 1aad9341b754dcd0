package batch

import (
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"strings"
)

const (
	suffix    = ".age"
	tarSuffix = ".tar.age"
)

// EncryptedPath is where the result of encrypting it would be published, as
// long as that name is free. Hidden names are drawn afresh at each call.
func EncryptedPath(it Item, opt EncryptOptions) string {
	if opt.Out != "" {
		return opt.Out
	}
	dir := opt.Dir
	if dir == "" {
		dir = filepath.Dir(it.Path)
	}
	name := filepath.Base(it.Path)
	switch {
	case opt.HideNames:
		name = hiddenName() + tarSuffix
	case it.Folder:
		name += tarSuffix
	default:
		name += suffix
	}
	return filepath.Join(dir, name)
}

// OpenedPath is where the result of opening it would be published. A folder
// archive opens to a folder.
func OpenedPath(it Item, opt OpenOptions) (path string, folder bool) {
	name := filepath.Base(it.Path)
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, tarSuffix) && len(name) > len(tarSuffix):
		name, folder = name[:len(name)-len(tarSuffix)], true
	case strings.HasSuffix(lower, suffix) && len(name) > len(suffix):
		name = name[:len(name)-len(suffix)]
	default:
		name += ".opened"
	}
	if opt.Out != "" {
		return opt.Out, folder
	}
	dir := opt.Dir
	if dir == "" {
		dir = filepath.Dir(it.Path)
	}
	return filepath.Join(dir, name), folder
}

// hiddenName is 16 hex digits of crypto/rand: it says nothing of what is inside.
func hiddenName() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
