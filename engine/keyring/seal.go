package keyring

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"sync"

	"filippo.io/age/armor"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

const maxRaw = 17 << 20 // bytes of the file: the plaintext, the tags and the header

// seal is the header of a keyring file and the file key it holds. Safe for
// concurrent use.
type seal struct {
	header []byte      // exact bytes, the same at every save
	key    *secret.Key // 16 bytes

	mu   sync.Mutex
	last [sha256.Size]byte // of the file as last read or written
}

// newSeal draws a file key and wraps it under pass, with a salt of its own.
func newSeal(ctx context.Context, pass *secret.Buffer) (*seal, error) {
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Cancelled, "", err)
	}
	if pass.Len() == 0 {
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	to := agefile.NewPassphrase(pass.Clone())
	defer to.Destroy()
	h, err := agefile.NewHeader(to)
	if err != nil {
		return nil, err
	}
	s := &seal{header: h.Bytes, key: secret.Seal(h.FileKey().Clone())}
	h.Destroy()
	if onlooker != nil {
		onlooker.Header(s.header, pass)
	}
	if err := ctx.Err(); err != nil {
		s.destroy()
		return nil, fault.New(fault.Cancelled, "", err)
	}
	return s, nil
}

// openSeal finds the file key of raw with pass.
func openSeal(ctx context.Context, path string, raw []byte, pass *secret.Buffer) (*seal, error) {
	header, _, err := split(path, raw)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Cancelled, path, err)
	}
	if pass.Len() == 0 {
		return nil, fault.New(fault.WrongPassphrase, path, nil)
	}
	with := agefile.NewPassphrase(pass.Clone())
	defer with.Destroy()
	key, err := agefile.OpenHeader(header, with)
	if err != nil {
		return nil, asKeyringFault(path, err)
	}
	s := &seal{header: header, key: secret.Seal(key)}
	if onlooker != nil {
		onlooker.Header(s.header, pass)
	}
	if err := ctx.Err(); err != nil {
		s.destroy()
		return nil, fault.New(fault.Cancelled, path, err)
	}
	return s, nil
}

// open decrypts and reads raw, a whole file under this header.
func (s *seal) open(path string, raw []byte) (*book, error) {
	_, body, err := split(path, raw)
	if err != nil {
		return nil, err
	}
	if len(body) < stream.NonceSize {
		return nil, fault.New(fault.KeyringDamaged, path, nil)
	}
	nonce, payload := [stream.NonceSize]byte(body), body[stream.NonceSize:]
	size, err := stream.PlainSize(int64(len(payload)))
	if err != nil {
		return nil, asKeyringFault(path, err)
	}
	plain := secret.New(int(size))
	defer plain.Destroy()
	err = s.key.Open(func(key []byte) error {
		_, err := stream.OpenSmall(plain.Bytes()[:0], payload, key, nonce)
		return err
	})
	var b *book
	if err == nil {
		b, err = parse(plain.Bytes())
	}
	if err != nil {
		return nil, asKeyringFault(path, err)
	}
	return b, nil
}

// close encrypts b into the bytes of a whole file, and makes sure that they can
// be read again.
func (s *seal) close(b *book) ([]byte, error) {
	plain, err := b.marshal()
	if err != nil {
		return nil, err
	}
	defer plain.Destroy()
	if err := b.readsBack(plain.Bytes()); err != nil {
		return nil, err
	}
	var raw []byte
	err = s.key.Open(func(key []byte) error {
		var nonce [stream.NonceSize]byte
		rand.Read(nonce[:])
		size := len(s.header) + len(nonce) + int(stream.EncryptedSize(int64(plain.Len())))
		raw = append(append(make([]byte, 0, size), s.header...), nonce[:]...)
		raw = stream.SealSmall(raw, plain.Bytes(), key, nonce)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if onlooker != nil {
		onlooker.File(s.header, raw, s.key)
	}
	return raw, nil
}

func (s *seal) remember(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = sha256.Sum256(raw)
}

// isOf says whether raw is the file last read or written.
func (s *seal) isOf(raw []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sha256.Sum256(raw) == s.last
}

func (s *seal) sameHeader(raw []byte) bool { return bytes.HasPrefix(raw, s.header) }

func (s *seal) destroy() {
	if s != nil {
		s.key.Destroy()
	}
}

// split parts a file into its header and the rest: nonce and payload.
func split(path string, raw []byte) (header, body []byte, err error) {
	header, armored, at, err := agefile.ReadHeader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, nil, asKeyringFault(path, err)
	}
	if !armored {
		return header, raw[at:], nil
	}
	// Somebody encrypted it again by hand, as text.
	binary, err := io.ReadAll(armor.NewReader(bytes.NewReader(raw)))
	if err != nil || !bytes.HasPrefix(binary, header) {
		return nil, nil, fault.New(fault.KeyringDamaged, path, err)
	}
	return header, binary[len(header):], nil
}

// asKeyringFault says what is wrong with the keyring rather than with a file.
func asKeyringFault(path string, err error) error {
	switch kind := fault.Of(err); kind {
	case fault.WrongPassphrase, fault.WorkFactor, fault.Locked, fault.Cancelled, fault.KeyringTooNew:
		return fault.New(kind, path, err)
	case fault.TooNew:
		return fault.New(fault.KeyringTooNew, path, err)
	case fault.TooLarge, fault.TooMany, fault.Internal:
		return err
	}
	return fault.New(fault.KeyringDamaged, path, err)
}

// readRaw reads a whole encrypted file.
func readRaw(path string) ([]byte, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		if kind := fault.Of(err); kind == fault.NotFound || kind == fault.DanglingLink {
			return nil, fault.New(fault.KeyringMissing, path, err)
		}
		return nil, err
	}
	defer src.Close()
	if src.Size() > maxRaw {
		return nil, fault.New(fault.KeyringDamaged, path, nil)
	}
	raw := make([]byte, src.Size())
	if _, err := io.ReadFull(src, raw); err != nil {
		return nil, fault.FromOS(path, err)
	}
	return raw, nil
}

// publish writes raw under path, whole or not at all.
func publish(store *safefile.Store, path string, raw []byte, policy safefile.Policy) error {
	f, err := store.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(raw); err != nil {
		return err
	}
	_, err = f.Commit(policy)
	return err
}
