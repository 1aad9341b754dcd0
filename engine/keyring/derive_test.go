package keyring

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

func derived(t *testing.T, k *Keyring, label string) []byte {
	t.Helper()
	key := must(k.Derive(label))
	defer key.Destroy()
	var out []byte
	if err := key.Open(func(b []byte) error { out = bytes.Clone(b); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDerive(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	one := derived(t, k, "one")
	// HKDF of RFC 5869, written out: no salt is a salt of zeros.
	var want []byte
	err := k.seal.key.Open(func(key []byte) error {
		extract := hmac.New(sha256.New, make([]byte, sha256.Size))
		extract.Write(key)
		expand := hmac.New(sha256.New, extract.Sum(nil))
		expand.Write([]byte("one\x01"))
		want = expand.Sum(nil)
		return nil
	})
	if err != nil || !bytes.Equal(one, want) {
		t.Errorf("%x, not %x: %v", one, want, err)
	}
	if err := k.AddContact(contact("Ben")); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(derived(t, k, "one"), one) || !bytes.Equal(derived(t, must(again(t, store, path)), "one"), one) {
		t.Error("a save, or opening again, makes another key")
	}
	if bytes.Equal(derived(t, k, "two"), one) {
		t.Error("another label, the same key")
	}
	k.Close()
	if _, err := k.Derive("one"); fault.Of(err) != fault.Locked {
		t.Errorf("closed: %v", err)
	}
	if err := k.Check(ctx, guard("x")); fault.Of(err) != fault.Locked {
		t.Errorf("closed: %v", err)
	}
}

func TestCheck(t *testing.T) {
	store, path := storeIn(t)
	k, err := Create(ctx, store, path, guard("one"), must(identity.New("Ana")))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	was, key := read(t, path), derived(t, k, "x")
	pass := guard("one")
	if err := k.Check(ctx, pass); err != nil || string(pass.Bytes()) != "one" {
		t.Errorf("%v", err)
	}
	for _, wrong := range []string{"", "two"} {
		if err := k.Check(ctx, guard(wrong)); fault.Of(err) != fault.WrongPassphrase {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := k.Check(gone, pass); fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
	if !bytes.Equal(read(t, path), was) {
		t.Error("a check wrote the file")
	}
	if err := k.ChangePassphrase(ctx, guard("two")); err != nil {
		t.Fatal(err)
	}
	if err := k.Check(ctx, guard("one")); fault.Of(err) != fault.WrongPassphrase {
		t.Errorf("the old one: %v", err)
	}
	if err := k.Check(ctx, guard("two")); err != nil {
		t.Errorf("the new one: %v", err)
	}
	if bytes.Equal(derived(t, k, "x"), key) {
		t.Error("a new passphrase, the same derived key")
	}
}
