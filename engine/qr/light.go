package qr

import (
	"image"
	"image/color"
	"math"
)

// light is a picture in shades of grey, a byte a pixel, rows without gaps.
type light struct {
	pix  []byte
	w, h int
}

func lightOf(picture image.Image) light {
	b := picture.Bounds()
	l := light{make([]byte, b.Dx()*b.Dy()), b.Dx(), b.Dy()}
	for y := range l.h {
		row := l.pix[y*l.w : (y+1)*l.w]
		switch p := picture.(type) {
		case *image.Gray:
			copy(row, p.Pix[p.PixOffset(b.Min.X, b.Min.Y+y):])
		case *image.YCbCr:
			copy(row, p.Y[p.YOffset(b.Min.X, b.Min.Y+y):])
		case image.RGBA64Image: // all others of the library; At would allocate for every pixel
			for x := range row {
				row[x] = grey(p.RGBA64At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return l
}

// grey puts what is transparent before white, as viewers do.
func grey(c color.RGBA64) byte {
	r, g, b, a := uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A)
	return byte(((299*r+587*g+114*b)/1000 + 0xffff - a) >> 8)
}

// within is l made smaller so that it has no more than that many pixels: each
// is the average of those it stands for.
func (l light) within(pixels int) light {
	if l.w*l.h <= pixels {
		return l
	}
	scale := math.Sqrt(float64(pixels) / (float64(l.w) * float64(l.h)))
	to := light{w: max(1, int(float64(l.w)*scale)), h: max(1, int(float64(l.h)*scale))}
	to.pix = make([]byte, to.w*to.h)
	for y := range to.h {
		top, bottom := y*l.h/to.h, max((y+1)*l.h/to.h, y*l.h/to.h+1)
		for x := range to.w {
			left, right := x*l.w/to.w, max((x+1)*l.w/to.w, x*l.w/to.w+1)
			sum := 0
			for v := top; v < bottom; v++ {
				for _, p := range l.pix[v*l.w+left : v*l.w+right] {
					sum += int(p)
				}
			}
			to.pix[y*to.w+x] = byte(sum / ((bottom - top) * (right - left)))
		}
	}
	return to
}

// grown is l enlarged n times.
func (l light) grown(n int) light {
	to := light{make([]byte, l.w*l.h*n*n), l.w * n, l.h * n}
	for y := range to.h {
		for x := range to.w {
			to.pix[y*to.w+x] = l.pix[y/n*l.w+x/n]
		}
	}
	return to
}

// softened is l with each pixel the average of the three by three around it.
func (l light) softened() light {
	to := light{make([]byte, l.w*l.h), l.w, l.h}
	for y := range l.h {
		for x := range l.w {
			sum, n := 0, 0
			for v := max(0, y-1); v <= min(l.h-1, y+1); v++ {
				for u := max(0, x-1); u <= min(l.w-1, x+1); u++ {
					sum, n = sum+int(l.pix[v*l.w+u]), n+1
				}
			}
			to.pix[y*l.w+x] = byte(sum / n)
		}
	}
	return to
}

// erase makes white what lies in o.
func (l light) erase(o outline) {
	left, top, right, bottom := o.bounds(l.w, l.h)
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			if o.holds(point{float64(x) + 0.5, float64(y) + 0.5}) {
				l.pix[y*l.w+x] = 255
			}
		}
	}
}

func (l light) inverted() light {
	to := light{make([]byte, l.w*l.h), l.w, l.h}
	for i, p := range l.pix {
		to.pix[i] = 255 - p
	}
	return to
}
