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

// openCode shows the picture as large as the sheet can.
func openCode(w fyne.Window, k identity.Public, code image.Image) {
	var sheet *widget.Sheet
	// What a sheet needs around its content is left out; the window can be as
	// small as 480 pixels.
	room := fyne.Max(200, w.Canvas().Size().Height-236)
	picture := newCodeView(code, fyne.Min(room, 560))
	large := widget.SecondaryButton(text.T("code.enlarge"), func() { enlarge(w, code) }).WithIcon("eye")
	save := widget.SecondaryButton(text.T("code.save"), func() { saveCode(w, k, code) }).WithIcon("save")
	done := widget.PrimaryButton(text.T("app.close"), func() { sheet.Close() })
	trace.Place("code.picture", picture)
	trace.Place("code.enlarge", large)
	trace.Place("code.save", save)
	sheet = widget.NewSheet(text.T("code.title", "name", text.Name(k.Name)), widget.Column(theme.Gap,
		container.NewCenter(picture), widget.Muted(text.T("code.how"))), large, save, done).Wide(600)
	sheet.Open(w.Canvas(), done)
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

// enlarge shows the picture over the whole window; Esc or the button ends it.
func enlarge(w fyne.Window, code image.Image) {
	c := w.Canvas()
	before := c.Focused()
	var view *fyne.Container
	end := widget.PrimaryButton(text.T("app.close"), func() {
		c.Overlays().Remove(view)
		if before != nil {
			c.Focus(before)
		}
	}).Small()
	trace.Place("code.close", end)
	trace.Place("code.large", view)
	white := canvas.NewRectangle(color.White)
	picture := newCodeView(code, 1)
	corner := container.NewBorder(container.NewHBox(widget.Spacer(), widget.Pad(theme.Grid, theme.Grid, end)), nil, nil, nil)
	view = container.NewStack(white, picture, corner)
	c.Overlays().Add(view)
	view.Resize(c.Size())
	c.Focus(end)
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
