package search

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"sync/atomic"

	//lint:ignore SA1019 scrypt is made of Salsa20/8, and this is the library's
	"golang.org/x/crypto/salsa20/salsa"

	"cryptodesk/engine/secret"
)

// The parameters age fixes; N is in the file.
const (
	ageR    = 8
	ageP    = 1
	keySize = 32
)

// scrypt is RFC 7914 in memory that is taken once and used for every guess:
// golang.org/x/crypto/scrypt takes 256 MiB anew each time. HMAC, SHA-256 and
// Salsa20/8 are the libraries'; how they are put together is below. Not safe
// for concurrent use.
type scrypt struct {
	n, r, p int
	memory  *scratch
	v       []byte // N blocks of 128·r bytes, as ROMix fills them
	x, y    []byte // one block each
	b       []byte // p blocks

	// stop, when not nil and true, makes key give up within milliseconds.
	stop *atomic.Bool
}

// memoryOf is how many bytes one scrypt takes.
func memoryOf(n, r, p int) int64 { return 128 * int64(r) * int64(n+2+p) }

// newScrypt takes the memory for N = n. Errors: MemoryShort.
func newScrypt(n, r, p int) (*scrypt, error) {
	memory, err := newScratch(memoryOf(n, r, p))
	if err != nil {
		return nil, err
	}
	rest := memory.bytes
	cut := func(blocks int) (part []byte) {
		part, rest = rest[:blocks*128*r:blocks*128*r], rest[blocks*128*r:]
		return part
	}
	return &scrypt{n: n, r: r, p: p, memory: memory, v: cut(n), x: cut(1), y: cut(1), b: cut(p)}, nil
}

// close wipes the memory and gives it back.
func (s *scrypt) close() { s.memory.free() }

// key writes the key of a passphrase to dst; false when it was told to stop. To
// be called inside secret.Do.
func (s *scrypt) key(dst, passphrase, salt []byte) bool {
	mac := hmac.New(sha256.New, passphrase)
	pbkdf2(s.b, mac, salt)
	size := 128 * s.r
	defer secret.Wipe(s.b)
	for i := range s.p {
		if !s.roMix(s.b[i*size : (i+1)*size]) {
			return false
		}
	}
	pbkdf2(dst, mac, s.b)
	return true
}

// pbkdf2 is RFC 8018 with one iteration, which is all that scrypt asks of it.
// The library's wants the passphrase as a string.
func pbkdf2(dst []byte, mac hash.Hash, salt []byte) {
	var number [4]byte
	var sum [sha256.Size]byte
	for i := uint32(1); len(dst) > 0; i++ {
		binary.BigEndian.PutUint32(number[:], i)
		mac.Reset()
		mac.Write(salt)
		mac.Write(number[:])
		dst = dst[copy(dst, mac.Sum(sum[:0])):]
	}
	secret.Wipe(sum[:])
}

// roMix is scryptROMix. The first half writes each block where it stays. In the
// second, a whole block of v is taken in at once before it is mixed: its
// sixteen cache lines then come together and not one after the other, which is
// a quarter of all the time.
func (s *scrypt) roMix(b []byte) bool {
	size := 128 * s.r
	copy(s.v, b)
	at := s.v[:size]
	for i := 1; i < s.n; i++ {
		if s.stopped(i) {
			return false
		}
		next := s.v[i*size : (i+1)*size]
		blockMix(next, at)
		at = next
	}
	x, y := s.x, s.y
	blockMix(x, at)
	for i := range s.n {
		if s.stopped(i) {
			return false
		}
		j := binary.LittleEndian.Uint64(x[size-64:]) & uint64(s.n-1)
		subtle.XORBytes(x, x, s.v[int(j)*size:int(j+1)*size])
		blockMix(y, x)
		x, y = y, x
	}
	copy(b, x)
	return true
}

// stopped looks once in a thousand steps.
func (s *scrypt) stopped(step int) bool { return step%1024 == 0 && s.stop != nil && s.stop.Load() }

// blockMix is scryptBlockMix. The call of the library's Salsa20/8 for each 64
// bytes costs nothing that could be measured: written into this function it
// would be no faster.
func blockMix(out, in []byte) {
	var t [64]byte
	last := (*[64]byte)(in[len(in)-64:])
	half := len(in) / 2
	for i := 0; i < half; i += 64 {
		subtle.XORBytes(t[:], last[:], in[2*i:2*i+64])
		last = (*[64]byte)(out[i:])
		salsa.Core208(last, &t)
		subtle.XORBytes(t[:], last[:], in[2*i+64:2*i+128])
		last = (*[64]byte)(out[half+i:])
		salsa.Core208(last, &t)
	}
}
