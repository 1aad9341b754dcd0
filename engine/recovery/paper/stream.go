package paper

import (
	"bytes"
	"iter"
	"strconv"
)

// stream is a stream object of a PDF: its dictionary and its bytes as they are
// in the file.
type stream struct {
	dictionary map[string][]byte // by name; values as written
	raw        []byte
}

// maxStreams is how many are looked at.
const maxStreams = 20_000

// streams goes through a file from its beginning to its end, without its table
// of contents: files that were cut, repaired, or saved again and again are read
// as well, and a table that lies does no harm.
func streams(data []byte) iter.Seq[stream] {
	return func(yield func(stream) bool) {
		rest := data
		for range maxStreams {
			at := bytes.Index(rest, []byte("stream"))
			if at < 0 {
				return
			}
			head := rest[:at]
			body, ok := afterLine(rest[at+len("stream"):])
			rest = rest[at+len("stream"):]
			if !ok || !bytes.HasSuffix(bytes.TrimRight(head, " \r\n\t"), []byte(">>")) {
				continue
			}
			begin := bytes.LastIndex(head[max(0, len(head)-maxDictionary):], []byte("obj"))
			if begin < 0 {
				continue
			}
			begin += max(0, len(head)-maxDictionary) + len("obj")
			s := stream{dictionary: dictionary(head[begin:])}
			s.raw = s.cut(body)
			if !yield(s) {
				return
			}
			rest = body[len(s.raw):]
		}
	}
}

const maxDictionary = 64 << 10 // bytes

// afterLine is what follows the end of the line, which must be next.
func afterLine(b []byte) ([]byte, bool) {
	b, _ = bytes.CutPrefix(b, []byte("\r"))
	return bytes.CutPrefix(b, []byte("\n"))
}

// cut is the beginning of body that belongs to the stream: as long as the
// dictionary says, if there the end is, or else up to what looks like the end.
func (s stream) cut(body []byte) []byte {
	mark := []byte("endstream")
	if n, ok := s.number("Length"); ok && n >= 0 && n <= len(body) {
		if bytes.HasPrefix(bytes.TrimLeft(body[n:min(len(body), n+16)], "\r\n \t"), mark) {
			return body[:n]
		}
	}
	end := bytes.Index(body, mark)
	if end < 0 {
		return body
	}
	raw := body[:end]
	raw = bytes.TrimSuffix(raw, []byte("\n"))
	return bytes.TrimSuffix(raw, []byte("\r"))
}

// is says whether the value of a name is that other name.
func (s stream) is(name, value string) bool { return string(s.dictionary[name]) == "/"+value }

// number is a value that is written out as one, and not somewhere else.
func (s stream) number(name string) (int, bool) {
	n, err := strconv.Atoi(string(s.dictionary[name]))
	return n, err == nil
}

// dictionary reads "<< /Name value ... >>"; what does not parse ends it.
func dictionary(b []byte) map[string][]byte {
	d := map[string][]byte{}
	t := tokens{b}
	if string(t.next()) != "<<" {
		return d
	}
	var name string
	var value []byte
	keep := func() {
		if name != "" {
			d[name] = bytes.TrimSpace(value)
		}
	}
	for depth := 0; ; {
		token := t.next()
		switch string(token) {
		case "", ">>":
			if depth == 0 || len(token) == 0 {
				keep()
				return d
			}
			depth--
		case "<<", "[":
			depth++
		case "]":
			depth--
		default:
			if depth == 0 && token[0] == '/' && (name == "" || len(value) > 0) {
				keep()
				name, value = string(token[1:]), nil
				continue
			}
		}
		value = append(append(value, token...), ' ')
	}
}

// tokens cuts the source of an object (ISO 32000-1, 7.2 and 7.3) into its
// parts; strings come whole.
type tokens struct{ rest []byte }

const (
	blanks     = " \t\r\n\f\x00"
	delimiters = "()<>[]{}/%"
)

func (t *tokens) next() []byte {
	t.rest = bytes.TrimLeft(t.rest, blanks)
	for len(t.rest) > 0 && t.rest[0] == '%' {
		end := bytes.IndexAny(t.rest, "\r\n")
		if end < 0 {
			end = len(t.rest)
		}
		t.rest = bytes.TrimLeft(t.rest[end:], blanks)
	}
	if len(t.rest) == 0 {
		return nil
	}
	n := 1
	switch first := t.rest[0]; {
	case bytes.HasPrefix(t.rest, []byte("<<")), bytes.HasPrefix(t.rest, []byte(">>")):
		n = 2
	case first == '(':
		n = stringLength(t.rest)
	case first == '<':
		if n = bytes.IndexByte(t.rest, '>') + 1; n == 0 {
			n = len(t.rest)
		}
	case first == '/' || !bytes.ContainsRune([]byte(delimiters), rune(first)):
		for n < len(t.rest) && bytes.IndexByte([]byte(blanks+delimiters), t.rest[n]) < 0 {
			n++
		}
	}
	token := t.rest[:n]
	t.rest = t.rest[n:]
	return token
}

// stringLength is that of the string in brackets that b begins with.
func stringLength(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}
