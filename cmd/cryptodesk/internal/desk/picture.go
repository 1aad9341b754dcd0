//go:build linux

package desk

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
)

// quiet is how long nothing may be drawn before a picture counts as finished, restless how long that is awaited: a
// progress bar never rests.
const (
	quiet    = 150 * time.Millisecond
	restless = 2 * time.Second
)

// Shot writes a picture of the window, once it has stopped changing, as PNG.
func (w *Window) Shot(ctx context.Context, path string) error {
	if err := w.settle(ctx); err != nil {
		return err
	}
	img, err := w.Picture()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Close()
}

// Picture is what the screen shows where the window is.
func (w *Window) Picture() (*image.RGBA, error) {
	x, y, width, height, err := w.Bounds()
	if err != nil {
		return nil, err
	}
	inside := image.Rect(x, y, x+width, y+height).Intersect(image.Rect(0, 0, Width, Height))
	raw, err := xproto.GetImage(w.d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w.d.root), int16(inside.Min.X),
		int16(inside.Min.Y), uint16(inside.Dx()), uint16(inside.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the screen: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, inside.Dx(), inside.Dy()))
	if len(raw.Data) < len(img.Pix) {
		return nil, fmt.Errorf("read the screen: %d bytes for %v", len(raw.Data), img.Rect)
	}
	for i := 0; i < len(img.Pix); i += 4 { // depth 24 comes as blue, green, red, unused
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = raw.Data[i+2], raw.Data[i+1], raw.Data[i], 0xff
	}
	return img, nil
}

// settle waits until the server has reported no drawing in the window for a while.
func (w *Window) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, restless)
	defer cancel()
	c, stop, err := w.d.listener(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if err := damage.Init(c); err != nil {
		return err
	}
	if _, err := damage.QueryVersion(c, 1, 1).Reply(); err != nil {
		return err
	}
	id, err := damage.NewDamageId(c)
	if err != nil {
		return err
	}
	level := byte(damage.ReportLevelRawRectangles)
	if err := damage.CreateChecked(c, id, xproto.Drawable(w.id), level).Check(); err != nil {
		return fmt.Errorf("watch the window: %w", err)
	}
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		for {
			ev, err := c.WaitForEvent()
			if ev == nil && err == nil {
				return
			}
			select {
			case drawn <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}()
	for {
		select {
		case <-time.After(quiet):
			return nil
		case _, more := <-drawn:
			if !more {
				return nil
			}
		}
	}
}
