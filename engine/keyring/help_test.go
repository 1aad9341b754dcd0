package keyring

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func guard(text string) *secret.Buffer { return secret.Take([]byte(text)) }

func storeIn(t testing.TB) (*safefile.Store, string) {
	t.Helper()
	home := t.TempDir()
	store := safefile.New(filepath.Join(home, "journal"))
	t.Cleanup(func() { store.Close() })
	return store, filepath.Join(home, "keyring.age")
}

// unlocker opens keyrings of tests that are not about passphrases: their
// header is for an X25519 key, so that they pay for no scrypt.
var unlocker = must(age.ParseX25519Identity("AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRYDWG"))

// quick makes a keyring file with keys in it.
func quick(t testing.TB, store *safefile.Store, path string, keys ...*identity.KeyPair) *Keyring {
	t.Helper()
	h, err := agefile.NewHeader(unlocker.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	s := &seal{header: h.Bytes, key: secret.Seal(h.FileKey().Clone())}
	h.Destroy()
	k := &Keyring{store: store, path: path, book: &book{keys: keys}, seal: s}
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	if test, ok := t.(*testing.T); ok {
		t.Cleanup(func() { stockReads(test, path) })
	}
	return k
}

// again opens the file that quick made a second time.
func again(t testing.TB, store *safefile.Store, path string) (*Keyring, error) {
	t.Helper()
	raw, err := readRaw(path)
	if err != nil {
		return nil, err
	}
	header, _, err := split(path, raw)
	if err != nil {
		return nil, err
	}
	key, err := agefile.OpenHeader(header, unlocker)
	if err != nil {
		return nil, err
	}
	s := &seal{header: header, key: secret.Seal(key)}
	b, err := s.open(path, raw)
	if err != nil {
		return nil, err
	}
	s.remember(raw)
	k := &Keyring{store: store, path: path, book: b, seal: s}
	t.Cleanup(k.Close)
	return k, nil
}

func contact(name string) identity.Contact {
	k := must(identity.New(name))
	defer k.Destroy()
	return must(identity.ParseCard(must(identity.MarshalCard(k))))
}

func names(k *Keyring) (keys, people []string) {
	for _, key := range k.Keys() {
		keys = append(keys, key.Public().Name)
	}
	for _, c := range k.Contacts() {
		people = append(people, c.Name)
	}
	return keys, people
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	return must(os.ReadFile(path))
}

// parseText parses what a hand may have written.
func parseText(text string) (b *book, err error) {
	return parse([]byte(text))
}

func text(t testing.TB, b *book) string {
	t.Helper()
	out := must(b.marshal())
	defer out.Destroy()
	return string(bytes.Clone(out.Bytes()))
}

var day = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
