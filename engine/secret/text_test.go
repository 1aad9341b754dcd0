package secret

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

func typed(s string) *Text {
	t := NewText()
	for _, r := range s {
		t.Append(r)
	}
	return t
}

func TestTextIsEditedByCharacter(t *testing.T) {
	x := typed("a비밀🔑")
	defer x.Destroy()
	if string(x.Bytes()) != "a비밀🔑" || x.RuneCount() != 4 {
		t.Fatalf("%q, %d", x.Bytes(), x.RuneCount())
	}
	for i, want := range []rune{'a', '비', '밀', '🔑', utf8.RuneError} {
		if got := x.Rune(i); got != want {
			t.Errorf("rune %d is %q, want %q", i, got, want)
		}
	}
	if x.Rune(-1) != utf8.RuneError {
		t.Error("rune -1")
	}
	held := x.buf.Bytes()
	x.Backspace()
	if string(x.Bytes()) != "a비밀" || bytes.Contains(held, []byte("🔑")) {
		t.Fatalf("%q", held[:16])
	}
	for range 9 {
		x.Backspace()
	}
	if x.RuneCount() != 0 || !bytes.Equal(held, make([]byte, textSize)) {
		t.Fatal("backspace left something")
	}
	x.Append('z')
	x.Clear()
	if x.RuneCount() != 0 || held[0] != 0 {
		t.Fatal("clear left something")
	}
}

func TestTextIsBounded(t *testing.T) {
	x := NewText()
	defer x.Destroy()
	for range textSize - 1 {
		if !x.Append('a') {
			t.Fatal("refused too early")
		}
	}
	if x.Append('é') || !x.Append('a') || x.Append('a') {
		t.Fatal("the bound is not 1024 bytes")
	}
	for _, r := range []rune{0xD800, -1, utf8.MaxRune + 1} {
		y := NewText()
		if y.Append(r) || y.RuneCount() != 0 {
			t.Errorf("accepted %#x", r)
		}
		y.Destroy()
	}
}

func TestTextEqual(t *testing.T) {
	a, b, c := typed("같은 말"), typed("같은 말"), typed("다른 말")
	if !a.Equal(b) || a.Equal(c) || !a.Equal(a) || a.Equal(NewText()) || !NewText().Equal(NewText()) {
		t.Fatal("wrong answer")
	}
	b.Destroy()
	if a.Equal(b) || b.Equal(b) {
		t.Fatal("equal to a destroyed text")
	}
}

func TestTextBufferIsACopy(t *testing.T) {
	x := typed("abc")
	b := x.Buffer()
	x.Destroy()
	if string(b.Bytes()) != "abc" || x.Bytes() != nil {
		t.Fatal("the copy died with its text")
	}
	b.Destroy()
	var none *Text
	none.Destroy()
}
