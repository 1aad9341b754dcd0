package agefile

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// The vectors of https://c2sp.org/CCTV/age: a head of "key: value" lines, an
// empty line, the file.
type vector struct {
	expect     string
	payload    [sha256.Size]byte
	identities []string
	phrases    []string
	file       []byte
}

func parseVector(t *testing.T, data []byte) vector {
	head, file, ok := bytes.Cut(data, []byte("\n\n"))
	if !ok {
		t.Fatal("vector without a file")
	}
	v := vector{file: file}
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "expect":
			v.expect = value
		case "payload":
			b, err := hex.DecodeString(value)
			must(t, err)
			v.payload = [sha256.Size]byte(b)
		case "identity":
			v.identities = append(v.identities, value)
		case "passphrase":
			v.phrases = append(v.phrases, value)
		case "compressed":
			r, err := zlib.NewReader(bytes.NewReader(file))
			must(t, err)
			v.file, err = io.ReadAll(r)
			must(t, err)
		case "file key", "armored", "comment":
		default:
			t.Fatalf("unknown key %q", key)
		}
	}
	return v
}

// stock opens the vector with age's own identities, own with ours.
func (v vector) stock(t *testing.T) (ids []age.Identity) {
	for _, text := range v.identities {
		id, err := age.ParseIdentities(strings.NewReader(text))
		must(t, err)
		ids = append(ids, id...)
	}
	return append(ids, v.passphrases(t)...)
}

func (v vector) own(t *testing.T) (ids []age.Identity) {
	for _, text := range v.identities {
		b := secret.Take([]byte(text))
		keys, err := identity.ParseIdentityFile(b)
		b.Destroy()
		must(t, err)
		opened, err := identity.Open(keys...)
		must(t, err)
		t.Cleanup(func() {
			opened.Close()
			for _, k := range keys {
				k.Destroy()
			}
		})
		ids = append(ids, opened.Identities()...)
	}
	return append(ids, v.passphrases(t)...)
}

func (v vector) passphrases(t *testing.T) (ids []age.Identity) {
	for _, text := range v.phrases {
		ids = append(ids, phrase(t, text, workFactor))
	}
	return ids
}

// ways are all the ways a file is decrypted.
var ways = map[string]func(context.Context, *safefile.Source, *safefile.File, []age.Identity) error{
	"by size": func(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity) error {
		return Decrypt(ctx, src, dst, ids, Options{})
	},
	"small": func(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity) error {
		return about(src.Path(), decryptSmall(ctx, src, dst, ids, Options{}))
	},
	"large": func(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity) error {
		return about(src.Path(), decryptLarge(ctx, src, dst, ids, Options{}))
	},
	"in order, as folders": func(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity) error {
		p, err := openPayload(ctx, src, ids, Options{})
		if err != nil {
			return about(src.Path(), err)
		}
		defer p.key.Destroy()
		return about(src.Path(), p.copyTo(ctx, dst))
	},
}

func TestCCTV(t *testing.T) {
	entries, err := fs.ReadDir(agetest.Vectors, ".")
	must(t, err)
	ran := 0
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			ran++
			data, err := fs.ReadFile(agetest.Vectors, e.Name())
			must(t, err)
			v := parseVector(t, data)
			for name, way := range ways {
				if name == "small" && len(v.file) > smallFile {
					continue // never taken
				}
				v.try(t, name, v.stock(t), way)
			}
			v.try(t, "our keys", v.own(t), ways["by size"])
		})
	}
	t.Logf("%d CCTV vectors", ran)
	if ran != 147 {
		t.Errorf("%d CCTV vectors, want 147", ran)
	}
}

func (v vector) try(t *testing.T, way string, ids []age.Identity, decrypt func(context.Context, *safefile.Source, *safefile.File, []age.Identity) error) {
	t.Helper()
	in, out := newShop(t), newShop(t)
	err := out.through(in.put("in.age", v.file), out.path("out"), func(src *safefile.Source, dst *safefile.File) error {
		return decrypt(out.ctx, src, dst, ids)
	})
	if v.expect == "success" {
		if err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		out.holds("out")
		if sha256.Sum256(out.get(out.path("out"))) != v.payload {
			t.Errorf("%s: wrong plaintext", way)
		}
		return
	}
	out.holds()
	mac := errors.Is(err, errHeaderMAC)
	var kinds []fault.Kind
	switch v.expect {
	case "HMAC failure":
		kinds = []fault.Kind{fault.HeaderDamaged}
		if !mac {
			t.Errorf("%s: %v is not about the MAC", way, err)
		}
	case "header failure":
		kinds = []fault.Kind{fault.HeaderDamaged, fault.Truncated, fault.Empty, fault.TooNew, fault.WorkFactor}
		if mac {
			t.Errorf("%s: %v", way, err)
		}
	case "armor failure":
		kinds = []fault.Kind{fault.ArmorDamaged}
	case "no match":
		kinds = []fault.Kind{fault.NoKey}
		if v.phrases != nil {
			kinds = append(kinds, fault.WrongPassphrase)
		}
	case "payload failure":
		kinds = []fault.Kind{fault.PayloadDamaged, fault.Truncated, fault.TrailingData}
	default:
		t.Fatalf("unknown expectation %q", v.expect)
	}
	t.Log(way, err)
	want(t, err, kinds...)
}
