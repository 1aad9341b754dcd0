package slip39

// mul multiplies in GF(256) with the polynomial of AES, x^8 + x^4 + x^3 + x + 1, and takes the same steps for all numbers.
func mul(a, b byte) byte {
	var product byte
	for range 8 {
		product ^= -(b & 1) & a
		a = a<<1 ^ -(a>>7)&0x1b
		b >>= 1
	}
	return product
}

// inverse is a to the 254th power: 1/a, and 0 for 0.
func inverse(a byte) byte {
	result := byte(1)
	for range 7 {
		a = mul(a, a)
		result = mul(result, a)
	}
	return result
}

// point is a place x, which is public, and what a secret's polynomials are there, one for each byte.
type point struct {
	x byte
	y []byte
	// at is the number, from 1, of the share that the point came from.
	at int
}

// interpolate sets dst to the value at x of the polynomials of least degree through all points.
func interpolate(dst []byte, x byte, points []point) {
	clear(dst)
	for i, p := range points {
		weight := byte(1)
		for j, other := range points {
			if i != j {
				weight = mul(weight, mul(x^other.x, inverse(p.x^other.x)))
			}
		}
		for k := range dst {
			dst[k] ^= mul(weight, p.y[k])
		}
	}
}
