package agefile

import (
	"slices"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/secret"
)

// smallSize is the largest plaintext, in bytes, that one worker handles alone
// and in one piece: a single chunk.
const smallSize = stream.ChunkSize

// smallFile is the largest encrypted file read in one piece: a chunk and room
// for the headers of a few dozen people.
const smallFile = smallSize + 64<<10

// Scratch is the reusable memory of one worker that handles many small files.
// Not safe for concurrent use.
type Scratch struct {
	key   *secret.Buffer // a file key
	plain []byte
	file  []byte
}

// NewScratch makes scratch for one worker: about 200 KiB.
func NewScratch() *Scratch {
	return &Scratch{
		key:   secret.New(fileKeySize),
		plain: make([]byte, 0, smallFile),
		file:  make([]byte, 0, smallFile),
	}
}

// Destroy wipes it; nil-safe, idempotent. It must not be used afterwards.
func (s *Scratch) Destroy() {
	if s != nil {
		s.wipe()
		s.key.Destroy()
	}
}

// wipe forgets the last file: what is behind the length counts as well.
func (s *Scratch) wipe() {
	secret.Wipe(s.key.Bytes())
	secret.Wipe(s.plain[:cap(s.plain)])
	s.plain, s.file = s.plain[:0], s.file[:0]
}

// room is file with a length of n and no promise about its bytes.
func (s *Scratch) room(n int) []byte {
	s.file = slices.Grow(s.file[:0], n)[:n]
	return s.file
}
