package qr

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

func letters(random *rand.Rand, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphanumeric[random.IntN(len(alphanumeric))]
	}
	return string(text)
}

// The number of pictures of a longer run, in the environment.
const picturesVariable = "CRYPTODESK_PICTURES"

// Codes of the length of contact cards, post-quantum and classic, as people
// photograph them, are read back.
func TestPhotographedCodesAreRead(t *testing.T) {
	pictures := 12
	if n, err := strconv.Atoi(os.Getenv(picturesVariable)); err == nil {
		pictures = n
	}
	random := rand.New(rand.NewPCG(3, 1))
	failed := 0
	var longest, total time.Duration
	for i := range pictures {
		text := letters(random, []int{2060, 2100, 330}[i%3])
		code, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		c := anyCamera(random)
		picture := c.shoot(t, code, random)
		begun := time.Now()
		got, err := Decode(picture)
		took := time.Since(begun)
		longest, total = max(longest, took), total+took
		if err == nil && got != text {
			t.Fatalf("%+v: another text", c)
		}
		if err != nil {
			failed++
			t.Logf("%d letters, %+v: %v", len(text), c, err)
		}
	}
	t.Logf("%d of %d read; %v a picture, %v the longest", pictures-failed, pictures, total/time.Duration(pictures), longest)
	if float64(failed) > 0.02*float64(pictures) {
		t.Errorf("%d of %d not read", failed, pictures)
	}
}

func TestEncodeBounds(t *testing.T) {
	for n, side := range map[int]int{10: 21, 333: 0, 2060: 141, 3391: 177, 4296: 177} {
		code, err := Encode(strings.Repeat("A", n))
		if err != nil {
			t.Fatalf("%d letters: %v", n, err)
		}
		if got := code.Bounds().Dx() - 2*quiet; side != 0 && got != side {
			t.Errorf("%d letters: %d modules", n, got)
		}
	}
	if _, err := Encode(strings.Repeat("A", 4297)); fault.Of(err) != fault.TooLarge {
		t.Errorf("one letter too many: %v", err)
	}
}
