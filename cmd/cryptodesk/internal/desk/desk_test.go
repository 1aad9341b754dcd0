//go:build linux

package desk

import (
	"context"
	"testing"
	"time"
)

func TestURIListEscapesEveryByteThatIsNotPlain(t *testing.T) {
	got := string(uriList([]string{"/a/plain-1_2.~txt", "/한 100%", "/new\nline#?", "/\xff"}))
	want := "file:///a/plain-1_2.~txt\r\nfile:///%ED%95%9C%20100%25\r\nfile:///new%0Aline%23%3F\r\nfile:///%FF\r\n"
	if got != want {
		t.Fatalf("got  %q\nwant %q", got, want)
	}
}

func TestKeysymsOfCharacters(t *testing.T) {
	for r, want := range map[rune]uint32{'a': 'a', '@': '@', 'é': 0xe9, '한': 0x0100d55c, '\n': 0xff0d, '\t': 0xff09} {
		if got := uint32(keysym(r)); got != want {
			t.Errorf("keysym(%q) = %#x, want %#x", r, got, want)
		}
	}
}

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
