// Package theme owns how the window looks: the light and the dark palette, the
// 8 px grid, the type scale, the fonts and the repainting of icons and
// drawings. It imports assets and the toolkit, and never the engine.
//
// All functions are for the UI goroutine.
package theme

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	stock "fyne.io/fyne/v2/theme"

	"cryptodesk/assets"
)

// Distances of the 8 px grid, in density-independent pixels.
const (
	Half   float32 = 4
	Grid   float32 = 8
	Gap    float32 = 16 // between elements, padding inside cards
	Wide   float32 = 24 // page padding, between groups
	Radius float32 = 12 // corners of cards and sheets
	Corner float32 = 8  // corners of buttons and fields
	Target float32 = 40 // height of buttons and fields
)

// The type scale, in density-independent pixels.
const (
	TitleSize   float32 = 24
	HeadingSize float32 = 18
	BodySize    float32 = 14
	CaptionSize float32 = 12
)

// Mode says who chooses between light and dark.
type Mode string

// System follows the desktop's setting, live where the desktop announces it.
const (
	System Mode = "system"
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// New makes the program's theme.
func New(mode Mode) fyne.Theme { return look{mode} }

// Color answers a role in the theme shown now.
func Color(name fyne.ThemeColorName) color.Color { return stock.Color(name) }

// IsDark says whether the dark palette is shown now.
func IsDark() bool { return Color(Background) == color.Color(palette[Background].dark) }

type look struct{ mode Mode }

func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch l.mode {
	case Light:
		variant = stock.VariantLight
	case Dark:
		variant = stock.VariantDark
	}
	if c, ok := lookup(name, variant); ok {
		return c
	}
	return stock.DefaultTheme().Color(name, variant)
}

var fonts = sync.OnceValue(func() [2]fyne.Resource {
	return [2]fyne.Resource{
		fyne.NewStaticResource("Pretendard-Regular.otf", assets.Font("Regular")),
		fyne.NewStaticResource("Pretendard-SemiBold.otf", assets.Font("SemiBold")),
	}
})

func (look) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace, style.Symbol:
		return stock.DefaultTheme().Font(style)
	case style.Bold:
		return fonts()[1]
	}
	return fonts()[0]
}

func (look) Icon(name fyne.ThemeIconName) fyne.Resource {
	if own, ok := stockIcons[name]; ok {
		return Icon(own, Text)
	}
	return stock.DefaultTheme().Icon(name)
}

func (look) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return stock.DefaultTheme().Size(name)
}

var sizes = map[fyne.ThemeSizeName]float32{
	stock.SizeNameText:            BodySize,
	stock.SizeNameHeadingText:     TitleSize,
	stock.SizeNameSubHeadingText:  HeadingSize,
	stock.SizeNameCaptionText:     CaptionSize,
	stock.SizeNamePadding:         Half,
	stock.SizeNameInnerPadding:    12,
	stock.SizeNameInlineIcon:      20,
	stock.SizeNameInputBorder:     1,
	stock.SizeNameInputRadius:     Corner,
	stock.SizeNameButtonRadius:    Corner,
	stock.SizeNameCardRadius:      Radius,
	stock.SizeNameDialogRadius:    Radius,
	stock.SizeNameSelectionRadius: Half,
	stock.SizeNameScrollBar:       10,
	stock.SizeNameScrollBarSmall:  4,
	stock.SizeNameScrollBarRadius: 5,
}

// stockIcons replaces the toolkit's icons that can appear in our window.
var stockIcons = map[fyne.ThemeIconName]string{
	stock.IconNameCancel:        "close",
	stock.IconNameConfirm:       "check",
	stock.IconNameArrowDropDown: "chevron-down",
	stock.IconNameContentCopy:   "copy",
	stock.IconNameFile:          "file",
	stock.IconNameFolder:        "folder",
	stock.IconNameFolderOpen:    "folder",
	stock.IconNameSettings:      "settings",
	stock.IconNameWarning:       "warning",
	stock.IconNameInfo:          "info",
}
