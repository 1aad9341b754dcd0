package paper

import (
	"bytes"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/secret"
)

// kinds are the pages that people get.
func kinds(t testing.TB) map[string]Page {
	return map[string]Page{"sheet": english(t), "Korean sheet": korean(t), "share": share(english(t)), "Korean share": share(korean(t))}
}

// Other programs find nothing wrong with the file: one page of A4, every font
// inside and with its letters named.
func TestStockProgramsAcceptTheFile(t *testing.T) {
	for name, p := range kinds(t) {
		dir := drawn(t, p)
		run(t, dir, "qpdf", "--check", "sheet.pdf") // a warning is a failure
		info := string(run(t, dir, "pdfinfo", "sheet.pdf"))
		for _, want := range []string{"Pages:           1\n", "(A4)", "Title:           " + p.Title + "\n"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: no %q in\n%s", name, want, info)
			}
		}
		fonts := strings.Split(strings.TrimSpace(string(run(t, dir, "pdffonts", "sheet.pdf"))), "\n")[2:]
		if len(fonts) < 2 {
			t.Errorf("%s: %q", name, fonts)
		}
		for _, font := range fonts {
			if !strings.Contains(font, "yes yes yes") {
				t.Errorf("%s: %s", name, font)
			}
		}
		run(t, dir, "mutool", "clean", "-g", "sheet.pdf", "clean.pdf")
		if out := run(t, dir, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONWARNING", "-sDEVICE=nullpage", "sheet.pdf"); len(out) > 0 {
			t.Errorf("%s: Ghostscript says %s", name, out)
		}
	}
}

// Every text of the page can be copied, and read aloud, in two programs.
func TestTextCanBeCopied(t *testing.T) {
	for name, p := range kinds(t) {
		dir := drawn(t, p)
		for program, text := range map[string]string{"pdftotext": string(run(t, dir, "pdftotext", "-layout", "sheet.pdf", "-")),
			"mutool": string(run(t, dir, "mutool", "draw", "-F", "text", "sheet.pdf"))} {
			words := strings.Join(strings.Fields(text), "")
			texts := append([]string{p.Title, p.Lead, p.CodeTitle, p.StepsTitle, p.WordsTitle, p.Foot, string(p.Line.Bytes())}, p.Write...)
			texts = append(texts, p.Steps...)
			for _, f := range p.Fields {
				texts = append(texts, f.Label, f.Value)
			}
			for n, word := range strings.Fields(string(p.Words.Bytes())) {
				texts = append(texts, fmt.Sprint(n+1, word))
			}
			for _, want := range texts {
				if want = strings.Join(strings.Fields(want), ""); !strings.Contains(words, want) && !strings.Contains(interleaved(text), want) {
					t.Errorf("%s: %s has no %q", name, program, want)
				}
			}
		}
	}
}

// interleaved is text without its lines' right halves, and then without the
// left ones, since what stands beside each other comes in one line.
func interleaved(text string) string {
	var left, right strings.Builder
	for line := range strings.Lines(text) {
		if at := strings.LastIndex(strings.TrimRight(line, " \n"), "     "); at >= 0 {
			left.WriteString(line[:at])
			right.WriteString(line[at:])
		} else {
			left.WriteString(line)
		}
	}
	return strings.Join(strings.Fields(left.String()+right.String()), "")
}

// The attached file is what the code holds, to the byte.
func TestStockProgramsTakeTheFileOut(t *testing.T) {
	for name, p := range kinds(t) {
		dir := drawn(t, p)
		run(t, dir, "pdfdetach", "-save", "1", "-o", "poppler.txt", "sheet.pdf")
		save(t, dir, "qpdf.txt", run(t, dir, "qpdf", "--show-attachment="+p.File, "sheet.pdf"))
		for _, got := range []string{"poppler.txt", "qpdf.txt"} {
			if !bytes.Equal(must(os.ReadFile(filepath.Join(dir, got))), p.Code.Bytes()) {
				t.Errorf("%s: %s differs", name, got)
			}
		}
	}
}

// What a telephone's reader makes of the page, as three programs render it.
func TestStockZBarReadsPages(t *testing.T) {
	for name, p := range kinds(t) {
		dir := drawn(t, p)
		run(t, dir, "pdftoppm", "-r", "150", "-png", "-singlefile", "sheet.pdf", "poppler")
		run(t, dir, "mutool", "draw", "-r", "150", "-o", "mupdf.png", "sheet.pdf")
		run(t, dir, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pnggray", "-r150", "-sOutputFile=gs.png", "sheet.pdf")
		for _, picture := range []string{"poppler.png", "mupdf.png", "gs.png"} {
			out := run(t, dir, "zbarimg", "-q", "--raw", "-S*.enable=0", "-Sqr.enable=1", picture)
			if string(out) != string(p.Code.Bytes())+"\n" {
				t.Errorf("%s, %s: %q", name, picture, out)
			}
			expectFile(t, dir, picture, p.Code)
		}
	}
}

// A sheet that another program saved again is still one, with its attached file
// or without.
func TestCopiesByOtherPrograms(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	for i := range 2 {
		p := another(t, i, random)
		dir := drawn(t, p)
		quiet := []string{"-q", "-dBATCH", "-dNOPAUSE"}
		for name, how := range map[string][]string{
			"qpdf":          {"qpdf", "sheet.pdf", "qpdf.pdf", "--object-streams=generate", "--recompress-flate", "--compression-level=9"},
			"qdf":           {"qpdf", "sheet.pdf", "qdf.pdf", "--qdf"},
			"linearized":    {"qpdf", "sheet.pdf", "linearized.pdf", "--linearize"},
			"stripped":      {"qpdf", "sheet.pdf", "stripped.pdf", "--remove-attachment=" + p.File},
			"cairo":         {"pdftocairo", "-pdf", "sheet.pdf", "cairo.pdf"},
			"mupdf":         {"mutool", "clean", "-gggz", "sheet.pdf", "mupdf.pdf"},
			"converted":     {"mutool", "convert", "-o", "converted.pdf", "sheet.pdf"},
			"ghostscript":   append(append([]string{"gs"}, quiet...), "-sDEVICE=pdfwrite", "-o", "ghostscript.pdf", "sheet.pdf"),
			"for a screen":  append(append([]string{"gs"}, quiet...), "-sDEVICE=pdfwrite", "-dPDFSETTINGS=/screen", "-o", "for a screen.pdf", "sheet.pdf"),
			"for the press": append(append([]string{"gs"}, quiet...), "-sDEVICE=pdfwrite", "-dPDFSETTINGS=/prepress", "-o", "for the press.pdf", "sheet.pdf"),
			"grey pixels":   append(append([]string{"gs"}, quiet...), "-sDEVICE=pdfimage8", "-r150", "-o", "grey pixels.pdf", "sheet.pdf"),
			"colour pixels": append(append([]string{"gs"}, quiet...), "-sDEVICE=pdfimage24", "-r150", "-o", "colour pixels.pdf", "sheet.pdf"),
			"jpeg":          append(append([]string{"gs"}, quiet...), "-sDEVICE=pdfimage24", "-r200", "-sCompression=JPEG", "-o", "jpeg.pdf", "sheet.pdf"),
			"a printer's":   append(append([]string{"gs"}, quiet...), "-sDEVICE=pclm", "-r300", "-o", "a printer's.pdf", "sheet.pdf"),
		} {
			run(t, dir, how[0], how[1:]...)
			expectFile(t, dir, name+".pdf", p.Code)
		}
	}
}

// Several sheets in one file.
func TestSheetsInOneFile(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 8))
	dir := t.TempDir()
	var codes []*secret.Buffer
	for i := range 3 {
		p := another(t, i, random)
		codes = append(codes, p.Code)
		pdf := must(Draw(p))
		save(t, dir, fmt.Sprint(i, ".pdf"), pdf.Bytes())
		pdf.Destroy()
	}
	run(t, dir, "pdfunite", "0.pdf", "1.pdf", "2.pdf", "united.pdf")
	run(t, dir, "qpdf", "--empty", "--pages", "0.pdf", "1.pdf", "2.pdf", "--", "merged.pdf")
	expectFile(t, dir, "united.pdf", codes...)
	expectFile(t, dir, "merged.pdf", codes...)
}

// Nothing is drawn where a printer cannot print, nor where a sheet of US Letter
// ends: it is 25 points shorter above and below.
func TestMargins(t *testing.T) {
	for name, p := range kinds(t) {
		page := rendered(t, drawn(t, p), "72")
		ink := image.Rectangle{}
		for y := range page.Rect.Dy() {
			for x := range page.Rect.Dx() {
				if page.Pix[y*page.Stride+x] < 250 {
					ink = ink.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if safe := page.Rect.Inset(margin - 2); !ink.In(safe) || ink.Dx() < safe.Dx()-10 {
			t.Errorf("%s: drawn on %v of %v", name, ink, page.Rect)
		}
	}
}
