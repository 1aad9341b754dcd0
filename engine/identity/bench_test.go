package identity

import (
	"bytes"
	"testing"

	"filippo.io/age"
)

// BenchmarkUnwrap opens one header with our identities and with age's.
func BenchmarkUnwrap(b *testing.B) {
	k := must(New("a"))
	o := must(Open(k))
	defer o.Close()
	text := must(k.MarshalIdentity())
	theirs := must(age.ParseIdentities(bytes.NewReader(text.Bytes())))
	for i, to := range []Recipient{k.Public().Recipient, k.Public().Classic} {
		stanzas := must(must(to.Age(nil)).Wrap(make([]byte, 16)))
		for name, id := range map[string]age.Identity{"ours": o.Identities()[i], "age": theirs[i]} {
			b.Run(string(to.Kind)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					must(id.Unwrap(stanzas))
				}
			})
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	k := must(New("a"))
	for b.Loop() {
		must(Open(k)).Close()
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		must(New("a")).Destroy()
	}
}

func BenchmarkSafetyWords(b *testing.B) {
	ana, ben := must(New("a")), must(New("b"))
	c := must(ParseCard(must(MarshalCard(ben))))
	for b.Loop() {
		SafetyWords(ana.Public(), c)
	}
}
