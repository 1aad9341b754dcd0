package stream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
)

var sizes = []int{0, 1, 65535, 65536, 65537,
	4*ChunkSize - 1, 4 * ChunkSize, 4*ChunkSize + 1, 8 * ChunkSize, 1<<20 + 1, 10<<20 + 3}

// envelope is an age header and nonce whose file key the test knows.
type envelope struct {
	key    []byte
	header []byte
	nonce  [NonceSize]byte
}

// Wrap makes it a recipient that keeps the file key.
func (e *envelope) Wrap(key []byte) ([]*age.Stanza, error) {
	e.key = bytes.Clone(key)
	return []*age.Stanza{{Type: "test"}}, nil
}

// ageSeals has the age library encrypt plain.
func ageSeals(t testing.TB, plain []byte) (*envelope, []byte) {
	t.Helper()
	e := &envelope{}
	var file bytes.Buffer
	w, err := age.Encrypt(&file, e)
	must(t, err)
	_, err = w.Write(plain)
	must(t, err)
	must(t, w.Close())
	e.header, err = age.ExtractHeader(bytes.NewReader(file.Bytes()))
	must(t, err)
	payload := file.Bytes()[len(e.header)+copy(e.nonce[:], file.Bytes()[len(e.header):]):]
	return e, payload
}

// ageOpens has the age library decrypt payload.
func (e *envelope) ageOpens(payload []byte) ([]byte, error) {
	file := io.MultiReader(bytes.NewReader(e.header), bytes.NewReader(e.nonce[:]), bytes.NewReader(payload))
	r, err := age.Decrypt(file, age.NewInjectedFileKeyIdentity(e.key))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// openWays are all the ways this package opens a payload.
var openWays = map[string]func(e *envelope, payload []byte) ([]byte, error){
	"Open": func(e *envelope, payload []byte) ([]byte, error) {
		var dst memory
		const junk = 7
		src := bytes.NewReader(append(make([]byte, junk), payload...))
		n, err := Open(context.Background(), &dst, src, junk, int64(len(payload)), e.key, e.nonce, Options{})
		if err == nil && n != int64(len(dst.bytes())) {
			err = fmt.Errorf("says %d bytes, wrote %d", n, len(dst.bytes()))
		}
		return dst.bytes(), err
	},
	"Open, one worker": func(e *envelope, payload []byte) ([]byte, error) {
		var dst memory
		_, err := Open(context.Background(), &dst, bytes.NewReader(payload), 0, int64(len(payload)), e.key, e.nonce, Options{Workers: 1})
		return dst.bytes(), err
	},
	"OpenReader": func(e *envelope, payload []byte) ([]byte, error) {
		r := NewOpenReader(context.Background(), onlyReader{bytes.NewReader(payload)}, e.key, e.nonce, Options{})
		defer r.Close()
		return io.ReadAll(r)
	},
	"OpenReader of a Source": func(e *envelope, payload []byte) ([]byte, error) {
		r := NewOpenReader(context.Background(), bytes.NewReader(payload), e.key, e.nonce, Options{})
		defer r.Close()
		return io.ReadAll(r)
	},
	"OpenSmall": func(e *envelope, payload []byte) ([]byte, error) {
		return OpenSmall(nil, payload, e.key, e.nonce)
	},
}

// sealWays are all the ways this package seals.
var sealWays = map[string]func(e *envelope, plain []byte) ([]byte, error){
	"Seal": func(e *envelope, plain []byte) ([]byte, error) {
		var dst memory
		const off = 9
		n, err := Seal(context.Background(), &dst, off, bytes.NewReader(plain), e.key, e.nonce, Options{})
		if err == nil && n != int64(len(dst.bytes())-off) {
			err = fmt.Errorf("says %d bytes, wrote %d", n, len(dst.bytes())-off)
		}
		return dst.bytes()[off:], err
	},
	"Seal, one worker": func(e *envelope, plain []byte) ([]byte, error) {
		var dst memory
		_, err := Seal(context.Background(), &dst, 0, bytes.NewReader(plain), e.key, e.nonce, Options{Workers: 1})
		return dst.bytes(), err
	},
	"Seal of a reader": func(e *envelope, plain []byte) ([]byte, error) {
		var dst memory
		_, err := Seal(context.Background(), &dst, 0, onlyReader{bytes.NewReader(plain)}, e.key, e.nonce, Options{})
		return dst.bytes(), err
	},
	"SealWriter": func(e *envelope, plain []byte) ([]byte, error) {
		var dst bytes.Buffer
		w := NewSealWriter(context.Background(), &dst, e.key, e.nonce, Options{})
		for rest := plain; len(rest) > 0; {
			n := min(len(rest), 33333)
			if _, err := w.Write(rest[:n]); err != nil {
				return nil, err
			}
			rest = rest[n:]
		}
		err := w.Close()
		return dst.Bytes(), err
	},
	"SealSmall": func(e *envelope, plain []byte) ([]byte, error) {
		return SealSmall(nil, plain, e.key, e.nonce), nil
	},
}

func TestOpensWhatAgeSealed(t *testing.T) {
	for _, size := range sizes {
		plain := random(size)
		e, payload := ageSeals(t, plain)
		if n := EncryptedSize(int64(size)); n != int64(len(payload)) {
			t.Errorf("EncryptedSize(%d) = %d, age wrote %d", size, n, len(payload))
		}
		if n, err := PlainSize(int64(len(payload))); err != nil || n != int64(size) {
			t.Errorf("PlainSize(%d) = %d, %v, want %d", len(payload), n, err, size)
		}
		for name, open := range openWays {
			got, err := open(e, payload)
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s of %d bytes: %d bytes, %v", name, size, len(got), err)
			}
		}
	}
}

func TestAgeOpensWhatIsSealed(t *testing.T) {
	e, _ := ageSeals(t, nil)
	for _, size := range sizes {
		plain := random(size)
		for name, seal := range sealWays {
			payload, err := seal(e, plain)
			must(t, err)
			got, err := e.ageOpens(payload)
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s of %d bytes: age gets %d bytes, %v", name, size, len(got), err)
			}
		}
	}
}

func TestImpossibleSizes(t *testing.T) {
	for _, size := range []int64{-1, 0, 15, sealedChunk + 1, sealedChunk + 15, sealedChunk + 16, 5*sealedChunk + 16} {
		if n, err := PlainSize(size); fault.Of(err) != fault.Truncated {
			t.Errorf("PlainSize(%d) = %d, %v", size, n, err)
		}
	}
	for _, size := range []int64{16, 17, sealedChunk, sealedChunk + 17, 1 << 40} {
		n, err := PlainSize(size)
		if err != nil || EncryptedSize(n) != size {
			t.Errorf("PlainSize(%d) = %d, %v, which is %d encrypted", size, n, err, EncryptedSize(n))
		}
	}
}

var seeded = rand.NewChaCha8([32]byte{'s', 't', 'r', 'e', 'a', 'm'})

func random(n int) []byte {
	b := make([]byte, n)
	seeded.Read(b)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
