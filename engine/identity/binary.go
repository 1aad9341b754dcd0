package identity

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"cryptodesk/engine/secret"
)

// recogniseBinary knows what is no text by its first bytes.
func recogniseBinary(b []byte) Material {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")), bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return Picture
	case bytes.HasPrefix(b, []byte("\xfe\xed\xfe\xed")): // a Java key store
		return PKCS12
	case len(b) >= 12 && string(b[8:12]) == "KBXf": // GnuPG's keybox
		return OpenPGP
	case isOpenPGP(b):
		return OpenPGP
	}
	return ofDER(b)
}

// isOpenPGP knows the first packet of a key, or of a message to one: RFC 9580,
// sections 4.2 and 5.
func isOpenPGP(b []byte) bool {
	if len(b) < 6 || b[0]&0x80 == 0 {
		return false
	}
	tag, body := b[0]&0x3f, 2
	switch {
	case b[0]&0x40 == 0:
		tag, body = b[0]>>2&0xf, []int{2, 3, 5, 1}[b[0]&3]
	case b[1] == 255:
		body = 6
	case b[1] >= 192 && b[1] < 224:
		body = 3
	}
	if body >= len(b) {
		return false
	}
	version := b[body]
	switch tag {
	case 5, 6: // a private key, a public key
		return version >= 2 && version <= 6
	case 1, 3: // a session key under a public key, under a passphrase
		return version >= 3 && version <= 6
	}
	return false
}

// ofDER knows what OpenSSL writes with -outform DER, by the first elements of
// the outer sequence.
func ofDER(b []byte) Material {
	tag, outer, _ := element(b)
	if tag != 0x30 {
		return Unknown
	}
	tag, first, after := element(outer)
	if len(after) == 0 || len(first) == 0 {
		return Unknown
	}
	next := after[0]
	switch {
	case tag == 0x02 && len(first) == 1 && first[0] == 3 && next == 0x30:
		return PKCS12
	case tag == 0x02 && len(first) == 1 && first[0] == 1 && next == 0x04:
		return OtherPrivate // SEC 1: an elliptic curve
	case tag == 0x02 && len(first) == 1 && first[0] <= 1 && (next == 0x02 || next == 0x30):
		return PEMPrivate // PKCS#1, PKCS#8
	case tag != 0x30:
		return Unknown
	case first[0] == 0xa0:
		return Certificate
	case first[0] == 0x06 && next == 0x04:
		return PEMPrivate // encrypted PKCS#8
	case first[0] == 0x06 && next == 0x03:
		return PublicKeys
	}
	return Unknown
}

// element is the DER element that b begins with: its tag, what is inside, cut
// off where b ends, and what comes after. Nil and a zero tag for none.
func element(b []byte) (tag byte, inside, after []byte) {
	if len(b) < 2 {
		return 0, nil, nil
	}
	size, head := int(b[1]), 2
	if size >= 0x80 {
		n := size & 0x7f
		if n == 0 || n > 3 || len(b) < 2+n || b[2] == 0 {
			return 0, nil, nil
		}
		size, head = 0, 2+n
		for _, c := range b[2 : 2+n] {
			size = size<<8 | int(c)
		}
	}
	end := min(len(b), head+size)
	return b[0], b[head:end], b[end:]
}

// narrow makes UTF-8 of the UTF-16 that Windows PowerShell writes into files,
// in guarded memory that the caller destroys. Other text stays where it is.
func narrow(text []byte) (narrowed []byte, owned *secret.Buffer) {
	var unit func(i int) uint16
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		unit = func(i int) uint16 { return uint16(text[i]) | uint16(text[i+1])<<8 }
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		unit = func(i int) uint16 { return uint16(text[i])<<8 | uint16(text[i+1]) }
	default:
		return text, nil
	}
	owned = secret.New(len(text) / 2 * 3)
	narrowed = owned.Bytes()[:0]
	for i := 2; i+1 < len(text); i += 2 {
		r := rune(unit(i))
		if utf16.IsSurrogate(r) && i+3 < len(text) {
			r = utf16.DecodeRune(r, rune(unit(i+2)))
			i += 2
		}
		narrowed = utf8.AppendRune(narrowed, r)
	}
	return narrowed, owned
}
