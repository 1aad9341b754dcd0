package passphrase

import (
	"crypto/rand"
	"encoding/binary"

	"cryptodesk/engine/secret"
)

const (
	// Words is how many words a generated passphrase has unless someone asks for more: 5 x 12.92 = 64.6 bits.
	Words = 5

	maxWords  = 64
	separator = '-'
)

// Generate returns words words (1 to 64) drawn evenly from the EFF long list and joined by "-". The caller destroys it. At no
// time is there a string of it, or a copy outside guarded memory.
func Generate(words int) *secret.Buffer {
	if words < 1 || words > maxWords {
		panic("passphrase: number of words out of range")
	}
	var phrase *secret.Buffer
	secret.Do(func() { phrase = generate(words) })
	return phrase
}

func generate(words int) *secret.Buffer {
	picks := secret.New(2 * words)
	defer picks.Destroy()
	size := words - 1
	for i := range words {
		at := picks.Bytes()[2*i : 2*i+2]
		size += len(eff().word(draw(at, eff().len())))
	}
	phrase := secret.New(size)
	rest := phrase.Bytes()
	for i := range words {
		if i > 0 {
			rest[0] = separator
			rest = rest[1:]
		}
		rest = rest[copy(rest, eff().word(int(binary.LittleEndian.Uint16(picks.Bytes()[2*i:])))):]
	}
	return phrase
}

// draw writes an even random number below n to at, two bytes, and returns it. Numbers past the last multiple of n are drawn
// again, which keeps it even.
func draw(at []byte, n int) int {
	for limit := 1 << 16 / n * n; ; {
		rand.Read(at)
		if v := int(binary.LittleEndian.Uint16(at)); v < limit {
			binary.LittleEndian.PutUint16(at, uint16(v%n))
			return v % n
		}
	}
}
