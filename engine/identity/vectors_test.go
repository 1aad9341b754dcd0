package identity

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"
	"filippo.io/hpke"
	"filippo.io/nistec"

	"cryptodesk/engine/fault"
)

// Every C2SP CCTV vector whose identities are keys: our identities must do with
// its header exactly what age's own do. (The whole files are agefile's tests.)
func TestCCTVHeadersAsAge(t *testing.T) {
	ran, compared := 0, 0
	for _, v := range vectors(t) {
		if len(v.identities) == 0 {
			continue
		}
		ran++
		t.Run(v.name, func(t *testing.T) {
			text := strings.Join(v.identities, "\n")
			theirs := must(age.ParseIdentities(strings.NewReader(text)))
			keys := must(ParseIdentityFile(guard([]byte(text))))
			o := must(Open(keys...))
			defer o.Close()
			header, err := age.ExtractHeader(v.reader())
			if err != nil {
				return // not a header for anybody
			}
			compared++
			want, wantErr := age.DecryptHeader(header, theirs...)
			got, gotErr := age.DecryptHeader(header, o.Identities()...)
			if !bytes.Equal(got, want) || class(gotErr) != class(wantErr) {
				t.Errorf("%q and %v, age %v", class(gotErr), gotErr, wantErr)
			}
		})
	}
	t.Logf("%d vectors with keys, %d with a header that parses", ran, compared)
	if compared < 60 {
		t.Errorf("only %d headers were compared", compared)
	}
}

// What a header parser lets through to an identity, and what it would not.
func TestStanzasRefused(t *testing.T) {
	k := must(New("a"))
	o := must(Open(k))
	defer o.Close()
	for i, to := range []Recipient{k.Public().Recipient, k.Public().Classic} {
		id := o.Identities()[i]
		good := must(must(to.Age(nil)).Wrap(make([]byte, 16)))[0]
		if _, err := id.Unwrap([]*age.Stanza{{Type: "x"}, good}); err != nil {
			t.Fatal(err)
		}
		share := good.Args[0]
		for _, args := range [][]string{{}, {share, ""}, {share[:20] + "\n" + share[20:]}, {share + "="}, {share[:40]}, {""}} {
			bad := &age.Stanza{Type: good.Type, Args: args, Body: good.Body}
			if _, err := id.Unwrap([]*age.Stanza{bad, good}); fault.Of(err) != fault.HeaderDamaged {
				t.Errorf("%s %.50q: %v", good.Type, args, err)
			}
		}
		if _, err := id.Unwrap(nil); !errors.Is(err, age.ErrIncorrectIdentity) {
			t.Errorf("no stanzas: %v", err)
		}
	}
}

func class(err error) string {
	switch {
	case err == nil:
		return "opens"
	case errors.As(err, new(*age.NoIdentityMatchError)):
		return "no match"
	}
	return "fatal"
}

type vector struct {
	name       string
	armored    bool
	identities []string
	file       []byte
}

func (v vector) reader() io.Reader {
	if v.armored {
		return armor.NewReader(bytes.NewReader(v.file))
	}
	return bytes.NewReader(v.file)
}

func vectors(t *testing.T) []vector {
	t.Helper()
	entries, err := fs.ReadDir(agetest.Vectors, ".")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for _, e := range entries {
		raw := must(fs.ReadFile(agetest.Vectors, e.Name()))
		head, file, _ := bytes.Cut(raw, []byte("\n\n"))
		v := vector{name: e.Name(), file: file}
		for line := range strings.Lines(string(head) + "\n") {
			v.armored = v.armored || line == "armored: yes\n"
			if line == "compressed: zlib\n" {
				v.file = must(io.ReadAll(must(zlib.NewReader(bytes.NewReader(v.file)))))
			}
			if id, ok := strings.CutPrefix(line, "identity: "); ok {
				v.identities = append(v.identities, strings.TrimSpace(id))
			}
		}
		all = append(all, v)
	}
	return all
}

// tagged makes a recipient of each hardware kind.
func tagged(t *testing.T) map[Kind]string {
	t.Helper()
	classic := must(ecdh.P256().GenerateKey(rand.Reader)).PublicKey().Bytes()
	compressed := must(nistec.NewP256Point().SetBytes(classic)).BytesCompressed()
	hybrid := must(hpke.MLKEM768P256().GenerateKey()).PublicKey().Bytes()
	return map[Kind]string{
		Tag:   plugin.EncodeRecipient("tag", compressed),
		TagPQ: plugin.EncodeRecipient("tagpq", hybrid),
	}
}
