package paper

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"cryptodesk/engine/qr"
)

// writer puts objects into a PDF file (ISO 32000-1).
type writer struct {
	out []byte
	at  []int // where the objects begin, by number; 0 is none
}

// reserve is the number of an object to come.
func (w *writer) reserve() int {
	w.at = append(w.at, 0)
	return len(w.at) - 1
}

func (w *writer) put(n int, object string) {
	w.at[n] = len(w.out)
	w.out = fmt.Appendf(w.out, "%d 0 obj\n%s\nendobj\n", n, object)
}

func (w *writer) add(object string) int {
	n := w.reserve()
	w.put(n, object)
	return n
}

// stream adds data, compressed.
func (w *writer) stream(dictionary string, data []byte) int {
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestCompression) // the level exists
	_, _ = z.Write(data)                                       // to memory
	_ = z.Close()
	n := w.reserve()
	w.at[n] = len(w.out)
	w.out = fmt.Appendf(w.out, "%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n", n, dictionary, packed.Len())
	w.out = append(append(w.out, packed.Bytes()...), "\nendstream\nendobj\n"...)
	return n
}

// modulePixels is how large a module is in the picture of the code. Viewers
// smooth a picture that they enlarge: so large, that blurs no more than a tenth
// of a module.
const modulePixels = 8

// write is the file. The code is a picture and no shape, so that a copy that
// another program makes still has it as one.
func write(p Page, c *canvas, code *qr.Code) []byte {
	w := &writer{out: []byte("%PDF-1.7\n%\xc2\xb5\xc2\xb6\n"), at: []int{0}}
	catalog, pages, page := w.reserve(), w.reserve(), w.reserve()
	var fonts strings.Builder
	for i, f := range c.faces {
		if len(f.runes) > 1 {
			fmt.Fprintf(&fonts, "/F%d %d 0 R ", i, w.font(f, []string{"Regular", "Bold", "Mono"}[i]))
		}
	}
	pixels, side := picture(code)
	image := w.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8", side, side), pixels)
	content := w.stream("", c.ops)
	file := w.stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /text#2Fplain /Params << /Size %d >>", p.Code.Len()), p.Code.Bytes())
	name := text(p.File)
	spec := w.add(fmt.Sprintf("<< /Type /Filespec /F %s /UF %s /EF << /F %d 0 R >> >>", name, name, file))
	w.put(catalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang %s /ViewerPreferences << /DisplayDocTitle true >> /Names << /EmbeddedFiles << /Names [%s %d 0 R] >> >> >>",
		pages, text(p.Language), name, spec))
	w.put(pages, fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", page))
	w.put(page, fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources << /Font << %s>> /XObject << /Code %d 0 R >> >> /Contents %d 0 R >>",
		pages, pageWidth, pageHeight, fonts.String(), image, content))
	info := w.add(fmt.Sprintf("<< /Title %s /Producer (CryptoDesk) >>", text(p.Title)))
	return w.end(catalog, info)
}

func (w *writer) end(catalog, info int) []byte {
	start := len(w.out)
	w.out = fmt.Appendf(w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.at))
	for _, at := range w.at[1:] {
		w.out = fmt.Appendf(w.out, "%010d 00000 n \n", at)
	}
	return fmt.Appendf(w.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.at), catalog, info, start)
}

// picture is the code with its quiet zone, a byte a pixel.
func picture(code *qr.Code) (pixels []byte, side int) {
	side = (code.Side() + 2*qr.Quiet) * modulePixels
	pixels = bytes.Repeat([]byte{255}, side*side)
	for i := range pixels {
		if code.Black(i%side/modulePixels-qr.Quiet, i/side/modulePixels-qr.Quiet) {
			pixels[i] = 0
		}
	}
	return pixels, side
}

// font adds a face with the letters that were used.
func (w *writer) font(f *face, style string) int {
	name := "CRYPTO+CryptoDesk-" + style
	program := w.stream("/Subtype /CIDFontType0C", f.program(name))
	descriptor := w.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-500 -500 1500 1200] /ItalicAngle 0 /Ascent 900 /Descent -250 /CapHeight 700 /StemV 80 /FontFile3 %d 0 R >>",
		name, program))
	var widths strings.Builder
	for _, n := range f.widths {
		widths.WriteString(strconv.Itoa(n))
		widths.WriteByte(' ')
	}
	letters := w.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 1000 /W [0 [%s]] >>",
		name, descriptor, widths.String()))
	meaning := w.stream("", f.meaning())
	return w.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, letters, meaning))
}

// meaning is the letter that each number stands for, so that text can be copied
// and read aloud.
func (f *face) meaning() []byte {
	out := []byte("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n" +
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	const most = 100 // in one list
	for from := 1; from < len(f.runes); from += most {
		to := min(from+most, len(f.runes))
		out = fmt.Appendf(out, "%d beginbfchar\n", to-from)
		for n := from; n < to; n++ {
			out = fmt.Appendf(out, "<%04X> <", n)
			for _, unit := range utf16.AppendRune(nil, f.runes[n]) {
				out = fmt.Appendf(out, "%04X", unit)
			}
			out = append(out, ">\n"...)
		}
		out = append(out, "endbfchar\n"...)
	}
	return append(out, "endcmap CMapName currentdict /CMap defineresource pop end end\n"...)
}

// text is s as a string object.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String() + ">"
}
