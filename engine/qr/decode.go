package qr

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// What is decoded at most: files come from strangers.
const (
	maxFile   = 32 << 20 // bytes
	maxPixels = 64 << 20
	patience  = 6 * time.Second // after which no further pass begins
)

// maxCodes is how many codes of one picture are read.
const maxCodes = 32

// Decode finds a QR code in a PNG or JPEG file: rotated, skewed, scaled, on a
// photo. It takes a tenth of a second for a good picture and up to some seconds
// for one without a code. Errors: NoCode, PictureDamaged (it is cut off),
// TooLarge (more than 64 megapixels or 32 MiB), Cancelled.
func Decode(ctx context.Context, picture []byte) (*secret.Buffer, error) {
	return first(decode(ctx, picture, 1))
}

// DecodeAll is Decode for all codes that are in the picture, in no order.
func DecodeAll(ctx context.Context, picture []byte) ([]*secret.Buffer, error) {
	return decode(ctx, picture, maxCodes)
}

// FindAll is DecodeAll for a picture that is decoded already. To be called
// inside secret.Do.
func FindAll(ctx context.Context, picture image.Image) ([]*secret.Buffer, error) {
	b := picture.Bounds()
	if b.Empty() {
		return nil, fault.New(fault.NoCode, "", nil)
	}
	if !fits(b.Dx(), b.Dy()) {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	return look(ctx, lightOf(picture), maxCodes)
}

func first(all []*secret.Buffer, err error) (*secret.Buffer, error) {
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func decode(ctx context.Context, picture []byte, most int) (found []*secret.Buffer, err error) {
	if len(picture) > maxFile {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	secret.Do(func() {
		var whole light
		if whole, err = load(picture); err == nil {
			found, err = look(ctx, whole, most)
		}
	})
	return found, err
}

func fits(w, h int) bool { return w <= maxPixels && h <= maxPixels/w }

// closeUp is how many pixels a look at a picture has that shows all codes in it,
// as far as they are not blurred or in the shade.
const closeUp = 8 << 20

// look makes its passes until they have found what can be told to be there.
func look(ctx context.Context, whole light, most int) (found []*secret.Buffer, err error) {
	begun := time.Now()
	more := false
	for _, p := range passes {
		for {
			if err := ctx.Err(); err != nil {
				for _, b := range found {
					b.Destroy()
				}
				return nil, fault.New(fault.Cancelled, "", err)
			}
			if time.Since(begun) > patience {
				return orNone(found)
			}
			seen := p.try(whole)
			if seen.text == nil {
				more = more || seen.more
				if closely := p.pixels >= min(closeUp, whole.w*whole.h); len(found) > 0 && closely && !more {
					return found, nil
				}
				break
			}
			more = false
			if found = append(found, seen.text); len(found) == most {
				return found, nil
			}
			whole.erase(seen.outline) // so that the next is seen
		}
	}
	return orNone(found)
}

func orNone(found []*secret.Buffer) ([]*secret.Buffer, error) {
	if len(found) == 0 {
		return nil, fault.New(fault.NoCode, "", nil)
	}
	return found, nil
}

// load decodes the file; a panic in a decoder is damage.
func load(picture []byte) (l light, err error) {
	damaged := fault.New(fault.PictureDamaged, "", nil)
	defer func() {
		if recover() != nil {
			err = damaged
		}
	}()
	size, _, err := image.DecodeConfig(bytes.NewReader(picture))
	switch {
	case err != nil || size.Width <= 0 || size.Height <= 0:
		return light{}, fault.New(fault.NoCode, "", nil)
	case !fits(size.Width, size.Height):
		return light{}, fault.New(fault.TooLarge, "", nil)
	}
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return light{}, damaged
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

// sight is what a pass saw.
type sight struct {
	text    *secret.Buffer // nil: no code that can be read
	outline outline
	more    bool // then there seem to be finder patterns of one that cannot
}

func (p pass) try(whole light) (s sight) {
	defer func() {
		if recover() != nil {
			s.text.Destroy()
			s = sight{} // a mistake of the library, met by a strange picture
		}
	}()
	l := whole.within(p.pixels)
	if p.grow > 1 {
		if l.w*l.h*p.grow*p.grow > p.pixels {
			return sight{more: true}
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
		return s
	}
	black, err := p.binary(source).GetBlackMatrix()
	if err != nil {
		return s
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	choices, sure := find(black)
	for _, c := range choices {
		for _, r := range read(black, c) {
			if result, err := decoder.NewDecoder().Decode(r.bits, hints); err == nil {
				s.text = secret.Take([]byte(result.GetText()))
				s.outline = r.outline.times(float64(whole.w)/float64(l.w), float64(whole.h)/float64(l.h))
				return s
			}
		}
	}
	s.more = sure >= 3
	return s
}
