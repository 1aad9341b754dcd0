package agefile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

func (s *shop) add(from, to string, ids []age.Identity, who []age.Recipient) error {
	return s.through(from, to, func(src *safefile.Source, dst *safefile.File) error {
		return Add(s.ctx, src, dst, ids, who, Options{})
	})
}

// kept is everything of a file but the closing line of its header.
func kept(t *testing.T, file []byte) (stanzas, payload []byte) {
	t.Helper()
	raw, nonce, sealed, err := split(file)
	must(t, err)
	return raw[:bytes.Index(raw, []byte("\n--- "))+1], append(nonce[:], sealed...)
}

// somebody has a key of both sorts, as the stock program made them.
func somebody(t *testing.T, keys []keyFile) (Either, map[string]keyFile) {
	t.Helper()
	both := map[string]keyFile{}
	for _, k := range keys {
		both[k.name] = k
	}
	return Either{Quantum: both["hybrid"].ours(t).to[0], Classic: both["x25519"].ours(t).to[0]}, both
}

// Everybody who could open a file still can, by the stock program, and so can
// who was added; nothing else in the file is different.
func TestAddForTheStockProgram(t *testing.T) {
	old, more := stockKeys(t), stockKeys(t)
	agent, agents := somebody(t, more)
	named := map[string]keyFile{}
	for _, k := range old {
		named[k.name] = k
	}
	for _, group := range [][]string{{"x25519"}, {"hybrid"}, {"ssh-ed25519"}, {"ssh-rsa"}, {"x25519", "ssh-ed25519", "ssh-rsa"}} {
		for _, armored := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/armor=%v", group, armored), func(t *testing.T) {
				s := newShop(t)
				plain := randomBytes(stream.ChunkSize + 7)
				args := []string{"-o", s.path("old.age")}
				for _, name := range group {
					args = append(args, "-r", named[name].public)
				}
				if armored {
					args = append(args, "-a")
				}
				stock(t, bytes.NewReader(plain), "age", args...)
				last := named[group[len(group)-1]]
				must(t, s.add(s.path("old.age"), s.path("new.age"), last.ours(t).id, []age.Recipient{agent}))
				sort := "x25519"
				if group[0] == "hybrid" {
					sort = "hybrid"
				}
				readers := []keyFile{agents[sort]}
				for _, name := range group {
					readers = append(readers, named[name])
				}
				for _, k := range readers {
					equal(t, stock(t, nil, "age", "-d", "-i", k.path, s.path("new.age")), plain)
				}
				before, after := s.get(s.path("old.age")), s.get(s.path("new.age"))
				stanzasBefore, payloadBefore := kept(t, before)
				stanzasAfter, payloadAfter := kept(t, after)
				equal(t, payloadAfter, payloadBefore)
				if !bytes.HasPrefix(stanzasAfter, stanzasBefore) || len(stanzasAfter) == len(stanzasBefore) {
					t.Error("what was there for the others changed")
				}
				if armored != bytes.HasPrefix(after, []byte("-----BEGIN")) {
					t.Error("the form changed")
				}
			})
		}
	}
}

func TestAddAtEverySize(t *testing.T) {
	old, agent := hybrid(t), Either{hybrid(t).to[0], x25519(t).to[0]}
	for _, size := range sizes {
		s := newShop(t)
		plain := randomBytes(size)
		must(t, s.encrypt(s.put("in", plain), s.path("a.age"), old.to, Options{}))
		must(t, s.add(s.path("a.age"), s.path("b.age"), old.id, []age.Recipient{agent}))
		must(t, s.decrypt(s.path("b.age"), s.path("out"), old.id, Options{}))
		equal(t, s.get(s.path("out")), plain)
		a, b := InspectReader(bytes.NewReader(s.get(s.path("a.age"))), size64(s, "a.age")), InspectReader(bytes.NewReader(s.get(s.path("b.age"))), size64(s, "b.age"))
		if len(b.Stanzas) != len(a.Stanzas)+1 || !b.PostQuantum || b.PlainSize != a.PlainSize || b.Problem != nil {
			t.Errorf("%d bytes: %+v became %+v", size, a, b)
		}
	}
}

func size64(s *shop, name string) int64 { return int64(len(s.get(s.path(name)))) }

// A header does not show whom it is for: once more is one more.
func TestAddTwiceAddsTwice(t *testing.T) {
	old, agent := x25519(t), x25519(t)
	s := newShop(t)
	must(t, s.encrypt(s.put("in", []byte("plain")), s.path("0.age"), old.to, Options{}))
	for i := range 3 {
		must(t, s.add(s.path(fmt.Sprintf("%d.age", i)), s.path(fmt.Sprintf("%d.age", i+1)), old.id, agent.to))
	}
	info, err := Inspect(s.path("3.age"))
	must(t, err)
	if len(info.Stanzas) != 4 {
		t.Errorf("%d stanzas", len(info.Stanzas))
	}
	must(t, s.decrypt(s.path("3.age"), s.path("out"), agent.id, Options{}))
}

// foreign is a stanza that no program here knows, as some put beside their own.
type foreign struct{ labels []string }

func (f foreign) Wrap([]byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: "joint", Args: []string{"oil", "can"}, Body: make([]byte, 48)}}, nil
}

func (f foreign) WrapWithLabels([]byte) ([]*age.Stanza, []string, error) {
	s, err := f.Wrap(nil)
	return s, f.labels, err
}

// Stanzas that nobody here knows stay, and do not decide the sort.
func TestAddKeepsWhatItDoesNotKnow(t *testing.T) {
	quantum, classic := hybrid(t), x25519(t)
	agent := Either{quantum.to[0], classic.to[0]}
	for name, c := range map[string]struct {
		who  pair
		with foreign
		id   []age.Identity
	}{"hybrid": {hybrid(t), foreign{[]string{postQuantum}}, quantum.id}, "x25519": {x25519(t), foreign{}, classic.id}} {
		s := newShop(t)
		must(t, s.encrypt(s.put("in", []byte("plain")), s.path("a.age"), []age.Recipient{c.with, c.who.to[0]}, Options{}))
		must(t, s.add(s.path("a.age"), s.path("b.age"), c.who.id, []age.Recipient{agent}))
		must(t, s.decrypt(s.path("b.age"), s.path("out "+name), c.id, Options{}))
		before, _ := kept(t, s.get(s.path("a.age")))
		after, _ := kept(t, s.get(s.path("b.age")))
		if !bytes.HasPrefix(after, before) {
			t.Error("an unknown stanza changed")
		}
	}
}

func TestAddRefuses(t *testing.T) {
	for _, size := range []int{1000, 3 * stream.ChunkSize} {
		t.Run(fmt.Sprint(size), func(t *testing.T) { addRefuses(t, size) })
	}
}

func addRefuses(t *testing.T, size int) {
	old, other, quantum := x25519(t), x25519(t), hybrid(t)
	file, _ := sealed(t, size, old.to, Options{})
	flipped := bytes.Clone(file)
	flipped[len(file)-100] ^= 1
	mac := bytes.Clone(file)
	mac[bytes.Index(mac, []byte("\n--- "))+8] ^= 1
	pass := phrase(t, "p", 4)
	byPass, _ := sealed(t, size, []age.Recipient{pass}, Options{})
	full, _ := sealed(t, size, slices.Repeat(old.to, 1024), Options{})
	for name, c := range map[string]struct {
		data []byte
		ids  []age.Identity
		to   []age.Recipient
		kind []fault.Kind
	}{
		"wrong key":        {file, other.id, other.to, []fault.Kind{fault.NoKey}},
		"nobody":           {file, old.id, nil, []fault.Kind{fault.NoRecipients}},
		"the other sort":   {file, old.id, quantum.to, []fault.Kind{fault.MixedKeys}},
		"a passphrase":     {byPass, []age.Identity{pass}, other.to, []fault.Kind{fault.PassphraseAlone}},
		"to a passphrase":  {file, old.id, []age.Recipient{pass}, []fault.Kind{fault.PassphraseAlone}},
		"as many as go in": {full, old.id, other.to, []fault.Kind{fault.TooMany}},
		"damaged":          {flipped, old.id, other.to, []fault.Kind{fault.PayloadDamaged}},
		"damaged header":   {mac, old.id, other.to, []fault.Kind{fault.HeaderDamaged}},
		"cut":              {file[:len(file)-1], old.id, other.to, damaged},
		"no age file":      {[]byte("text"), old.id, other.to, []fault.Kind{fault.NotEncrypted}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			in := s.put("in.age", c.data)
			want(t, s.add(in, s.path("out"), c.ids, c.to), c.kind...)
			s.holds("in.age")
			equal(t, s.get(in), c.data)
		})
	}
}

func TestAddIsCancelled(t *testing.T) {
	old := x25519(t)
	s := newShop(t)
	must(t, s.encrypt(s.put("in", randomBytes(300_000)), s.path("in.age"), old.to, Options{}))
	ctx, cancel := context.WithCancel(t.Context())
	err := s.through(s.path("in.age"), s.path("out"), func(src *safefile.Source, dst *safefile.File) error {
		return Add(ctx, src, dst, old.id, old.to, Options{Workers: 1, Progress: func(int64) { cancel() }})
	})
	want(t, err, fault.Cancelled)
	s.holds("in", "in.age")
}

// Somebody with both sorts of key joins either sort of file, and alone gets the
// better one.
func TestEither(t *testing.T) {
	quantum, classic := hybrid(t), x25519(t)
	agent := Either{quantum.to[0], classic.to[0]}
	for name, c := range map[string]struct {
		to []age.Recipient
		id []age.Identity
	}{
		"alone":       {[]age.Recipient{agent}, quantum.id},
		"quantum":     {[]age.Recipient{hybrid(t).to[0], agent}, quantum.id},
		"classic":     {[]age.Recipient{x25519(t).to[0], x25519(t).to[0], agent}, classic.id},
		"by a plugin": {[]age.Recipient{foreign{[]string{postQuantum}}, agent}, quantum.id},
	} {
		h, err := NewHeader(c.to...)
		must(t, err)
		key, err := OpenHeader(h.Bytes, c.id...)
		if err != nil || !key.Equal(h.FileKey()) {
			t.Errorf("%s: %v", name, err)
		}
		key.Destroy()
		h.Destroy()
	}
	_, err := NewHeader(hybrid(t).to[0], x25519(t).to[0], agent)
	want(t, err, fault.MixedKeys)
}

func FuzzAdd(f *testing.F) {
	old, agent := x25519(f), x25519(f)
	file, _ := sealed(f, 100, old.to, Options{})
	f.Add(file)
	f.Add(file[:60])
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newShop(t)
		if s.add(s.put("in.age", data), s.path("out.age"), old.id, agent.to) != nil {
			return
		}
		must(t, s.decrypt(s.path("out.age"), s.path("out"), agent.id, Options{}))
		must(t, s.decrypt(s.path("in.age"), s.path("before"), old.id, Options{}))
		equal(t, s.get(s.path("out")), s.get(s.path("before")))
	})
}

// Somebody is added to every file of the CCTV that opens, and to nothing that
// does not.
func TestAddCCTV(t *testing.T) {
	quantum, classic := hybrid(t), x25519(t)
	agent := []age.Recipient{Either{quantum.to[0], classic.to[0]}}
	entries, err := fs.ReadDir(agetest.Vectors, ".")
	must(t, err)
	added := 0
	for _, e := range entries {
		data, err := fs.ReadFile(agetest.Vectors, e.Name())
		must(t, err)
		v := parseVector(t, data)
		s := newShop(t)
		err = s.add(s.put("in.age", v.file), s.path("out.age"), v.stock(t), agent)
		switch {
		case v.phrases != nil && v.expect == "success":
			want(t, err, fault.PassphraseAlone)
		case v.expect == "success":
			must(t, err)
			added++
			for _, ids := range [][]age.Identity{append(slices.Clone(quantum.id), classic.id...), v.stock(t)} {
				must(t, s.decrypt(s.path("out.age"), s.path("out"), ids, Options{}))
				if sha256.Sum256(s.get(s.path("out"))) != v.payload {
					t.Errorf("%s: wrong plaintext", e.Name())
				}
				must(t, os.Remove(s.path("out")))
			}
		case err == nil:
			t.Errorf("%s: somebody was added to what does not open (%s)", e.Name(), v.expect)
		}
	}
	if added < 20 {
		t.Errorf("%d vectors of the CCTV, want more", added)
	}
	t.Logf("added to %d vectors", added)
}
