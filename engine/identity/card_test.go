package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

func pairs(t *testing.T) (hybrid, classic *KeyPair) {
	t.Helper()
	return must(New("한글 Ana")), must(NewClassic("Ben"))
}

func TestCardComesBack(t *testing.T) {
	hybrid, classic := pairs(t)
	for _, k := range []*KeyPair{hybrid, classic} {
		p := k.Public()
		card := must(MarshalCard(k))
		for name, text := range map[string][]byte{
			"as it is":    card,
			"crlf":        bytes.ReplaceAll(card, []byte("\n"), []byte("\r\n")),
			"blank lines": bytes.ReplaceAll(card, []byte("\n"), []byte(" \n\n")),
			"bom":         append([]byte("\xef\xbb\xbf\n"), card...),
			"no last eol": bytes.TrimSpace(card),
		} {
			c, err := ParseCard(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if c.Name != p.Name || c.Recipient != p.Recipient || c.Classic != p.Classic || !bytes.Equal(c.Signing, p.Signing) {
				t.Errorf("%s: %+v", name, c)
			}
			if c.Verified || c.Added.IsZero() || c.ID() != p.ID {
				t.Errorf("%s: verified %v, added %v, %s", name, c.Verified, c.Added, c.ID())
			}
		}
	}
}

func TestStockAgeReadsCard(t *testing.T) {
	hybrid, classic := pairs(t)
	for _, k := range []*KeyPair{hybrid, classic} {
		file := run(t, []byte("hello"), "age", "-R", write(t, "ana.txt", must(MarshalCard(k))))
		o := must(Open(k))
		if got, err := decrypt(file, o); got != "hello" || err != nil {
			t.Errorf("%s: %q, %v", k.Public().Kind, got, err)
		}
		o.Close()
	}
}

// No changed byte goes through, except where it only changes white space.
func TestCardRefusesEveryChange(t *testing.T) {
	hybrid, _ := pairs(t)
	card := must(MarshalCard(hybrid))
	whole := must(ParseCard(card))
	for i := range card {
		for _, bit := range []byte{1, 0x20, 0x80} {
			changed := bytes.Clone(card)
			changed[i] ^= bit
			c, err := ParseCard(changed)
			switch fault.Of(err) {
			case fault.CardDamaged, fault.CardForged, fault.TooNew:
			default:
				c.Added = whole.Added
				if c.Name != whole.Name || c.Recipient != whole.Recipient || !bytes.Equal(c.Signing, whole.Signing) {
					t.Fatalf("byte %d: %v", i, err)
				}
			}
		}
	}
	for n := range len(card) - 1 {
		if _, err := ParseCard(card[:n]); err == nil {
			t.Fatalf("accepts the first %d bytes of %d", n, len(card))
		}
	}
}

func TestForgedCards(t *testing.T) {
	hybrid, classic := pairs(t)
	card := string(must(MarshalCard(hybrid)))
	other := string(must(MarshalCard(must(New("한글 Ana")))))
	lines, otherLines := strings.SplitAfter(card, "\n"), strings.SplitAfter(other, "\n")
	swap := func(prefix string) string {
		mixed := slices.Clone(lines)
		for i := range mixed {
			if strings.HasPrefix(mixed[i], prefix) {
				mixed[i] = otherLines[i]
			}
		}
		return strings.Join(mixed, "")
	}
	for name, c := range map[string]struct {
		text string
		kind fault.Kind
	}{
		"other key":          {swap("age1pq1"), fault.CardForged},
		"other classic":      {swap("# classic"), fault.CardForged},
		"other signing":      {swap("# signing"), fault.CardForged},
		"other signature":    {swap("# signature"), fault.CardForged},
		"other name":         {strings.Replace(card, "한글", "한국", 1), fault.CardForged},
		"comment added":      {strings.Replace(card, "# name", "# note: x\n# name", 1), fault.CardForged},
		"no classic":         {strings.Replace(card, lines[3], "", 1), fault.CardDamaged},
		"two keys":           {strings.Replace(card, "age1pq1", classic.Public().Recipient.Text+"\nage1pq1", 1), fault.CardDamaged},
		"two names":          {strings.Replace(card, "# name", "# name: x\n# name", 1), fault.CardDamaged},
		"more behind":        {card + "# more\n", fault.CardDamaged},
		"signed twice":       {card + lines[len(lines)-2], fault.CardDamaged},
		"no signature":       {strings.Join(lines[:len(lines)-2], ""), fault.CardDamaged},
		"hidden in the name": {strings.Replace(card, "한글", "한\u202e글", 1), fault.CardDamaged},
		"later version":      {strings.Replace(card, "card v1", "card v2", 1), fault.TooNew},
		"only a key":         {hybrid.Public().Recipient.Text, fault.CardDamaged},
		"empty":              {"", fault.CardDamaged},
		"too long":           {card + strings.Repeat("\n", maxCard), fault.CardDamaged},
		"too many lines":     {strings.Replace(card, "# name", strings.Repeat("# x\n", maxCardLine)+"# name", 1), fault.CardDamaged},
	} {
		if _, err := ParseCard([]byte(c.text)); fault.Of(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A later version may add fields: what it signs today's version still takes.
func TestCardTakesUnknownFields(t *testing.T) {
	k, _ := pairs(t)
	text := string(must(MarshalCard(k)))
	text = strings.Replace(text[:strings.Index(text, "# signature")], "# signing", "# phone: 1\n# signing", 1)
	signature := must(k.Sign([]byte(cardLabel + text)))
	c, err := ParseCard([]byte(text + "# signature: " + encode64(signature) + "\n"))
	if err != nil || c.Recipient != k.Public().Recipient {
		t.Error(err)
	}
}

func TestWordList(t *testing.T) {
	words := strings.Fields(wordList)
	if len(words) != 2048 || !slices.IsSorted(words) || len(slices.Compact(words)) != 2048 {
		t.Errorf("%d words", len(words))
	}
	// The sum of english.txt in the BIP repository.
	sum := sha256.Sum256([]byte(wordList))
	if hex.EncodeToString(sum[:]) != "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda" {
		t.Error("not the published list")
	}
}

func TestSafetyWords(t *testing.T) {
	ana, ben := pairs(t)
	contact := func(k *KeyPair) Contact { return must(ParseCard(must(MarshalCard(k)))) }
	words := SafetyWords(ana.Public(), contact(ben))
	if len(words) != wordCount || !slices.Equal(words, SafetyWords(ben.Public(), contact(ana))) {
		t.Fatalf("%q is not what the other side sees", words)
	}
	carl := must(New("Ben"))
	// Somebody in the middle can keep any part of a card but not all of it.
	for name, change := range map[string]func(c *Contact){
		"main":    func(c *Contact) { c.Recipient = carl.Public().Recipient },
		"classic": func(c *Contact) { c.Classic = carl.Public().Classic },
		"signing": func(c *Contact) { c.Signing = carl.Public().Signing },
	} {
		c := contact(ben)
		change(&c)
		if slices.Equal(words, SafetyWords(ana.Public(), c)) {
			t.Errorf("the words do not cover the %s key", name)
		}
	}
	c := contact(ben)
	c.Name, c.Verified = "Somebody", true
	if !slices.Equal(words, SafetyWords(ana.Public(), c)) {
		t.Error("a name changes the words")
	}
	c.Signing = nil
	if SafetyWords(ana.Public(), c) != nil {
		t.Error("words for a bare key")
	}
}

// Both sides of a conversation may run different versions.
func TestSafetyWordsNeverChange(t *testing.T) {
	one := make([]byte, keySize)
	two := bytes.Repeat([]byte{2}, keySize)
	ana, ben := must(newKeyPair(Hybrid, guard(one), Meta{Name: "a"})), must(newKeyPair(X25519, guard(two), Meta{Name: "b"}))
	got := strings.Join(SafetyWords(ana.Public(), must(ParseCard(must(MarshalCard(ben))))), " ")
	if want := "portion subject soap stove cage stage hazard palace spider say shine sustain"; got != want {
		t.Errorf("%q, was %q", got, want)
	}
	if got, want := ana.Public().Fingerprint, "73ri jmwb ay7b o3cj mfnq bi25 flkg 4xws"; got != want {
		t.Errorf("%q, was %q", got, want)
	}
}

func FuzzParseCard(f *testing.F) {
	root := bytes.Repeat([]byte{1}, keySize)
	for _, kind := range []Kind{Hybrid, X25519} {
		f.Add(must(MarshalCard(must(newKeyPair(kind, guard(root), Meta{Name: "Ana"})))))
	}
	f.Add([]byte(cardTitle + "\n# name: x\n# signing: \nage1\n# signature: \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCard(text)
		if err != nil {
			switch fault.Of(err) {
			case fault.CardDamaged, fault.CardForged, fault.TooNew:
				return
			}
			t.Fatal(err)
		}
		if name, err := CleanName(c.Name); err != nil || name != c.Name {
			t.Fatalf("name %q", c.Name)
		}
		if _, err := c.Recipient.Age(nil); err != nil {
			t.Fatal(err)
		}
		if len(c.Signing) != 32 {
			t.Fatal("no signing key")
		}
	})
}

func FuzzParseIdentityFile(f *testing.F) {
	for _, kind := range []Kind{Hybrid, X25519} {
		k := must(newKeyPair(kind, guard(bytes.Repeat([]byte{1}, keySize)), Meta{Name: "Ana"}))
		f.Add(bytes.Clone(must(k.MarshalIdentity()).Bytes()))
	}
	f.Add([]byte("# created: 2026-11-20T00:00:00Z\nAGE-SECRET-KEY-1"))
	f.Add([]byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b := secret.Take(bytes.Clone(text))
		defer b.Destroy()
		keys, err := ParseIdentityFile(b)
		if (err == nil) != (len(keys) > 0) {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			// What was read can be written, and reads the same.
			out := must(k.MarshalIdentity())
			back := must(ParseIdentityFile(out))
			if len(back) != 1 || back[0].Public().Recipient != k.Public().Recipient {
				t.Fatal("does not come back")
			}
			destroyAll(back)
			out.Destroy()
		}
		destroyAll(keys)
	})
}
