package qr

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"
)

// camera takes a picture of a code: what a telephone or a scanner makes of it.
type camera struct {
	module  float64 // pixels a module
	angle   float64 // degrees
	tilt    float64 // how much nearer one edge is than the other, as a share
	turn    float64 // the way of the tilt, degrees
	bend    float64 // of the paper, as a share of the code's side
	noise   float64 // standard deviation, of 255
	blur    int     // passes
	shade   float64 // how much darker one corner is, as a share
	quality int     // of a JPEG file; 0 is PNG
	margin  float64 // around the code, in modules
}

func (c camera) shoot(t testing.TB, code image.Image, random *rand.Rand) []byte {
	t.Helper()
	n := float64(code.Bounds().Dx())
	half := (n*math.Sqrt2/2*(1+c.tilt) + c.margin) * c.module
	if c.angle == math.Trunc(c.angle/90)*90 {
		half = (n/2*(1+c.tilt) + c.margin) * c.module
	}
	size := int(2 * half)
	out := image.NewGray(image.Rect(0, 0, size, size))
	sin, cos := math.Sincos(c.angle * math.Pi / 180)
	tiltY, tiltX := math.Sincos(c.turn * math.Pi / 180)
	look := func(px, py float64) float64 {
		x, y := (px-half)/c.module, (py-half)/c.module
		x, y = x*cos+y*sin, y*cos-x*sin
		depth := 1 + c.tilt*(x*tiltX+y*tiltY)/n
		x, y = x/depth+n/2, y/depth+n/2
		y += c.bend * n * math.Sin(x/n*math.Pi)
		if x < 0 || y < 0 || x >= n || y >= n {
			return 225
		}
		if r, _, _, _ := code.At(int(x), int(y)).RGBA(); r == 0 {
			return 30
		}
		return 225
	}
	for y := range size {
		for x := range size {
			sum := 0.0
			for _, d := range [][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
				sum += look(float64(x)+d[0], float64(y)+d[1])
			}
			lit := sum / 4 * (1 - c.shade*float64(x+y)/float64(2*size))
			out.Pix[y*size+x] = byte(min(255, max(0, lit+random.NormFloat64()*c.noise)))
		}
	}
	l := light{out.Pix, size, size}
	for range c.blur {
		l = l.softened()
	}
	out.Pix = l.pix
	var file bytes.Buffer
	var err error
	if c.quality > 0 {
		err = jpeg.Encode(&file, out, &jpeg.Options{Quality: c.quality})
	} else {
		err = png.Encode(&file, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// anyCamera is one of the pictures that people take.
func anyCamera(random *rand.Rand) camera {
	c := camera{
		module: 3 + 5*random.Float64(), margin: 2 + 20*random.Float64(), angle: 360 * random.Float64(),
		tilt: 0.25 * random.Float64(), turn: 360 * random.Float64(), noise: 20 * random.Float64(), shade: 0.5 * random.Float64(),
		quality: 40 + random.IntN(55), blur: random.IntN(2),
	}
	if c.module < 4 {
		c.blur = 0
	}
	return c
}
