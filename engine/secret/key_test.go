package secret

import (
	"errors"
	"testing"

	"cryptodesk/engine/fault"
)

func sealed(text string) *Key { return Seal(Take([]byte(text))) }

func TestKeyOpensAsOftenAsNeeded(t *testing.T) {
	plain := Take([]byte("a private key"))
	k := Seal(plain)
	if plain.Bytes() != nil {
		t.Fatal("Seal left the plain buffer alive")
	}
	for range 3 {
		if err := k.Open(func(b []byte) error {
			if string(b) != "a private key" {
				t.Errorf("opened %q", b)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	want := errors.New("from inside")
	if err := k.Open(func([]byte) error { return want }); !errors.Is(err, want) {
		t.Fatalf("got %v", err)
	}
	k.Destroy()
	k.Destroy()
	mustBeLocked(t, k)
}

func TestDeadKeys(t *testing.T) {
	var none *Key
	none.Destroy()
	mustBeLocked(t, none)
	mustBeLocked(t, Seal(nil))
	gone := New(8)
	gone.Destroy()
	mustBeLocked(t, Seal(gone))
}

func TestEmptyKey(t *testing.T) {
	k := Seal(New(0))
	called := false
	if err := k.Open(func(b []byte) error { called = len(b) == 0; return nil }); err != nil || !called {
		t.Fatal(err, called)
	}
}

func TestKeyIsWipedWhenTheUseEnds(t *testing.T) {
	k := sealed("a private key")
	defer k.Destroy()
	var kept []byte
	func() {
		defer func() { _ = recover() }()
		_ = k.Open(func(b []byte) error { kept = b; panic("in the middle") })
	}()
	for _, c := range kept {
		if c != 0 {
			t.Fatal("the plain bytes outlived a panic")
		}
	}
	if err := k.Open(func([]byte) error { return nil }); err != nil {
		t.Fatal("the key did not survive a panic of its user:", err)
	}
}

func TestTamperedBoxIsNotOpened(t *testing.T) {
	k := sealed("a private key")
	k.box[len(k.box)-1] ^= 1
	mustBeLocked(t, k)
}

func TestWipeAll(t *testing.T) {
	b, plain := Take([]byte("short secret")), New(2*maxLocked)
	large, text, k := New(5000), NewText(), sealed("a private key")
	text.Append('가')
	copy(large.Bytes(), "long secret")
	stale := map[*Buffer][]byte{b: b.Bytes(), large: large.Bytes(), plain: plain.Bytes()}

	WipeAll()
	WipeAll()
	for buf, held := range stale {
		if buf.Bytes() != nil || string(held[:12]) == "short secret" || string(held[:11]) == "long secret" {
			t.Error("a buffer survived")
		}
	}
	if text.Bytes() != nil || text.RuneCount() != 0 || text.Append('x') || text.Rune(0) != '\uFFFD' || text.Buffer() != nil {
		t.Error("a text survived")
	}
	text.Backspace()
	text.Clear()
	mustBeLocked(t, k)

	for buf := range stale {
		buf.Destroy()
	}
	text.Destroy()
	for range 200 { // every slot comes back clean
		n := New(slotSize)
		for _, c := range n.Bytes() {
			if c != 0 {
				t.Fatal("a new buffer holds old noise")
			}
		}
		n.Destroy()
	}
	again := sealed("after")
	if err := again.Open(func([]byte) error { return nil }); err != nil {
		t.Fatal("nothing can be sealed any more:", err)
	}
}

func mustBeLocked(t *testing.T, k *Key) {
	t.Helper()
	err := k.Open(func([]byte) error { t.Error("opened"); return nil })
	if fault.Of(err) != fault.Locked {
		t.Errorf("got %v, want fault.Locked", err)
	}
}

func BenchmarkKeyOpen(b *testing.B) {
	k := Seal(New(32))
	b.ReportAllocs()
	for b.Loop() {
		_ = k.Open(func([]byte) error { return nil })
	}
}

func BenchmarkSeal(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Seal(New(32)).Destroy()
	}
}

func BenchmarkDo(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Do(func() {})
	}
}
