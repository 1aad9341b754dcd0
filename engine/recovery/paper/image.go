package paper

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/jpeg"
	"io"
	"strings"

	"golang.org/x/image/ccitt"

	"cryptodesk/engine/fault"
)

// Bounds on the pictures in a file.
const (
	maxImages = 100
	maxPixels = 64 << 20 // of one
	maxText   = 4296     // bytes; what the largest code holds
	minSide   = 21       // pixels; of a picture that is looked at
)

// text is what an attached file holds, if that could be a code's text.
func (s stream) text() []byte {
	data, err := s.plain(maxText + 1)
	if err != nil || len(data) == 0 || len(data) > maxText {
		return nil
	}
	return data
}

// plain undoes the compression of anything but a picture's own kinds.
func (s stream) plain(most int) ([]byte, error) {
	switch filters := s.filters(); {
	case len(filters) == 0:
		return bytes.Clone(s.raw[:min(len(s.raw), most)]), nil
	case len(filters) == 1 && filters[0] == "FlateDecode":
		return inflate(s.raw, most)
	}
	return nil, fault.New(fault.NoCode, "", nil)
}

// inflate answers what could be read before an error, as other readers do.
func inflate(packed []byte, most int) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fault.New(fault.PictureDamaged, "", nil)
	}
	data, _ := io.ReadAll(io.LimitReader(z, int64(most)))
	return data, nil
}

func (s stream) filters() []string {
	return strings.FieldsFunc(string(s.dictionary["Filter"]), func(r rune) bool { return strings.ContainsRune("[]/ ", r) })
}

// image decodes the picture that s is.
func (s stream) image() (picture image.Image, err error) {
	none := fault.New(fault.NoCode, "", nil)
	defer func() {
		if recover() != nil {
			picture, err = nil, none // a mistake of a decoder
		}
	}()
	w, ok := s.number("Width")
	h, ok2 := s.number("Height")
	if !ok || !ok2 || w < minSide || h < minSide {
		return nil, none
	}
	if w > maxPixels || h > maxPixels/w {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	filters := s.filters()
	switch last := strings.Join(filters, " "); last {
	case "DCTDecode":
		return s.jpeg(s.raw)
	case "FlateDecode DCTDecode":
		data, err := inflate(s.raw, maxFile)
		if err != nil {
			return nil, err
		}
		return s.jpeg(data)
	case "CCITTFaxDecode":
		return s.fax(w, h)
	case "", "FlateDecode":
		return s.samples(w, h)
	}
	return nil, none
}

// jpeg trusts the size in the data, not the dictionary's.
func (s stream) jpeg(data []byte) (image.Image, error) {
	size, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fault.New(fault.PictureDamaged, "", nil)
	}
	if size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels || size.Height > maxPixels/size.Width {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	return jpeg.Decode(bytes.NewReader(data))
}

// fax is what scanners make of black and white pages.
func (s stream) fax(w, h int) (image.Image, error) {
	p := dictionary(s.dictionary["DecodeParms"])
	mode := ccitt.Group3
	if strings.HasPrefix(string(p["K"]), "-") {
		mode = ccitt.Group4
	}
	picture := image.NewGray(image.Rect(0, 0, w, h))
	// Black is what this package calls it, whatever the file does.
	err := ccitt.DecodeIntoGray(picture, bytes.NewReader(s.raw), ccitt.MSB, mode, &ccitt.Options{Align: string(p["EncodedByteAlign"]) == "true"})
	return picture, err
}

// samples is a picture as its values. Which colours they stand for may be said
// far away; that there are one, three or four in a pixel shows in their number.
func (s stream) samples(w, h int) (image.Image, error) {
	bits, ok := s.number("BitsPerComponent")
	if !ok {
		bits = 1 // a mask
	}
	if bits != 1 && bits != 8 {
		return nil, fault.New(fault.NoCode, "", nil)
	}
	p := dictionary(s.dictionary["DecodeParms"])
	data, err := s.plain(w*h*4 + h + 1)
	if err != nil {
		return nil, err
	}
	predicted := len(p["Predictor"]) == 2 // 10 to 15
	for _, colours := range []int{4, 3, 1} {
		row := (w*bits*colours + 7) / 8
		whole := row
		if predicted {
			whole++
		}
		if len(data) < whole*h-whole { // one may be missing
			continue
		}
		data = append(data, make([]byte, max(0, whole*h-len(data)))...)
		if predicted {
			data = unpredict(data, row, h, max(1, colours*bits/8))
		}
		return grey(data, w, h, row, bits, colours, string(s.dictionary["Decode"]) == "[ 1 0 ]"), nil
	}
	return nil, fault.New(fault.PictureDamaged, "", nil)
}

// grey makes a picture of samples.
func grey(data []byte, w, h, row, bits, colours int, inverted bool) image.Image {
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		line := data[y*row : (y+1)*row]
		for x := range w {
			var v int
			switch {
			case bits == 1:
				v = 255 * int(line[x*colours/8]>>(7-x*colours%8)&1)
			case colours == 1:
				v = int(line[x])
			case colours == 3:
				v = (299*int(line[3*x]) + 587*int(line[3*x+1]) + 114*int(line[3*x+2])) / 1000
			default: // cyan, magenta, yellow and black
				v = max(0, 255-(299*int(line[4*x])+587*int(line[4*x+1])+114*int(line[4*x+2]))/1000-int(line[4*x+3]))
			}
			if inverted {
				v = 255 - v
			}
			out.Pix[y*out.Stride+x] = byte(v)
		}
	}
	return out
}

// unpredict undoes the filters of PNG, which each row names in its first byte.
func unpredict(data []byte, row, h, pixel int) []byte {
	out := make([]byte, row*h)
	above := make([]byte, row)
	for y := range h {
		kind, line := data[y*(row+1)], data[y*(row+1)+1:][:row]
		to := out[y*row:][:row]
		for i, v := range line {
			var left, corner byte
			if i >= pixel {
				left, corner = to[i-pixel], above[i-pixel]
			}
			switch kind {
			case 1:
				v += left
			case 2:
				v += above[i]
			case 3:
				v += byte((int(left) + int(above[i])) / 2)
			case 4:
				v += paeth(left, above[i], corner)
			}
			to[i] = v
		}
		above = to
	}
	return out
}

// paeth is the PNG filter of that name.
func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	far := func(v byte) int { return max(p-int(v), int(v)-p) }
	switch {
	case far(a) <= far(b) && far(a) <= far(c):
		return a
	case far(b) <= far(c):
		return b
	}
	return c
}
