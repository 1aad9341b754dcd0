package stream

import (
	"bytes"
	"context"
	"testing"

	"cryptodesk/engine/fault"
)

// FuzzOpen changes a payload and compares every way of opening it with age's:
// the same verdict, the same bytes. The payload is sealed here from size and
// fill, so that most inputs come close to being valid; then edit replaces the
// bytes from at on, and cut and add change the end.
func FuzzOpen(f *testing.F) {
	none := []byte(nil)
	f.Add(uint32(0), byte(0), uint32(0), none, uint32(0), none)
	f.Add(uint32(1), byte('a'), uint32(16), []byte{0}, uint32(0), none)
	f.Add(uint32(ChunkSize), byte(1), uint32(0), none, uint32(0), []byte{1})
	f.Add(uint32(ChunkSize), byte(1), uint32(0), none, uint32(16), none)
	f.Add(uint32(ChunkSize+1), byte(2), uint32(0), none, uint32(17), none)
	f.Add(uint32(ChunkSize+1), byte(2), uint32(0), none, uint32(1), none)
	f.Add(uint32(4*ChunkSize), byte(3), uint32(3*sealedChunk), []byte("x"), uint32(0), none)
	f.Add(uint32(4*ChunkSize+1), byte(4), uint32(0), none, uint32(0), []byte("trailing"))
	f.Add(uint32(9*ChunkSize), byte(5), uint32(5*sealedChunk), []byte{7}, uint32(sealedChunk), none)
	e, _ := ageSeals(f, nil)
	f.Fuzz(func(t *testing.T, size uint32, fill byte, at uint32, edit []byte, cut uint32, add []byte) {
		plain := bytes.Repeat([]byte{fill}, int(size%(10*ChunkSize)))
		payload := SealSmall(nil, plain, e.key, e.nonce)
		if int64(at) < int64(len(payload)) {
			copy(payload[at:], edit)
		}
		payload = append(payload[:len(payload)-int(min(int64(cut), int64(len(payload))))], add...)
		compare(t, e, payload)
	})
}

func compare(t *testing.T, e *envelope, payload []byte) {
	want, refusal := e.ageOpens(payload)
	for name, open := range openWays {
		got, err := open(e, payload)
		switch {
		case (err == nil) != (refusal == nil):
			t.Errorf("%s: %v, age: %v", name, err, refusal)
		case err == nil && !bytes.Equal(got, want):
			t.Errorf("%s: other bytes than age", name)
		}
		switch fault.Of(err) {
		case "", fault.Truncated, fault.PayloadDamaged, fault.TrailingData:
		default:
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(context.Background(), discardAt{}, bytes.NewReader(payload), 0, int64(len(payload))+1, e.key, e.nonce, Options{}); err == nil {
		t.Error("opens with one byte more than there is")
	}
}
