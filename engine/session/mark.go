package session

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// The layout of session.mark.
const (
	markLine   = "CryptoDesk session mark v1\n"
	markName   = "CryptoDesk session mark v"
	entrySize  = 8 + sha256.Size
	maxEntries = 8
	maxMark    = len(markLine) + idSize + 1 + maxEntries*entrySize + sha256.Size
)

// entry is one state file that may rightly be there. The zero entry is none.
type entry struct {
	seq    uint64
	digest [sha256.Size]byte
}

func digestOf(raw []byte) [sha256.Size]byte { return sha256.Sum256(raw) }

// marshalMark is all but the MAC.
func marshalMark(id [idSize]byte, entries []entry) []byte {
	raw := append(append([]byte(markLine), id[:]...), byte(len(entries)))
	for _, e := range entries {
		raw = binary.BigEndian.AppendUint64(raw, e.seq)
		raw = append(raw, e.digest[:]...)
	}
	return raw
}

func parseMark(raw []byte) (id [idSize]byte, entries []entry, mac []byte, err error) {
	if err := checkLine(raw, markName, markLine); err != nil {
		return id, nil, nil, err
	}
	rest := raw[len(markLine):]
	if len(raw) > maxMark || len(rest) < idSize+1 {
		return id, nil, nil, errDamaged
	}
	id = [idSize]byte(rest)
	count := int(rest[idSize])
	rest = rest[idSize+1:]
	if count < 1 || count > maxEntries || len(rest) != count*entrySize+sha256.Size {
		return id, nil, nil, errDamaged
	}
	for range count {
		entries = append(entries, entry{binary.BigEndian.Uint64(rest), [sha256.Size]byte(rest[8:])})
		rest = rest[entrySize:]
	}
	return id, entries, rest, nil
}

// newest is the highest number of a state that ever was.
func newest(entries []entry) (seq uint64) {
	for _, e := range entries {
		seq = max(seq, e.seq)
	}
	return seq
}

// may says whether what is on disk is among entries.
func may(entries []entry, found entry) bool { return slices.Contains(entries, found) }
