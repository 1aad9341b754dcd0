//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package paper

import (
	"bytes"
	"crypto/rand"
	"runtime"
	"testing"
	"time"

	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

// settle waits for the sweep that Do itself sees to.
func settle(t *testing.T) {
	t.Helper()
	const often = 20 * time.Millisecond
	for secret.Settled() == 0 {
		select {
		case <-t.Context().Done():
			t.Fatal("never settled")
		case <-time.After(often):
		}
	}
}

// confidential is n letters that were never anywhere else, and after each so
// many of them a space.
func confidential(prefix string, n, every int, alphabet string) *secret.Buffer {
	b := secret.New(len(prefix) + n)
	secret.Do(func() {
		rest := b.Bytes()[copy(b.Bytes(), prefix):]
		rand.Read(rest)
		for i, c := range rest {
			rest[i] = alphabet[int(c)%len(alphabet)]
			if i%(every+1) == every {
				rest[i] = ' '
			}
		}
	})
	return b
}

func upper(b *secret.Buffer) *secret.Buffer {
	u := b.Clone()
	secret.Do(func() {
		for i, c := range u.Bytes() {
			if c >= 'a' && c <= 'z' {
				u.Bytes()[i] = c - 'a' + 'A'
			}
		}
	})
	return u
}

// The kinds of needles.
const (
	asKey    scan.Kind = "key"
	asWords  scan.Kind = "words"
	asDrawn  scan.Kind = "what is drawn"
	asPacked scan.Kind = "the file's streams"
)

// needles are the secrets of a page, and what holds them in its file: the streams as they are there, and the texts as they are drawn.
// What is the same for another secret, as the titles, is none.
func needles(t *testing.T, p Page, pdf, other *secret.Buffer) *scan.Set {
	t.Helper()
	set := scan.NewSet()
	t.Cleanup(set.Destroy)
	if key, ok := bytes.CutPrefix(p.Code.Bytes(), []byte(keyPrefix)); ok {
		addText(set, asKey, key) // the prefix is in every program that knows it
	}
	addText(set, asWords, p.Words.Bytes())
	capitals := upper(p.Words)
	defer capitals.Destroy()
	addText(set, asWords, capitals.Bytes())
	secret.Do(func() {
		const piece = 24
		for s := range streams(pdf.Bytes()) {
			for at := 0; at+piece <= len(s.raw); at += piece {
				if b := s.raw[at : at+piece]; !bytes.Contains(other.Bytes(), b) {
					set.AddRaw(asPacked, "piece", b)
				}
			}
		}
		common := drawing(other)
		for text := range bytes.SplitSeq(drawing(pdf), []byte("<")) {
			if hex, ok := bytes.CutSuffix(text, []byte("> Tj")); ok && !bytes.Contains(common, hex) {
				set.AddRaw(asDrawn, "numbers of letters", hex)
			}
		}
	})
	return set
}

// addText adds every ten letters, too many to be met by chance.
func addText(set *scan.Set, kind scan.Kind, text []byte) {
	for at := 0; at+10 <= len(text); at++ {
		set.AddRaw(kind, "letters", text[at:at+10])
	}
}

// drawing is the operators of the page, those for text at the ends of lines.
func drawing(pdf *secret.Buffer) []byte {
	for s := range streams(pdf.Bytes()) {
		if data, _, err := s.unpack(1 << 20); err == nil && bytes.Contains(data, []byte("> Tj")) {
			return bytes.ReplaceAll(data, []byte(" ET\n"), []byte("<"))
		}
	}
	return nil
}

const keyPrefix = "AGE-SECRET-KEY-PQ-1"

func search(t *testing.T, set *scan.Set) *scan.Report {
	t.Helper()
	r, err := set.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !r.Sees() {
		t.Fatal("the search is blind")
	}
	return r
}

func secretPage(t *testing.T, kind string) Page {
	p := korean(t)
	p.Words = confidential("", 33*7-1, 6, "bqxzjkvw")
	if kind == "share" {
		p.Code, p.Line = upper(p.Words), nil
		return p
	}
	p.Code = confidential(keyPrefix, 58, 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")
	p.Line = p.Code.Clone()
	return p
}

// What was drawn, and what was read back from the attached file and from the
// picture of the code, is nowhere but in guarded memory once Do's own sweep is
// over. Copies that are held are the positive control.
func TestMemoryForgetsSheets(t *testing.T) {
	for _, kind := range []string{"sheet", "share"} {
		p, q := secretPage(t, kind), secretPage(t, kind)
		pdf := must(Draw(p))
		bare := pdf.Clone() // without its attached file
		secret.Do(func() {
			bare.Bytes()[bytes.Index(bare.Bytes(), []byte("/EmbeddedFile /"))+1]++
		})
		other := must(Draw(q))
		set := needles(t, p, pdf, other)
		for range 3 {
			must(Draw(p)).Destroy()
			for _, b := range []*secret.Buffer{pdf, bare} {
				expect(t, kind, b.Bytes(), p.Code)
			}
		}
		settle(t)
		if r := search(t, set); r.Found() != 0 || r.Kept[asWords] == 0 || r.Kept[asPacked] == 0 {
			t.Fatalf("%s, outside of guarded memory: %v", kind, r)
		}

		var held [][]byte
		secret.Do(func() { // so that it is erased, in the end
			held = [][]byte{bytes.Clone(pdf.Bytes()), drawing(pdf), bytes.Clone(p.Words.Bytes()), bytes.Clone(p.Code.Bytes())}
		})
		if r := search(t, set); r.Count[asPacked] == 0 || r.Count[asDrawn] == 0 || r.Count[asWords] == 0 || kind == "sheet" && r.Count[asKey] == 0 {
			t.Errorf("%s: what lies on the heap is not seen: %v", kind, r)
		}
		runtime.KeepAlive(held)
		for _, b := range []*secret.Buffer{pdf, bare, other, p.Code, p.Line, p.Words, q.Code, q.Line, q.Words} {
			b.Destroy()
		}
	}
}
