package legacy

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"cryptodesk/engine/identity"
)

// Format is a way in which old scripts write.
type Format string

const (
	Any     Format = ""        // whatever it may be
	PEM     Format = "pem"     // a private key, with a passphrase or without
	EAX     Format = "eax"     // nonce (16 bytes), tag (16), AES-EAX ciphertext
	ECB     Format = "ecb"     // AES-ECB
	OAEP    Format = "oaep"    // RSA-OAEP with SHA-1 or SHA-256
	Session Format = "session" // RSA-OAEP of a session key, then what EAX is
)

// RSA says whether a private key in PEM opens it; else a passphrase, or the file of a key.
func (f Format) RSA() bool { return f == OAEP || f == Session }

// Encoding is how bytes were written.
type Encoding string

const (
	Raw    Encoding = "raw"
	Base64 Encoding = "base64"
	Hex    Encoding = "hex"
)

// Guess is what a file could be, by its size and shape.
type Guess struct {
	Format   Format
	Encoding Encoding
}

// MaxFile bounds a file, in bytes.
const MaxFile = 16 << 20

const (
	blockSize = 16
	nonceSize = 16
	tagSize   = 16
)

// rsaSizes are those of keys of 1,024 to 8,192 bits, in bytes.
var rsaSizes = []int{128, 192, 256, 384, 512, 768, 1024}

// Look says what data could be, the more telling guess first; nothing, if it is none of these formats or something else that
// CryptoDesk knows. No key is needed, and none of it is certain: these formats have no mark.
func Look(data []byte) (guesses []Guess) {
	switch m := identity.Recognise(data); {
	case m == identity.PEMPrivate, m == identity.OpenSSHPrivate, m == identity.AgeIdentity:
		return []Guess{{PEM, Raw}}
	case m == identity.AgeEncrypted, m == identity.Card, m == identity.PublicKeys, m == identity.Picture, m == identity.Certificate, len(data) > MaxFile:
		return nil
	}
	for _, f := range forms(data) {
		for _, format := range []Format{OAEP, EAX, ECB, Session} {
			if fits(format, len(f.bytes)) {
				guesses = append(guesses, Guess{format, f.encoding})
			}
		}
	}
	return guesses
}

func fits(format Format, size int) bool {
	switch format {
	case EAX:
		return size >= nonceSize+tagSize
	case ECB:
		return size > 0 && size%blockSize == 0
	case OAEP:
		for _, n := range rsaSizes {
			if size == n {
				return true
			}
		}
	case Session:
		return size >= rsaSizes[0]+nonceSize+tagSize
	}
	return false
}

// form is data as it was before it was written as text, perhaps.
type form struct {
	encoding Encoding
	bytes    []byte
}

// forms reads data as what it can be: text in hexadecimal digits is Base64 as well, and bytes that are neither are raw.
func forms(data []byte) (all []form) {
	text := unquote(bytes.Join(bytes.Fields(data), nil))
	if len(text) > 0 {
		if raw, err := hex.AppendDecode(nil, text); err == nil {
			all = append(all, form{Hex, raw})
		}
		bare := bytes.TrimRight(text, "=")
		for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if raw, err := alphabet.AppendDecode(nil, bare); err == nil && len(raw) > 0 {
				all = append(all, form{Base64, raw})
				break
			}
		}
	}
	if all == nil {
		all = append(all, form{Raw, data})
	}
	return all
}

// unquote takes off what a script that prints bytes puts around them: b'...'.
func unquote(text []byte) []byte {
	inside := bytes.TrimPrefix(text, []byte("b"))
	if n := len(inside); n >= 2 && (inside[0] == '\'' || inside[0] == '"') && inside[n-1] == inside[0] {
		return inside[1 : n-1]
	}
	return text
}
