package stream

import (
	"crypto/cipher"
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
	aead, err := chacha20poly1305.New(key[:])
	secret.Wipe(key[:])
	if err != nil {
		panic(err) // only a key of the wrong size
	}
	return &chunks{aead: aead}
}

// payloadKey is HKDF-SHA256 (RFC 5869) with the nonce as salt, "payload" as
// info and one block of output, as the age specification has it. crypto/hkdf
// would leave the pads and the extracted key on the heap and cost 20
// allocations a file; here they are on the stack and wiped.
func payloadKey(fileKey []byte, nonce [NonceSize]byte) [sha256.Size]byte {
	extracted := hmac(nonce[:], fileKey)
	key := hmac(extracted[:], []byte("payload\x01"))
	secret.Wipe(extracted[:])
	return key
}

// hmac is HMAC-SHA256 (RFC 2104) for a key of at most one SHA-256 block and a
// message of at most half of one.
func hmac(key, message []byte) [sha256.Size]byte {
	var inner [sha256.BlockSize + 32]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	copy(inner[:], key)
	copy(outer[:], key)
	for i := range sha256.BlockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	n := copy(inner[sha256.BlockSize:], message)
	digest := sha256.Sum256(inner[:sha256.BlockSize+n])
	copy(outer[sha256.BlockSize:], digest[:])
	sum := sha256.Sum256(outer[:])
	secret.Wipe(inner[:])
	secret.Wipe(outer[:])
	secret.Wipe(digest[:])
	return sum
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
