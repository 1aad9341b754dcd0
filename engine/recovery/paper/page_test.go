package paper

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"cryptodesk/engine/fault"
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

func TestReadBack(t *testing.T) {
	p := english(t)
	pdf := must(Draw(p))
	defer pdf.Destroy()
	found, err := Read(t.Context(), pdf.Bytes())
	if err != nil || len(found) != 1 || !found[0].Equal(p.Code) {
		t.Fatalf("%d found, %v", len(found), err)
	}
}

func korean(t testing.TB) Page {
	p := english(t)
	p.Language, p.Title = "ko", "복구 시트"
	p.Lead = "이 종이를 가진 사람은 이 키로 암호화한 모든 것을 열 수 있습니다. 여권처럼 집 안의 안전한 곳이나 믿는 사람에게 맡겨 두세요. 휴대전화 사진이나 클라우드에는 두지 마세요."
	p.Fields = []Field{{"이름", "김하늘"}, {"만든 날", "2026년 11월 26일"}, {"지문", "SHA256:9f4c 1d2e 77ab 0c3d 5e6f"}}
	p.CodeTitle, p.StepsTitle, p.WordsTitle = "CryptoDesk나 QR 코드를 읽는 어떤 앱으로도 읽을 수 있습니다.", "다시 들어가려면", "단어 33개"
	p.Steps = []string{"CryptoDesk를 설치하고 복구에서 복원을 선택하세요.", "이 파일이나 이 종이의 사진을 놓거나, 단어 33개를 순서대로 입력하세요.",
		"새 암호를 정하면 파일이 다시 열립니다.", "CryptoDesk 없이: 코드 아래의 줄을 key.txt로 저장하고 age -d -i key.txt file.age를 실행하세요."}
	p.Write = []string{"보관한 곳", "아는 사람", "확인한 날"}
	p.Foot = "CryptoDesk에서 만들었습니다. 이 종이를 잃어버렸거나 다른 사람이 보았다면 새 키 쌍을 만들고 파일을 다시 암호화하세요."
	return p
}

// share is a page of the other kind: the code holds the words, and there is no line.
func share(p Page) Page {
	p.Code, p.Line = buffer(strings.ToUpper(sampleWords)), nil
	p.Title, p.File = "Share 1 of 3", "share.txt"
	return p
}

// A file is read from what it is read from, up to what is read at most, and no
// further. It needs no guarded memory of its size.
func TestReadFrom(t *testing.T) {
	p := english(t)
	pdf := must(Draw(p))
	defer pdf.Destroy()
	found, err := ReadFrom(t.Context(), bytes.NewReader(pdf.Bytes()))
	if err != nil || len(found) != 1 || !found[0].Equal(p.Code) {
		t.Errorf("%d found, %v", len(found), err)
	}
	if _, err := ReadFrom(t.Context(), io.MultiReader(bytes.NewReader(pdf.Bytes()), endless{})); fault.Of(err) != fault.TooLarge {
		t.Errorf("an endless file: %v", err)
	}
	if _, err := ReadFrom(t.Context(), iotest.ErrReader(os.ErrPermission)); fault.Of(err) != fault.Permission {
		t.Errorf("a forbidden file: %v", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
