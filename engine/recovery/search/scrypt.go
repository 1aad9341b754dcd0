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
// Salsa20/8 are the libraries'; how they are put together is below. A guess is
// begin, mix and end. Not safe for concurrent use.
type scrypt struct {
	n, r, p int
	memory  *scratch
	v       []byte // N blocks of 128·r bytes, as ROMix fills them
	x, y    []byte // one block each
	b       []byte // p blocks
	mac     hash.Hash

	next []byte // the block of v that is mixed in next

	// stop, when not nil and true, makes mix give up within milliseconds.
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
	s.begin(passphrase, salt)
	done := mix(s)
	s.end(dst)
	return done
}

func (s *scrypt) begin(passphrase, salt []byte) {
	s.mac = hmac.New(sha256.New, passphrase)
	pbkdf2(s.b, s.mac, salt)
}

// end writes the key, which is none if mix gave up.
func (s *scrypt) end(dst []byte) {
	pbkdf2(dst, s.mac, s.b)
	s.mac = nil
	secret.Wipe(s.b)
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

// mix is scryptROMix for guesses with the same parameters, on one core; false
// when they were told to stop. In the second half each step needs a block from
// anywhere in v, known only when the step before is done, and waiting for that
// is a quarter of all the time. So two guesses take turns: the block of one
// comes while the other is at work.
func mix(side ...*scrypt) bool {
	for i := range side[0].p {
		for _, s := range side {
			if !s.fill(i) {
				return false
			}
		}
		for step := range side[0].n {
			if side[0].stopped(step) {
				return false
			}
			for _, s := range side {
				s.step()
			}
		}
		for _, s := range side {
			copy(s.b[i*len(s.x):], s.x)
		}
	}
	return true
}

// fill is the first half, on the i-th block of b: it writes each block of v
// where it stays.
func (s *scrypt) fill(i int) bool {
	size := len(s.x)
	copy(s.v, s.b[i*size:(i+1)*size])
	at := s.v[:size]
	for i := 1; i < s.n; i++ {
		if s.stopped(i) {
			return false
		}
		next := s.v[i*size : (i+1)*size]
		blockMix(next, at)
		at = next
	}
	blockMix(s.x, at)
	s.aim()
	return true
}

// step is one of the second half. The whole block is taken in before it is
// mixed: its cache lines then come together and not one after the other.
func (s *scrypt) step() {
	subtle.XORBytes(s.x, s.x, s.next)
	blockMix(s.y, s.x)
	s.x, s.y = s.y, s.x
	s.aim()
}

// aim finds the block of the next step, and asks for it.
func (s *scrypt) aim() {
	size := len(s.x)
	j := int(binary.LittleEndian.Uint64(s.x[size-64:]) & uint64(s.n-1))
	s.next = s.v[j*size : (j+1)*size]
	prefetch(&s.next[0], size/64)
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
