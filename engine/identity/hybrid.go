package identity

import "strings"

// hybridPublic is before the "1" of a hybrid key pair's public key.
const hybridPublic = "age1pq"

// isHybrid says that s is a hybrid public key, in lower case, that age accepts.
// It is for keyrings, which have thousands: age's own parser has a Bech32 made
// for 32 bytes, and prepares the key for encrypting. What this does not accept
// is left to that parser, which has the last word when a file is encrypted.
func isHybrid(s string) bool {
	var key [hybridSize]byte
	return decodePublic(key[:], hybridPublic, s) && reduced(key[:hybridSize-x25519Size-seedSize])
}

// Parts of a hybrid public key, in bytes: coefficients, two of 12 bits in three
// bytes; a seed, which may be anything; and an X25519 key, which may be, too.
const (
	seedSize   = 32
	x25519Size = 32
	modulus    = 3329
)

// reduced is the check of FIPS 203, 7.2: every coefficient is below the modulus.
func reduced(coefficients []byte) bool {
	for c := coefficients; len(c) > 0; c = c[3:] {
		first := uint32(c[0]) | uint32(c[1]&15)<<8
		second := uint32(c[1]>>4) | uint32(c[2])<<4
		if first >= modulus || second >= modulus {
			return false
		}
	}
	return true
}

// values are those of the letters of Bech32, in lower case, and 255.
var values = func() (v [256]byte) {
	for i := range v {
		v[i] = 255
	}
	for i, letter := range []byte(alphabet) {
		v[letter] = byte(i)
	}
	return v
}()

// carries is what the top five bits add to the checksum.
var carries = func() (c [32]checksum) {
	for top := range c {
		sum := checksum(top) << 25
		sum.add(0)
		c[top] = sum
	}
	return c
}()

// decodePublic is decodeKey for what is public, so that it may use tables.
func decodePublic(dst []byte, hrp, text string) bool {
	data, found := strings.CutPrefix(text, hrp+"1")
	if !found || len(text) != bech32Size(hrp, len(dst)) {
		return false
	}
	sum := newChecksum(hrp)
	bits, held, n := uint32(0), 0, 0
	for i := range len(data) {
		value := values[data[i]]
		if value > 31 {
			return false
		}
		sum = (sum&0x1ffffff)<<5 ^ checksum(value) ^ carries[sum>>25]
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
	return sum == 1 && bits == 0 && n == len(dst)
}
