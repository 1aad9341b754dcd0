package theme

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"
	"sync"

	"fyne.io/fyne/v2"

	"cryptodesk/assets"
)

// Icon answers a line icon in the colour of a role of the theme shown now.
// Ask again after the theme changed; asking is cheap.
func Icon(name string, role fyne.ThemeColorName) fyne.Resource {
	ink := Color(role)
	return painted("icon-"+name+"-"+hex(ink), func() []byte {
		return bytes.ReplaceAll(assets.Icon(name), []byte(hex(palette[Text].light)), []byte(hex(ink)))
	})
}

// Drawing answers a drawing in the palette shown now.
func Drawing(name string) fyne.Resource {
	variant := "light"
	if IsDark() {
		variant = "dark"
	}
	return painted("drawing-"+name+"-"+variant, func() []byte {
		svg := assets.Drawing(name)
		if variant == "light" {
			return svg
		}
		return []byte(toDark().Replace(string(svg)))
	})
}

// toDark maps every colour a drawing may use from the light to the dark
// palette. White stands for a raised surface.
var toDark = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	for _, role := range drawingRoles {
		s := palette[role]
		pairs = append(pairs, hex(s.light), hex(s.dark))
	}
	return strings.NewReplacer(pairs...)
})

// drawingRoles are the colours drawings are made of.
var drawingRoles = []fyne.ThemeColorName{
	Text, Muted, Border, FieldBorder, Raised, Accent, AccentSoft, OK, OKSoft, Warning, WarningSoft, NeutralSoft,
}

var (
	paintedMu sync.Mutex
	paintings = map[string]fyne.Resource{}
)

// painted keeps one resource for each name: the toolkit caches pixels by it.
func painted(name string, paint func() []byte) fyne.Resource {
	paintedMu.Lock()
	defer paintedMu.Unlock()
	if r, ok := paintings[name]; ok {
		return r
	}
	r := fyne.NewStaticResource(name+".svg", paint())
	paintings[name] = r
	return r
}

// hex writes a colour as SVG files do; alpha is left out.
func hex(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02X%02X%02X", n.R, n.G, n.B)
}
