package legacy

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"cryptodesk/engine/identity"
)

// What says what a plaintext looks like, the most telling first.
type What int

const (
	Key   What = iota // a private key that can be taken in
	Text              // readable from end to end
	Bytes             // neither, but its padding is right
	Noise             // nothing tells it from what a wrong key gives
)

// weight is what there is to say of a plaintext.
type weight struct {
	what     What
	material identity.Material // of a Key
	plain    []byte            // without its padding
	padding  string            // "", "00" or "PKCS#7"
}

// weigh looks at what came out of a cipher without authentication.
func weigh(plain []byte) weight {
	w := weight{plain: plain}
	if n := paddingOf(plain); n > 0 {
		w.plain, w.padding = plain[:len(plain)-n], "PKCS#7"
	} else if short := bytes.TrimRight(plain, "\x00"); len(short) < len(plain) {
		w.plain, w.padding = short, "00"
	}
	w.what, w.material = look(w.plain)
	if w.what != Bytes {
		return w
	}
	switch cut := len(plain) - len(w.plain); {
	case cut == 0:
		w.what = Noise
	case cut == 1: // one wrong key in 256 gives it, too: what was there is more than what was not
		w = weight{what: Noise, plain: plain}
	}
	return w
}

// look says what a plaintext is, as if it was certain that it is one: never Noise.
func look(plain []byte) (What, identity.Material) {
	if m := identity.Recognise(plain); m.Private() && m.Importable() && m != identity.AgeEncrypted {
		return Key, m
	}
	if readable(plain) {
		return Text, ""
	}
	return Bytes, ""
}

// paddingOf is the length of a PKCS#7 padding, 0 if there is none.
func paddingOf(plain []byte) int {
	n := int(plain[len(plain)-1])
	if n < 1 || n > blockSize || n > len(plain) || bytes.Count(plain[len(plain)-n:], plain[len(plain)-1:]) != n {
		return 0
	}
	return n
}

func readable(text []byte) bool {
	for rest := text; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r) && r != '\ufeff' {
			return false
		}
		rest = rest[n:]
	}
	return len(text) > 0
}
