package paper

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gomono"

	"cryptodesk/engine/fault"
)

// crowded is a page whose texts are as long as people and translations make
// them.
func crowded(t testing.TB) Page {
	p := korean(t)
	p.Title = "받는 사람이 스스로 보관해야 하는 아주 긴 제목의 복구 시트와 그 사본에 대하여"
	p.Fields[0].Value = strings.Repeat("아주긴이름", 12) + " Maximiliana Konstantinopolitanska-Papadopoulou"
	p.Fields = append(p.Fields, Field{"Set", "1 of 3, needed: 2"}, Field{"Fingerprint words", "abandon ability able about above absent absorb abstract absurd abuse access accident"})
	for range 3 {
		p.Steps = append(p.Steps, p.Steps[1])
	}
	p.Lead += " " + p.Lead
	return p
}

// Long texts become smaller, and still stand on one page, inside of its margins,
// every one of them.
func TestLongTextsFit(t *testing.T) {
	p := crowded(t)
	dir := drawn(t, p)
	if info := run(t, dir, "pdfinfo", "sheet.pdf"); !bytes.Contains(info, []byte("Pages:           1\n")) {
		t.Errorf("%s", info)
	}
	page := rendered(t, dir, "72")
	for i, v := range page.Pix {
		x, y := i%page.Stride, i/page.Stride
		if v < 250 && (x < margin-2 || y < margin-2 || x > page.Rect.Dx()-margin+2 || y > page.Rect.Dy()-margin+2) {
			t.Fatalf("drawn at %d, %d", x, y)
		}
	}
	text := strings.Join(strings.Fields(string(run(t, dir, "pdftotext", "-raw", "sheet.pdf", "-"))), "")
	for _, want := range append(p.Steps, p.Title, p.Lead, p.Fields[0].Value, p.Fields[3].Value, p.Foot) {
		if !strings.Contains(text, strings.Join(strings.Fields(want), "")) {
			t.Errorf("no %q", want)
		}
	}
	expectFile(t, dir, "sheet.pdf", p.Code)
}

func TestWhatCannotBeDrawn(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Page)
		kind   fault.Kind
	}{
		"no code":     {func(p *Page) { p.Code = nil }, fault.Empty},
		"a long code": {func(p *Page) { p.Code = buffer(strings.Repeat("A", 4297)) }, fault.TooLarge},
		"a long text": {func(p *Page) { p.Lead = strings.Repeat(p.Lead, 30) }, fault.TooLarge},
		"many words":  {func(p *Page) { p.Words = buffer(strings.Repeat("word ", 300)) }, fault.TooLarge},
		"no font":     {func(p *Page) { p.Bold = nil }, fault.Internal},
		"half a font": {func(p *Page) { p.Regular = p.Regular[:100] }, fault.Internal},
	} {
		p := english(t)
		c.change(&p)
		if pdf, err := Draw(p); fault.Of(err) != c.kind || pdf != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a caller leaves out leaves no gap and no failure, and a letter that the
// font lacks is a box.
func TestLittleOnAPage(t *testing.T) {
	p := Page{Title: "🦊 Sheet", Code: buffer(sampleKey), Fields: []Field{{"Name", "あ\x00\xff\u202e"}}}
	p.Regular, p.Bold = gomono.TTF, gomono.TTF // TrueType outlines
	dir := drawn(t, p)
	run(t, dir, "qpdf", "--check", "sheet.pdf")
	if text := run(t, dir, "pdftotext", "sheet.pdf", "-"); !bytes.Contains(text, []byte("Sheet")) {
		t.Errorf("%q", text)
	}
	expectFile(t, dir, "sheet.pdf", p.Code)
}

// Nothing in a file tells when it was made, or from which page.
func TestSamePageSameFile(t *testing.T) {
	p := english(t)
	one, two := must(Draw(p)), must(Draw(p))
	if !one.Equal(two) {
		t.Error("they differ")
	}
}

func TestWrap(t *testing.T) {
	p := english(t)
	l := &layout{canvas: &canvas{}}
	l.faces[regular] = must(newFace(p.Regular))
	for text, want := range map[string][]string{
		"":                        {""},
		"one":                     {"one"},
		"one two three":           {"one two", "three"},
		"run age\u00a0-d\u00a0-i": {"run", "age\u00a0-d\u00a0-i"},
		"Donaudampfschiff":        {"Donauda", "mpfschif", "f"},
		"a Donaudampfschiff":      {"a", "Donauda", "mpfschif", "f"},
	} {
		var got []string
		for _, line := range l.wrap([]byte(text), regular, 10, 42) {
			got = append(got, string(line))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	p := korean(b)
	b.ReportAllocs()
	for b.Loop() {
		pdf, err := Draw(p)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(pdf.Len()), "bytes")
		pdf.Destroy()
	}
}
