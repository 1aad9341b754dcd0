package qr

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// decoded is what the code of a picture holds.
func decoded(t testing.TB, picture []byte) (string, error) {
	b, err := Decode(t.Context(), picture)
	defer b.Destroy()
	return string(b.Bytes()), err
}

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
	pictures := 9
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
		got, err := decoded(t, picture)
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

// Pictures of a kind, each of which has undone a reader before.
func TestPicturesOfAKind(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for i, kind := range []struct {
		name   string
		change func(*camera)
	}{
		{"clean", func(c *camera) {}},
		{"two pixels a module", func(c *camera) { c.module = 2 }},
		{"an odd size", func(c *camera) { c.module = 2.7 }},
		{"no margin", func(c *camera) { c.margin = 0 }},
		{"small in a large one", func(c *camera) { c.module, c.margin = 3, 200 }},
		{"a quarter", func(c *camera) { c.angle = 90 }},
		{"upside down", func(c *camera) { c.angle = 180 }},
		{"on its corner", func(c *camera) { c.angle = 45 }},
		{"30 degrees", func(c *camera) { c.angle = 30 }},
		{"leaning back", func(c *camera) { c.tilt, c.turn = 0.3, 90 }},
		{"leaning to a corner", func(c *camera) { c.tilt, c.turn = 0.3, 45 }},
		{"bent paper", func(c *camera) { c.bend, c.angle = 0.03, 10 }},
		{"noise", func(c *camera) { c.noise = 40 }},
		{"blurred", func(c *camera) { c.blur, c.module = 4, 6 }},
		{"half in the shade", func(c *camera) { c.shade = 0.85 }},
		{"the worst JPEG", func(c *camera) { c.quality = 15 }},
		{"all of it, a bit less", func(c *camera) { *c = camera{6, 17, 0.15, 200, 0.015, 20, 1, 0.5, 40, 20} }},
	} {
		lengths := []int{2080, []int{330, 20}[i%2]}
		for _, n := range lengths {
			text := letters(random, n)
			code, err := Encode(text)
			if err != nil {
				t.Fatal(err)
			}
			c := camera{module: 4, margin: 5}
			kind.change(&c)
			if got, err := decoded(t, c.shoot(t, code, random)); err != nil || got != text {
				t.Errorf("%s, %d letters: %v", kind.name, n, err)
			}
		}
	}
}

// Other programs read what Encode writes.
func TestStockZBarReadsCodes(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg (Debian's zbar-tools) is not installed")
	}
	random := rand.New(rand.NewPCG(1, 1))
	for _, text := range []string{letters(random, 2080), letters(random, 330), letters(random, 1) + "A", "age1 한글, in bytes"} {
		text = strings.ReplaceAll(text, " ", "+") // which zbarimg may trim
		code, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(path, camera{module: 6}.shoot(t, code, random), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(zbar, "-q", "--raw", path).Output()
		if err != nil || strings.TrimSuffix(string(out), "\n") != text {
			t.Errorf("%.20q: %.40q, %v", text, out, err)
		}
	}
}

func TestBytesAndOtherLetters(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, text := range []string{"lower case", "https://example.org/?q=1", "한글 코드", "age1qqq", "1234567890", "A"} {
		code, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decoded(t, camera{module: 4}.shoot(t, code, random)); err != nil || got != text {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
}

// pictureOf is a PNG file of p.
func pictureOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, p); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Other kinds of pixels: with a palette, 16 bits, transparent, white on black.
func TestKindsOfPixels(t *testing.T) {
	text := strings.Repeat("CRYPTODESK:1:", 20)
	code, err := Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	b := image.Rect(0, 0, code.Bounds().Dx()*3, code.Bounds().Dy()*3)
	black := func(x, y int) bool { return code.At(x/3, y/3) == color.Gray{} }
	for name, p := range map[string]draw.Image{
		"palette": image.NewPaletted(b, color.Palette{color.White, color.RGBA{0, 0, 90, 255}}), "16 bits": image.NewGray16(b),
		"16 bits of colour": image.NewRGBA64(b), "transparent": image.NewNRGBA(b), "inverted": image.NewRGBA(b),
	} {
		for y := range b.Dy() {
			for x := range b.Dx() {
				c := color.Color(color.White)
				switch {
				case black(x, y) != (name == "inverted"):
					c = color.Black
				case name == "transparent":
					c = color.Transparent
				}
				p.Set(x, y, c)
			}
		}
		if got, err := decoded(t, pictureOf(t, p)); err != nil || got != text {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// header is the beginning of a PNG file of that size.
func header(t testing.TB, w, h uint32) []byte {
	file := pictureOf(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestWhatIsNoCode(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	noise := image.NewGray(image.Rect(0, 0, 600, 600))
	for i := range noise.Pix {
		noise.Pix[i] = byte(random.Uint32())
	}
	finders := image.NewGray(image.Rect(0, 0, 900, 900)) // a wall of finder patterns
	for i := range finders.Pix {
		x, y := i%900/4%9-3, i/900/4%9-3
		if ring := max(x, -x, y, -y); ring == 2 || ring > 3 {
			finders.Pix[i] = 255
		}
	}
	code, err := Encode("CRYPTODESK")
	if err != nil {
		t.Fatal(err)
	}
	whole := camera{module: 4}.shoot(t, code, random)
	for name, c := range map[string]struct {
		file []byte
		kind fault.Kind
	}{
		"nothing":      {nil, fault.NoCode},
		"text":         {[]byte("hello"), fault.NoCode},
		"a pixel":      {pictureOf(t, image.NewGray(image.Rect(0, 0, 1, 1))), fault.NoCode},
		"a line":       {pictureOf(t, image.NewGray(image.Rect(0, 0, 3000, 1))), fault.NoCode},
		"black":        {pictureOf(t, image.NewGray(image.Rect(0, 0, 300, 300))), fault.NoCode},
		"noise":        {pictureOf(t, noise), fault.NoCode},
		"finders":      {pictureOf(t, finders), fault.NoCode},
		"cut":          {whole[:len(whole)/2], fault.PictureDamaged},
		"header alone": {header(t, 8000, 8000), fault.PictureDamaged},
		"no width":     {header(t, 0, 8), fault.NoCode},
		"too many":     {header(t, 8193, 8192), fault.TooLarge},
		"far too many": {header(t, 1<<20, 1<<20), fault.TooLarge},
		"a huge file":  {make([]byte, maxFile+1), fault.TooLarge},
	} {
		if text, err := decoded(t, c.file); fault.Of(err) != c.kind {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

func TestEncodeBounds(t *testing.T) {
	for n, side := range map[int]int{10: 21, 330: 81, 2060: 141, 3391: 177, 4296: 177} {
		code, err := Encode(strings.Repeat("A", n))
		if err != nil {
			t.Fatalf("%d letters: %v", n, err)
		}
		if got := code.Bounds().Dx() - 2*Quiet; got != side {
			t.Errorf("%d letters: %d modules", n, got)
		}
	}
	if _, err := Encode(strings.Repeat("A", 4297)); fault.Of(err) != fault.TooLarge {
		t.Errorf("one letter too many: %v", err)
	}
}

// FuzzLook shows the reader any pixels at all, black and white.
func FuzzLook(f *testing.F) {
	code, err := Encode("A CODE")
	if err != nil {
		f.Fatal(err)
	}
	l := lightOf(code).grown(2)
	bits := make([]byte, len(l.pix)/8+1)
	for i, p := range l.pix {
		bits[i/8] |= p & 1 << (i % 8)
	}
	f.Add(uint8(l.w), bits)
	f.Fuzz(func(t *testing.T, width uint8, bits []byte) {
		w := max(1, int(width))
		l := light{make([]byte, len(bits)*8/w*w), w, len(bits) * 8 / w}
		if l.h == 0 {
			return
		}
		for i := range l.pix {
			l.pix[i] = 255 * (bits[i/8] >> (i % 8) & 1)
		}
		passes[0].try(l)
		passes[1].try(l)
	})
}
