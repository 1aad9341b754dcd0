//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package qr

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"image"
	"image/png"
	"runtime"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing/qrcode/encoder"

	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

const calm = 20 * time.Millisecond

// settle waits for the sweep that Do itself sees to.
func settle(t *testing.T) {
	t.Helper()
	for secret.Settled() == 0 {
		select {
		case <-t.Context().Done():
			t.Fatal("never settled")
		case <-time.After(calm):
		}
	}
}

// confidential is a text of letters that were never anywhere else.
func confidential(n int) *secret.Buffer {
	b := secret.New(n)
	secret.Do(func() {
		rand.Read(b.Bytes())
		for i, c := range b.Bytes() {
			b.Bytes()[i] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"[c%32]
		}
	})
	return b
}

// The kinds of needles.
const (
	asText  scan.Kind = "text"
	asBits  scan.Kind = "codewords"
	asWords scan.Kind = "codewords as integers"
	asCode  scan.Kind = "modules"
)

// needles are what of a text could be left: its letters, the bytes that
// alphanumeric mode makes of them, as the library holds those too, and the
// modules of its code.
func needles(t *testing.T, text *secret.Buffer, code *Code) *scan.Set {
	t.Helper()
	set := scan.NewSet()
	t.Cleanup(set.Destroy)
	secret.Do(func() {
		for at := 0; at+10 <= text.Len(); at++ {
			set.AddRaw(asText, "letters", text.Bytes()[at:at+10])
		}
		packed := pack(text.Bytes(), code.Side())
		for at := 0; at+8 <= len(packed); at++ {
			set.AddRaw(asBits, "bytes", packed[at:at+8])
			var wide []byte
			for _, b := range packed[at : at+4] {
				wide = binary.LittleEndian.AppendUint64(wide, uint64(b))
			}
			set.AddRaw(asWords, "64 bits", wide)
		}
		for at := 0; at+16 <= code.modules.Len(); at += 16 {
			set.AddRaw(asCode, "bits", code.modules.Bytes()[at:at+16])
		}
	})
	return set
}

// pack is alphanumeric mode (ISO/IEC 18004, 7.4.4).
func pack(text []byte, side int) (packed []byte) {
	held, n := 0, 0
	add := func(v, bits int) {
		for held, n = held<<bits|v, n+bits; n >= 8; n -= 8 {
			packed = append(packed, byte(held>>(n-8)))
		}
		held &= 1<<n - 1
	}
	add(2, 4)
	length := 9
	if side >= 57 { // version 10
		length = 11
	}
	add(len(text), length)
	value := func(c byte) int { return bytes.IndexByte([]byte(alphanumeric), c) }
	for ; len(text) > 1; text = text[2:] {
		add(45*value(text[0])+value(text[1]), 11)
	}
	return packed
}

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

// photo is a picture of the code in guarded memory, some pixels a module.
func photo(code *Code) *secret.Buffer {
	var file *secret.Buffer
	secret.Do(func() {
		const module = 5
		side := (code.Side() + 2*Quiet) * module
		picture := image.NewGray(image.Rect(0, 0, side, side))
		for i := range picture.Pix {
			if !code.Black(i%side/module-Quiet, i/side/module-Quiet) {
				picture.Pix[i] = 255
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, picture); err != nil {
			panic(err)
		}
		file = secret.Take(b.Bytes())
	})
	return file
}

// What was written as a code, and what was read off one, is nowhere but in
// guarded memory once Do's own sweep is over. The same work outside of Do is
// the positive control: the search finds what the library leaves.
func TestMemoryForgetsCodes(t *testing.T) {
	for _, n := range []int{77, 231} {
		text := confidential(n)
		code, err := EncodeSecret(text.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		set := needles(t, text, code)
		picture := photo(code)
		for range 3 {
			found, err := DecodeAll(t.Context(), picture.Bytes())
			if err != nil || len(found) != 1 || !found[0].Equal(text) {
				t.Fatalf("%d found, %v", len(found), err)
			}
			found[0].Destroy()
		}
		settle(t)
		if r := search(t, set); r.Found() != 0 || r.Kept[asText] == 0 || r.Kept[asCode] == 0 {
			t.Fatalf("%d letters, outside of guarded memory: %v", n, r)
		}

		var left *encoder.ByteMatrix
		if left, err = encode(string(text.Bytes())); err != nil {
			t.Fatal(err)
		}
		whole, err := load(picture.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		passes[0].try(whole).text.Destroy()
		r := search(t, set)
		for _, kind := range []scan.Kind{asText, asBits, asWords} {
			if r.Count[kind] == 0 {
				t.Errorf("%d letters: the library is not seen to leave %s: %v", n, kind, r)
			}
		}
		runtime.KeepAlive(left)
		runtime.KeepAlive(whole)
		for _, b := range []*secret.Buffer{text, picture} {
			b.Destroy()
		}
		code.Destroy()
	}
}
