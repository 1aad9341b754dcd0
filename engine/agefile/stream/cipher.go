package stream

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

var (
	errCut      = errors.New("payload: ends before its last chunk")
	errChunk    = errors.New("payload: chunk does not authenticate")
	errLast     = errors.New("payload: last chunk is damaged or cut short")
	errTrailing = errors.New("payload: data after the last chunk")
)

// chunks seals and opens single chunks. Every goroutine needs its own copy.
type chunks struct {
	aead  cipher.AEAD
	nonce [chacha20poly1305.NonceSize]byte // of the chunk at hand; here because a local one would go to the heap
	from  string                           // Subject of faults
}

// newChunks derives the payload key. The AEAD keeps a copy of it on the heap,
// which only secret.Do can erase, so it must run there.
func newChunks(fileKey []byte, nonce [NonceSize]byte) *chunks {
	if len(fileKey) != KeySize {
		panic("stream: file key of the wrong size")
	}
	key := payloadKey(fileKey, nonce)
	aead, err := chacha20poly1305.New(key)
	secret.Wipe(key)
	if err != nil {
		panic(err) // only a key of the wrong size
	}
	return &chunks{aead: aead}
}

// payloadKey is HKDF-SHA256 (RFC 5869) with the nonce as salt and "payload" as
// info, as the age specification has it. What crypto/hkdf leaves on the heap,
// secret.Do erases: the standard library's HMAC is worth its 20 allocations.
func payloadKey(fileKey []byte, nonce [NonceSize]byte) []byte {
	key, err := hkdf.Key(sha256.New, fileKey, nonce[:], "payload", chacha20poly1305.KeySize)
	if err != nil {
		panic(err) // only a length that SHA-256 cannot give
	}
	return key
}

// number sets the nonce: an 11-byte big-endian counter and a byte that is 1
// for the last chunk. 2^63 chunks are more than any file has.
func (c *chunks) number(index int64, last bool) []byte {
	binary.BigEndian.PutUint64(c.nonce[3:11], uint64(index))
	c.nonce[11] = 0
	if last {
		c.nonce[11] = 1
	}
	return c.nonce[:]
}

func (c *chunks) seal(dst, plain []byte, index int64, last bool) []byte {
	return c.aead.Seal(dst, c.number(index, last), plain, nil)
}

// open appends the plaintext of one chunk to dst. sealed must still be whole
// when it fails, to find out why: dst and sealed must not overlap.
func (c *chunks) open(dst, sealed []byte, index int64, last bool) ([]byte, error) {
	if len(sealed) < tagSize || len(sealed) == tagSize && index > 0 {
		return nil, fault.New(fault.Truncated, c.from, errCut)
	}
	plain, err := c.aead.Open(dst, c.number(index, last), sealed, nil)
	if err != nil {
		return nil, c.why(dst, sealed, index, last)
	}
	return plain, nil
}

// why tells a chunk in the wrong place from a damaged one: it opens with the
// other last flag.
func (c *chunks) why(dst, sealed []byte, index int64, last bool) error {
	out, err := c.aead.Open(dst, c.number(index, !last), sealed, nil)
	if err == nil {
		secret.Wipe(out[len(dst):])
	}
	switch {
	case err == nil && last && len(sealed) == sealedChunk:
		return fault.New(fault.Truncated, c.from, errCut)
	case err == nil && !last:
		return fault.New(fault.TrailingData, c.from, errTrailing)
	case last:
		return fault.New(fault.PayloadDamaged, c.from, errLast)
	}
	return fault.New(fault.PayloadDamaged, c.from, errChunk)
}
