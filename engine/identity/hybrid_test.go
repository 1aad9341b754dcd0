package identity

import (
	"math/rand/v2"
	"strings"
	"testing"

	"filippo.io/age"
)

// The quick check and age's parser agree, on keys and on what is nearly one.
func TestHybridCheckAgreesWithAge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	agree := func(s string) {
		t.Helper()
		_, err := age.ParseHybridRecipient(s)
		if quick := isHybrid(s); quick != (err == nil) {
			t.Fatalf("%.40q...: %v, age says %v", s, quick, err)
		}
	}
	for range 3 {
		k, err := New("Ada")
		if err != nil {
			t.Fatal(err)
		}
		key := k.Public().Recipient.Text
		if !isHybrid(key) {
			t.Fatal("a key is not accepted")
		}
		for range 300 {
			at, wrong := random.IntN(len(key)), []byte(key)
			wrong[at] = byte(33 + random.IntN(94))
			agree(string(wrong))
		}
		for _, s := range []string{"", key[:len(key)-1], key + "q", key[:20], " " + key, strings.Replace(key, "1", "I", 1)} {
			agree(s)
		}
		// A right checksum around what is no key: coefficients beyond q, and other lengths.
		raw := packHybrid(key)
		for range 100 {
			bad := append([]byte{}, raw...)
			bad[random.IntN(1152)] |= byte(random.Uint32())
			agree(publicText(hybridPublic, bad))
		}
		for _, edge := range []uint16{modulus - 1, modulus, 4095} {
			for _, i := range []int{0, 1149} {
				even, odd := append([]byte{}, raw...), append([]byte{}, raw...)
				even[i], even[i+1] = byte(edge), even[i+1]&0xf0|byte(edge>>8)
				odd[i+1], odd[i+2] = odd[i+1]&0x0f|byte(edge<<4), byte(edge>>4)
				agree(publicText(hybridPublic, even))
				agree(publicText(hybridPublic, odd))
			}
		}
		for _, n := range []int{0, 32, 1215, 1217} {
			agree(publicText(hybridPublic, append(append([]byte{}, raw...), 0)[:n]))
		}
		agree(publicText("age1pr", raw))
	}
}

func BenchmarkParseRecipient(b *testing.B) {
	k, err := New("Ada")
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range []Recipient{k.Public().Recipient, k.Public().Classic} {
		b.Run(string(r.Kind), func(b *testing.B) {
			for b.Loop() {
				if _, err := ParseRecipient(r.Text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(r.Kind)+"/age", func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Age(nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
