package paper

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"cryptodesk/engine/secret"
)

// camera takes a picture of a page that lies on a table: what a telephone or a
// scanner makes of it.
type camera struct {
	scale   float64 // pixels of the picture for one of the page
	angle   float64 // degrees
	tilt    float64 // how much nearer one edge is than the other, as a share
	turn    float64 // the way of the tilt, degrees
	noise   float64 // standard deviation, of 255
	soft    float64 // pixels that are smeared into one
	shade   float64 // how much darker one corner is, as a share
	quality int     // of a JPEG file; 0 is PNG
}

// anyCamera is one of the pictures that people take.
func anyCamera(random *rand.Rand) camera {
	return camera{
		scale: 0.75 + 0.75*random.Float64(), angle: 360 * random.Float64(), tilt: 0.2 * random.Float64(), turn: 360 * random.Float64(),
		noise: 15 * random.Float64(), soft: 1.5 * random.Float64(), shade: 0.5 * random.Float64(), quality: 40 + random.IntN(55),
	}
}

func (c camera) shoot(t testing.TB, page *image.Gray, random *rand.Rand) []byte {
	t.Helper()
	const table = 110
	w, h := float64(page.Rect.Dx()), float64(page.Rect.Dy())
	sin, cos := math.Sincos(c.angle * math.Pi / 180)
	tiltY, tiltX := math.Sincos(c.turn * math.Pi / 180)
	halfW := (math.Abs(w*cos) + math.Abs(h*sin)) / 2 * c.scale * (1 + c.tilt/2)
	halfH := (math.Abs(w*sin) + math.Abs(h*cos)) / 2 * c.scale * (1 + c.tilt/2)
	out := image.NewGray(image.Rect(0, 0, int(2*halfW), int(2*halfH)))
	at := func(px, py float64) float64 {
		x, y := (px-halfW)/c.scale, (py-halfH)/c.scale
		x, y = x*cos+y*sin, y*cos-x*sin
		depth := 1 + c.tilt*(x*tiltX+y*tiltY)/h
		x, y = x/depth+w/2, y/depth+h/2
		if x < 0 || y < 0 || x >= w || y >= h {
			return table
		}
		return 20 + 0.85*float64(page.Pix[int(y)*page.Stride+int(x)])
	}
	spots := [][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum := 0.0
			for _, d := range spots {
				sum += at(float64(x)+0.5+(d[0]-0.5)*(1+c.soft), float64(y)+0.5+(d[1]-0.5)*(1+c.soft))
			}
			lit := sum / 4 * (1 - c.shade*float64(x+y)/float64(out.Rect.Dx()+out.Rect.Dy()))
			out.Pix[y*out.Stride+x] = byte(min(255, max(0, lit+random.NormFloat64()*c.noise)))
		}
	}
	return file(t, out, c.quality)
}

func file(t testing.TB, picture image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	if quality > 0 {
		b.Reset()
		err = jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// another is a page with another secret, of one kind or the other, in one
// language or the other.
func another(t testing.TB, i int, random *rand.Rand) Page {
	p := english(t)
	if i/2%2 == 1 {
		p = korean(t)
	}
	const letters = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	key := []byte("AGE-SECRET-KEY-PQ-1")
	for range 58 {
		key = append(key, letters[random.IntN(len(letters))])
	}
	var words []byte
	for n := range 33 {
		if n > 0 {
			words = append(words, ' ')
		}
		for range 4 + random.IntN(5) {
			words = append(words, byte('a'+random.IntN(26)))
		}
	}
	p.Code, p.Line, p.Words = secret.Take(bytes.Clone(key)), secret.Take(key), secret.Take(words)
	if i%2 == 1 {
		p.Code, p.Line = secret.Take(bytes.ToUpper(p.Words.Bytes())), nil
	}
	return p
}

// The number of pages of a longer run, in the environment.
const picturesVariable = "CRYPTODESK_PICTURES"

// Pages rendered at 150 dpi, turned, scaled, tilted, with noise, blur, shadow
// and JPEG, are read back.
func TestPhotographedPagesAreRead(t *testing.T) {
	pictures := 20
	if n, err := strconv.Atoi(os.Getenv(picturesVariable)); err == nil {
		pictures = n
	}
	random := rand.New(rand.NewPCG(9, 1))
	failed := 0
	var longest, total time.Duration
	for i := range pictures {
		p := another(t, i, random)
		page := rendered(t, drawn(t, p), "150")
		c := anyCamera(random)
		photo := c.shoot(t, page, random)
		begun := time.Now()
		found, err := Read(t.Context(), photo)
		took := time.Since(begun)
		longest, total = max(longest, took), total+took
		if err != nil || len(found) != 1 {
			failed++
			t.Logf("page %d, %+v: %d found, %v", i, c, len(found), err)
			continue
		}
		if !found[0].Equal(p.Code) {
			t.Fatalf("%+v: another text", c)
		}
	}
	t.Logf("%d of %d read; %v a picture, %v the longest", pictures-failed, pictures, total/time.Duration(pictures), longest)
	if float64(failed) > 0.02*float64(pictures) {
		t.Errorf("%d of %d not read", failed, pictures)
	}
}

// Turns that scanners make, and the smallest copies people still try.
func TestPagesOfAKind(t *testing.T) {
	for i := range 2 {
		random := rand.New(rand.NewPCG(2, uint64(i)))
		p := another(t, i, random)
		page := rendered(t, drawn(t, p), "150")
		for _, c := range []struct {
			name string
			camera
		}{
			{"as it is", camera{scale: 1}}, {"a quarter", camera{scale: 1, angle: 90}}, {"upside down", camera{scale: 1, angle: 180}},
			{"the other quarter", camera{scale: 1, angle: 270}}, {"a corner", camera{scale: 1, angle: 45, quality: 60}},
			{"half", camera{scale: 0.5, quality: 80}}, {"double", camera{scale: 2, quality: 50}},
			{"leaning", camera{scale: 1, angle: 12, tilt: 0.4, turn: 80, quality: 70}},
			{"a bad copy", camera{scale: 0.8, angle: 1, noise: 30, soft: 1.5, quality: 30}},
			{"in the dark", camera{scale: 1, shade: 0.9, noise: 5, quality: 70}},
		} {
			expect(t, c.name, c.shoot(t, page, random), p.Code)
		}
	}
}

// Several pages on one picture, side by side, all are found.
func TestSeveralPagesOnAPhoto(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	var pages []*image.Gray
	var codes []*secret.Buffer
	for range 3 {
		p := another(t, 1, random)
		codes = append(codes, p.Code)
		pages = append(pages, rendered(t, drawn(t, p), "150"))
	}
	w, h := pages[0].Rect.Dx(), pages[0].Rect.Dy()
	table := image.NewGray(image.Rect(0, 0, 3*w+200, h+100))
	for i, page := range pages {
		for y := range h {
			copy(table.Pix[(y+30*i)*table.Stride+i*(w+80):], page.Pix[y*page.Stride:][:w])
		}
	}
	for _, c := range []camera{{scale: 0.8, quality: 85}, {scale: 0.9, angle: 95, tilt: 0.1, turn: 30, noise: 6, quality: 70}} {
		expect(t, "three", c.shoot(t, table, random), codes...)
	}
}

// Photos of twelve megapixels: of a page, and of what looks like one but has no
// code, which takes every way of looking.
func BenchmarkRead(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	p := another(b, 1, random)
	page := rendered(b, drawn(b, p), "150")
	c := camera{scale: 2.05, angle: 5, tilt: 0.05, noise: 8, soft: 1, quality: 85}
	photo := c.shoot(b, page, random)
	for i, v := range page.Pix { // without the code
		if x, y := i%page.Stride, i/page.Stride; x < page.Stride/2 && y > 380 && y < 1100 {
			page.Pix[i] = max(v, 250)
		}
	}
	for name, data := range map[string][]byte{"code": photo, "no code": c.shoot(b, page, random)} {
		b.Run(name, func(b *testing.B) {
			size, _, err := image.DecodeConfig(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(size.Width*size.Height)/1e6, "megapixels")
			for b.Loop() {
				found, err := Read(b.Context(), data)
				if (name == "code") != (err == nil) || len(found) > 1 {
					b.Fatalf("%d found, %v", len(found), err)
				}
			}
		})
	}
}
