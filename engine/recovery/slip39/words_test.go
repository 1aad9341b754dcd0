package slip39

import (
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

func TestWordList(t *testing.T) {
	list, seen := words(), map[string]bool{}
	if len(list) != listSize || !slices.IsSorted(list) {
		t.Fatalf("%d words", len(list))
	}
	for i, w := range list {
		if len(w) < prefix || len(w) > wordMax || seen[w[:prefix]] || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q", w)
		}
		seen[w[:prefix]] = true
		for n := prefix; n <= len(w); n++ {
			for _, form := range []string{w[:n], strings.ToUpper(w[:n])} {
				if at, ok := find([]byte(form)); !ok || int(at) != i {
					t.Errorf("%q is word %d, %v", form, at, ok)
				}
			}
		}
		if got := appendWord(nil, uint16(i)); string(got) != w {
			t.Errorf("word %d is %q", i, got)
		}
	}
	for _, no := range []string{"", "a", "aca", "academicx", "acadx", "academix", "zzzz", "acadé", "acad\x00", "`cademic", "satoshi nakamoto"} {
		if IsWord([]byte(no)) {
			t.Errorf("%q", no)
		}
	}
}

func TestArithmetic(t *testing.T) {
	// Against multiplication as a long sum and division with remainder.
	slow := func(a, b int) int {
		product := 0
		for i := range 8 {
			if b>>i&1 == 1 {
				product ^= a << i
			}
		}
		for i := 15; i >= 8; i-- {
			if product>>i&1 == 1 {
				product ^= 0x11b << (i - 8)
			}
		}
		return product
	}
	for a := range 256 {
		for b := range 256 {
			if got := mul(byte(a), byte(b)); int(got) != slow(a, b) {
				t.Fatalf("%d*%d is %d", a, b, got)
			}
		}
		if got := mul(byte(a), inverse(byte(a))); got != 1 && a != 0 || a == 0 && got != 0 {
			t.Errorf("1/%d", a)
		}
	}
	if got := mul(0x57, 0x83); got != 0xc1 { // FIPS 197, 4.2
		t.Errorf("%#x", got)
	}
}

// TestHowPeopleWrite: in lines, numbered, in capitals, cut, with marks between.
func TestHowPeopleWrite(t *testing.T) {
	text := splitAll(t, randomBytes(32), 2, 3)[1]
	want := parseAll(t, []string{text})[0]
	list := strings.Fields(text)
	numbered, cutOff := "", ""
	for i, w := range list {
		numbered += " " + string(rune('0'+i/10)) + string(rune('0'+i%10)) + ". " + w + ";\r\n"
		cutOff += w[:prefix] + "\t"
	}
	for name, form := range map[string]string{
		"capitals": strings.ToUpper(text), "lines": strings.ReplaceAll(text, " ", "\n"), "numbered": numbered, "cut": cutOff,
		"mark at the start": "\ufeff" + text + "\n", "no-break": strings.ReplaceAll(text, " ", "\u00a0"), "commas": strings.ReplaceAll(text, " ", ", "),
		"windows": strings.ReplaceAll(text, " ", "\r\n\r\n"), "wide": strings.ReplaceAll(text, " ", "\u3000"),
	} {
		got, err := Parse([]byte(form))
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got.Close()
	}
}

func TestWordsThatAreNoShare(t *testing.T) {
	text := splitAll(t, randomBytes(32), 2, 3)[0]
	list := strings.Fields(text)
	with := func(at int, w string) string {
		changed := slices.Clone(list)
		changed[at] = w
		return strings.Join(changed, " ")
	}
	exchanged := slices.Clone(list)
	for i := range exchanged[1:] {
		if exchanged[i] != exchanged[i+1] {
			exchanged[i], exchanged[i+1] = exchanged[i+1], exchanged[i]
			break
		}
	}
	for _, c := range []struct {
		name, text string
		kind       fault.Kind
		subject    string
	}{
		{"nothing", "", fault.ShareLength, "0"},
		{"numbers", "1. 2. 3.", fault.ShareLength, "0"},
		{"one word less", strings.Join(list[1:], " "), fault.ShareLength, "32"},
		{"one word more", text + " academic", fault.ShareLength, "34"},
		{"a novel", strings.Repeat("academic ", 7000), fault.ShareLength, "7000"},
		{"too long", strings.Repeat("academic ", 8000), fault.TooLarge, ""},
		{"no word", with(16, "banana"), fault.ShareWord, "17"},
		{"two", with(3, "xx") + " yy", fault.ShareWord, "4"},
		{"hangul", with(32, "복구"), fault.ShareWord, "33"},
		{"not text", with(0, "\xff\xfe\x00acid"), fault.ShareWord, "1"},
		{"exchanged", strings.Join(exchanged, " "), fault.ShareChecksum, ""},
	} {
		s, err := Parse([]byte(c.text))
		if s != nil || fault.Of(err) != c.kind || fault.As(err).Subject != c.subject {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestValuesNobodyMakes: the checksum is right and the rest is not.
func TestValuesNobodyMakes(t *testing.T) {
	fresh := func() []uint16 { return valuesOf(t, splitAll(t, randomBytes(32), 2, 3)[0]) }
	for name, change := range map[string]func([]uint16){
		"padding":            func(v []uint16) { v[headWords] |= 1 << 9 },
		"last bit of it":     func(v []uint16) { v[headWords] |= 1 << 6 },
		"more groups needed": func(v []uint16) { v[2] |= 1 << 2 },
		"group not there":    func(v []uint16) { v[2] |= 1 << 6 },
	} {
		values := fresh()
		change(values)
		setChecksum(true, values)
		if s, err := decode(values); s != nil || fault.Of(err) != fault.ShareInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTyping(t *testing.T) {
	if got := Complete([]byte("AcT")); !slices.Equal(got, []string{"activity", "actress"}) {
		t.Errorf("%q", got)
	}
	for typed, n := range map[string]int{"": 0, "a": 67, "academic": 1, "academicx": 0, "xy": 0, "복": 0} {
		if got := Complete([]byte(typed)); len(got) != n {
			t.Errorf("%q completes to %d: %q", typed, len(got), got)
		}
	}
	got := Look([]byte("1. academic ACID 2. acxe ac acro z zz acrobats"))
	if want := []Verdict{Known, Known, Unknown, Begun, Known, Begun, Unknown, Unknown}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := Look([]byte(strings.Repeat("acid ", 100))); len(got) != wordsMax {
		t.Errorf("%d verdicts", len(got))
	}
}

// FuzzParse: whatever is read either is a share whose words are read as the same one, or has a kind.
func FuzzParse(f *testing.F) {
	buffers, err := Split(make([]byte, 16), 2, 3)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range buffers {
		f.Add(b.Bytes())
	}
	f.Add([]byte("1. academic\n2. ACID"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err != nil {
			if kind := fault.Of(err); kind == fault.Internal || s != nil {
				t.Fatal(err)
			}
			return
		}
		words, err := s.Words()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(words.Bytes())
		if err != nil || !again.Equal(s) {
			t.Fatalf("%q: %v", words.Bytes(), err)
		}
		Missing([]*Share{s})
	})
}
