package search

import "cryptodesk/engine/secret"

// scratch is working memory of hundreds of megabytes: too much to lock, so it
// holds nothing that gives a passphrase away but to somebody who has guessed it.
type scratch struct {
	bytes []byte
	unmap func()
}

// free wipes it and gives it back; nil-safe, idempotent.
func (s *scratch) free() {
	if s == nil || s.bytes == nil {
		return
	}
	secret.Wipe(s.bytes)
	s.bytes = nil
	s.unmap()
}
