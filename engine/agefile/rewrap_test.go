package agefile

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

func TestRewrap(t *testing.T) {
	old, fresh := x25519(t), hybrid(t)
	for _, size := range sizes {
		for _, armored := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d/armor=%v", size, armored), func(t *testing.T) {
				s := newShop(t)
				plain := randomBytes(size)
				must(t, s.encrypt(s.put("in", plain), s.path("old.age"), old.to, Options{Armor: armored}))
				must(t, s.rewrap(s.path("old.age"), s.path("new.age"), old.id, fresh.to, Options{}))
				must(t, s.decrypt(s.path("new.age"), s.path("out"), fresh.id, Options{}))
				equal(t, s.get(s.path("out")), plain)
				want(t, s.decrypt(s.path("new.age"), s.path("not"), old.id, Options{}), fault.NoKey)
				before, after := s.get(s.path("old.age")), s.get(s.path("new.age"))
				if armored != bytes.HasPrefix(after, []byte("-----BEGIN")) {
					t.Error("the form changed")
				}
				_, nonce, payload, err := split(before)
				must(t, err)
				_, nonce2, payload2, err := split(after)
				must(t, err)
				if nonce != nonce2 || !bytes.Equal(payload, payload2) {
					t.Error("the payload changed")
				}
			})
		}
	}
}

// Files of one passphrase job share a file key. Who gets one of them must not
// be able to open the others.
func TestRewrapOfAPassphraseFileHasANewFileKey(t *testing.T) {
	pass, fresh := phrase(t, "p", 4), x25519(t)
	for _, armored := range []bool{false, true} {
		s := newShop(t)
		plain := randomBytes(200_000)
		must(t, s.encrypt(s.put("in", plain), s.path("old.age"), []age.Recipient{pass}, Options{Armor: armored}))
		must(t, s.rewrap(s.path("old.age"), s.path("new.age"), []age.Identity{pass}, fresh.to, Options{}))
		must(t, s.decrypt(s.path("new.age"), s.path("out"), fresh.id, Options{}))
		equal(t, s.get(s.path("out")), plain)
		before, err := OpenHeader(headerOf(t, s.get(s.path("old.age"))), pass)
		must(t, err)
		after, err := OpenHeader(headerOf(t, s.get(s.path("new.age"))), fresh.id...)
		must(t, err)
		if before.Equal(after) {
			t.Error("the file key went to somebody new")
		}
	}
}

// A shared header has a file key already: the payload must be sealed with it.
func TestRewrapToASharedHeader(t *testing.T) {
	old, pass := x25519(t), phrase(t, "p", 4)
	h, err := NewHeader(pass)
	must(t, err)
	defer h.Destroy()
	s := newShop(t)
	plain := randomBytes(100_000)
	must(t, s.encrypt(s.put("in", plain), s.path("old.age"), old.to, Options{}))
	must(t, s.rewrap(s.path("old.age"), s.path("new.age"), old.id, nil, Options{Header: h}))
	must(t, s.decrypt(s.path("new.age"), s.path("out"), []age.Identity{pass}, Options{}))
	equal(t, s.get(s.path("out")), plain)
}

func TestRewrapRefuses(t *testing.T) {
	old, other := x25519(t), x25519(t)
	file, _ := sealed(t, 3*stream.ChunkSize, old.to, Options{})
	flipped := bytes.Clone(file)
	flipped[len(file)-100] ^= 1
	for name, c := range map[string]struct {
		data []byte
		ids  []age.Identity
		to   []age.Recipient
		kind []fault.Kind
	}{
		"wrong key":     {file, other.id, other.to, []fault.Kind{fault.NoKey}},
		"nobody":        {file, old.id, nil, []fault.Kind{fault.NoRecipients}},
		"mixed":         {file, old.id, []age.Recipient{other.to[0], hybrid(t).to[0]}, []fault.Kind{fault.MixedKeys}},
		"damaged":       {flipped, old.id, other.to, []fault.Kind{fault.PayloadDamaged}},
		"cut":           {file[:len(file)-1], old.id, other.to, damaged},
		"no age file":   {[]byte("text"), old.id, other.to, []fault.Kind{fault.NotEncrypted}},
		"more than all": {append(bytes.Clone(file), 1), old.id, other.to, []fault.Kind{fault.TrailingData, fault.Truncated, fault.PayloadDamaged}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			in := s.put("in.age", c.data)
			want(t, s.rewrap(in, s.path("out"), c.ids, c.to, Options{}), c.kind...)
			s.holds("in.age")
			equal(t, s.get(in), c.data)
		})
	}
}

func TestRewrapInPlace(t *testing.T) {
	old, fresh := x25519(t), x25519(t)
	s := newShop(t)
	plain := randomBytes(100_000)
	must(t, s.encrypt(s.put("in", plain), s.path("in.age"), old.to, Options{}))
	src, err := safefile.OpenSource(s.path("in.age"))
	must(t, err)
	defer src.Close()
	dst, err := s.store.Create(s.path("in.age"), 0o600)
	must(t, err)
	defer dst.Discard()
	must(t, Rewrap(s.ctx, src, dst, old.id, fresh.to, Options{}))
	_, err = dst.Commit(safefile.Replace)
	must(t, err)
	must(t, s.decrypt(s.path("in.age"), s.path("out"), fresh.id, Options{}))
	equal(t, s.get(s.path("out")), plain)
	s.holds("in", "in.age", "out")
}

func TestVerify(t *testing.T) {
	key := x25519(t)
	for _, size := range []int{0, 1, 65536, 300_000} {
		for _, armored := range []bool{false, true} {
			s := newShop(t)
			h, err := NewHeader(key.to...)
			must(t, err)
			defer h.Destroy()
			plain := randomBytes(size)
			in := s.put("in", plain)
			must(t, s.encrypt(in, s.path("in.age"), nil, Options{Header: h, Armor: armored}))
			check := func(h *Header) error {
				src, err := safefile.OpenSource(in)
				must(t, err)
				defer src.Close()
				enc, err := safefile.OpenSource(s.path("in.age"))
				must(t, err)
				defer enc.Close()
				return Verify(s.ctx, enc, src, Options{Header: h})
			}
			must(t, check(h))
			other, err := NewHeader(key.to...)
			must(t, err)
			want(t, check(other), fault.HeaderDamaged)
			want(t, check(nil), fault.HeaderDamaged)
			s.put("in", append(bytes.Clone(plain), 1)) // longer
			want(t, check(h), fault.SourceChanged)
			if size > 0 {
				s.put("in", plain[:size-1])
				want(t, check(h), fault.SourceChanged)
				changed := bytes.Clone(plain)
				changed[size/2] ^= 1
				s.put("in", changed)
				want(t, check(h), fault.SourceChanged)
				s.put("in", plain)
				must(t, check(h))
				data := s.get(s.path("in.age"))
				data[len(data)-45] ^= 1
				s.put("in.age", data)
				want(t, check(h), fault.PayloadDamaged, fault.ArmorDamaged, fault.SourceChanged, fault.HeaderDamaged, fault.Truncated)
			}
		}
	}
}

func TestVerifyFolder(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	tree := makeTree(t, s.path("tree"))
	h, err := NewHeader(key.to...)
	must(t, err)
	defer h.Destroy()
	dst, err := s.store.Create(s.path("tree.tar.age"), 0o600)
	must(t, err)
	_, err = EncryptFolder(s.ctx, tree, dst, nil, Options{Header: h})
	must(t, err)
	_, err = dst.Commit(safefile.Refuse)
	must(t, err)
	check := func() error {
		enc, err := safefile.OpenSource(s.path("tree.tar.age"))
		must(t, err)
		defer enc.Close()
		return VerifyFolder(s.ctx, enc, tree, Options{Header: h})
	}
	must(t, check())
	for _, change := range []func(){
		func() { must(t, os.WriteFile(tree+"/many/007", []byte("other"), 0o644)) },
		func() { must(t, os.Remove(tree+"/many/007")) },
		func() { must(t, os.Mkdir(tree+"/zz new", 0o700)) },
	} {
		change()
		want(t, check(), fault.SourceChanged)
	}
}
