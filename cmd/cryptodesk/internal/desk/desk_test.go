//go:build linux

package desk

import "testing"

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
