package keys

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	stock "fyne.io/fyne/v2/widget"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// savedModule is the size of a module in a saved picture, in pixels: large
// enough for a photo of a screen or a print.
const savedModule = 8

// showCode shows one's own contact card as a picture to scan.
func (s *Screen) showCode(k identity.Public) {
	var code image.Image
	var err error
	away(func() { code, err = s.engine.CardCode(k.ID) }, func() {
		if len(s.engine.Keys()) == 0 {
			return // locked meanwhile
		}
		if err != nil {
			Problem(s.window, err)
			return
		}
		openCode(s.window, k, code)
	})
}

// leastModule is how large a module must be on a screen for a camera to read
// it, in pixels.
const leastModule = 3

// openCode shows the picture as large as a sheet in this window can.
func openCode(w fyne.Window, k identity.Public, code image.Image) {
	var sheet *widget.Sheet
	module, side := fitting(w.Canvas(), code)
	shown := code
	if sub, ok := code.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok && module < leastModule {
		// What cannot be scanned anyway may have half of the quiet zone, and
		// larger modules for it.
		shown = sub.SubImage(code.Bounds().Inset(2))
		_, side = fitting(w.Canvas(), shown)
	}
	picture := newCodeView(shown, side)
	large := widget.SecondaryButton(text.T("code.enlarge"), nil).WithIcon("show")
	large.OnTapped = func() { enlarge(w, code, large) }
	save := widget.SecondaryButton(text.T("code.save"), func() { saveCode(w, k, code) }).WithIcon("save")
	done := widget.PrimaryButton(text.T("app.close"), func() { sheet.Close() })
	trace.Place("code.picture", picture)
	trace.Place("code.enlarge", large)
	trace.Place("code.save", save)
	words := widget.Column(theme.Gap, widget.Body(text.T("code.how")), widget.Body(text.T("code.photo")),
		widget.Muted(text.T("code.public")))
	if module < leastModule {
		words.Add(widget.Note(theme.Accent, text.T("code.small")))
	}
	sheet = widget.NewSheet(text.T("code.title", "name", text.Name(k.Name)),
		container.NewBorder(nil, nil, container.NewVBox(picture), nil, widget.Pad(0, theme.Gap, words)),
		large, save, done).Wide(side + 2*theme.Wide + codeWords)
	sheet.Open(w.Canvas(), done)
	if module < leastModule {
		w.Canvas().Focus(large)
	}
}

// codeWords is the width of the words beside the picture, in pixels.
const codeWords float32 = 280

// fitting is the largest whole number of device pixels for a module of the
// code, beside words and between heading and buttons, and the picture's side.
func fitting(c fyne.Canvas, code image.Image) (module int, side float32) {
	free := fyne.Min(c.Size().Height-180, c.Size().Width-2*theme.Gap-2*theme.Wide-codeWords)
	modules := float32(code.Bounds().Dx())
	module = max(1, int(free*c.Scale()/modules))
	return module, modules * float32(module) / c.Scale()
}

// codeView draws a QR code crisp: a whole number of pixels a module, black on
// white whatever the theme, as readers expect it.
type codeView struct {
	stock.BaseWidget
	code image.Image
	side float32
}

func newCodeView(code image.Image, side float32) *codeView {
	v := &codeView{code: code, side: side}
	v.ExtendBaseWidget(v)
	return v
}

// MinSize is a square.
func (v *codeView) MinSize() fyne.Size { return fyne.NewSquareSize(v.side) }

// CreateRenderer is for the toolkit.
func (v *codeView) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRaster(func(w, h int) image.Image { return crisp(v.code, w, h) })
	r.ScaleMode = canvas.ImageScalePixels
	return stock.NewSimpleRenderer(r)
}

// AccessibilityLabel says what the picture is.
func (v *codeView) AccessibilityLabel() string { return text.T("code.spoken") }

// AccessibilityRole is text.
func (v *codeView) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// crisp is code in the middle of w by h white pixels, every module a square of
// the same whole number of pixels.
func crisp(code image.Image, w, h int) image.Image {
	b := code.Bounds()
	module := max(1, min(w/b.Dx(), h/b.Dy()))
	return enlarged(code, module, w, h)
}

func enlarged(code image.Image, module, w, h int) *image.Gray {
	b := code.Bounds()
	out := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	left, top := (w-b.Dx()*module)/2, (h-b.Dy()*module)/2
	for y := range b.Dy() {
		for x := range b.Dx() {
			if color.GrayModel.Convert(code.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y >= 128 {
				continue
			}
			at := image.Rect(left+x*module, top+y*module, left+(x+1)*module, top+(y+1)*module)
			draw.Draw(out, at, image.Black, image.Point{}, draw.Src)
		}
	}
	return out
}

// largeCode is the picture over the whole window, on white. Esc, Enter or a
// click anywhere ends it.
type largeCode struct {
	stock.BaseWidget
	canvas fyne.Canvas
	before fyne.Focusable
	face   fyne.CanvasObject
}

// enlarge shows the picture as large as the window, and gives the keyboard to
// before afterwards.
func enlarge(w fyne.Window, code image.Image, before fyne.Focusable) {
	v := &largeCode{canvas: w.Canvas(), before: before}
	end := widget.PrimaryButton(text.T("app.close"), v.close).Small()
	corner := container.NewBorder(container.NewHBox(widget.Spacer(), widget.Pad(theme.Grid, theme.Grid, end)), nil, nil, nil)
	v.face = container.NewStack(canvas.NewRectangle(color.White), newCodeView(code, 1), corner)
	v.ExtendBaseWidget(v)
	trace.Place("code.close", end)
	v.canvas.Overlays().Add(v)
	v.canvas.Focus(v)
}

func (v *largeCode) close() {
	v.canvas.Overlays().Remove(v)
	v.canvas.Focus(v.before)
}

// CreateRenderer is for the toolkit.
func (v *largeCode) CreateRenderer() fyne.WidgetRenderer { return stock.NewSimpleRenderer(v.face) }

// Tapped closes the picture.
func (v *largeCode) Tapped(*fyne.PointEvent) { v.close() }

// FocusGained, FocusLost and TypedRune have nothing to do.
func (v *largeCode) FocusGained()   {}
func (v *largeCode) FocusLost()     {}
func (v *largeCode) TypedRune(rune) {}

// TypedKey closes the picture.
func (v *largeCode) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		v.close()
	}
}

// saveCode writes the picture where the person wants it.
func saveCode(w fyne.Window, k identity.Public, code image.Image) {
	b := code.Bounds()
	var file bytes.Buffer
	if err := png.Encode(&file, enlarged(code, savedModule, b.Dx()*savedModule, b.Dy()*savedModule)); err != nil {
		Problem(w, err)
		return
	}
	shell.Choose(w, shell.Request{
		Title: text.T("code.save.title"), Accept: text.T("code.save.accept"),
		SaveAs: strings.TrimSuffix(cardName(k.Name), ".card.txt") + ".card.png",
	}, func(paths []string) {
		if len(paths) == 0 {
			return
		}
		var err error
		away(func() { _, err = safefile.WriteFile(paths[0], file.Bytes(), 0o644, safefile.Refuse) }, func() {
			if err != nil {
				Problem(w, err)
				return
			}
			trace.Event("code.saved", nil)
			widget.Toast(w.Canvas(), theme.OK, text.T("code.saved", "path", text.Name(paths[0])))
		})
	})
}
