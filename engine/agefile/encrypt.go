package agefile

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"slices"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Encrypt writes src, from its start, encrypted to everyone in to, to dst, and
// gives dst the modification time of src; mode bits are set where dst is made.
// The caller publishes dst after nil and discards it otherwise.
func Encrypt(ctx context.Context, src *safefile.Source, dst *safefile.File, to []age.Recipient, opt Options) (err error) {
	defer func() { err = about(src.Path(), err) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	if src.Size() <= smallSize && !opt.Armor {
		err = encryptSmall(src, dst, to, opt)
	} else {
		err = encryptLarge(ctx, src, dst, to, opt)
	}
	if err != nil {
		return err
	}
	if err := src.Changed(); err != nil {
		return err
	}
	dst.SetTimes(src.ModTime())
	return nil
}

func encryptLarge(ctx context.Context, src *safefile.Source, dst *safefile.File, to []age.Recipient, opt Options) error {
	h, done, err := opt.header(ctx, to)
	if err != nil {
		return err
	}
	defer done()
	return seal(ctx, h, src, dst, src.Path(), opt)
}

// header is the shared header, or a new one that done destroys.
func (opt *Options) header(ctx context.Context, to []age.Recipient) (h *Header, done func(), err error) {
	if opt.Header != nil {
		return opt.Header, func() {}, nil
	}
	h, err = patiently(ctx, func() (*Header, error) { return NewHeader(to...) })
	return h, h.Destroy, err
}

// seal writes a whole age file to dst: h, a fresh nonce, the payload of src.
func seal(ctx context.Context, h *Header, src io.Reader, dst *safefile.File, from string, opt Options) error {
	key := h.key.Bytes()
	if key == nil {
		return fault.New(fault.Locked, "", nil)
	}
	var nonce [stream.NonceSize]byte
	rand.Read(nonce[:])
	start := slices.Concat(h.Bytes, nonce[:])
	into := stream.Options{Workers: opt.Workers, Progress: opt.Progress, From: from, To: dst.Target()}
	var err error
	if opt.Armor {
		err = sealArmored(ctx, start, src, dst, key, nonce, into)
	} else if _, err = dst.WriteAt(start, 0); err == nil {
		_, err = stream.Seal(ctx, dst, int64(len(start)), src, key, nonce, into)
	}
	if err = alive(h.key, err); err == nil {
		opt.made(h.Bytes)
	}
	return err
}

// alive refuses a file sealed while every secret was being wiped: its key may
// have been noise, and nobody could ever open it.
func alive(key *secret.Buffer, err error) error {
	if err == nil && key.Bytes() == nil {
		return fault.New(fault.Locked, "", nil)
	}
	return err
}

func sealArmored(ctx context.Context, start []byte, src io.Reader, dst io.Writer, key []byte, nonce [stream.NonceSize]byte, into stream.Options) error {
	text, flush := armored(dst)
	if _, err := text.Write(start); err != nil {
		return fault.FromOS(into.To, err)
	}
	payload := stream.NewSealWriter(ctx, text, key, nonce, into)
	block := make([]byte, armorBuffer)
	defer secret.Wipe(block)
	_, err := io.CopyBuffer(struct{ io.Writer }{payload}, fromStart(src), block)
	if s, ok := src.(*safefile.Source); ok && err == nil {
		err = endsThere(s)
	}
	if sealed := payload.Close(); err == nil {
		err = sealed
	}
	if err == nil {
		err = flush()
	}
	return asFault(into.To, err)
}

// armored writes to dst as text; flush ends it.
func armored(dst io.Writer) (text io.Writer, flush func() error) {
	buffered := bufio.NewWriterSize(dst, armorBuffer)
	w := armor.NewWriter(buffered)
	return w, func() error {
		if err := w.Close(); err != nil {
			return err
		}
		return buffered.Flush()
	}
}

// fromStart is a reader of all that Seal would read of src.
func fromStart(src io.Reader) io.Reader {
	if s, ok := src.(stream.Source); ok {
		return struct{ io.Reader }{io.NewSectionReader(s, 0, s.Size())}
	}
	return struct{ io.Reader }{src}
}

// endsThere wants src to hold no more than it says.
func endsThere(src *safefile.Source) error {
	var one [1]byte
	if n, _ := src.ReadAt(one[:], src.Size()); n > 0 {
		return fault.New(fault.SourceChanged, src.Path(), nil)
	}
	return nil
}
