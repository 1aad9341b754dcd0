// Package qr turns text into the picture of a QR code (ISO/IEC 18004) and
// finds one in a picture.
//
// It may import fault and a library for each way: boombuler/barcode writes,
// makiuchi-d/gozxing reads. From the latter it takes the black and white, the
// finder patterns and the error correction; where the modules lie is found
// here, by the alignment patterns, since a contact card makes a code of 140
// modules a side and a count that is wrong by one loses it. Pictures come from
// strangers: what is decoded is bounded in size and time, and a panic in the
// library is a picture without a code.
//
// It never knows what the text means, and must not be given secrets: neither
// library keeps them out of the heap.
package qr
