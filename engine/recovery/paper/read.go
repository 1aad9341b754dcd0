package paper

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"io"
	"slices"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/qr"
	"cryptodesk/engine/secret"
)

// Bounds on what is read: files come from anywhere.
const (
	maxFile  = 64 << 20         // bytes; a scan of some pages
	maxFound = 64               // texts in one file
	patience = 20 * time.Second // after which no further picture of a PDF is looked at
)

// Read finds what sheets carry: in a PDF (drawn here, saved again by another
// program, or made by a scanner), in a PNG or JPEG photo or scan, turned or
// skewed, with one sheet on it or several. data stays the caller's. What is found is in no order, each text
// once. Errors: NoCode, PictureDamaged, TooLarge, Cancelled.
func Read(ctx context.Context, data []byte) (found []*secret.Buffer, err error) {
	if len(data) > maxFile {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	if !isPDF(data) {
		found, err = qr.DecodeAll(ctx, data)
		return unique(found), err
	}
	secret.Do(func() {
		found, err = readPDF(ctx, data)
	})
	return found, err
}

// ReadFrom is Read for a file. Its bytes, more than there is guarded memory for,
// are erased as all else inside secret.Do.
func ReadFrom(ctx context.Context, file io.Reader) (found []*secret.Buffer, err error) {
	secret.Do(func() {
		var data []byte
		if data, err = io.ReadAll(io.LimitReader(file, maxFile+1)); err != nil {
			err = fault.FromOS("", err)
			return
		}
		defer secret.Wipe(data)
		found, err = Read(ctx, data)
	})
	return found, err
}

// isPDF allows for bytes before the beginning, as all readers do.
func isPDF(data []byte) bool { return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) }

func readPDF(ctx context.Context, data []byte) (found []*secret.Buffer, err error) {
	r := &reader{ctx: ctx, begun: time.Now()}
	for s := range streams(data) {
		if ctx.Err() != nil || len(r.found) > maxFound {
			break
		}
		switch {
		case s.is("Type", "EmbeddedFile"):
			if text := s.text(); text != nil {
				r.found = append(r.found, secret.Take(text))
			}
		case s.is("Subtype", "Image") && r.images < maxImages && time.Since(r.begun) < patience:
			r.images++
			r.image(s)
		}
	}
	r.endStrips()
	found = unique(r.found)
	switch {
	case ctx.Err() != nil:
		for _, b := range found {
			b.Destroy()
		}
		return nil, fault.New(fault.Cancelled, "", ctx.Err())
	case len(found) > 0:
		return found, nil
	case r.large:
		return nil, fault.New(fault.TooLarge, "", nil)
	case !bytes.Contains(data[max(0, len(data)-1024):], []byte("%%EOF")):
		return nil, fault.New(fault.PictureDamaged, "", nil)
	}
	return nil, fault.New(fault.NoCode, "", nil)
}

// reader goes through the pictures of a PDF.
type reader struct {
	ctx    context.Context
	begun  time.Time
	found  []*secret.Buffer
	images int
	large  bool          // a picture was too large to look at
	strips []*image.Gray // of one width, one below the other
	height int           // of all of them
}

// flat is how much wider than high a strip is: some scanners and printers cut a
// page into many of them.
const flat = 4

func (r *reader) image(s stream) {
	picture, err := s.image()
	if err != nil {
		r.large = r.large || fault.Of(err) == fault.TooLarge
		return
	}
	b := picture.Bounds()
	if b.Dy()*flat > b.Dx() {
		r.endStrips()
		r.look(picture)
		return
	}
	if len(r.strips) > 0 && (r.strips[0].Rect.Dx() != b.Dx() || b.Dx()*(r.height+b.Dy()) > maxPixels) {
		r.endStrips()
	}
	strip := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(strip, strip.Rect, picture, b.Min, draw.Src)
	r.strips, r.height = append(r.strips, strip), r.height+b.Dy()
}

// endStrips looks at the page that the strips make up.
func (r *reader) endStrips() {
	if len(r.strips) == 0 {
		return
	}
	page := image.NewGray(image.Rectangle{})
	for _, s := range r.strips {
		page.Pix = append(page.Pix, s.Pix...)
	}
	page.Stride = r.strips[0].Stride
	page.Rect = image.Rect(0, 0, page.Stride, len(page.Pix)/page.Stride)
	r.strips, r.height = nil, 0
	r.look(page)
}

func (r *reader) look(picture image.Image) {
	codes, err := qr.FindAll(r.ctx, picture)
	r.large = r.large || fault.Of(err) == fault.TooLarge
	r.found = append(r.found, codes...)
}

// unique destroys what is there twice.
func unique(all []*secret.Buffer) (kept []*secret.Buffer) {
	for _, b := range all {
		if slices.ContainsFunc(kept, b.Equal) {
			b.Destroy()
		} else {
			kept = append(kept, b)
		}
	}
	return kept
}
