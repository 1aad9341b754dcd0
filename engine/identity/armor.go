package identity

import (
	"bytes"
	"encoding/base64"

	"cryptodesk/engine/secret"
)

// found is a private key in a text, not read yet: one line, or a PEM block.
// Its slices are of the text, guarded as it is.
type found struct {
	what  Material // AgeIdentity, OpenSSHPrivate, PEMPrivate or OtherPrivate
	label []byte   // of a PEM block; nil for an SSH key as keyrings keep it, and for DER
	body  []byte   // the line; what is between the dashes; base64 of PEM; or DER
	line  int      // where it begins, from 1
	meta  Meta
}

// sshComment is before the SSH keys in the text of a keyring, which are base64
// of PEM there: see engine/keyring.
const sshComment = "# ssh key: "

// scanner looks for private keys in a text line by line, and passes over what
// else a mail or a program wrote around them.
type scanner struct {
	text  []byte
	line  int // the number of the one being read
	found []found
	meta  Meta
	block *found // the block that the scanner is in
	from  int    // where its inside begins in text
	bad   int    // the first line that is neither a key nor prose; 0 if none
}

// scan finds the private keys of a text, at most one more than maxKeys. bad is
// the line of the first thing that looks like a key and is not one, 0 if there
// is none. Runs inside Do.
func scan(text []byte) (keys []found, bad int) {
	if ofDER(text) == PEMPrivate {
		return []found{{what: PEMPrivate, body: text, line: 1}}, 0
	}
	s := &scanner{text: trimBOM(text)}
	at := 0
	for line := range bytes.Lines(s.text) {
		s.line++
		if len(s.found) <= maxKeys {
			s.read(bare(line), at, at+len(line))
		}
		at += len(line)
	}
	if s.block != nil {
		s.note(s.block.line) // its end is missing
	}
	return s.found, s.bad
}

func (s *scanner) note(line int) {
	if s.bad == 0 {
		s.bad = line
	}
}

// read takes in the line at text[from:to].
func (s *scanner) read(line []byte, from, to int) {
	begins := bytes.HasPrefix(line, []byte("-----BEGIN "))
	switch {
	case begins:
		if s.block != nil {
			s.note(s.block.line)
		}
		s.block = &found{what: ofLine(line), label: label(line), line: s.line, meta: s.meta}
		s.from = to
	case s.block != nil:
		if bytes.HasPrefix(line, []byte("-----END ")) {
			s.end(label(line), from)
		}
	case len(line) == 0:
	case isAgeSecret(line):
		s.add(found{what: AgeIdentity, body: line, line: s.line, meta: s.meta})
	case bytes.HasPrefix(line, []byte(sshComment)):
		s.add(found{what: OpenSSHPrivate, body: line[len(sshComment):], line: s.line, meta: s.meta})
	case line[0] == '#':
		s.meta.Read(line)
	case looksLikeKey(line):
		s.note(s.line)
	}
}

// end closes the block, whose inside ends at text[to].
func (s *scanner) end(label []byte, to int) {
	b := *s.block
	s.block = nil
	switch b.what {
	case OpenSSHPrivate, PEMPrivate, OtherPrivate:
		if !bytes.Equal(label, b.label) {
			s.note(b.line)
			return
		}
		b.body = s.text[s.from:to]
		s.add(b)
	}
}

func (s *scanner) add(f found) {
	s.found = append(s.found, f)
	s.meta = Meta{}
}

// looksLikeKey tells what may be a damaged private key from prose: a long word
// of nothing but letters, digits and dashes.
func looksLikeKey(line []byte) bool {
	if len(line) < 40 || bytes.HasPrefix(line, []byte("age1")) {
		return false
	}
	for _, c := range line {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// unarmor decodes the inside of a PEM block into guarded memory, which the
// caller destroys, and answers its DEK-Info line, if it has one (RFC 1421).
// Nil when it does not decode.
func unarmor(body []byte) (der *secret.Buffer, dek []byte) {
	packed := secret.New(len(body))
	defer packed.Destroy()
	to := packed.Bytes()[:0]
	for line := range bytes.Lines(body) {
		line = bare(line)
		if name, value, ok := bytes.Cut(line, []byte(":")); ok {
			if string(name) == "DEK-Info" {
				dek = bytes.TrimSpace(value)
			}
			continue
		}
		to = append(to, line...)
	}
	to = bytes.TrimRight(to, "=")
	decoded := secret.New(base64.RawStdEncoding.DecodedLen(len(to)))
	n, err := base64.RawStdEncoding.Decode(decoded.Bytes(), to)
	if err != nil || n == 0 || n != decoded.Len() {
		decoded.Destroy()
		return nil, nil
	}
	return decoded, dek
}
