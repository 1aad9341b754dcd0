package agefile

import (
	"bytes"
	"context"
	"io"

	"filippo.io/age"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Rewrap writes src to dst so that exactly those in to can open it, armored if
// src is or opt says so. The payload is authenticated to its end first; then its
// bytes, nonce included, follow a new header with the same file key. Whoever
// could open src keeps the file key and can open dst as well, if they get it.
//
// A file of a passphrase may share its file key with others of the same job, so
// handing that key to somebody else would open those too: such a file, or one
// that gets opt.Header, is encrypted again instead. Progress counts the
// plaintext bytes authenticated.
func Rewrap(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, to []age.Recipient, opt Options) (err error) {
	defer func() { err = about(src.Path(), err) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := openPayload(ctx, src, ids, opt)
	if err != nil {
		return changedFirst(src, err)
	}
	defer p.key.Destroy()
	opt.Armor = opt.Armor || p.layout.armored
	if opt.Header != nil || isPassphrase(p.layout.raw) {
		err = p.encryptAgain(ctx, src, dst, to, opt)
	} else {
		err = p.addressAgain(ctx, src, dst, to, opt)
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

// isPassphrase says whether a header has a passphrase stanza, which is then its first.
func isPassphrase(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte(intro+"-> "+scryptType+" "))
}

// encryptAgain seals the plaintext under a fresh file key.
func (p *payload) encryptAgain(ctx context.Context, src *safefile.Source, dst *safefile.File, to []age.Recipient, opt Options) error {
	h, done, err := opt.header(ctx, to)
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	plain := p.reader(ctx)
	defer plain.Close()
	opt.Progress = nil // the reader counts
	return seal(ctx, h, plain, dst, src.Path(), opt)
}

// addressAgain keeps the payload and gives it a new header.
func (p *payload) addressAgain(ctx context.Context, src *safefile.Source, dst *safefile.File, to []age.Recipient, opt Options) error {
	return p.replaceHeader(ctx, src, dst, opt, func(key *secret.Buffer) ([]byte, error) { return wrap(nil, key, true, to) })
}

// replaceHeader authenticates the payload and writes it behind the header that
// f makes for the file key.
func (p *payload) replaceHeader(ctx context.Context, src *safefile.Source, dst *safefile.File, opt Options, f func(key *secret.Buffer) ([]byte, error)) error {
	if err := p.authenticate(ctx); err != nil {
		return err
	}
	key := p.key.Clone() // for a derivation that outlasts this call
	head, err := patiently(ctx, func() (*Header, error) {
		defer key.Destroy()
		raw, err := f(key)
		return &Header{Bytes: raw}, err
	})
	if err != nil {
		return err
	}
	rest := io.Reader(io.NewSectionReader(src, p.layout.payload, src.Size()-p.layout.payload))
	if p.layout.armored {
		again, err := readLayout(src, src.Size())
		if err != nil {
			return err
		}
		rest = strict{again.body}
	}
	if err := p.join(ctx, head.Bytes, rest, dst, opt.Armor); err != nil {
		return err
	}
	opt.made(head.Bytes)
	return nil
}

// authenticate reads the whole payload and keeps nothing of it.
func (p *payload) authenticate(ctx context.Context) error {
	if p.at != nil {
		_, err := stream.Open(ctx, nowhere{}, p.at, 0, p.at.Size(), p.key.Bytes(), p.nonce, p.into)
		return alive(p.key, err)
	}
	return p.copyTo(ctx, io.Discard)
}

// join writes head and then rest to dst.
func (p *payload) join(ctx context.Context, head []byte, rest io.Reader, dst *safefile.File, asText bool) error {
	var w io.Writer = dst
	flush := func() error { return nil }
	if asText {
		w, flush = armored(dst)
	}
	_, err := w.Write(head)
	if err == nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{w}, cancellable{ctx, rest}, make([]byte, armorBuffer))
	}
	if err == nil {
		err = flush()
	}
	return asFault(p.into.From, err)
}

// nowhere takes plaintext that is only authenticated.
type nowhere struct{}

func (nowhere) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// cancellable is a reader that ends with its context.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, fault.New(fault.Cancelled, "", err)
	}
	return c.r.Read(p)
}
