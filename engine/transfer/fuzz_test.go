package transfer

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func FuzzFrame(f *testing.F) {
	f.Add(raw(helloFrame, 13, []byte(`{"version":1}`)))
	f.Add(raw(dataFrame, 1<<20, nil))
	f.Add(raw(resumeFrame, 45, []byte(`{"parts":[{"entry":0,"at":5,"tail":"AAAA"}]}`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		for {
			k, body, err := readFrame(r, nil)
			if err != nil {
				return
			}
			if len(body) > k.limit() {
				t.Fatalf("kind %d of %d bytes", k, len(body))
			}
			for _, m := range []any{new(hello), new(signed), new(resume), new(answer), new(begin), new(stored), new(stop), new(bye)} {
				_ = decode(body, m)
			}
		}
	})
}

func FuzzOffer(f *testing.F) {
	to := ed25519.PublicKey(bytes.Repeat([]byte{7}, ed25519.PublicKeySize))
	o := Offer{ID: NewID(), To: to, Made: time.Now(), Entries: []Entry{{File, "a.age", 300, make([]byte, sha256.Size)}, {Paper, "b.txt", 3, make([]byte, sha256.Size)}}}
	text, err := json.Marshal(o)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, b []byte) {
		var o Offer
		if decode(b, &o) != nil || o.check(to) != nil {
			return
		}
		if o.Total() <= 0 || o.Total() > maxTotal {
			t.Fatalf("a total of %d", o.Total())
		}
		for _, e := range o.Entries {
			if strings.ContainsAny(e.Name, "/\x00\n\u202e") || len(e.Name) > maxName || e.Name == ".." || e.Name == "." {
				t.Fatalf("name %q", e.Name)
			}
		}
	})
}
