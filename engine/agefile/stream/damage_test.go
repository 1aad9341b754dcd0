package stream

import (
	"bytes"
	"context"
	"strconv"
	"testing"

	"cryptodesk/engine/fault"
)

// Nine chunks in three blocks, the last chunk short.
const damagedSize = 8*ChunkSize + 1000

// verdicts has every way open payload, wants the kind from all of them, and
// wants age to refuse it too.
func verdicts(t *testing.T, what string, e *envelope, payload []byte, want fault.Kind) {
	t.Helper()
	for name, open := range openWays {
		if _, err := open(e, payload); fault.Of(err) != want {
			t.Errorf("%s, %s: %v, want %s", what, name, err, want)
		}
	}
	if _, err := e.ageOpens(payload); err == nil {
		t.Errorf("%s: age opens it", what)
	}
}

func TestTruncatedBetweenChunks(t *testing.T) {
	e, payload := ageSeals(t, random(damagedSize))
	for cut := 0; cut < len(payload); cut += sealedChunk {
		verdicts(t, "cut to "+strconv.Itoa(cut), e, payload[:cut], fault.Truncated)
	}
}

func TestTruncatedInsideAChunk(t *testing.T) {
	e, payload := ageSeals(t, random(damagedSize))
	for start := 0; start < len(payload); start += sealedChunk {
		for _, inside := range []int{1, 15, 16, 17, 500, sealedChunk - 1} {
			if start+inside >= len(payload) {
				continue
			}
			want := fault.PayloadDamaged // a last chunk cut short cannot be told from a damaged one,
			if inside < tagSize || inside == tagSize && start > 0 {
				want = fault.Truncated // unless it is too short to be one
			}
			verdicts(t, "cut to "+strconv.Itoa(start+inside), e, payload[:start+inside], want)
		}
	}
}

func TestFlippedBit(t *testing.T) {
	e, payload := ageSeals(t, random(damagedSize))
	for _, at := range []int{0, sealedChunk - 1, sealedChunk, 3*sealedChunk + 77, 4 * sealedChunk, 8*sealedChunk - 1, 8 * sealedChunk, len(payload) - 1} {
		flipped := bytes.Clone(payload)
		flipped[at] ^= 1 << (at % 8)
		verdicts(t, "bit flipped in byte "+strconv.Itoa(at), e, flipped, fault.PayloadDamaged)
	}
}

func TestFlippedBitInAFullLastChunk(t *testing.T) {
	e, payload := ageSeals(t, random(8*ChunkSize))
	payload[len(payload)-1] ^= 0x80
	verdicts(t, "bit flipped in the tag", e, payload, fault.PayloadDamaged)
}

func TestWrongKeyOrNonce(t *testing.T) {
	e, payload := ageSeals(t, random(damagedSize))
	other := *e
	other.nonce[0] ^= 1
	verdicts(t, "other nonce", &other, payload, fault.PayloadDamaged)
}

func TestTrailingData(t *testing.T) {
	for _, chunks := range []int{1, 3, 4, 5, 8} { // the last chunk must be full, else what follows damages it
		e, payload := ageSeals(t, random(chunks*ChunkSize))
		for _, extra := range []int{17, 100, sealedChunk, 2*sealedChunk + 50} {
			longer := append(bytes.Clone(payload), random(extra)...)
			for name, open := range openWays {
				_, err := open(e, longer)
				// Open, and a Source, look at the end first.
				if kind := fault.Of(err); kind != fault.TrailingData && kind != fault.PayloadDamaged {
					t.Errorf("%d chunks and %d bytes, %s: %v", chunks, extra, name, err)
				}
			}
			if _, err := openWays["OpenReader"](e, longer); fault.Of(err) != fault.TrailingData {
				t.Errorf("%d chunks and %d bytes, in order: %v", chunks, extra, err)
			}
		}
	}
	e, payload := ageSeals(t, random(1000))
	verdicts(t, "data after a short chunk", e, append(payload, 0), fault.PayloadDamaged)
}

func TestSwappedAndRepeatedChunks(t *testing.T) {
	e, payload := ageSeals(t, random(damagedSize))
	first, second := payload[:sealedChunk], payload[sealedChunk:2*sealedChunk]
	rest := payload[2*sealedChunk:]
	verdicts(t, "first two chunks swapped", e, bytes.Join([][]byte{second, first, rest}, nil), fault.PayloadDamaged)
	verdicts(t, "first chunk twice", e, bytes.Join([][]byte{first, payload}, nil), fault.PayloadDamaged)
	verdicts(t, "second chunk missing", e, bytes.Join([][]byte{first, rest}, nil), fault.PayloadDamaged)
}

func TestEmptyLastChunk(t *testing.T) {
	e, _ := ageSeals(t, nil)
	c := newChunks(e.key, e.nonce)
	payload := c.seal(nil, random(ChunkSize), 0, false)
	payload = c.seal(payload, nil, 1, true)
	verdicts(t, "empty last chunk", e, payload, fault.Truncated)
}

// The first fault in file order is answered, however many there are and
// whichever worker finds one first.
func TestFirstFaultInFileOrder(t *testing.T) {
	const blocks = 12
	e, payload := ageSeals(t, random(blocks*plainBlock+5))
	payload[3*sealedBlock] ^= 1
	for range 20 {
		var dst memory
		src := readerAtFunc(func(p []byte, off int64) (int, error) {
			if off >= 4*sealedBlock && off < blocks*sealedBlock {
				return 0, errDisk
			}
			return copy(p, payload[off:]), nil
		})
		_, err := Open(context.Background(), &dst, src, 0, int64(len(payload)), e.key, e.nonce, Options{Workers: 5, From: "file.age"})
		if f := fault.As(err); f == nil || f.Kind != fault.PayloadDamaged || f.Subject != "file.age" {
			t.Fatalf("got %v", err)
		}
	}
}
