package search

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"

	library "golang.org/x/crypto/scrypt"
)

func ours(t testing.TB, pass, salt []byte, n, r, p, size int) []byte {
	t.Helper()
	s, err := newScrypt(n, r, p)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	key := make([]byte, size)
	s.key(key, pass, salt)
	return key
}

// The vectors of RFC 7914, section 12, but for the one that takes 1 GiB.
func TestScryptVectors(t *testing.T) {
	for _, v := range []struct {
		pass, salt string
		n, r, p    int
		want       string
	}{
		{"", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
		{"password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
		{"pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
	} {
		want, err := hex.DecodeString(v.want)
		if err != nil {
			t.Fatal(err)
		}
		if got := ours(t, []byte(v.pass), []byte(v.salt), v.n, v.r, v.p, 64); !bytes.Equal(got, want) {
			t.Errorf("%s, %s, %d, %d, %d: %x", v.pass, v.salt, v.n, v.r, v.p, got)
		}
	}
}

// Against the library, on parameters of all sorts, with memory used before.
func TestScryptIsTheLibrarys(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 14))
	for logN := 1; logN <= 12; logN++ {
		for _, r := range []int{1, 2, 3, 8, 16} {
			for _, p := range []int{1, 2, 5} {
				t.Run(fmt.Sprint(logN, r, p), func(t *testing.T) {
					s, err := newScrypt(1<<logN, r, p)
					if err != nil {
						t.Fatal(err)
					}
					defer s.close()
					for range 2 {
						pass, salt := noise(random, 100), noise(random, 60)
						size := 1 + random.IntN(80)
						want, err := library.Key(pass, salt, 1<<logN, r, p, size)
						if err != nil {
							t.Fatal(err)
						}
						got := make([]byte, size)
						if s.key(got, pass, salt); !bytes.Equal(got, want) {
							t.Errorf("%x, the library says %x", got, want)
						}
					}
				})
			}
		}
	}
}

// What takes turns on one core does not disturb one another, however many there are.
func TestGuessesTakeTurns(t *testing.T) {
	for many := 1; many <= 3; many++ {
		var side []*scrypt
		for range many {
			s, err := newScrypt(256, 8, 2)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			side = append(side, s)
		}
		for range 2 {
			for i, s := range side {
				s.begin(fmt.Append(nil, "passphrase ", i), []byte("salt"))
			}
			if !mix(side...) {
				t.Fatal("told to stop by nobody")
			}
			for i, s := range side {
				want, err := library.Key(fmt.Append(nil, "passphrase ", i), []byte("salt"), 256, 8, 2, 32)
				if err != nil {
					t.Fatal(err)
				}
				got := make([]byte, 32)
				if s.end(got); !bytes.Equal(got, want) {
					t.Errorf("%d of %d: %x, the library says %x", i, many, got, want)
				}
			}
		}
	}
}

func noise(random *rand.Rand, longest int) []byte {
	b := make([]byte, random.IntN(longest+1))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func BenchmarkGuess(b *testing.B) {
	for many := 1; many <= 2; many++ {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			var side []*scrypt
			for range many {
				s, err := newScrypt(1<<18, ageR, ageP)
				if err != nil {
					b.Fatal(err)
				}
				defer s.close()
				side = append(side, s)
			}
			for b.Loop() {
				for _, s := range side {
					s.begin([]byte("passphrase"), []byte("salt"))
				}
				mix(side...)
				for _, s := range side {
					s.end(make([]byte, keySize))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*many), "ms/guess")
		})
	}
}

func BenchmarkGuessOfTheLibrary(b *testing.B) {
	for b.Loop() {
		if _, err := library.Key([]byte("passphrase"), []byte("salt"), 1<<18, ageR, ageP, keySize); err != nil {
			b.Fatal(err)
		}
	}
}
