package stream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"

	"cryptodesk/engine/secret"
)

// discardAt is a file that takes everything at no cost.
type discardAt struct{}

func (discardAt) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// BenchmarkSealLimit is what the cipher itself can do on one core: the same
// 64 KiB chunk in the core's cache, sealed again and again.
func BenchmarkSealLimit(b *testing.B) {
	c := newChunks(random(KeySize), [NonceSize]byte{})
	buf := make([]byte, lead+ChunkSize)
	b.SetBytes(ChunkSize)
	for b.Loop() {
		c.seal(buf[:0], buf[lead:], 0, false)
	}
}

// BenchmarkSealLimitAllCores is the same on all cores at once.
func BenchmarkSealLimitAllCores(b *testing.B) {
	b.SetBytes(ChunkSize)
	b.RunParallel(func(pb *testing.PB) {
		c := newChunks(make([]byte, KeySize), [NonceSize]byte{})
		buf := make([]byte, lead+ChunkSize)
		for pb.Next() {
			c.seal(buf[:0], buf[lead:], 0, false)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	plain := bytes.NewReader(random(64 << 20))
	key := random(KeySize)
	for _, workers := range []int{1, runtime.GOMAXPROCS(0), 0} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) {
			b.SetBytes(plain.Size())
			for b.Loop() {
				_, err := Seal(context.Background(), discardAt{}, 0, plain, key, [NonceSize]byte{}, Options{Workers: workers})
				must(b, err)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	e := &envelope{key: random(KeySize)}
	payload := bytes.NewReader(SealSmall(nil, random(64<<20), e.key, e.nonce))
	for _, workers := range []int{1, runtime.GOMAXPROCS(0), 0} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) {
			b.SetBytes(payload.Size())
			for b.Loop() {
				_, err := Open(context.Background(), discardAt{}, payload, 0, payload.Size(), e.key, e.nonce, Options{Workers: workers})
				must(b, err)
			}
		})
	}
}

func BenchmarkOpenReader(b *testing.B) {
	e := &envelope{key: random(KeySize)}
	payload := SealSmall(nil, random(64<<20), e.key, e.nonce)
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		r := NewOpenReader(context.Background(), onlyReader{bytes.NewReader(payload)}, e.key, e.nonce, Options{})
		_, err := io.Copy(io.Discard, r)
		must(b, err)
		must(b, r.Close())
	}
}

// BenchmarkSealSmall is a 4 KiB file as a batch seals it.
func BenchmarkSealSmall(b *testing.B) {
	plain, key := random(4<<10), random(KeySize)
	dst := make([]byte, 0, EncryptedSize(int64(len(plain))))
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		secret.Do(func() { SealSmall(dst, plain, key, [NonceSize]byte{}) })
	}
}
