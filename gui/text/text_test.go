package text

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cryptodesk/assets"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/passphrase"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

func use(t *testing.T, l Language) {
	t.Helper()
	before := Current()
	Use(l)
	t.Cleanup(func() { Use(before) })
}

var hole = regexp.MustCompile(`\{[^}]*\}`)

func holes(s string) []string {
	found := hole.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Korean has no plural, so a ".one" has no counterpart there.
func TestLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	en, ko := Catalogue(English), Catalogue(Korean)
	for key, s := range en {
		other, ok := ko[key]
		if !ok && strings.HasSuffix(key, ".one") {
			continue
		}
		if !ok {
			t.Errorf("%s has no Korean", key)
			continue
		}
		if strings.TrimSpace(s) == "" || strings.TrimSpace(other) == "" {
			t.Errorf("%s is empty", key)
		}
		if !slices.Equal(holes(s), holes(other)) {
			t.Errorf("%s: placeholders %v in English, %v in Korean", key, holes(s), holes(other))
		}
	}
	for key := range ko {
		if _, ok := en[key]; !ok {
			t.Errorf("%s has no English", key)
		}
	}
}

func TestSentencesFollowTheHouseStyle(t *testing.T) {
	raw := []string{"stanza", "scrypt", "HKDF", "nonce", "!", "Oops", "x25519", "X25519"}
	for _, l := range Languages() {
		for key, s := range Catalogue(l) {
			for _, word := range raw {
				if strings.Contains(s, word) {
					t.Errorf("%s (%s) says %q: %s", key, l, word, s)
				}
			}
		}
	}
}

func TestKeysOfOtherRoomsExist(t *testing.T) {
	var keys []string
	for _, k := range fault.Kinds() {
		keys = append(keys, "fault."+string(k)+".what", "fault."+string(k)+".do")
	}
	for _, r := range secret.Reasons() {
		keys = append(keys, "memory."+string(r))
	}
	for _, k := range secret.WarningKinds() {
		keys = append(keys, "memory.warning."+string(k))
	}
	for _, k := range scan.Kinds() {
		keys = append(keys, "memory.kind."+string(k))
	}
	keys = append(keys, recovery.LabelKeys()...)
	for _, key := range append(keys, passphrase.PlainKeys()...) {
		if !Has(key) {
			t.Errorf("no text for %s", key)
		}
	}
}

func TestT(t *testing.T) {
	use(t, English)
	if got := T("strength.hours", "n", 1); got != "about an hour" {
		t.Errorf("one: %q", got)
	}
	if got := T("strength.hours", "n", 1204); got != "about 1,204 hours" {
		t.Errorf("many: %q", got)
	}
	if got := T("no.such.key"); got != "no.such.key" {
		t.Errorf("unknown key: %q", got)
	}
	use(t, Korean)
	if got := T("strength.hours", "n", 1); got != "약 1시간" {
		t.Errorf("Korean: %q", got)
	}
	if got := T("lock.unlock.greeting", "name", "{name}"); got != "{name} 님, 어서 오세요" {
		t.Errorf("a value that looks like a placeholder: %q", got)
	}
}

func TestLoadRefusesAKeyThatIsThereTwice(t *testing.T) {
	dir := fstest.MapFS{
		"a.en.json": {Data: []byte(`{"k": "1"}`)},
		"b.en.json": {Data: []byte(`{"k": "2"}`)},
	}
	if _, err := load(dir, English); err == nil {
		t.Error("a key that is there twice was taken")
	}
	if _, err := load(assets.Translations(), Korean); err != nil {
		t.Error(err)
	}
}

func TestDetect(t *testing.T) {
	cases := []struct {
		env  map[string]string
		want Language
	}{
		{map[string]string{}, English},
		{map[string]string{"LANG": "ko_KR.UTF-8"}, Korean},
		{map[string]string{"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, English},
		{map[string]string{"LANG": "de_DE.UTF-8", "LANGUAGE": "de:ko"}, Korean},
		{map[string]string{"LANG": "ko_KR.UTF-8", "LANGUAGE": "en"}, English},
		{map[string]string{"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, English},
	}
	for _, c := range cases {
		if got := Detect(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}

func TestQuantities(t *testing.T) {
	use(t, English)
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9950: "10 kB",
		999_499: "999 kB", 999_500: "1.0 MB", 12_000_000: "12 MB", 1_400_000_000: "1.4 GB", 5_000_000_000_000: "5.0 TB"} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1204: "1,204", -1234567: "-1,234,567"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "1 s", 7100 * time.Millisecond: "8 s", 3 * time.Minute: "3 min",
		80 * time.Minute: "80 min", 100 * time.Minute: "1 h 40 min", 5 * time.Hour: "5 h", 72 * time.Hour: "3 days"} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
	for seconds, want := range map[float64]string{-1: "1 s", 5: "5 s", 3 * 86400: "3 days", 100 * 86400: "3 months", 5 * 365 * 86400: "5 years",
		900 * 365 * 86400: "900 years", 1e30: "more than a thousand years", math.Inf(1): "more than a thousand years"} {
		if got := Span(seconds); got != want {
			t.Errorf("Span(%v) = %q, want %q", seconds, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 12345: "12,345", 1 << 63: "more than 1,000,000,000,000,000"} {
		if got := Many(n); got != want {
			t.Errorf("Many(%v) = %q, want %q", n, got, want)
		}
	}
	day := time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local)
	if got := Date(day); got != "20 Nov 2026" {
		t.Errorf("Date: %q", got)
	}
	use(t, Korean)
	if got := Date(day); got != "2026년 11월 20일" {
		t.Errorf("Date in Korean: %q", got)
	}
}

func TestNameIsSafeToShow(t *testing.T) {
	for in, want := range map[string]string{
		"\u1112\u1161\u11ab\u1100\u1173\u11af.txt": "한글.txt", // NFD
		"two\nlines":       `two\nlines`,
		"tab\there\x7f":    `tab\there\x7f`,
		"bad\xffutf8":      `bad\xffutf8`,
		"evil\u202Efdp.sh": `evil\u202efdp.sh`,
		"line\u2028sep":    `line\u2028sep`,
		"plain name.pdf":   "plain name.pdf",
	} {
		if got := Name(in); got != want {
			t.Errorf("Name(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFault(t *testing.T) {
	use(t, English)
	what, do := FaultOf(fault.New(fault.NotFound, "/tmp/x", nil))
	if what == "" || do == "" || strings.Contains(what, "{") || strings.HasPrefix(what, "fault.") {
		t.Errorf("%q %q", what, do)
	}
	if what, do := FaultOf(nil); what != "" || do != "" {
		t.Errorf("no error says %q %q", what, do)
	}
}
