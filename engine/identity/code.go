package identity

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"strings"
	"time"

	"cryptodesk/engine/fault"
)

// A code is codePrefix and base45 of the lines of a card, each after a byte
// that says what it is, in the order of the card; the signature is the last.
// engine/FORMATS.md has it in full.
const (
	codeFamily = "CRYPTODESK:"
	codePrefix = codeFamily + "1:"
	maxCode    = 4296 // characters: what the largest QR code holds
)

// What the lines of a card are.
const (
	codeText      = 0 // any line: its length in two bytes, and its text
	codeName      = 1 // its length in one byte, and UTF-8
	codeCreated   = 2 // seconds since 1970, eight bytes
	codeClassic   = 3 // an X25519 public key, 32 bytes
	codeSigning   = 4 // an Ed25519 public key, 32 bytes
	codeHybrid    = 5 // the main key, 1,216 bytes: ML-KEM-768, then X25519
	codeX25519    = 6 // the main key, 32 bytes
	codeSignature = 7 // 64 bytes
)

const hybridSize = 1216 // bytes of a public key

// field is a kind of line that is shorter in binary.
type field struct {
	what byte
	head string // of the line
	size int    // bytes of the value; 0 for a name, which has its length before it
	pack func(value string) []byte
	text func(b []byte) string
}

// fields are tried in this order: a signing key is no main key by accident.
var fields = []field{
	{codeName, "# name: ", 0, func(value string) []byte { return []byte(value) }, func(b []byte) string { return string(b) }},
	{codeCreated, "# created: ", 8, packTime, textTime},
	{codeClassic, "# classic: ", keySize, packX25519, textX25519},
	{codeSigning, "# signing: ", ed25519.PublicKeySize, func(value string) []byte { return decode64(value, ed25519.PublicKeySize) }, encode64},
	{codeSignature, "# signature: ", ed25519.SignatureSize, func(value string) []byte { return decode64(value, ed25519.SignatureSize) }, encode64},
	{codeHybrid, "", hybridSize, packHybrid, textHybrid},
	{codeX25519, "", keySize, packX25519, textX25519},
}

// MarshalCode is a contact card in the short form that a QR code holds: what
// the text form says, in binary, as base45 (RFC 9285) behind a prefix. Lines
// that later versions may add are in it, as text. Errors: those of ParseCard,
// TooLarge.
func MarshalCode(card []byte) (string, error) {
	if _, err := ParseCard(card); err != nil {
		return "", err
	}
	var out []byte
	for i, line := range cardLines(card) {
		if i > 0 { // the title, which the prefix stands for
			out = appendLine(out, line)
		}
	}
	code := codePrefix + encode45(out)
	if len(code) > maxCode {
		return "", fault.New(fault.TooLarge, "", nil)
	}
	return code, nil
}

// cardLines are the lines of a card as they are signed.
func cardLines(card []byte) (lines []string) {
	for line := range strings.Lines(string(bytes.TrimPrefix(card, []byte("\xef\xbb\xbf")))) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func appendLine(out []byte, line string) []byte {
	for _, f := range fields {
		value, found := strings.CutPrefix(line, f.head)
		if !found {
			continue
		}
		b := f.pack(value)
		if b == nil || f.text(b) != value {
			continue
		}
		switch {
		case f.size == len(b):
			return append(append(out, f.what), b...)
		case f.size == 0 && len(b) < 256:
			return append(append(out, f.what, byte(len(b))), b...)
		}
	}
	out = append(out, codeText)
	out = binary.BigEndian.AppendUint16(out, uint16(len(line))) // a card is smaller
	return append(out, line...)
}

// ParseCode is the contact card that a QR code holds, in its text form, its
// signature not yet checked: ParseCard does. A code that holds a card's text,
// or a public key as other programs show it, is that text. Errors: NoCode (for
// a private key too: what can be read off a picture is no secret), CardDamaged,
// TooNew.
func ParseCode(text string) ([]byte, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case len(text) > maxCard:
		return nil, fault.New(fault.NoCode, "", nil)
	case strings.HasPrefix(text, codePrefix):
		return parseCode(strings.TrimPrefix(text, codePrefix))
	case strings.HasPrefix(text, codeFamily):
		return nil, fault.New(fault.TooNew, "", nil)
	case IsCard([]byte(text)):
		return []byte(text + "\n"), nil
	}
	if strings.HasPrefix(text, "AGE1") && text == strings.ToUpper(text) {
		text = strings.ToLower(text) // for the alphanumeric mode
	}
	if _, err := ParseRecipient(text); err != nil {
		return nil, fault.New(fault.NoCode, "", nil)
	}
	return []byte(text + "\n"), nil
}

func parseCode(text string) ([]byte, error) {
	damaged := fault.New(fault.CardDamaged, "", nil)
	rest, ok := decode45(text)
	if !ok {
		return nil, damaged
	}
	card := []byte(cardTitle + "\n")
	for len(rest) > 0 {
		var line string
		if line, rest, ok = readLine(rest); !ok {
			return nil, damaged
		}
		card = append(append(card, line...), '\n')
	}
	return card, nil
}

func readLine(in []byte) (line string, rest []byte, ok bool) {
	what, in := in[0], in[1:]
	if what == codeText {
		if len(in) < 2 {
			return "", nil, false
		}
		n := int(binary.BigEndian.Uint16(in))
		if in = in[2:]; n > len(in) {
			return "", nil, false
		}
		line = string(in[:n])
		return line, in[n:], line == strings.TrimSpace(line) && line != "" && !strings.ContainsAny(line, "\r\n")
	}
	for _, f := range fields {
		if f.what != what {
			continue
		}
		size := f.size
		if size == 0 && len(in) > 0 {
			size, in = int(in[0]), in[1:]
		}
		if size == 0 || size > len(in) {
			return "", nil, false
		}
		value := f.text(in[:size])
		return f.head + value, in[size:], value != "" && !strings.ContainsAny(value, "\r\n")
	}
	return "", nil, false
}

func packTime(value string) []byte {
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return nil
	}
	return binary.BigEndian.AppendUint64(nil, uint64(t.Unix()))
}

func textTime(b []byte) string {
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0).UTC().Format(time.RFC3339)
}

func packX25519(value string) []byte { return packKey("AGE", keySize, value) }
func packHybrid(value string) []byte { return packKey("AGE1PQ", hybridSize, value) }

func packKey(hrp string, size int, value string) []byte {
	key := make([]byte, size)
	if !decodeKey(key, hrp, bytes.ToUpper([]byte(value))) {
		return nil
	}
	return key
}

func textX25519(b []byte) string { return publicText("age", b) }
func textHybrid(b []byte) string { return publicText("age1pq", b) }
