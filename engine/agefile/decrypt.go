package agefile

import (
	"context"
	"errors"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Decrypt writes the plaintext of src, binary or armored, to dst, and gives it
// the modification time of src. Nil means that every byte was authenticated; on
// an error dst may hold part of the plaintext and must be discarded.
func Decrypt(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, opt Options) (err error) {
	defer func() { err = about(src.Path(), err) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	if src.Size() <= smallFile {
		err = decryptSmall(ctx, src, dst, ids, opt)
	} else {
		err = decryptLarge(ctx, src, dst, ids, opt)
	}
	if err != nil {
		return changedFirst(src, err)
	}
	if err := src.Changed(); err != nil {
		return err
	}
	dst.SetTimes(src.ModTime())
	return nil
}

// changedFirst is err, unless src changed while it was read: then what was
// found in it says nothing.
func changedFirst(src *safefile.Source, err error) error {
	switch fault.Of(err) {
	case fault.Truncated, fault.PayloadDamaged, fault.TrailingData, fault.HeaderDamaged, fault.ArmorDamaged, fault.ArchiveDamaged:
		if changed := src.Changed(); changed != nil {
			return changed
		}
	}
	return err
}

func decryptLarge(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, opt Options) error {
	p, err := openPayload(ctx, src, ids, opt)
	if err != nil {
		return err
	}
	defer p.key.Destroy()
	p.into.To = dst.Target()
	if p.at == nil {
		return p.copyTo(ctx, dst)
	}
	_, err = stream.Open(ctx, dst, p.at, 0, p.at.Size(), p.key.Bytes(), p.nonce, p.into)
	return alive(p.key, err)
}

// payload is an opened header and what follows the nonce.
type payload struct {
	layout layout
	key    *secret.Buffer
	nonce  [stream.NonceSize]byte
	at     *io.SectionReader // of a binary file
	text   io.Reader         // of an armored one
	into   stream.Options
}

// openPayload opens the header of src and finds its payload. The caller destroys key.
func openPayload(ctx context.Context, src *safefile.Source, ids []age.Identity, opt Options) (*payload, error) {
	p, err := findPayload(src, opt)
	if err != nil {
		return nil, err
	}
	p.key, err = patiently(ctx, func() (*secret.Buffer, error) { return OpenHeader(p.layout.raw, ids...) })
	if err != nil {
		return nil, err
	}
	return p, nil
}

// findPayload is openPayload without a key.
func findPayload(src *safefile.Source, opt Options) (*payload, error) {
	l, err := readLayout(src, src.Size())
	if err != nil {
		return nil, err
	}
	p := &payload{layout: l, into: stream.Options{Workers: opt.Workers, Progress: opt.Progress, From: src.Path()}}
	if l.armored {
		p.text = strict{l.body}
		return p, readNonce(p.text, &p.nonce)
	}
	size := max(0, src.Size()-l.payload-stream.NonceSize)
	p.at = io.NewSectionReader(src, l.payload+stream.NonceSize, size)
	return p, readNonce(io.NewSectionReader(src, l.payload, stream.NonceSize), &p.nonce)
}

func readNonce(r io.Reader, nonce *[stream.NonceSize]byte) error {
	_, err := io.ReadFull(r, nonce[:])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fault.New(fault.Truncated, "", err)
	}
	return asFault("", err)
}

// reader gives the plaintext in order. The caller closes it.
func (p *payload) reader(ctx context.Context) *stream.OpenReader {
	src := p.text
	if p.at != nil {
		src = p.at
	}
	return stream.NewOpenReader(ctx, src, p.key.Bytes(), p.nonce, p.into)
}

// copyTo writes the plaintext to dst in order.
func (p *payload) copyTo(ctx context.Context, dst io.Writer) error {
	r := p.reader(ctx)
	defer r.Close()
	block := make([]byte, armorBuffer)
	defer secret.Wipe(block)
	_, err := io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{r}, block)
	return alive(p.key, asFault(p.into.To, err))
}

// strict gives the errors of age's armor reader their kind.
type strict struct{ r io.Reader }

func (s strict) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if e := (*armor.Error)(nil); errors.As(err, &e) {
		err = armorFault(e)
	}
	return n, err
}

// armorFault is ArmorDamaged, or what the disk said below it.
func armorFault(e *armor.Error) error {
	if f := (*fault.Error)(nil); errors.As(e, &f) {
		return f
	}
	return fault.New(fault.ArmorDamaged, "", e)
}
