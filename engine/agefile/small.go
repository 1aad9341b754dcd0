package agefile

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"

	"filippo.io/age"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// encryptSmall does one small file alone: no goroutine, and no memory but what
// the recipients take.
func encryptSmall(src *safefile.Source, dst *safefile.File, to []age.Recipient, opt Options) error {
	s, done := opt.scratch()
	defer done()
	plain, err := readWhole(src, s.plain[:src.Size()+1])
	if err != nil {
		return err
	}
	key := s.key
	if opt.Header != nil {
		key = opt.Header.key
		s.file = append(s.file, opt.Header.Bytes...)
	} else if s.file, err = wrap(s.file, key, false, to); err != nil {
		return err
	}
	fileKey := key.Bytes()
	if fileKey == nil {
		return fault.New(fault.Locked, "", nil)
	}
	header := len(s.file)
	var nonce [stream.NonceSize]byte
	rand.Read(nonce[:])
	s.file = append(s.file, nonce[:]...)
	secret.Do(func() { s.file = stream.SealSmall(s.file, plain, fileKey, nonce) })
	if _, err := dst.WriteAt(s.file, 0); err != nil {
		return fault.FromOS(dst.Target(), err)
	}
	opt.advance(len(plain))
	if err := alive(key, nil); err != nil {
		return err
	}
	opt.made(s.file[:header])
	return nil
}

// decryptSmall does one small file alone, in one piece.
func decryptSmall(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, opt Options) error {
	s, done := opt.scratch()
	defer done()
	data, err := readWhole(src, s.room(int(src.Size())+1))
	if err != nil {
		return err
	}
	raw, nonce, sealed, err := split(data)
	if err != nil {
		return err
	}
	if err := s.unwrap(ctx, raw, ids); err != nil {
		return err
	}
	plain := s.plain
	secret.Do(func() { plain, err = stream.OpenSmall(plain, sealed, s.key.Bytes(), nonce) })
	if err != nil {
		return err
	}
	if _, err := dst.WriteAt(plain, 0); err != nil {
		return fault.FromOS(dst.Target(), err)
	}
	opt.advance(len(plain))
	return alive(s.key, nil)
}

// split finds the parts of a whole file in memory.
func split(data []byte) (raw []byte, nonce [stream.NonceSize]byte, sealed []byte, err error) {
	l, err := layoutOf(data[:min(len(data), armorLook)], bytes.NewReader(data))
	if err != nil {
		return nil, nonce, nil, err
	}
	rest := data[l.payload:]
	if l.armored {
		if rest, err = io.ReadAll(strict{l.body}); err != nil {
			return nil, nonce, nil, err
		}
	}
	if len(rest) < stream.NonceSize {
		return nil, nonce, nil, fault.New(fault.Truncated, "", nil)
	}
	return l.raw, [stream.NonceSize]byte(rest), rest[stream.NonceSize:], nil
}

func (opt *Options) scratch() (s *Scratch, done func()) {
	if opt.Scratch != nil {
		return opt.Scratch, opt.Scratch.wipe
	}
	s = NewScratch()
	return s, s.Destroy
}

func (opt *Options) advance(n int) {
	if opt.Progress != nil && n > 0 {
		opt.Progress(int64(n))
	}
}

// unwrap finds the file key of raw. The scratch is never lent to a derivation
// that may outlast the call.
func (s *Scratch) unwrap(ctx context.Context, raw []byte, ids []age.Identity) error {
	if !isPassphrase(raw) {
		return unwrap(raw, ids, s.key)
	}
	key, err := patiently(ctx, func() (*secret.Buffer, error) { return OpenHeader(raw, ids...) })
	if err != nil {
		return err
	}
	defer key.Destroy()
	secret.Copy(s.key.Bytes(), key.Bytes())
	return nil
}

// readWhole reads all of src into block, which has room for one byte more than
// src had, to notice a file that holds more than it says.
func readWhole(src *safefile.Source, block []byte) ([]byte, error) {
	n, err := io.ReadFull(io.NewSectionReader(src, 0, int64(len(block))), block)
	switch {
	case err == io.ErrUnexpectedEOF && n == len(block)-1, err == io.EOF && len(block) == 1:
		return block[:n], nil
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, fault.FromOS(src.Path(), err)
	}
	if changed := src.Changed(); changed != nil {
		return nil, changed
	}
	return nil, fault.New(fault.SourceChanged, src.Path(), nil)
}
