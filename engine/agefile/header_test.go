package agefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

func TestHeaderOpensWithEachOfItsKeys(t *testing.T) {
	keys := []pair{hybrid(t), hybrid(t), hybrid(t)}
	h, err := NewHeader(keys[0].to[0], keys[1].to[0], keys[2].to[0])
	must(t, err)
	defer h.Destroy()
	for _, key := range keys {
		got, err := OpenHeader(h.Bytes, key.id...)
		must(t, err)
		if !got.Equal(h.FileKey()) {
			t.Error("another file key")
		}
		got.Destroy()
		stock, err := age.DecryptHeader(h.Bytes, key.id...)
		must(t, err)
		equal(t, stock, h.FileKey().Bytes())
	}
}

func TestHeadersAreFresh(t *testing.T) {
	key := x25519(t)
	seen := make(map[string]bool)
	for range 100 {
		h, err := NewHeader(key.to...)
		must(t, err)
		seen[string(h.FileKey().Bytes())] = true
		h.Destroy()
		if h.FileKey().Bytes() != nil {
			t.Error("the file key outlives Destroy")
		}
	}
	if len(seen) != 100 {
		t.Errorf("%d different file keys in 100", len(seen))
	}
}

// Two files of one header have payload keys of their own.
func TestSharedHeaderHasFreshNonces(t *testing.T) {
	pass := phrase(t, "p", 4)
	h, err := NewHeader(pass)
	must(t, err)
	defer h.Destroy()
	s := newShop(t)
	seen := make(map[string]bool)
	for i, size := range []int{10, 10, 10, 100_000, 100_000, 100_000} {
		name := fmt.Sprint(i)
		plain := make([]byte, size)
		must(t, s.encrypt(s.put(name, plain), s.path(name+".age"), nil, Options{Header: h, Armor: i%3 == 2}))
		raw, nonce, _, err := split(s.get(s.path(name + ".age")))
		must(t, err)
		equal(t, raw, h.Bytes)
		seen[string(nonce[:])] = true
		must(t, s.decrypt(s.path(name+".age"), s.path(name+".out"), []age.Identity{pass}, Options{}))
		equal(t, s.get(s.path(name+".out")), plain)
	}
	if seen[string(make([]byte, 16))] || len(seen) != 6 {
		t.Errorf("%d nonces in 6 files", len(seen))
	}
}

func TestHeaderRefuses(t *testing.T) {
	pq, classic, pass := hybrid(t).to[0], x25519(t).to[0], phrase(t, "p", 4)
	for name, c := range map[string]struct {
		to   []age.Recipient
		kind fault.Kind
	}{
		"nobody":                       {nil, fault.NoRecipients},
		"post-quantum and classic":     {[]age.Recipient{pq, classic}, fault.MixedKeys},
		"classic and post-quantum":     {[]age.Recipient{classic, classic, pq}, fault.MixedKeys},
		"passphrase and key":           {[]age.Recipient{pass, classic}, fault.PassphraseAlone},
		"key and passphrase":           {[]age.Recipient{pq, pass}, fault.PassphraseAlone},
		"two passphrases":              {[]age.Recipient{pass, phrase(t, "q", 4)}, fault.PassphraseAlone},
		"a recipient that fails":       {[]age.Recipient{broken{}}, fault.BadRecipient},
		"a passphrase that was locked": {[]age.Recipient{destroyed(t)}, fault.Locked},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := NewHeader(c.to...)
			want(t, err, c.kind)
			if h != nil {
				t.Error("a header all the same")
			}
			s := newShop(t)
			want(t, s.encrypt(s.put("small", nil), s.path("out"), c.to, Options{}), c.kind)
			want(t, s.encrypt(s.put("large", randomBytes(100_000)), s.path("out"), c.to, Options{}), c.kind)
			s.holds("large", "small")
		})
	}
}

type broken struct{}

func (broken) Wrap([]byte) ([]*age.Stanza, error) { return nil, errors.New("out of order") }

func destroyed(t *testing.T) *Passphrase {
	p := phrase(t, "p", 4)
	p.Destroy()
	return p
}

// The file key stays in guarded memory: recipients see that very memory, and
// what an identity found is wiped. age would leave both for the garbage collector.
func TestAgeKeepsNoFileKey(t *testing.T) {
	key := x25519(t)
	spy := &spying{Recipient: key.to[0]}
	h, err := NewHeader(spy)
	must(t, err)
	defer h.Destroy()
	if &spy.saw[0] != &h.FileKey().Bytes()[0] {
		t.Error("the recipient saw a copy of the file key")
	}
	opener := &spyingIdentity{Identity: key.id[0]}
	got, err := OpenHeader(h.Bytes, opener)
	must(t, err)
	defer got.Destroy()
	if !bytes.Equal(opener.gave, make([]byte, fileKeySize)) {
		t.Error("the identity's copy of the file key was not wiped")
	}
}

type spying struct {
	age.Recipient
	saw []byte
}

func (s *spying) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	s.saw = fileKey
	return s.Recipient.Wrap(fileKey)
}

type spyingIdentity struct {
	age.Identity
	gave []byte
}

func (s *spyingIdentity) Unwrap(stanzas []*age.Stanza) (fileKey []byte, err error) {
	s.gave, err = s.Identity.Unwrap(stanzas)
	return s.gave, err
}

// An identity may say what stopped it; a short key is not believed.
func TestOpenHeaderPassesFaultsOn(t *testing.T) {
	h, err := NewHeader(x25519(t).to...)
	must(t, err)
	defer h.Destroy()
	for _, c := range []struct {
		key  []byte
		err  error
		kind fault.Kind
	}{
		{nil, fault.New(fault.Locked, "", nil), fault.Locked},
		{nil, errors.New("odd stanza"), fault.HeaderDamaged},
		{make([]byte, 15), nil, fault.HeaderDamaged},
		{make([]byte, 16), nil, fault.HeaderDamaged}, // the MAC tells
	} {
		_, err := OpenHeader(h.Bytes, answers{c.key, c.err})
		want(t, err, c.kind)
	}
}

type answers struct {
	key []byte
	err error
}

func (a answers) Unwrap([]*age.Stanza) ([]byte, error) { return a.key, a.err }

func TestLongHeader(t *testing.T) {
	key := hybrid(t)
	to := make([]age.Recipient, 300) // about half a megabyte
	for i := range to {
		to[i] = hybrid(t).to[0]
	}
	to[299] = key.to[0]
	s := newShop(t)
	must(t, s.encrypt(s.put("in", []byte("text")), s.path("in.age"), to, Options{}))
	must(t, s.decrypt(s.path("in.age"), s.path("out"), key.id, Options{}))
	equal(t, s.get(s.path("out")), []byte("text"))
	info, err := Inspect(s.path("in.age"))
	must(t, err)
	if len(info.Stanzas) != 300 || !info.PostQuantum || info.PlainSize != 4 {
		t.Errorf("%d stanzas, %d bytes", len(info.Stanzas), info.PlainSize)
	}
}

func TestPassphrasePaysOnceForAHeader(t *testing.T) {
	pass := phrase(t, "p", 10)
	h, err := NewHeader(pass)
	must(t, err)
	defer h.Destroy()
	pass.derived[0].key.Bytes()[0] ^= 1 // used, or else derived again and right
	_, err = OpenHeader(h.Bytes, pass)
	want(t, err, fault.WrongPassphrase)
	for range maxDerived {
		other, err := NewHeader(pass)
		must(t, err)
		other.Destroy()
	}
	if len(pass.derived) != maxDerived {
		t.Errorf("%d keys remembered", len(pass.derived))
	}
	got, err := OpenHeader(h.Bytes, pass) // forgotten by now
	must(t, err)
	got.Destroy()
}

func TestPassphraseDefaults(t *testing.T) {
	p := NewPassphrase(secret.Take([]byte("p")))
	h, err := NewHeader(p)
	must(t, err)
	defer h.Destroy()
	if info := InspectReader(bytes.NewReader(h.Bytes), int64(len(h.Bytes))); info.WorkFactor != workFactor {
		t.Errorf("%+v", info)
	}
	p.Destroy()
	p.Destroy()
	_, err = OpenHeader(h.Bytes, p)
	want(t, err, fault.Locked)
	(*Passphrase)(nil).Destroy()
	(*Header)(nil).Destroy()
	(*Scratch)(nil).Destroy()
}

func TestReadErrorsAreTheDisks(t *testing.T) {
	file, _ := sealed(t, 100, x25519(t).to, Options{})
	for _, at := range []int64{0, 5, 50, 150} {
		_, _, _, err := ReadHeader(failing{bytes.NewReader(file), at}, int64(len(file)))
		want(t, err, fault.DiskError)
	}
}

// failing is a disk that cannot read past a point.
type failing struct {
	r  io.ReaderAt
	at int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, fault.New(fault.DiskError, "", errors.New("input/output error"))
	}
	return f.r.ReadAt(p, off)
}
