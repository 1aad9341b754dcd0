package agefile

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// Verify reads the encrypted file enc back with the file key of opt.Header and
// compares its plaintext with src, byte for byte. fault.SourceChanged means that
// they differ. It is what must be nil before an original may be removed.
func Verify(ctx context.Context, enc, src *safefile.Source, opt Options) error {
	return verify(ctx, enc, src.Path(), opt, func(w io.Writer) error {
		_, err := io.CopyBuffer(w, cancellable{ctx, io.NewSectionReader(src, 0, src.Size())}, make([]byte, armorBuffer))
		if err == nil {
			err = src.Changed()
		}
		return err
	})
}

// VerifyOne is Verify for what PackOne wrote.
func VerifyOne(ctx context.Context, enc, src *safefile.Source, name string, opt Options) error {
	return verify(ctx, enc, src.Path(), opt, func(w io.Writer) error {
		return packOne(ctx, w, src, name)
	})
}

// VerifyFolder is Verify for what EncryptFolder wrote: the archive is made again
// from dir as it is now, and must be the same to the byte. A folder with entries
// that an archive cannot hold differs: fault.UnsupportedEntry.
func VerifyFolder(ctx context.Context, enc *safefile.Source, dir string, opt Options) error {
	return verify(ctx, enc, dir, opt, func(w io.Writer) error {
		notes, err := packFolder(ctx, w, dir)
		if err == nil && len(notes) > 0 {
			err = notes[0]
		}
		return err
	})
}

var errDiffers = errors.New("the encrypted copy does not hold the same")

// verify compares what write produces with the plaintext of enc.
func verify(ctx context.Context, enc *safefile.Source, path string, opt Options, write func(io.Writer) error) (err error) {
	defer func() { err = about(path, err) }()
	p, err := openShared(enc, opt)
	if err != nil {
		return about(enc.Path(), err)
	}
	defer p.key.Destroy()
	plain := p.reader(ctx)
	defer plain.Close()
	same := &comparer{r: bufio.NewReaderSize(plain, armorBuffer)}
	if err := write(same); err != nil {
		return err
	}
	switch _, err := same.r.ReadByte(); {
	case err == nil:
		return fault.New(fault.SourceChanged, "", errDiffers)
	case err != io.EOF:
		return about(enc.Path(), err)
	}
	return enc.Changed()
}

// openShared finds the payload of enc with the file key of opt.Header.
func openShared(enc *safefile.Source, opt Options) (*payload, error) {
	p, err := findPayload(enc, opt)
	if err != nil {
		return nil, err
	}
	if opt.Header == nil || !bytes.Equal(p.layout.raw, opt.Header.Bytes) {
		return nil, fault.New(fault.HeaderDamaged, "", errDiffers)
	}
	if p.key = opt.Header.key.Clone(); p.key == nil {
		return nil, fault.New(fault.Locked, "", nil)
	}
	return p, nil
}

// comparer is a writer that wants exactly what r gives.
type comparer struct{ r *bufio.Reader }

func (c *comparer) Write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		have, err := c.r.Peek(min(len(p)-n, c.r.Size()))
		if len(have) == 0 && err != nil && err != io.EOF {
			return n, err
		}
		if len(have) == 0 || !bytes.Equal(have, p[n:n+len(have)]) {
			return n, fault.New(fault.SourceChanged, "", errDiffers)
		}
		n += len(have)
		c.r.Discard(len(have))
	}
	return len(p), nil
}
