package paper

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// scanned is a PDF of one picture, as a scanner writes it: no more than its
// dictionary and its data.
func scanned(pictures ...string) []byte {
	w := &writer{out: []byte("%PDF-1.4\n"), at: []int{0}}
	catalog, pages := w.reserve(), w.reserve()
	var kids strings.Builder
	for _, picture := range pictures {
		dictionary, data, _ := strings.Cut(picture, "\n")
		image := w.reserve()
		w.at[image] = len(w.out)
		w.out = fmt.Appendf(w.out, "%d 0 obj\n<</Type/XObject/Subtype/Image%s/Length %d>>\nstream\r\n%s\nendstream\nendobj\n", image, dictionary, len(data), data)
		content := w.stream("", []byte("595 0 0 842 0 0 cm /I Do"))
		page := w.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I %d 0 R >> >> /Contents %d 0 R >>", pages, image, content))
		fmt.Fprintf(&kids, "%d 0 R ", page)
	}
	w.put(catalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pages))
	w.put(pages, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), len(pictures)))
	return w.end(catalog, w.add("<< >>"))
}

func size(p *image.Gray) string { return fmt.Sprintf("/Width %d/Height %d", p.Rect.Dx(), p.Rect.Dy()) }

func deflate(data []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.String()
}

// bitmap is a picture of a bit a pixel, black being 0.
func bitmap(p *image.Gray) []byte {
	row := (p.Rect.Dx() + 7) / 8
	out := make([]byte, row*p.Rect.Dy())
	for i, v := range p.Pix {
		if x, y := i%p.Stride, i/p.Stride; v > 127 {
			out[y*row+x/8] |= 128 >> (x % 8)
		}
	}
	return out
}

// spread is a picture with that many values a pixel.
func spread(p *image.Gray, n int) []byte {
	var out []byte
	for _, v := range p.Pix {
		if n == 4 { // cyan, magenta, yellow, black
			out = append(out, 0, 0, 0, 255-v)
		} else {
			out = append(out, bytes.Repeat([]byte{v}, n)...)
		}
	}
	return out
}

// filtered is rows as PNG's filters have them, each with another one in turn.
func filtered(data []byte, row, pixel int) []byte {
	var out []byte
	for y := 0; y*row < len(data); y++ {
		kind := byte(y % 5)
		out = append(out, kind)
		for i := range row {
			var left, above, corner byte
			if i >= pixel {
				left = data[y*row+i-pixel]
			}
			if y > 0 {
				above = data[(y-1)*row+i]
				if i >= pixel {
					corner = data[(y-1)*row+i-pixel]
				}
			}
			guess := [5]byte{0, left, above, byte((int(left) + int(above)) / 2), paeth(left, above, corner)}[kind]
			out = append(out, data[y*row+i]-guess)
		}
	}
	return out
}

func differences(data []byte, row, pixel int) []byte {
	out := bytes.Clone(data)
	for i := range out {
		if i%row >= pixel {
			out[i] -= data[i-pixel]
		}
	}
	return out
}

func armored(data string) string {
	var b bytes.Buffer
	w := ascii85.NewEncoder(&b)
	w.Write([]byte(data))
	w.Close()
	return b.String() + "~>"
}

// The kinds of pictures that scanners and printers put into a PDF.
func TestKindsOfScans(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	p := another(t, 1, random)
	page := rendered(t, drawn(t, p), "150")
	w := page.Rect.Dx()
	inverse := image.NewGray(page.Rect)
	for i, v := range page.Pix {
		inverse.Pix[i] = 255 - v
	}
	jpeg := string(camera{scale: 1, angle: 2, noise: 5, quality: 70}.shoot(t, page, random))
	for name, picture := range map[string]string{
		"JPEG":             size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode\n" + jpeg,
		"JPEG, deflated":   size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter[/FlateDecode/DCTDecode]/DecodeParms[null null]\n" + deflate([]byte(jpeg)),
		"JPEG as text":     size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter [ /ASCII85Decode /DCTDecode ]\n" + armored(jpeg),
		"grey":             size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode\n" + deflate(page.Pix),
		"not packed":       size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 8\n" + string(page.Pix),
		"colours":          size(page) + "/ColorSpace 99 0 R/BitsPerComponent 8/Filter[/FlateDecode]\n" + deflate(spread(page, 3)),
		"inks":             size(page) + "/ColorSpace/DeviceCMYK/BitsPerComponent 8/Filter/FlateDecode\n" + deflate(spread(page, 4)),
		"bits":             size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode\n" + deflate(bitmap(page)),
		"a mask":           size(page) + "/ImageMask true/Filter/FlateDecode\n" + deflate(bitmap(page)),
		"inverted":         size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]/Filter/FlateDecode\n" + deflate(bitmap(inverse)),
		"inverted grey":    size(page) + "/ColorSpace/DeviceGray/BitsPerComponent 8/Decode [ 1 0 ]/Filter/FlateDecode\n" + deflate(inverse.Pix),
		"white on black":   size(page) + "/ColorSpace[/Indexed/DeviceRGB 1<FFFFFF000000>]/BitsPerComponent 1/Filter/FlateDecode\n" + deflate(bitmap(inverse)),
		"predicted":        size(page) + fmt.Sprintf("/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 1/Columns %d>>\n", w) + deflate(filtered(page.Pix, w, 1)),
		"colours so":       size(page) + fmt.Sprintf("/BitsPerComponent 8/Filter/FlateDecode/DecodeParms[<</Predictor 12/Colors 3/Columns %d>>]\n", w) + deflate(filtered(spread(page, 3), 3*w, 3)),
		"bits so":          size(page) + fmt.Sprintf("/BitsPerComponent 1/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns %d>>\n", w) + deflate(filtered(bitmap(page), (w+7)/8, 1)),
		"differences":      size(page) + fmt.Sprintf("/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns %d>>\n", w) + deflate(differences(page.Pix, w, 1)),
		"colours, the sum": size(page) + fmt.Sprintf("/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 2/Colors 3/Columns %d>>\n", w) + deflate(differences(spread(page, 3), 3*w, 3)),
		"comments":         "% /Width 3\r/Note(a \\) /Width 5 ( in ) brackets)/Nested<</Width 7/Height[8 9]>>" + size(page) + "/BitsPerComponent 1/Filter/FlateDecode\n" + deflate(bitmap(page)),
	} {
		file := scanned(picture)
		kept := bytes.Clone(file)
		expect(t, name, file, p.Code)
		if !bytes.Equal(file, kept) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

// What a fax machine, and so many a scanner, does to a page.
func TestFaxedPages(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 7))
	for i := range 2 {
		p := another(t, i, random)
		page := rendered(t, drawn(t, p), "200")
		dir := t.TempDir()
		save(t, dir, "bits.pdf", scanned(size(page)+"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode\n"+deflate(bitmap(page))))
		run(t, dir, "gs", "-q", "-o", "fax.pdf", "-sDEVICE=pdfwrite", "-dDownsampleMonoImages=false", "bits.pdf")
		run(t, dir, "gs", "-q", "-o", "fax3.pdf", "-sDEVICE=pdfwrite", "-dDownsampleMonoImages=false", "-c", "<< /MonoImageDict << /K 0 /EndOfLine true >> >> setdistillerparams", "-f", "bits.pdf")
		for _, name := range []string{"fax.pdf", "fax3.pdf"} {
			if !bytes.Contains(must(os.ReadFile(filepath.Join(dir, name))), []byte("/CCITTFaxDecode")) {
				t.Fatalf("%s is none", name)
			}
			expectFile(t, dir, name, p.Code)
		}
	}
}

// Pages of a scanner's feeder, one of them with nothing on it.
func TestScansOfSeveralPages(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 8))
	var pictures []string
	var codes []*secret.Buffer
	for i := range 4 {
		p := another(t, 1, random)
		page := rendered(t, drawn(t, p), "150")
		if i == 2 {
			for j := range page.Pix {
				page.Pix[j] = 250
			}
		} else {
			codes = append(codes, p.Code)
		}
		pictures = append(pictures, size(page)+"/BitsPerComponent 8/Filter/DCTDecode\n"+string(camera{scale: 1, angle: float64(90 * i), quality: 60}.shoot(t, page, random)))
	}
	file := scanned(pictures...)
	expect(t, "four pages", file, codes...)
	// Without its table and its end, and with something before it.
	expect(t, "cut", append([]byte("\xef\xbb\xbf junk\n"), file[:len(file)-500]...), codes...)
}

// What is no sheet is said to be none.
func TestWhatIsNoSheet(t *testing.T) {
	none := image.NewGray(image.Rect(0, 0, 300, 400))
	whole := scanned(size(none) + "/BitsPerComponent 8/Filter/FlateDecode\n" + deflate(none.Pix))
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
	}{
		"nothing":             {nil, fault.NoCode},
		"text":                {[]byte("AGE-SECRET-KEY-PQ-1"), fault.NoCode},
		"an empty page":       {whole, fault.NoCode},
		"cut":                 {whole[:len(whole)/2], fault.PictureDamaged},
		"only a head":         {[]byte("%PDF-1.7\n"), fault.PictureDamaged},
		"a huge file":         {make([]byte, maxFile+1), fault.TooLarge},
		"a huge page":         {scanned("/Width 1000000/Height 1000000/BitsPerComponent 8/Filter/FlateDecode\n" + deflate(none.Pix)), fault.TooLarge},
		"no size":             {scanned("/Width -5/Height 0/BitsPerComponent 8\n"), fault.NoCode},
		"less than it says":   {scanned("/Width 5000/Height 5000/BitsPerComponent 8/Filter/FlateDecode\n" + deflate(none.Pix)), fault.NoCode},
		"another compression": {scanned(size(none) + "/BitsPerComponent 8/Filter/JPXDecode\nxxxx"), fault.NoCode},
		"a loop of filters":   {scanned(size(none) + "/BitsPerComponent 8/Filter[" + strings.Repeat("/FlateDecode", 1000) + "]\n" + deflate(none.Pix)), fault.NoCode},
		"no JPEG":             {scanned(size(none) + "/BitsPerComponent 8/Filter/DCTDecode\n\xff\xd8\xff"), fault.NoCode},
		"a white photo":       {file(t, image.NewGray(image.Rect(0, 0, 500, 500)), 80), fault.NoCode},
		"half a photo":        {file(t, none, 80)[:400], fault.PictureDamaged},
	} {
		found, err := Read(t.Context(), c.data)
		if fault.Of(err) != c.kind || found != nil {
			t.Errorf("%s: %d found, %v", name, len(found), err)
		}
	}
}

func TestReadIsCancelled(t *testing.T) {
	pdf := must(Draw(english(t)))
	defer pdf.Destroy()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, data := range [][]byte{pdf.Bytes(), file(t, image.NewGray(image.Rect(0, 0, 100, 100)), 0)} {
		if found, err := Read(ctx, data); fault.Of(err) != fault.Cancelled || found != nil {
			t.Errorf("%d found, %v", len(found), err)
		}
	}
}

// FuzzRead shows the reader files of any content. None of them may hang it,
// crash it or be changed by it.
func FuzzRead(f *testing.F) {
	pdf := must(Draw(english(f)))
	f.Add(bytes.Clone(pdf.Bytes()))
	pdf.Destroy()
	small := image.NewGray(image.Rect(0, 0, 40, 30))
	f.Add(file(f, small, 80))
	f.Add(file(f, small, 0))
	f.Add(scanned(
		size(small)+"/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 40>>\n"+deflate(filtered(small.Pix, 40, 1)),
		size(small)+"/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 40>>\n"+deflate(small.Pix),
		size(small)+"/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 40>>\n\x00\x10\x01\x00\x10\x01",
		size(small)+"/BitsPerComponent 8/Filter[/ASCII85Decode/DCTDecode]\n"+armored(string(file(f, small, 50))),
		"/Width 40/Height 3/BitsPerComponent 8\n"+string(small.Pix[:120]), "/Width 40/Height 4/BitsPerComponent 8\n"+string(small.Pix[:160])))
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := bytes.Clone(data)
		found, err := Read(t.Context(), data)
		if (err == nil) != (len(found) > 0) || len(found) > maxFound {
			t.Errorf("%d found, %v", len(found), err)
		}
		for _, b := range found {
			b.Destroy()
		}
		if !bytes.Equal(data, kept) {
			t.Error("the data were changed")
		}
	})
}
