package theme

import (
	"image/color"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	stock "fyne.io/fyne/v2/theme"

	"cryptodesk/assets"
)

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	channel := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestTextCanBeRead(t *testing.T) {
	pairs := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		Text:     {Background, Surface, Raised, AccentSoft, OKSoft, WarningSoft, DangerSoft, NeutralSoft, Thumb},
		Muted:    {Background, Surface, Raised},
		Accent:   {Background, Surface, Raised, AccentSoft},
		OK:       {Background, Surface, Raised, OKSoft},
		Warning:  {Background, Surface, Raised, WarningSoft},
		Danger:   {Background, Surface, Raised, DangerSoft},
		Quiet:    {NeutralSoft},
		OnAccent: {Accent, AccentHover, AccentPress},
		OnDanger: {Danger},
	}
	for name, variant := range map[string]fyne.ThemeVariant{"light": stock.VariantLight, "dark": stock.VariantDark} {
		for ink, grounds := range pairs {
			for _, ground := range grounds {
				a, _ := lookup(ink, variant)
				b, _ := lookup(ground, variant)
				if c := contrast(a, b); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", name, ink, ground, c)
				}
			}
		}
	}
}

func TestModeOverridesTheSystem(t *testing.T) {
	dark, light := palette[Background].dark, palette[Background].light
	for _, variant := range []fyne.ThemeVariant{stock.VariantLight, stock.VariantDark} {
		if got := New(Light).Color(Background, variant); got != color.Color(light) {
			t.Errorf("light theme shows %v", got)
		}
		if got := New(Dark).Color(Background, variant); got != color.Color(dark) {
			t.Errorf("dark theme shows %v", got)
		}
	}
	if New(System).Color(Background, stock.VariantLight) != color.Color(light) ||
		New(System).Color(Background, stock.VariantDark) != color.Color(dark) {
		t.Error("the system's variant is not followed")
	}
}

func TestStockRolesLeadToOurColours(t *testing.T) {
	for name, role := range stockRoles {
		if _, ok := palette[role]; !ok {
			t.Errorf("%s leads to %s, which has no colour", name, role)
		}
	}
}

var colour = regexp.MustCompile(`#[0-9A-Fa-f]{3,8}`)

func TestDrawingsUseThePaletteOnly(t *testing.T) {
	known := []string{}
	for _, role := range drawingRoles {
		known = append(known, hex(palette[role].light))
	}
	for _, name := range assets.DrawingNames() {
		for _, c := range colour.FindAllString(string(assets.Drawing(name)), -1) {
			if !slices.Contains(known, c) {
				t.Errorf("drawing %s has %s, which would not follow the theme", name, c)
			}
		}
	}
	ink := hex(palette[Text].light)
	for _, name := range assets.IconNames() {
		for _, c := range colour.FindAllString(string(assets.Icon(name)), -1) {
			if c != ink {
				t.Errorf("icon %s has %s, want only %s", name, c, ink)
			}
		}
	}
}

func TestPicturesFollowTheTheme(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	if !strings.Contains(string(Icon("lock", Accent).Content()), "#0F766E") {
		t.Error("a light icon is not in the accent colour")
	}
	light := Drawing("drop")
	app.Settings().SetTheme(New(Dark))
	if !strings.Contains(string(Icon("lock", Accent).Content()), "#2DD4BF") {
		t.Error("a dark icon is not in the accent colour")
	}
	dark := Drawing("drop")
	if dark.Name() == light.Name() || strings.Contains(string(dark.Content()), "#FFFFFF") {
		t.Error("the drawing did not follow the theme")
	}
}

func TestEveryPictureIsDrawn(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	blank := func(name string, r fyne.Resource) {
		img := canvas.NewImageFromResource(r)
		img.Resize(fyne.NewSquareSize(48))
		w := test.NewTempWindow(t, img)
		w.SetPadded(false)
		w.Resize(fyne.NewSquareSize(48))
		shot := w.Canvas().Capture()
		first := shot.At(0, 0)
		for y := range shot.Bounds().Dy() {
			for x := range shot.Bounds().Dx() {
				if shot.At(x, y) != first {
					return
				}
			}
		}
		t.Errorf("%s shows nothing", name)
	}
	for _, name := range assets.IconNames() {
		blank("icon "+name, Icon(name, Text))
	}
	for _, name := range assets.DrawingNames() {
		blank("drawing "+name, Drawing(name))
	}
}

// The fonts must hold every Hangul syllable: a missing one would be a box on
// computers without Korean fonts.
func TestFontsHoldHangul(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
		missing, err := lacking(New(Light).Font(style).Content(), 0xAC00, 0xD7A3)
		if err != nil {
			t.Fatal(err)
		}
		if missing != 0 {
			t.Errorf("%d syllables are missing in %v", missing, style)
		}
	}
}
