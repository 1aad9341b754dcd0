package recovery

import (
	"encoding/hex"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret"
)

func shareWords(t *testing.T, need, of int) []*secret.Buffer {
	t.Helper()
	root := secret.New(32)
	defer root.Destroy()
	secret.Random(root.Bytes())
	words, err := slip39.Split(root.Bytes(), need, of)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, w := range words {
			w.Destroy()
		}
	})
	return words
}

func marshal(t *testing.T, f ShareFile, words *secret.Buffer) string {
	t.Helper()
	text, err := MarshalShare(f, words)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Destroy()
	return string(text.Bytes())
}

func TestShareFile(t *testing.T) {
	words := shareWords(t, 2, 3)
	want := ShareFile{Name: "김영희", Number: 2, Of: 3, Need: 2, Made: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), Fingerprint: "abcd 2345 wxyz"}
	full := want
	full.Advice = "Keep this.\nname: Mallory\n\n# CryptoDesk share v9\nacademic acid"
	text := marshal(t, full, words[1])
	for _, line := range []string{"# CryptoDesk share v1\n# name: 김영희\n# share: 2 of 3\n# needed: 2\n# date: 2026-11-26\n# fingerprint: abcd 2345 wxyz\n",
		"#   Keep this.\n#   name: Mallory\n#\n#   # CryptoDesk share v9\n#   academic acid\n\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
	if body := text[strings.Index(text, "\n\n")+2:]; strings.Count(body, "\n") != 11 || strings.Join(strings.Fields(body), " ") != string(words[1].Bytes()) {
		t.Errorf("%q", body)
	}
	for name, form := range map[string]string{
		"as written": text, "windows": strings.ReplaceAll(text, "\n", "\r\n"), "mark": "\ufeff" + text,
		"quoted": "> " + strings.ReplaceAll(text, "\n", "\n> "), "capitals": strings.Replace(text, string(words[1].Bytes()), strings.ToUpper(string(words[1].Bytes())), 1),
	} {
		got, share, err := ParseShareFile([]byte(form))
		if err != nil || !reflect.DeepEqual(got, want) || !IsShare([]byte(form)) {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if share.Index != 1 || share.Need != 2 {
			t.Errorf("%s: %+v", name, share)
		}
		share.Close()
	}
}

// TestShareFileByHand: what is said around the words is no more than that.
func TestShareFileByHand(t *testing.T) {
	words := shareWords(t, 2, 3)
	bare := string(words[0].Bytes())
	for name, c := range map[string]struct {
		text string
		want ShareFile
	}{
		"words":       {bare, ShareFile{Number: 1, Need: 2}},
		"claims":      {"# CryptoDesk share v1\n# share: 3 of 99\n# needed: 1\n# date: yesterday\n# name: \x1b[31m\n# fingerprint: \x1b[2J\n" + bare, ShareFile{Number: 1, Need: 2}},
		"fewer":       {"# share: 1 of 1\n" + bare, ShareFile{Number: 1, Need: 2}},
		"some fields": {"# name:  Ada   L.  \n# share: 7 of 3\n" + strings.ToUpper(bare), ShareFile{Name: "Ada L.", Number: 1, Of: 3, Need: 2}},
	} {
		got, share, err := ParseShareFile([]byte(c.text))
		if err != nil || got != c.want || !IsShare([]byte(c.text)) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		share.Close()
	}
}

func TestShareFilesThatAreNone(t *testing.T) {
	words := shareWords(t, 2, 3)
	text := marshal(t, ShareFile{Name: "Ada", Of: 3}, words[0])
	for name, c := range map[string]struct {
		text    string
		is      bool
		kind    fault.Kind
		subject string
	}{
		"later version": {strings.Replace(text, "v1", "v2", 1), true, fault.TooNew, ""},
		"no words":      {"# CryptoDesk share v1\n# name: Ada\n", true, fault.ShareLength, "0"},
		"cut off":       {text[:len(text)-20], true, "", ""},
		"two in one":    {text + text, true, fault.ShareLength, "66"},
		"large":         {text + strings.Repeat("\n", maxShare), false, fault.TooLarge, ""},
		"prose":         {strings.Repeat("The quick brown fox jumps over the lazy dog. ", 20), false, fault.ShareWord, "1"},
		"nothing":       {"", false, fault.ShareLength, "0"},
		"a key":         {"# created: x\nAGE-SECRET-KEY-1QQQ\n", false, fault.ShareWord, "1"},
	} {
		if is := IsShare([]byte(c.text)); is != c.is {
			t.Errorf("%s is a share: %v", name, is)
		}
		_, share, err := ParseShareFile([]byte(c.text))
		if share != nil || err == nil || c.kind != "" && (fault.Of(err) != c.kind || fault.As(err).Subject != c.subject) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := secret.Take([]byte("academic acid"))
	defer bad.Destroy()
	if text, err := MarshalShare(ShareFile{}, bad); text != nil || fault.Of(err) != fault.ShareLength {
		t.Error(err)
	}
	// Words in which a few are wrong are still known for what they are.
	list := strings.Fields(string(words[0].Bytes()))
	list[3], list[20] = "banana", "xxxxx"
	if !IsShare([]byte(strings.Join(list, "\n"))) {
		t.Error("two wrong words, and it is nothing any more")
	}
}

// TestShareFileWithoutCryptoDesk runs what FORMATS.md says turns the 32 bytes, which any SLIP-39 program shows in hexadecimal,
// into the line that age takes.
func TestShareFileWithoutCryptoDesk(t *testing.T) {
	formats, err := os.ReadFile("../FORMATS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(formats), "```sh\n")
	script, _, found := strings.Cut(script, "```")
	if !found {
		t.Fatal("no script in FORMATS.md")
	}
	for range 5 {
		k, err := identity.New("Ada")
		if err != nil {
			t.Fatal(err)
		}
		defer k.Destroy()
		var root string
		if err := k.LendRoot(func(b []byte) error { root = hex.EncodeToString(b); return nil }); err != nil {
			t.Fatal(err)
		}
		sh := exec.Command("sh", "-c", script)
		sh.Stdin = strings.NewReader(root + "\n")
		line, err := sh.CombinedOutput()
		if main, _ := k.Holds([]byte(strings.TrimSpace(string(line)))); err != nil || !main {
			t.Errorf("%v, not its key: %d bytes", err, len(line))
		}
	}
}

func FuzzShareFile(f *testing.F) {
	f.Add([]byte("# CryptoDesk share v1\n# name: Ada\n# share: 1 of 3\n# needed: 2\n\nacademic acid acne\n"))
	f.Add([]byte("> # CryptoDesk share v2"))
	f.Fuzz(func(t *testing.T, text []byte) {
		IsShare(text)
		got, share, err := ParseShareFile(text)
		if err != nil {
			if fault.Of(err) == fault.Internal || share != nil {
				t.Fatal(err)
			}
			return
		}
		words, err := share.Words()
		if err != nil {
			t.Fatal(err)
		}
		written, err := MarshalShare(got, words)
		if err != nil {
			t.Fatal(err)
		}
		again, share, err := ParseShareFile(written.Bytes())
		if err != nil || again != got || share == nil {
			t.Fatalf("%+v, not %+v: %v", again, got, err)
		}
	})
}
