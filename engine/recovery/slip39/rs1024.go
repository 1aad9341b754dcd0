package slip39

const checkWords = 3

// residue is the state of the Reed-Solomon checksum RS1024, one 10-bit value at a time.
type residue uint32

var generator = [10]residue{
	0xe0e040, 0x1c1c080, 0x3838100, 0x7070200, 0xe0e0009, 0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890, 0x3f3f120,
}

func (r *residue) add(value uint16) {
	top := *r >> 20
	*r = (*r&0xfffff)<<10 ^ residue(value)
	for i, g := range generator {
		*r ^= g & -(top >> i & 1)
	}
}

// residueOf is 1 for words whose checksum is right.
func residueOf(extendable bool, values []uint16) residue {
	r := residue(1)
	for _, c := range []byte(purpose(extendable)) {
		r.add(uint16(c))
	}
	for _, v := range values {
		r.add(v)
	}
	return r
}

func purpose(extendable bool) string {
	if extendable {
		return "shamir_extendable"
	}
	return "shamir"
}

// setChecksum fills in the last words.
func setChecksum(extendable bool, values []uint16) {
	check := values[len(values)-checkWords:]
	clear(check)
	r := residueOf(extendable, values) ^ 1
	for i := range check {
		check[i] = uint16(r>>(10*(checkWords-1-i))) & 1023
	}
}

// oddOne is the place of the one word that is wrong and what is wrong in it, if one wrong word explains a residue, else -1. A
// person is told the place and looks at the paper again; nobody is told what the word should be, for several wrong ones may
// look like one.
func oddOne(r residue, n int) (at int, change uint16) {
	at = -1
	for c := residue(1); c < 1024; c++ {
		effect := c
		for i := n - 1; i >= 0; i-- {
			if effect == r^1 {
				at, change = i, uint16(c)
			}
			effect.add(0)
		}
	}
	return at, change
}
