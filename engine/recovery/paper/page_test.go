package paper

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cryptodesk/engine/secret"
)

const fontFolder = "../../../assets/fonts/"

func fonts(t testing.TB) (regular, bold []byte) {
	t.Helper()
	return must(os.ReadFile(fontFolder + "Pretendard-Regular.otf")), must(os.ReadFile(fontFolder + "Pretendard-SemiBold.otf"))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func buffer(text string) *secret.Buffer { return secret.Take([]byte(text)) }

const (
	sampleKey   = "AGE-SECRET-KEY-PQ-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRXZ"
	sampleWords = "academic acid acrobat romp change injury painting safari drug browser trash fridge busy finger standard angry similar overall prune ladle snake rich knife scholar ancestor welfare briefing carve raisin device withdraw gather expand"
)

func english(t testing.TB) Page {
	p := Page{
		Language: "en", Title: "Recovery sheet",
		Lead:       "Whoever has this sheet can open everything encrypted for this key. Keep it like a passport: at home in a safe place, or with someone you trust. Never as a photo on a phone or in a cloud.",
		Fields:     []Field{{"Name", "Ana Kovač"}, {"Made on", "26 November 2026"}, {"Fingerprint", "SHA256:9f4c 1d2e 77ab 0c3d 5e6f"}},
		CodeTitle:  "Scan it with CryptoDesk, or with any QR reader.",
		StepsTitle: "To get back in",
		Steps: []string{"Install CryptoDesk and choose Recovery, then Restore.", "Drop this file or a photo of this page, or type the 33 words in order.",
			"Choose a new passphrase. Your files open again.", "Without CryptoDesk: save the line below the code as key.txt and run age -d -i key.txt file.age"},
		WordsTitle: "The 33 words", Write: []string{"Where this sheet is kept", "Who knows about it", "Checked on"},
		Foot: "Made by CryptoDesk. If this sheet is lost or was seen by somebody else, make a new key pair and encrypt your files again.",
		File: "key.txt", Code: buffer(sampleKey), Line: buffer(sampleKey), Words: buffer(sampleWords),
	}
	p.Regular, p.Bold = fonts(t)
	return p
}

func TestDraw(t *testing.T) {
	pdf, err := Draw(english(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pdf.Destroy()
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestReadBack(t *testing.T) {
	p := english(t)
	pdf := must(Draw(p))
	defer pdf.Destroy()
	found, err := Read(t.Context(), pdf.Bytes())
	if err != nil || len(found) != 1 || !found[0].Equal(p.Code) {
		t.Fatalf("%d found, %v", len(found), err)
	}
}
