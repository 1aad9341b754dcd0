// Package qr turns text into the picture of a QR code (ISO/IEC 18004) and
// finds the codes in a picture.
//
// It may import secret, fault and one library, makiuchi-d/gozxing. From that
// it takes the writing, and from its reader the black and white, the finder
// patterns and the error correction; where the modules lie is found here, by
// the alignment patterns, since a contact card makes a code of 140 modules a
// side and a count that is wrong by one loses it. Pictures come from strangers:
// what is decoded is bounded in size and time, and a panic in the library is a
// picture without a code.
//
// It never knows what the text means. A code that is read may hold a private
// key whatever it was taken for, so what is found is always handed out in
// guarded memory, and no other way to read exists; what is written holds one
// only through [EncodeSecret]. The library leaves copies on the heap and starts
// no goroutines: all of it runs inside secret.Do, which has them erased.
package qr
