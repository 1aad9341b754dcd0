package identity

import "bytes"

// Bech32 as age uses it (BIP-173 without its length limit), byte by byte:
// everything is read from and written to slices that the caller guards, so the
// text of a private key never becomes a string.

const (
	hybridPrefix = "AGE-SECRET-KEY-PQ-" // before the "1" that ends it
	x25519Prefix = "AGE-SECRET-KEY-"
	alphabet     = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	checkSize    = 6 // characters
)

// checksum is the BCH code of BIP-173, one 5-bit value at a time.
type checksum uint32

func newChecksum(hrp string) checksum {
	c := checksum(1)
	for i := range len(hrp) {
		c.add(lower(hrp[i]) >> 5)
	}
	c.add(0)
	for i := range len(hrp) {
		c.add(lower(hrp[i]) & 31)
	}
	return c
}

func (c *checksum) add(value byte) {
	top := *c >> 25
	*c = (*c&0x1ffffff)<<5 ^ checksum(value)
	for i, g := range [...]checksum{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		*c ^= g * (top >> i & 1)
	}
}

// bech32Size is the length of the text of n bytes.
func bech32Size(hrp string, n int) int { return len(hrp) + 1 + (n*8+4)/5 + checkSize }

// appendBech32 appends the text of data to dst, in the case of hrp. dst needs
// bech32Size bytes of room, or append would leave a copy behind.
func appendBech32(dst []byte, hrp string, data []byte) []byte {
	upper := lower(hrp[0]) != hrp[0]
	sum := newChecksum(hrp)
	put := func(value byte) {
		letter := alphabet[value]
		if upper && letter >= 'a' {
			letter -= 'a' - 'A'
		}
		dst = append(dst, letter)
	}
	dst = append(append(dst, hrp...), '1')
	bits, held := uint32(0), 0
	for _, b := range data {
		bits, held = bits<<8|uint32(b), held+8
		for held >= 5 {
			held -= 5
			value := byte(bits>>held) & 31
			sum.add(value)
			put(value)
		}
		bits &= 31
	}
	if held > 0 {
		value := byte(bits<<(5-held)) & 31
		sum.add(value)
		put(value)
	}
	for range checkSize {
		sum.add(0)
	}
	sum ^= 1
	for i := range checkSize {
		put(byte(sum>>(5*(checkSize-1-i))) & 31)
	}
	return dst
}

// decodeKey fills dst from the upper-case text of exactly len(dst) bytes, and
// says whether it is whole. dst is guarded and its content undefined if not.
func decodeKey(dst []byte, hrp string, text []byte) bool {
	if len(text) != bech32Size(hrp, len(dst)) || string(text[:len(hrp)]) != hrp || text[len(hrp)] != '1' {
		return false
	}
	sum := newChecksum(hrp)
	data := text[len(hrp)+1:]
	bits, held, n := uint32(0), 0, 0
	for i, letter := range data {
		if letter >= 'a' && letter <= 'z' {
			return false
		}
		value := bytes.IndexByte([]byte(alphabet), lower(letter))
		if value < 0 {
			return false
		}
		sum.add(byte(value))
		if i >= len(data)-checkSize {
			continue
		}
		bits, held = bits<<5|uint32(value), held+5
		if held >= 8 {
			held -= 8
			dst[n] = byte(bits >> held)
			n++
		}
		bits &= 1<<held - 1
	}
	// What is left over is padding, and must be zero.
	return sum == 1 && bits == 0 && n == len(dst)
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
