package secret

import "sync"

// sealing holds the one key under which every Key of this run is sealed. It is made at the first use and never leaves
// guarded memory.
var sealing sealingKey

type sealingKey struct {
	mu  sync.Mutex
	buf *Buffer
}

// key returns the sealing key in guarded memory. WipeAll ends it; the next call makes another, with which nothing sealed
// before can be opened.
func (s *sealingKey) key() *[32]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buf.Bytes(); b != nil {
		return (*[32]byte)(b)
	}
	s.buf.Destroy()
	s.buf = New(32)
	Random(s.buf.data)
	return (*[32]byte)(s.buf.data)
}
