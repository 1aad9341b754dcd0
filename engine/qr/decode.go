package qr

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"cryptodesk/engine/fault"
)

// What is decoded at most: files come from strangers.
const (
	maxFile   = 32 << 20 // bytes
	maxPixels = 64 << 20
	patience  = 6 * time.Second // after which no further pass begins
)

// Decode finds a QR code in a PNG or JPEG file: rotated, skewed, scaled, on a
// photo. It takes a tenth of a second for a good picture and up to some seconds
// for one without a code. Errors: NoCode, TooLarge (more than 64 megapixels or
// 32 MiB).
func Decode(picture []byte) (string, error) {
	none := fault.New(fault.NoCode, "", nil)
	if len(picture) > maxFile {
		return "", fault.New(fault.TooLarge, "", nil)
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || size.Width <= 0 || size.Height <= 0 {
		return "", none
	}
	if size.Width > maxPixels || size.Height > maxPixels/size.Width {
		return "", fault.New(fault.TooLarge, "", nil)
	}
	begun := time.Now()
	whole, err := load(picture)
	if err != nil {
		return "", none
	}
	for _, p := range passes {
		if time.Since(begun) > patience {
			break
		}
		if text, ok := p.try(whole); ok {
			return text, nil
		}
	}
	return "", none
}

// load decodes the file; a panic in a decoder is an error.
func load(picture []byte) (l light, err error) {
	defer func() {
		if recover() != nil {
			err = image.ErrFormat
		}
	}()
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return light{}, err
	}
	return lightOf(decoded), nil
}

// pass is one way to look at a picture.
type pass struct {
	pixels int // the picture is made this small, if it is larger
	grow   int // times it is enlarged before, if it is smaller than that
	soften int // times it is blurred
	binary func(gozxing.LuminanceSource) gozxing.Binarizer
	invert bool // white on black
}

// passes begin with what most pictures need. A code that fills the picture is
// found in a small one, whose pixels are averages and so have less noise; one
// in the corner of a photo only in the large one.
var passes = []pass{
	{pixels: 2 << 20, binary: gozxing.NewHybridBinarizer},
	{pixels: 2 << 20, binary: gozxing.NewGlobalHistgramBinarizer},
	{pixels: 2 << 20, binary: gozxing.NewHybridBinarizer, soften: 1},
	{pixels: 1 << 19, binary: gozxing.NewHybridBinarizer},
	{pixels: 8 << 20, binary: gozxing.NewHybridBinarizer},
	{pixels: 2 << 20, binary: gozxing.NewHybridBinarizer, grow: 2},
	{pixels: 2 << 20, binary: gozxing.NewHybridBinarizer, soften: 2},
	{pixels: 1 << 20, binary: gozxing.NewGlobalHistgramBinarizer, soften: 1},
	{pixels: 16 << 20, binary: gozxing.NewHybridBinarizer, soften: 1},
	{pixels: 2 << 20, binary: gozxing.NewHybridBinarizer, invert: true},
}

func (p pass) try(l light) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // a mistake of the library, met by a strange picture
		}
	}()
	l = l.within(p.pixels)
	if p.grow > 1 {
		if l.w*l.h*p.grow*p.grow > p.pixels {
			return "", false
		}
		l = l.grown(p.grow)
	}
	for range p.soften {
		l = l.softened()
	}
	if p.invert {
		l = l.inverted()
	}
	source, err := gozxing.NewPlanarYUVLuminanceSource(l.pix, l.w, l.h, 0, 0, l.w, l.h, false)
	if err != nil {
		return "", false
	}
	black, err := p.binary(source).GetBlackMatrix()
	if err != nil {
		return "", false
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, c := range find(black) {
		for _, bits := range read(black, c) {
			if result, err := decoder.NewDecoder().Decode(bits, hints); err == nil {
				return result.GetText(), true
			}
		}
	}
	return "", false
}
