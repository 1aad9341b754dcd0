package agefile

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// DecryptMemory opens a small file, such as an encrypted identity file,
// straight into guarded memory: fault.TooLarge past max bytes of plaintext. The
// caller destroys the result.
func DecryptMemory(ctx context.Context, src *safefile.Source, ids []age.Identity, max int) (_ *secret.Buffer, err error) {
	defer func() { err = about(src.Path(), err) }()
	p, err := openPayload(ctx, src, ids, Options{Workers: 1})
	if err != nil {
		return nil, err
	}
	defer p.key.Destroy()
	r := p.reader(ctx)
	defer r.Close()
	return secret.ReadAll(r, max)
}

// OpenBytes opens a small age file, binary or armored, that is in memory
// already: a pasted identity file, for one. Errors: those of Decrypt, TooLarge
// past max bytes of plaintext. The caller destroys the result.
func OpenBytes(ctx context.Context, raw []byte, ids []age.Identity, max int) (*secret.Buffer, error) {
	header, armored, at, err := ReadHeader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	body := raw[min(int(at), len(raw)):]
	if armored {
		binary, err := io.ReadAll(armor.NewReader(bytes.NewReader(raw)))
		if err != nil || !bytes.HasPrefix(binary, header) {
			return nil, fault.New(fault.ArmorDamaged, "", nil)
		}
		body = binary[len(header):]
	}
	if len(body) < stream.NonceSize {
		return nil, fault.New(fault.Truncated, "", nil)
	}
	nonce, payload := [stream.NonceSize]byte(body), body[stream.NonceSize:]
	size, err := stream.PlainSize(int64(len(payload)))
	switch {
	case err != nil:
		return nil, err
	case size > int64(max):
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	key, err := OpenHeader(header, ids...)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	if ctx.Err() != nil {
		return nil, fault.New(fault.Cancelled, "", ctx.Err())
	}
	plain := secret.New(int(size))
	secret.Do(func() { _, err = stream.OpenSmall(plain.Bytes()[:0], payload, key.Bytes(), nonce) })
	if err != nil {
		plain.Destroy()
		return nil, err
	}
	return plain, nil
}

// SealBytes is a small secret as a whole binary age file. Errors: those of
// NewHeader.
func SealBytes(plain *secret.Buffer, to ...age.Recipient) ([]byte, error) {
	h, err := NewHeader(to...)
	if err != nil {
		return nil, err
	}
	defer h.Destroy()
	var nonce [stream.NonceSize]byte
	rand.Read(nonce[:])
	size := len(h.Bytes) + len(nonce) + int(stream.EncryptedSize(int64(plain.Len())))
	raw := append(append(make([]byte, 0, size), h.Bytes...), nonce[:]...)
	secret.Do(func() { raw = stream.SealSmall(raw, plain.Bytes(), h.FileKey().Bytes(), nonce) })
	return raw, nil
}
