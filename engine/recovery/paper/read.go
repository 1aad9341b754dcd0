package paper

import (
	"bytes"
	"context"
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
// skewed, with one sheet on it or several. data stays the caller's; outside of
// guarded memory the caller wipes it. What is found is in no order, each text
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

// isPDF allows for bytes before the beginning, as all readers do.
func isPDF(data []byte) bool { return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) }

func readPDF(ctx context.Context, data []byte) (found []*secret.Buffer, err error) {
	begun := time.Now()
	large, images := false, 0
	for s := range streams(data) {
		if ctx.Err() != nil {
			for _, b := range found {
				b.Destroy()
			}
			return nil, fault.New(fault.Cancelled, "", ctx.Err())
		}
		switch {
		case s.is("Type", "EmbeddedFile"):
			if text := s.text(); text != nil {
				found = append(found, secret.Take(text))
			}
		case s.is("Subtype", "Image") && images < maxImages && time.Since(begun) < patience:
			images++
			picture, err := s.image()
			if err != nil {
				large = large || fault.Of(err) == fault.TooLarge
				continue
			}
			codes, _ := qr.FindAll(ctx, picture) // its only other errors are about this one picture
			found = append(found, codes...)
		}
		if found = unique(found); len(found) > maxFound {
			break
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case large:
		return nil, fault.New(fault.TooLarge, "", nil)
	case !bytes.Contains(data[max(0, len(data)-1024):], []byte("%%EOF")):
		return nil, fault.New(fault.PictureDamaged, "", nil)
	}
	return nil, fault.New(fault.NoCode, "", nil)
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
