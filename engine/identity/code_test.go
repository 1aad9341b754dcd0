package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

func TestBase45(t *testing.T) {
	// The examples of RFC 9285, and the edges.
	for plain, code := range map[string]string{
		"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0",
		"": "", "\x00": "00", "\xff": "U5", "\x00\x00": "000", "\xff\xff": "FGW", "\x00\x01\x02": "10020",
	} {
		if got := encode45([]byte(plain)); got != code {
			t.Errorf("%q is %q, not %q", plain, got, code)
		}
		if got, ok := decode45(code); !ok || string(got) != plain {
			t.Errorf("%q is %q, %v", code, got, ok)
		}
	}
	// GGW is what the RFC says must be refused: 65,536.
	for _, bad := range []string{"GGW", ":::", "A", "AAAA", "V5", "::", "aa", "A\n", "ÄÄ", "AB_"} {
		if got, ok := decode45(bad); ok {
			t.Errorf("%q is %q", bad, got)
		}
	}
}

func TestCodeComesBack(t *testing.T) {
	for name, make := range map[string]func(string) (*KeyPair, error){"hybrid": New, "classic": NewClassic} {
		for _, who := range []string{"Ada", "김영희 👩‍🔬", strings.Repeat("한", 66)} {
			k, err := make(who)
			if err != nil {
				t.Fatal(err)
			}
			card, err := MarshalCard(k)
			if err != nil {
				t.Fatal(err)
			}
			code, err := MarshalCode(card)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Trim(code, letters45) != "" {
				t.Errorf("%s: letters outside of the alphanumeric mode", name)
			}
			if limit := map[string]int{"hybrid": 2100 + 300, "classic": 320 + 300}[name]; len(code) > limit {
				t.Errorf("%s: %d letters", name, len(code))
			}
			back, err := ParseCode(" " + code + "\n")
			if err != nil || !bytes.Equal(back, card) {
				t.Fatalf("%s: %v\n%s\n%s", name, err, back, card)
			}
			if c, err := ParseCard(back); err != nil || c.Name != who {
				t.Errorf("%s: %+v, %v", name, c, err)
			}
			// What mail programs do to a card does no harm.
			mailed := "\xef\xbb\xbf\r\n" + strings.ReplaceAll(string(card), "\n", "  \r\n\r\n")
			if other, err := MarshalCode([]byte(mailed)); err != nil || other != code {
				t.Errorf("%s, mailed: %v", name, err)
			}
		}
	}
}

// signed is a card of lines that are not all known, with a good signature.
func signed(t testing.TB, lines ...string) []byte {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	to, err := NewClassic("x")
	if err != nil {
		t.Fatal(err)
	}
	text := cardTitle + "\n" + strings.Join(lines, "\n") + "\n# signing: " + encode64(public) + "\n" + to.Public().Recipient.Text + "\n"
	return []byte(text + "# signature: " + encode64(ed25519.Sign(key, []byte(cardLabel+text))) + "\n")
}

// Lines of later versions, and known ones written in a way of their own, are
// signed as they are and must come back as they are.
func TestCodeCarriesUnknownLines(t *testing.T) {
	for _, lines := range [][]string{
		{"# name: Ada", "# mail: ada@example.org", "#", "#no space"},
		{"#name: Ada", "#   created: yesterday"},
		{"# name: Ada", "# created: 2026-11-20T09:00:00+01:00"},
		{"# name: Ada", "# created: 2026-11-20T08:00:00.5Z"},
		{"# name: Ada", "# name : Bo", "# " + strings.Repeat("한글", 300)},
	} {
		card := signed(t, lines...)
		code, err := MarshalCode(card)
		if err != nil {
			t.Fatalf("%q: %v", lines, err)
		}
		back, err := ParseCode(code)
		if err != nil || !bytes.Equal(back, card) {
			t.Errorf("%q: %v\n%s", lines, err, back)
		}
		if _, err := ParseCard(back); err != nil {
			t.Errorf("%q: %v", lines, err)
		}
	}
	if _, err := MarshalCode(signed(t, "# name: Ada", "# "+strings.Repeat("x", 4000))); fault.Of(err) != fault.TooLarge {
		t.Errorf("more than a QR code holds: %v", err)
	}
}

func TestCodeRefused(t *testing.T) {
	k, err := New("Ada")
	if err != nil {
		t.Fatal(err)
	}
	card, err := MarshalCard(k)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][]byte{"no card": []byte("hello"), "nothing": nil, "cut": card[:200]} {
		if _, err := MarshalCode(in); fault.Of(err) != fault.CardDamaged {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := MarshalCode(bytes.Replace(card, []byte("Ada"), []byte("Bob"), 1)); fault.Of(err) != fault.CardForged {
		t.Errorf("forged: %v", err)
	}
	code, err := MarshalCode(card)
	if err != nil {
		t.Fatal(err)
	}
	for in, kind := range map[string]fault.Kind{
		"":                               fault.NoCode,
		"https://example.org":            fault.NoCode,
		"age1":                           fault.NoCode,
		"AGE-SECRET-KEY-1QQQ":            fault.NoCode,
		strings.Repeat("x", 1<<20):       fault.NoCode,
		"CRYPTODESK:2:ABC":               fault.TooNew,
		"CRYPTODESK:":                    fault.TooNew,
		"CRYPTODESK:1:A":                 fault.CardDamaged,
		"CRYPTODESK:1:a":                 fault.CardDamaged,
		code[:len(code)-1]:               fault.CardDamaged,
		code[:len(code)-3]:               fault.CardDamaged,
		codePrefix + encode45([]byte{9}): fault.CardDamaged,
		codePrefix + encode45([]byte{codeName, 0}):                    fault.CardDamaged,
		codePrefix + encode45([]byte{codeName, 2, 'a'}):               fault.CardDamaged,
		codePrefix + encode45([]byte{codeName, 3, 'a', '\n', 'b'}):    fault.CardDamaged,
		codePrefix + encode45([]byte{codeText, 0, 3, '#', '\n', '#'}): fault.CardDamaged,
		codePrefix + encode45([]byte{codeText, 0}):                    fault.CardDamaged,
		codePrefix + encode45([]byte{codeText, 255, 255}):             fault.CardDamaged,
	} {
		if got, err := ParseCode(in); fault.Of(err) != kind {
			t.Errorf("%.60q: %q, %v", in, got, err)
		}
	}
	// A letter read wrongly never makes another card.
	for i := len(codePrefix); i < len(code); i += 7 {
		wrong := []byte(code)
		wrong[i] = letters45[(strings.IndexByte(letters45, wrong[i])+1)%45]
		if back, err := ParseCode(string(wrong)); err == nil {
			if _, err := ParseCard(back); err == nil {
				t.Fatalf("letter %d", i)
			}
		}
	}
}

func TestCodeOfAPublicKey(t *testing.T) {
	k, err := New("Ada")
	if err != nil {
		t.Fatal(err)
	}
	card, err := MarshalCard(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{k.Public().Recipient.Text, k.Public().Classic.Text, strings.ToUpper(k.Public().Classic.Text),
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN"} {
		text, err := ParseCode(key)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := ParseContact("Ada", text); err != nil || !strings.EqualFold(c.Recipient.Text, key) {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if text, err := ParseCode(string(card)); err != nil || !bytes.Equal(text, card) {
		t.Errorf("a card as text: %v", err)
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("CRYPTODESK:1:" + encode45([]byte{codeName, 1, 'a', codeText, 0, 1, '#', codeCreated, 0, 0, 0, 0, 0, 0, 0, 1}))
	k, err := NewClassic("Ada")
	if err != nil {
		f.Fatal(err)
	}
	card, err := MarshalCard(k)
	if err != nil {
		f.Fatal(err)
	}
	code, err := MarshalCode(card)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(code)
	f.Add(string(card))
	f.Add(k.Public().Recipient.Text)
	f.Fuzz(func(t *testing.T, text string) {
		card, err := ParseCode(text)
		if err != nil {
			switch fault.Of(err) {
			case fault.NoCode, fault.CardDamaged, fault.TooNew:
				return
			}
			t.Fatal(err)
		}
		if _, err := ParseCard(card); err != nil {
			return
		}
		again, err := MarshalCode(card)
		if fault.Of(err) == fault.TooLarge {
			return
		}
		back, err2 := ParseCode(again)
		if err != nil || err2 != nil || strings.Join(cardLines(back), "\n") != strings.Join(cardLines(card), "\n") {
			t.Fatalf("%v, %v: %q became %q", err, err2, card, back)
		}
	})
}

func FuzzBase45(f *testing.F) {
	f.Add("%69 VD92EX0")
	f.Add("GGW")
	f.Fuzz(func(t *testing.T, text string) {
		if data, ok := decode45(text); ok && encode45(data) != text {
			t.Fatalf("%q is %q, which is %q", text, data, encode45(data))
		}
		if data, ok := decode45(encode45([]byte(text))); !ok || string(data) != text {
			t.Fatalf("%q", text)
		}
	})
}
