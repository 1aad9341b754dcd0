//go:build e2e && linux

package desk

import (
	"context"
	"testing"
	"time"
)

func TestEveryPrintableCharacterHasAKey(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	d, err := Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for r := ' '; r <= '~'; r++ {
		if _, ok := d.keys.strokes[keysym(r)]; !ok {
			t.Errorf("no key for %q", r)
		}
	}
	if s := d.keys.strokes[keysym('A')]; !s.shift || s.code != d.keys.strokes[keysym('a')].code {
		t.Error("A is not Shift and a")
	}
	if err := d.Teach("홍"); err != nil {
		t.Fatal(err)
	}
	var learned keyboard
	if err := learned.load(d.conn); err != nil {
		t.Fatal(err)
	}
	if _, ok := learned.strokes[keysym('홍')]; !ok {
		t.Error("the server did not keep the new key")
	}
	if err := d.Press("NoSuchKey"); err == nil {
		t.Error("a key that is not there was pressed")
	}
}
