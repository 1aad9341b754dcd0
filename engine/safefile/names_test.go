package safefile

import (
	"errors"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"cryptodesk/engine/fault"
)

// nfd is "한글.pdf" as macOS spells it: decomposed into jamo.
const nfd = "\u1112\u1161\u11ab\u1100\u1173\u11af.pdf"

func TestNumberedNames(t *testing.T) {
	for name, want := range map[string]string{
		"report":               "report (2)",
		"report.pdf":           "report (2).pdf",
		"report.pdf.age":       "report (2).pdf.age",
		"photos.tar.age":       "photos (2).tar.age",
		"photos.tar.gz":        "photos (2).tar.gz",
		"photos.tar.gz.age":    "photos (2).tar.gz.age",
		"photos.TAR.ZST.AGE":   "photos (2).TAR.ZST.AGE",
		"tar.gz":               "tar (2).gz",
		"x.age":                "x (2).age",
		".age":                 ".age (2)",
		".bashrc":              ".bashrc (2)",
		".bashrc.age":          ".bashrc (2).age",
		"v1.2 final draft":     "v1.2 final draft (2)",
		"see chapter.one more": "see chapter.one more (2)",
		"ends with dot.":       "ends with dot. (2)",
		"a..age":               "a. (2).age",
		"한글.hwp.age":           "한글 (2).hwp.age",
		nfd:                    strings.TrimSuffix(nfd, ".pdf") + " (2).pdf",
		"line\nbreak.txt":      "line\nbreak (2).txt",
		"bad\xff\xfe.txt.age":  "bad\xff\xfe (2).txt.age",
		"file (2).pdf":         "file (2) (2).pdf",
	} {
		stem, ext := splitFile(name)
		if got, ok := numbered(stem, ext, 2, usualNameMax); !ok || got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if stem, ext := splitFolder("v1.2"); stem != "v1.2" || ext != "" {
		t.Errorf("a folder v1.2 became %q and %q", stem, ext)
	}
}

func TestNumberedNamesOf255Bytes(t *testing.T) {
	long := strings.Repeat("a", 255-len(".pdf.age")) + ".pdf.age"
	hangul := strings.Repeat("가", 83) + "bc" + ".age" // 255 bytes
	invalid := strings.Repeat("\xff", 255)
	for _, c := range []struct{ name, want string }{
		{long, strings.Repeat("a", 255-len(" (2).pdf.age")) + " (2).pdf.age"},
		{hangul, strings.Repeat("가", 82) + " (2).age"},
		{invalid, strings.Repeat("\xff", 251) + " (2)"},
	} {
		stem, ext := splitFile(c.name)
		if got, ok := numbered(stem, ext, 2, 255); !ok || got != c.want || len(c.name) != 255 {
			t.Errorf("%q (%d bytes) becomes %q (%d bytes)", c.name, len(c.name), got, len(got))
		}
	}
	if got, ok := numbered("가나다", ".age", 2, len(" (2).age")+2); ok {
		t.Errorf("no room for a single syllable, and yet %q", got)
	}
}

func FuzzNumbered(f *testing.F) {
	f.Add("report.pdf.age", 2, 255)
	f.Add("photos.tar.gz.age", 10, 20)
	f.Add(nfd, 3, 16)
	f.Add("\xff\xf0\x9f.tar.age", 9999, 30)
	f.Fuzz(func(t *testing.T, name string, n, limit int) {
		if name == "" || n < 2 || n > numbersTried || limit < 1 || limit > 4096 {
			return
		}
		stem, ext := splitFile(name)
		if stem == "" || stem+ext != name {
			t.Fatalf("%q is cut into %q and %q", name, stem, ext)
		}
		got, ok := numbered(stem, ext, n, limit)
		if !ok {
			if limit >= len(ext)+len(" (10000)")+utf8.UTFMax {
				t.Fatalf("%q has no number %d in %d bytes", name, n, limit)
			}
			return
		}
		tail := " (" + strconv.Itoa(n) + ")" + ext
		kept, found := strings.CutSuffix(got, tail)
		if !found || kept == "" || !strings.HasPrefix(stem, kept) || len(got) > limit {
			t.Fatalf("%q, number %d, %d bytes: %q", name, n, limit, got)
		}
		if utf8.ValidString(name) && !utf8.ValidString(got) {
			t.Fatalf("%q was cut inside a rune: %q", name, got)
		}
		if len(stem)+len(tail) <= limit && kept != stem {
			t.Fatalf("%q was shortened without need: %q", name, got)
		}
	})
}

func TestTargets(t *testing.T) {
	s := New("")
	for _, bad := range []string{"", "/", ".", "..", "a/", "a/..", "a\x00b", "/tmp/."} {
		if _, err := s.Create(bad, 0o600); fault.Of(err) != fault.BadName {
			t.Errorf("%q: %v", bad, err)
		}
	}
	dir := t.TempDir()
	if _, err := s.Create(filepath.Join(dir, strings.Repeat("a", 256)), 0o600); fault.Of(err) != fault.NameTooLong {
		t.Errorf("256 bytes: %v", err)
	}
	if _, err := s.Create(filepath.Join(dir, "no", "file"), 0o600); fault.Of(err) != fault.NotFound {
		t.Errorf("no folder: %v", err)
	}
	t.Chdir(dir)
	f, err := s.Create("here.age", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if final, err := f.Commit(Refuse); final != "here.age" || err != nil {
		t.Errorf("%q %v", final, err)
	}
}

func TestVisible(t *testing.T) {
	for name, want := range map[string]string{
		"":                     "",
		"plain name.pdf":       "plain name.pdf",
		"한글 " + nfd:            "한글 " + nfd,
		"e\u0301\u200d👩\u200c": "e\u0301\u200d👩\u200c",
		"a\nb\tc\x1b[31m\x7f":  `a\nb\tc\x1b[31m\x7f`,
		"cod\u202efdp.exe":     `cod\u202efdp.exe`,
		"\u2066\u200f\ufeff":   `\u2066\u200f\ufeff`,
		"\u2028\u2029\u0085":   `\u2028\u2029\u0085`,
		"\xff\xc3(":            `\xff\xc3(`,
		"\ufffd":               "\ufffd",
		"tag\U000e0041":        `tag\U000e0041`,
		"quote\"'`":            "quote\"'`",
		"soft\u00adhyphen\x00": `soft\u00adhyphen\x00`,
	} {
		if got := Visible(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
	if runtime.GOOS != "windows" {
		if got := Visible(`a\n`); got != `a\\n` {
			t.Errorf("a backslash is shown as %q", got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Visible("plain 한글 name.pdf") }); n != 0 {
		t.Errorf("an ordinary name costs %v allocations", n)
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\nb\\\xff\u202e가\ufffd")
	f.Fuzz(func(t *testing.T, name string) {
		got := Visible(name)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is shown as %q", name, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
				t.Fatalf("%q is shown with %U", name, r)
			}
		}
		if back := spelled(t, got); back != name {
			t.Fatalf("%q is shown as %q, which reads as %q", name, got, back)
		}
	})
}

// spelled reads what Visible wrote back: it can, so no two names look the same.
func spelled(t *testing.T, shown string) string {
	var b strings.Builder
	for shown != "" {
		if shown[0] != '\\' {
			_, size := utf8.DecodeRuneInString(shown)
			b.WriteString(shown[:size])
			shown = shown[size:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(shown, 0)
		if err != nil {
			t.Fatalf("%q: %v", shown, err)
		}
		if multibyte || r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		shown = rest
	}
	return b.String()
}

func TestPrecheck(t *testing.T) {
	dir := t.TempDir()
	file, free := filepath.Join(dir, "file"), filepath.Join(dir, "free")
	put(t, file, "old")
	for _, p := range []Policy{KeepBoth, Refuse, Replace, Skip} {
		if err := Precheck(free, p); err != nil {
			t.Errorf("free under %d: %v", p, err)
		}
	}
	if err := Precheck(file, KeepBoth); err != nil {
		t.Error(err)
	}
	if err := Precheck(file, Replace); err != nil {
		t.Error(err)
	}
	if err := Precheck(file, Refuse); fault.Of(err) != fault.Exists {
		t.Error(err)
	}
	if err := Precheck(file, Skip); !errors.Is(err, ErrSkipped) {
		t.Error(err)
	}
	if err := Precheck(dir, Replace); fault.Of(err) != fault.Exists {
		t.Error(err)
	}
}
