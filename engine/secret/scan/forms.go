package scan

import (
	"encoding/base64"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"cryptodesk/engine/secret"
)

// runLength is the length of the shortest run of a passphrase that counts as a hit, in characters.
const runLength = 6

// AddText adds every run of six characters of a passphrase in each encoding a toolkit, an input method or a library
// could use, and as the pads of HMAC (RFC 2104), from which anybody reads it off. text stays the caller's.
func (s *Set) AddText(kind Kind, text []byte) {
	secret.Do(func() {
		var starts []int
		for i := range text {
			if utf8.RuneStart(text[i]) {
				starts = append(starts, i)
			}
		}
		starts = append(starts, len(text))
		for i := 0; i+runLength < len(starts); i++ {
			s.addRun(kind, text[starts[i]:starts[i+runLength]])
		}
	})
}

func (s *Set) addRun(kind Kind, run []byte) {
	s.add(kind, "utf-8 run", run)
	var le, be, wide []byte
	for rest := run; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		var units [2]uint16
		for _, u := range utf16.AppendRune(units[:0], r) {
			le = append(le, byte(u), byte(u>>8))
			be = append(be, byte(u>>8), byte(u))
		}
		wide = append(wide, byte(r), byte(r>>8), byte(r>>16), 0)
	}
	s.add(kind, "utf-16le run", le)
	s.add(kind, "utf-16be run", be)
	s.add(kind, "utf-32le run", wide)
	for _, pad := range []byte{0x36, 0x5c} {
		masked := make([]byte, len(run))
		for i, b := range run {
			masked[i] = b ^ pad
		}
		s.add(kind, "hmac pad", masked)
	}
	for _, copied := range [][]byte{le, be, wide} {
		secret.Wipe(copied)
	}
}

// AddKey adds a key of 16 bytes or more in each form that a key takes: its bytes in pieces of eight, hexadecimal, base64
// in each of three alignments, the letters of Bech32 and the numbers behind them. raw stays the caller's.
func (s *Set) AddKey(kind Kind, raw []byte) {
	secret.Do(func() {
		for at := 0; at+8 <= len(raw); at += 8 {
			s.add(kind, fmt.Sprintf("raw %d", at), raw[at:at+8])
		}
		if len(raw) > 64 {
			return // expanded keys are never written as text
		}
		s.addPieces(kind, "hex", 16, encodeHex(raw, "0123456789abcdef"))
		s.addPieces(kind, "hex", 16, encodeHex(raw, "0123456789ABCDEF"))
		for shift := range 3 {
			s.addPieces(kind, "base64", 12, base64Core(base64.RawStdEncoding, raw, shift))
			s.addPieces(kind, "base64", 12, base64Core(base64.RawURLEncoding, raw, shift))
		}
		five := fiveBits(raw)
		s.addPieces(kind, "bech32 numbers", 13, five)
		for _, letters := range []string{"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", "qpzry9x8gf2tvdw0s3jn54khce6mua7l"} {
			text := make([]byte, len(five))
			for i, v := range five {
				text[i] = letters[v]
			}
			s.addPieces(kind, "bech32", 13, text)
		}
	})
}

// AddRaw adds any bytes as one needle.
func (s *Set) AddRaw(kind Kind, form string, raw []byte) {
	secret.Do(func() { s.add(kind, form, raw) })
}

// addPieces cuts text into pieces of that length, the last one reaching back so that all of it is covered.
func (s *Set) addPieces(kind Kind, form string, length int, text []byte) {
	for at := 0; at < len(text); at += length {
		from := max(0, min(at, len(text)-length))
		s.add(kind, form, text[from:min(from+length, len(text))])
	}
}

func encodeHex(raw []byte, digits string) []byte {
	text := make([]byte, 0, 2*len(raw))
	for _, b := range raw {
		text = append(text, digits[b>>4], digits[b&15])
	}
	return text
}

// base64Core are the letters that raw alone decides when it begins shift bytes into a group of three.
func base64Core(e *base64.Encoding, raw []byte, shift int) []byte {
	padded := append(make([]byte, shift, shift+len(raw)), raw...)
	text := make([]byte, e.EncodedLen(len(padded)))
	e.Encode(text, padded)
	return text[(8*shift+5)/6 : 8*len(padded)/6]
}

// fiveBits are the whole groups of five bits of raw, as Bech32 (BIP 173) has them.
func fiveBits(raw []byte) []byte {
	var out []byte
	held, n := 0, 0
	for _, b := range raw {
		held, n = held<<8|int(b), n+8
		for n >= 5 {
			n -= 5
			out = append(out, byte(held>>n&31))
		}
		held &= 1<<n - 1
	}
	return out
}
