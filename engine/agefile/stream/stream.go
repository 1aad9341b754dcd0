// Package stream is the payload of an age v1 file: STREAM over 64 KiB chunks
// of ChaCha20-Poly1305, as in the C2SP age specification (c2sp.org/age),
// sealed and opened on all cores in constant memory. It owns the payload key,
// the chunk nonces and the workers. It knows nothing of headers, names or
// recipients, opens no files, and draws no randomness: the caller brings a
// file key and a fresh nonce that were never used together before.
//
// It may import fault, secret and golang.org/x/crypto; it never imports age
// outside its tests.
package stream

import (
	"context"
	"io"

	"cryptodesk/engine/fault"
)

const (
	// ChunkSize is the plaintext bytes in every chunk but the last, which
	// holds 1 to ChunkSize bytes, or none when the whole plaintext is empty.
	ChunkSize = 64 << 10
	// NonceSize is the bytes between the header and the payload.
	NonceSize = 16
	// KeySize is the bytes of a file key.
	KeySize = 16

	tagSize     = 16
	sealedChunk = ChunkSize + tagSize
)

// Options tune one Seal or Open. The zero value is good.
type Options struct {
	// Workers seal or open at the same time; 0 is one more than the cores, so
	// that a core stays busy while one worker writes. 1 stays on the calling
	// goroutine.
	Workers int
	// Progress, if not nil, is told the plaintext bytes finished since the
	// last call. Workers call it concurrently.
	Progress func(n int64)
	// From and To become the Subject of faults met while reading and writing:
	// a path, or "".
	From, To string
}

// Source is a file that several workers read at once. Size is asked once.
type Source interface {
	io.ReaderAt
	Size() int64
}

// EncryptedSize is the payload bytes for plain bytes of plaintext, header and
// nonce not counted. plain must not be negative.
func EncryptedSize(plain int64) int64 {
	return plain + chunkCount(plain, ChunkSize)*tagSize
}

// PlainSize is the plaintext bytes in a payload of enc bytes, or
// fault.Truncated when no payload can have that size.
func PlainSize(enc int64) (int64, error) {
	if rest := enc % sealedChunk; enc < tagSize || rest > 0 && rest < tagSize || rest == tagSize && enc > tagSize {
		return 0, fault.New(fault.Truncated, "", errCut)
	}
	return enc - chunkCount(enc, sealedChunk)*tagSize, nil
}

func chunkCount(size, chunk int64) int64 {
	if size == 0 {
		return 1
	}
	return (size-1)/chunk + 1
}

// Seal encrypts src and writes the payload to dst from offset off on, several
// blocks at once and in no particular order. It answers the payload bytes.
//
// When src is also a Source, workers read it in parallel from offset 0,
// whatever was read from it before, and fault.SourceChanged means that it no
// longer had its size. Any other src is read in order to its end. fileKey is
// only read before Seal returns.
func Seal(ctx context.Context, dst io.WriterAt, off int64, src io.Reader, fileKey []byte, nonce [NonceSize]byte, opt Options) (int64, error) {
	job := newJob(false, fileKey, nonce, opt)
	job.in = newInput(src, plainBlock, opt.From)
	job.out = &fileOutput{dst: dst, base: off, step: sealedBlock, to: opt.To}
	err := job.run(ctx)
	return job.done.Load(), err
}

// Open decrypts the size bytes of payload that start at off in src and writes
// the plaintext to dst from offset 0 on, out of order. It answers the
// plaintext bytes. Whatever reached dst is worthless unless the error is nil:
// only the last chunk says that nothing was cut off, so dst must be a file
// nobody has seen yet.
//
// Faults: Truncated when the payload ends between two chunks or before it can
// end; PayloadDamaged when a chunk is not what was sealed (a last chunk cut
// inside cannot be told from a damaged one); TrailingData after the last
// chunk; SourceChanged when src ends before off+size. The first one in file
// order is answered, except that the end is looked at first.
func Open(ctx context.Context, dst io.WriterAt, src io.ReaderAt, off, size int64, fileKey []byte, nonce [NonceSize]byte, opt Options) (int64, error) {
	if _, err := PlainSize(size); err != nil {
		return 0, fault.New(fault.Truncated, opt.From, errCut)
	}
	job := newJob(true, fileKey, nonce, opt)
	in := &fileBlocks{src: src, base: off, size: size, step: sealedBlock, from: opt.From}
	job.in = in
	job.out = &fileOutput{dst: dst, step: plainBlock, to: opt.To}
	if err := job.checkEnd(in); err != nil {
		return 0, err
	}
	err := job.run(ctx)
	return job.done.Load(), err
}
