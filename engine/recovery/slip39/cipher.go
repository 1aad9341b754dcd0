package slip39

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"cryptodesk/engine/secret"
)

const (
	feistelRounds = 4
	hashRounds    = 2500 // of PBKDF2 in each, doubled as often as the exponent says
)

// encrypt turns a secret into the value that is split, in place. Runs inside secret.Do, as does decrypt.
func (s Set) encrypt(value, passphrase []byte) { s.feistel(value, passphrase, [...]byte{0, 1, 2, 3}) }

func (s Set) decrypt(value, passphrase []byte) { s.feistel(value, passphrase, [...]byte{3, 2, 1, 0}) }

func (s Set) feistel(value, passphrase []byte, rounds [feistelRounds]byte) {
	half := len(value) / 2
	l, r := value[:half], value[half:]
	for _, round := range rounds {
		f := s.round(round, passphrase, r)
		for i := range l {
			l[i] ^= f[i]
		}
		secret.Wipe(f)
		l, r = r, l
	}
	// After an even number of rounds l is the first half again; the result has them the other way round.
	for i := range l {
		l[i], r[i] = r[i], l[i]
	}
}

func (s Set) round(number byte, passphrase, half []byte) []byte {
	password := append([]byte{number}, passphrase...)
	defer secret.Wipe(password)
	var salt []byte
	if !s.Extendable {
		salt = binary.BigEndian.AppendUint16([]byte(purpose(false)), uint16(s.ID))
	}
	salt = slices.Concat(salt, half)
	defer secret.Wipe(salt)
	key, err := pbkdf2.Key(sha256.New, string(password), salt, hashRounds<<s.Exponent, len(half))
	if err != nil {
		panic(err) // only under a FIPS 140 policy that forbids the parameters
	}
	return key
}
