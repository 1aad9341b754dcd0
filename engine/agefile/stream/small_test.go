package stream

import (
	"testing"

	"cryptodesk/engine/secret"
)

// A batch of 10,000 files allocates, for each, what the cipher and the standard
// library's HKDF keep, and nothing that grows with the file.
func TestSmallFilesMakeLittleGarbage(t *testing.T) {
	const allowed = 32
	plain, key := random(4<<10), random(KeySize)
	sealed := make([]byte, 0, EncryptedSize(int64(len(plain))))
	opened := make([]byte, 0, len(plain))
	var nonce [NonceSize]byte
	var err error
	seal := func() { sealed = SealSmall(sealed[:0], plain, key, nonce) }
	open := func() { opened, err = OpenSmall(opened[:0], sealed, key, nonce) }
	if n := testing.AllocsPerRun(100, func() { secret.Do(seal) }); n > allowed {
		t.Errorf("sealing allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { secret.Do(open) }); n > allowed || err != nil {
		t.Errorf("opening allocates %v times, %v", n, err)
	}
}

// One chunk may be sealed where it lies: read behind the header, sealed there.
func TestSealSmallInPlace(t *testing.T) {
	plain, key := random(ChunkSize), random(KeySize)
	var nonce [NonceSize]byte
	want := SealSmall([]byte("header"), plain, key, nonce)
	buf := append(make([]byte, 0, len(want)), "header"...)
	got := SealSmall(buf, append(buf, plain...)[len(buf):], key, nonce)
	if string(got) != string(want) || &got[0] != &buf[0] {
		t.Error("sealed in place, the result differs")
	}
}

// The memory of a job does not grow with the payload.
func TestConstantMemory(t *testing.T) {
	for _, blocks := range []int64{50, 500} {
		n := testing.AllocsPerRun(3, func() {
			f := &fileBlocks{src: zeros, size: blocks * plainBlock, step: plainBlock}
			j := newJob(false, make([]byte, KeySize), [NonceSize]byte{}, Options{Workers: 3})
			j.in, j.out = f, &fileOutput{dst: discardAt{}}
			must(t, j.run(t.Context()))
		})
		if n > 60 {
			t.Errorf("%d blocks: %v allocations", blocks, n)
		}
	}
}

var zeros = readerAtFunc(func(p []byte, _ int64) (int, error) { clear(p); return len(p), nil })
