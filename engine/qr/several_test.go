package qr

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"

	"cryptodesk/engine/fault"
)

// table is several codes beside and below each other, as sheets on a table.
func table(t testing.TB, texts []string, across int) image.Image {
	t.Helper()
	const cell = 120
	side := cell * max(across, (len(texts)+across-1)/across) // the camera wants a square
	picture := image.NewGray(image.Rect(0, 0, side, side))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for i, text := range texts {
		code, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		at := image.Pt(i%across*cell+i*3%17, i/across*cell+i*5%17)
		draw.Draw(picture, code.Bounds().Add(at), code, image.Point{}, draw.Src)
	}
	return picture
}

// All codes of a picture are found, whether they are alike or not.
func TestSeveralCodes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for _, c := range []struct {
		lengths []int
		across  int
		camera  camera
	}{
		{[]int{231, 228, 240}, 3, camera{module: 4, margin: 5}},
		{[]int{231, 231}, 1, camera{module: 4, margin: 5, angle: 90}},
		{[]int{77, 231, 330}, 2, camera{module: 5, margin: 5, angle: 20, noise: 10, quality: 70}},
		{[]int{231, 228, 225, 240, 77}, 3, camera{module: 4, margin: 5, angle: 185, tilt: 0.1, turn: 60, noise: 8, quality: 80}},
		{[]int{77, 77, 77, 77, 77, 77, 77, 77, 77}, 3, camera{module: 4, angle: 3, quality: 80}},
	} {
		var texts []string
		for _, n := range c.lengths {
			texts = append(texts, letters(random, n))
		}
		found, err := DecodeAll(t.Context(), c.camera.shoot(t, table(t, texts, c.across), random))
		if err != nil {
			t.Errorf("%v: %v", c.lengths, err)
			continue
		}
		var got []string
		for _, b := range found {
			got = append(got, string(b.Bytes()))
			b.Destroy()
		}
		slices.Sort(got)
		slices.Sort(texts)
		if !slices.Equal(got, texts) {
			t.Errorf("%v: %d of %d found", c.lengths, len(got), len(texts))
		}
	}
}

// A code in a picture of many colours, transparency and all, costs no memory for each of its pixels.
func TestPixelsAreNotAllocated(t *testing.T) {
	code, err := Encode("CRYPTODESK")
	if err != nil {
		t.Fatal(err)
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 1000, 1000))
	draw.Draw(picture, code.Bounds().Add(image.Pt(100, 100)), code, image.Point{}, draw.Src)
	if n := testing.AllocsPerRun(1, func() { lightOf(picture) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}

func TestCancelledLook(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, err := Encode("CRYPTODESK")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeAll(ctx, pictureOf(t, code)); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
}

func TestOutlineHoldsWhatLiesInIt(t *testing.T) {
	o := outline{{10, 0}, {20, 10}, {10, 20}, {0, 10}}
	for _, back := range []bool{false, true} {
		if back {
			slices.Reverse(o[:])
		}
		for p, want := range map[point]bool{{10, 10}: true, {1, 10}: true, {2, 2}: false, {18, 18}: false, {10, 21}: false, {-5, 10}: false} {
			if o.holds(p) != want {
				t.Errorf("%v: %v", p, !want)
			}
		}
	}
	for _, size := range []int{15, 30} {
		if l, top, r, b := o.bounds(size, size); fmt.Sprint(l, top, r, b) != fmt.Sprint(0, 0, min(size, 20), min(size, 20)) {
			t.Error(l, top, r, b)
		}
	}
}
