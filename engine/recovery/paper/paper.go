// Package paper makes the sheets that a person prints and puts away, as PDF,
// and reads back what they carry: from such a file, from a scan and from a
// photo.
//
// It owns the looks of a page, the writing of the PDF and the finding of codes
// in what others made of it. It may import qr, secret and fault; from outside,
// golang.org/x/image for the outlines of fonts, the monospaced font and the
// fax compression of scanners. It knows no words of any language: texts and the
// fonts that have their letters come from the caller. It does not judge what it
// found: whether a text is a key or words is for recovery to say.
//
// # Why an own writer of PDF
//
// go-pdf/fpdf and signintech/gopdf embed TrueType outlines only, and ours are
// PostScript ones; both take secrets as strings and keep pages in long-lived
// objects. What a sheet needs of the format is small: rectangles, lines, one
// picture, and text in fonts that [face] writes from outlines, with no more
// letters than the page has.
//
// # Where the secrets lie
//
// A page holds its key three times: as words, as a QR code and as an attached
// text file, so that a stock tool gets it out exactly (pdfdetach -save 1). All
// of drawing and reading runs inside secret.Do, which has what the libraries
// leave on the heap erased; what is handed out is in guarded memory. The
// file itself is a secret from its first byte to its last.
package paper
