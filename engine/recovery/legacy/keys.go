package legacy

import (
	"bytes"
	"slices"

	"cryptodesk/engine/secret"
)

// keySizes are those of AES, in bytes.
var keySizes = []int{16, 24, 32}

// key is what may have been the key, and how it came of what is at hand.
type key struct {
	bytes []byte
	made  string
}

// keys are those that scripts make of a passphrase, or of what is in the file of a key: first what is one as it is. Inside
// secret.Do; the caller wipes them.
func keys(passphrase, file []byte) (all []key) {
	add := func(b []byte, made string) {
		if slices.ContainsFunc(all, func(k key) bool { return bytes.Equal(k.bytes, b) }) {
			secret.Wipe(b)
			return
		}
		all = append(all, key{b, made})
	}
	if len(file) > 0 {
		addFile(file, add)
	}
	if len(passphrase) > 0 {
		addPassphrase(passphrase, "passphrase", add)
	}
	return all
}

// addFile takes a file of a key for the key, in bytes or in letters, or else for a passphrase.
func addFile(file []byte, add func([]byte, string)) {
	if slices.Contains(keySizes, len(file)) {
		add(bytes.Clone(file), "key file")
	}
	for _, f := range forms(file) {
		if f.encoding != Raw && slices.Contains(keySizes, len(f.bytes)) {
			add(f.bytes, "key file ("+string(f.encoding)+")")
		} else if f.encoding != Raw {
			secret.Wipe(f.bytes)
		}
	}
	if line := bytes.TrimRight(file, "\r\n"); len(line) <= 4*keySizes[2] {
		addPassphrase(line, "key file", add)
	}
}

func addPassphrase(pass []byte, from string, add func([]byte, string)) {
	padded := func(size int, with byte) []byte {
		return append(append(make([]byte, 0, size), pass...), bytes.Repeat([]byte{with}, size-len(pass))...)
	}
	if slices.Contains(keySizes, len(pass)) {
		add(bytes.Clone(pass), from)
	}
	longer := slices.DeleteFunc(slices.Clone(keySizes), func(size int) bool { return size <= len(pass) })
	for _, size := range longer {
		add(padded(size, 0), from+" + 00")
	}
	for _, size := range longer {
		add(padded(size, byte(size-len(pass))), from+" + PKCS#7")
	}
	for _, size := range longer {
		add(padded(size, ' '), from+" + spaces")
	}
	for _, size := range slices.Backward(keySizes) {
		if size < len(pass) {
			add(bytes.Clone(pass[:size]), from+", cut")
		}
	}
}
