package qr

import (
	"image"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"cryptodesk/engine/fault"
)

const (
	quiet        = 4 // modules of white around, as the standard asks
	alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
)

// roomy is the side, in modules, up to which a code may grow for the sake of
// more error correction: on a screen or on paper every module still is several
// pixels of a telephone's camera.
const roomy = 97 // version 20

// Encode is text as a QR code: one pixel a module, with the quiet zone of four
// modules, black on white. It has as much error correction as fits: the most
// (30 %) for little text, never less than 15 % unless nothing else holds the
// text. Errors: TooLarge.
func Encode(text string) (image.Image, error) {
	mode := qr.Unicode
	if strings.Trim(text, alphanumeric) == "" {
		mode = qr.AlphaNumeric
	}
	var code barcode.Barcode
	for _, level := range []qr.ErrorCorrectionLevel{qr.H, qr.Q, qr.M, qr.L} {
		c, err := qr.Encode(text, level, mode)
		if err != nil {
			continue // too much for this level
		}
		if code = c; level == qr.M || code.Bounds().Dx() <= roomy {
			break
		}
	}
	if code == nil {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	side := code.Bounds().Dx()
	picture := image.NewGray(image.Rect(0, 0, side+2*quiet, side+2*quiet))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				picture.SetGray(x+quiet, y+quiet, color.Gray{})
			}
		}
	}
	return picture, nil
}
