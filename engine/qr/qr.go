// Package qr turns text into the picture of a QR code (ISO/IEC 18004) and
// finds one in a picture.
//
// It may import fault and a library for each way; it never knows what the text
// means.
package qr

import (
	"image"

	"cryptodesk/engine/fault"
)

// Encode is text as a QR code: one pixel a module, with the quiet zone of four
// modules, black on white. Errors: TooLarge.
func Encode(text string) (image.Image, error) { return nil, fault.New(fault.Internal, "", nil) }

// Decode finds a QR code in a PNG or JPEG file: rotated, skewed, scaled, on a
// photo. Errors: NoCode, TooLarge (more than 64 megapixels or 32 MiB).
func Decode(picture []byte) (string, error) { return "", fault.New(fault.NoCode, "", nil) }
