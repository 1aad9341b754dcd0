package session

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/crypto/chacha20poly1305"
)

// The layout of session.state; engine/FORMATS.md says what for.
const (
	stateLine  = "CryptoDesk session state v1\n"
	stateName  = "CryptoDesk session state v"
	idSize     = 16
	wrapNonce  = chacha20poly1305.NonceSizeX
	keySize    = chacha20poly1305.KeySize
	tagSize    = chacha20poly1305.Overhead
	labelSize  = len(stateLine) + idSize + idSize                   // what wrapping the session key is bound to
	headerSize = labelSize + wrapNonce + keySize + tagSize + 8 + 24 // … sequence number, payload nonce
	maxPlain   = 4 << 20                                            // bytes, padding included
	maxState   = headerSize + maxPlain + tagSize
	maxName    = 255 // bytes of a section's name
	padTo      = 4096
)

var (
	errDamaged = errors.New("not a session state")
	errTooNew  = errors.New("a later version")
	errForeign = errors.New("sealed under another key")
	errOld     = errors.New("not the one written last")
)

// stateFile is a file's bytes, cut.
type stateFile struct {
	label   []byte // magic line, key ID, session ID
	keyID   [idSize]byte
	wrapped []byte // nonce and sealed session key
	seq     uint64
	nonce   []byte // of the payload
	header  []byte // all before the payload
	box     []byte // the sealed payload
}

func parseState(raw []byte) (f stateFile, err error) {
	if err := checkLine(raw, stateName, stateLine); err != nil {
		return f, err
	}
	if n := len(raw); n < headerSize+tagSize || n > maxState || (n-headerSize-tagSize)%padTo != 0 {
		return f, errDamaged
	}
	f.label, f.header, f.box = raw[:labelSize], raw[:headerSize], raw[headerSize:]
	f.keyID = [idSize]byte(raw[len(stateLine):])
	f.wrapped = raw[labelSize : labelSize+wrapNonce+keySize+tagSize]
	rest := raw[labelSize+len(f.wrapped) : headerSize]
	f.seq, f.nonce = binary.BigEndian.Uint64(rest), rest[8:]
	return f, nil
}

// checkLine tells a later version of a file from one that is none.
func checkLine(raw []byte, name, line string) error {
	if bytes.HasPrefix(raw, []byte(line)) {
		return nil
	}
	digits, ok := bytes.CutPrefix(raw, []byte(name))
	end := bytes.IndexByte(digits, '\n')
	if !ok || end < 1 || end > 9 {
		return errDamaged
	}
	if v, err := strconv.ParseUint(string(digits[:end]), 10, 32); err != nil || v < 2 || digits[0] == '0' {
		return errDamaged
	}
	return errTooNew
}

func sectionSize(name string, v []byte) int { return 1 + len(name) + 4 + len(v) }

// plainSize is without the padding, which maxPlain is a multiple of.
func plainSize(sections map[string][]byte) (n int) {
	for name, v := range sections {
		n += sectionSize(name, v)
	}
	return n
}

// appendSections writes the sections in the order of their names: the name
// after its length (1 byte), the value after its length (4 bytes); then zeros.
func appendSections(b []byte, sections map[string][]byte) []byte {
	start := len(b)
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		b = append(append(b, byte(len(name))), name...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(sections[name])))
		b = append(b, sections[name]...)
	}
	return append(b, make([]byte, padding(len(b)-start))...)
}

func padding(n int) int { return (padTo - n%padTo) % padTo }

// parseSections is its reverse; the values are copies.
func parseSections(plain []byte) (map[string][]byte, error) {
	if len(plain)%padTo != 0 {
		return nil, errDamaged
	}
	sections := make(map[string][]byte)
	before := ""
	for len(plain) > 0 && plain[0] != 0 {
		n := 1 + int(plain[0])
		if len(plain) < n+4 {
			return nil, errDamaged
		}
		name, size := string(plain[1:n]), binary.BigEndian.Uint32(plain[n:])
		plain = plain[n+4:]
		if name <= before || int64(size) > int64(len(plain)) {
			return nil, errDamaged
		}
		sections[name] = append([]byte{}, plain[:size]...)
		before, plain = name, plain[size:]
	}
	for _, c := range plain {
		if c != 0 {
			return nil, errDamaged
		}
	}
	if len(plain) >= padTo {
		return nil, errDamaged
	}
	return sections, nil
}
