package secret

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"cryptodesk/engine/fault"
)

func TestReadAll(t *testing.T) {
	for _, n := range []int{0, 1, 511, 512, 513, 4000, 10_000} {
		want := bytes.Repeat([]byte("k"), n)
		for name, r := range map[string]io.Reader{
			"at once":       bytes.NewReader(want),
			"byte by byte":  iotest.OneByteReader(bytes.NewReader(want)),
			"EOF with data": iotest.DataErrReader(bytes.NewReader(want)),
		} {
			b, err := ReadAll(r, 10_000)
			if err != nil || !bytes.Equal(b.Bytes(), want) {
				t.Fatalf("%d bytes %s: %d, %v", n, name, b.Len(), err)
			}
			b.Destroy()
		}
	}
}

func TestReadAllIsBounded(t *testing.T) {
	for _, max := range []int{0, 1, 511, 512, 5000} {
		if b, err := ReadAll(bytes.NewReader(make([]byte, max)), max); err != nil || b.Len() != max {
			t.Errorf("exactly %d bytes: %v", max, err)
		}
		if b, err := ReadAll(bytes.NewReader(make([]byte, max+1)), max); fault.Of(err) != fault.TooLarge || b != nil {
			t.Errorf("%d bytes and one more: %v", max, err)
		}
	}
}

func TestReadAllFails(t *testing.T) {
	if _, err := ReadAll(iotest.ErrReader(os.ErrPermission), 10); fault.Of(err) != fault.Permission {
		t.Error(err)
	}
	if _, err := ReadAll(stuck{}, 10); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
