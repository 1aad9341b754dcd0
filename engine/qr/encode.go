package qr

import (
	"image"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Quiet is how many modules of white belong around a code, as the standard asks.
const Quiet = 4

// roomy is the side, in modules, up to which a code may grow for the sake of
// more error correction: on a screen or on paper every module still is several
// pixels of a telephone's camera.
const roomy = 97 // version 20

// Encode is text as a QR code: one pixel a module, with the quiet zone of four
// modules, black on white. It has as much error correction as fits: the most
// (30 %) for little text, never less than 15 % unless nothing else holds the
// text. Errors: TooLarge.
func Encode(text string) (image.Image, error) {
	code, err := encode(text)
	if err != nil {
		return nil, err
	}
	side := code.GetWidth()
	picture := image.NewGray(image.Rect(0, 0, side+2*Quiet, side+2*Quiet))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for y := range side {
		for x := range side {
			if code.Get(x, y) == 1 {
				picture.Pix[picture.PixOffset(x+Quiet, y+Quiet)] = 0
			}
		}
	}
	return picture, nil
}

// encode chooses alphanumeric mode by itself where text allows it.
func encode(text string) (code *encoder.ByteMatrix, err error) {
	if text == "" {
		return nil, fault.New(fault.Empty, "", nil)
	}
	for _, level := range []decoder.ErrorCorrectionLevel{
		decoder.ErrorCorrectionLevel_H, decoder.ErrorCorrectionLevel_Q, decoder.ErrorCorrectionLevel_M, decoder.ErrorCorrectionLevel_L,
	} {
		c, err := encoder.Encoder_encodeWithoutHint(text, level)
		if err != nil {
			continue // too much for this level
		}
		if code = c.GetMatrix(); level == decoder.ErrorCorrectionLevel_M || code.GetWidth() <= roomy {
			break
		}
	}
	if code == nil {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	return code, nil
}

// Code is a QR code in guarded memory: whoever sees its modules can read it.
type Code struct {
	side    int
	modules *secret.Buffer // a bit each, row by row
}

// EncodeSecret is Encode for a secret. Errors: Empty, TooLarge.
func EncodeSecret(text []byte) (c *Code, err error) {
	secret.Do(func() {
		var code *encoder.ByteMatrix
		if code, err = encode(string(text)); err != nil {
			return
		}
		c = &Code{code.GetWidth(), secret.New((code.GetWidth()*code.GetWidth() + 7) / 8)}
		bits := c.modules.Bytes()
		for y, row := range code.GetArray() {
			for x, module := range row {
				i := y*c.side + x
				bits[i/8] |= byte(module) & 1 << (i % 8)
			}
		}
	})
	return c, err
}

// Side is the number of modules a side, without the quiet zone.
func (c *Code) Side() int { return c.side }

// Black says what a module is; false for all that lie outside. To be called
// inside secret.Do.
func (c *Code) Black(x, y int) bool {
	bits := c.modules.Bytes()
	if bits == nil || x < 0 || y < 0 || x >= c.side || y >= c.side {
		return false
	}
	i := y*c.side + x
	return bits[i/8]>>(i%8)&1 == 1
}

// Destroy wipes the modules; nil-safe, idempotent.
func (c *Code) Destroy() {
	if c != nil {
		c.modules.Destroy()
	}
}
