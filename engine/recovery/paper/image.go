package paper

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"image"
	"image/jpeg"
	"io"
	"strings"

	"golang.org/x/image/ccitt"

	"cryptodesk/engine/fault"
)

// Bounds on the pictures in a file.
const (
	maxImages  = 2000     // most are strips then
	maxPixels  = 64 << 20 // of one
	maxFilters = 3
	maxText    = 4296 // bytes; what the largest code holds
)

// text is what an attached file holds, if that could be a code's text.
func (s stream) text() []byte {
	data, kind, err := s.unpack(maxText + 1)
	if err != nil || kind != "" || len(data) == 0 || len(data) > maxText {
		return nil
	}
	return bytes.Clone(data) // it may still be the file's
}

// unpack undoes compression, up to so many bytes. What only pictures have is
// left to be undone, and named.
func (s stream) unpack(most int) (data []byte, kind string, err error) {
	data = s.raw
	filters := strings.FieldsFunc(string(s.dictionary["Filter"]), func(r rune) bool { return strings.ContainsRune("[]/ ", r) })
	if len(filters) > maxFilters {
		return nil, "", fault.New(fault.NoCode, "", nil)
	}
	for i, filter := range filters {
		switch filter {
		case "FlateDecode":
			data, err = inflate(data, most)
		case "ASCII85Decode":
			data = unascii85(data)
		case "DCTDecode", "CCITTFaxDecode":
			if i == len(filters)-1 {
				return data, filter, nil
			}
			fallthrough
		default: // a kind that takes a library of its own, as JPEG 2000 and JBIG2
			err = fault.New(fault.NoCode, "", nil)
		}
		if err != nil {
			return nil, "", err
		}
	}
	return data[:min(len(data), most)], "", nil
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

func unascii85(text []byte) []byte {
	text, _, _ = bytes.Cut(text, []byte("~>"))
	data, _ := io.ReadAll(ascii85.NewDecoder(bytes.NewReader(text)))
	return data
}

// parameters are those of the last filter.
func (s stream) parameters() map[string][]byte {
	p := s.dictionary["DecodeParms"]
	return dictionary(p[max(0, bytes.LastIndex(p, []byte("<<"))):])
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
	if !ok || !ok2 || w <= 0 || h <= 0 {
		return nil, none
	}
	if w > maxPixels || h > maxPixels/w {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	data, kind, err := s.unpack(max(w*h*4+h+1, len(s.raw)))
	switch {
	case err != nil:
		return nil, err
	case kind == "DCTDecode":
		return photo(data)
	case kind == "CCITTFaxDecode":
		return s.fax(data, w, h), nil
	}
	return s.samples(data, w, h)
}

// photo trusts the size in the data, not the dictionary's.
func photo(data []byte) (image.Image, error) {
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
func (s stream) fax(data []byte, w, h int) image.Image {
	p := s.parameters()
	mode := ccitt.Group3 // with marks at the ends of lines; without, nothing is found
	if strings.HasPrefix(string(p["K"]), "-") {
		mode = ccitt.Group4
	}
	picture := image.NewGray(image.Rect(0, 0, w, h))
	// Black is what the page calls black, whatever number the file has for it.
	// Many files lack the mark of the end: what came before the error counts.
	_ = ccitt.DecodeIntoGray(picture, bytes.NewReader(data), ccitt.MSB, mode, &ccitt.Options{Align: string(p["EncodedByteAlign"]) == "true"})
	return picture
}

// samples is a picture as its values. Which colours they stand for may be said
// far away; that there are one, three or four in a pixel shows in their number.
func (s stream) samples(data []byte, w, h int) (image.Image, error) {
	bits, ok := s.number("BitsPerComponent")
	if !ok {
		bits = 1 // a mask
	}
	if bits != 1 && bits != 8 {
		return nil, fault.New(fault.NoCode, "", nil)
	}
	predictor := string(s.parameters()["Predictor"])
	predicted := len(predictor) == 2 // 10 to 15
	for _, colours := range []int{4, 3, 1} {
		row := (w*bits*colours + 7) / 8
		whole := row
		if predicted {
			whole++
		}
		if len(data) < whole*h {
			continue
		}
		if predicted {
			data = unpredict(data, row, h, max(1, colours*bits/8))
		} else if predictor == "2" && bits == 8 {
			data = undifference(data, row, colours)
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

// undifference undoes the filter of TIFF: each value is the difference from the
// one before.
func undifference(data []byte, row, colours int) []byte {
	out := bytes.Clone(data)
	for at := 0; at+row <= len(out); at += row {
		for i := colours; i < row; i++ {
			out[at+i] += out[at+i-colours]
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
