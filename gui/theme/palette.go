package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	stock "fyne.io/fyne/v2/theme"
)

// Colour roles. Those the toolkit knows keep its names, so that stock widgets
// follow; the others are ours.
const (
	Background = stock.ColorNameBackground
	Text       = stock.ColorNameForeground
	Accent     = stock.ColorNamePrimary
	OnAccent   = stock.ColorNameForegroundOnPrimary
	OK         = stock.ColorNameSuccess
	Warning    = stock.ColorNameWarning
	Danger     = stock.ColorNameError

	Surface     fyne.ThemeColorName = "desk.surface"     // rail, input fields
	Raised      fyne.ThemeColorName = "desk.raised"      // cards, sheets
	Border      fyne.ThemeColorName = "desk.border"      // 1 px lines around what is raised
	FieldBorder fyne.ThemeColorName = "desk.fieldBorder" // input outlines: 3:1 against the surface
	Muted       fyne.ThemeColorName = "desk.muted"       // secondary text
	Quiet       fyne.ThemeColorName = "desk.quiet"       // Muted on a neutral tint
	OnDanger    fyne.ThemeColorName = "desk.onDanger"
	AccentSoft  fyne.ThemeColorName = "desk.accentSoft" // tints behind text of the same role
	OKSoft      fyne.ThemeColorName = "desk.okSoft"
	WarningSoft fyne.ThemeColorName = "desk.warningSoft"
	DangerSoft  fyne.ThemeColorName = "desk.dangerSoft"
	NeutralSoft fyne.ThemeColorName = "desk.neutralSoft"
	Thumb       fyne.ThemeColorName = "desk.thumb" // what is chosen on a neutral track
	HoverTint   fyne.ThemeColorName = "desk.hover" // over surface and raised
	PressTint   fyne.ThemeColorName = "desk.press" // over surface and raised
	AccentHover fyne.ThemeColorName = "desk.accentHover"
	AccentPress fyne.ThemeColorName = "desk.accentPress"
	Scrim       fyne.ThemeColorName = "desk.scrim" // under a sheet
	Transparent fyne.ThemeColorName = "desk.transparent"
)

// shade is one role in the light and in the dark palette.
type shade struct{ light, dark color.NRGBA }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func both(light, dark uint32) shade { return shade{rgb(light), rgb(dark)} }

var palette = map[fyne.ThemeColorName]shade{
	Background:  both(0xF6F7F9, 0x0F1318),
	Surface:     both(0xFFFFFF, 0x171C23),
	Raised:      both(0xFFFFFF, 0x1E242D),
	Border:      both(0xE4E7EC, 0x2B333F),
	FieldBorder: both(0x98A2B3, 0x667085),
	Text:        both(0x101828, 0xE6EAF0),
	Muted:       both(0x667085, 0x98A2B3),
	Quiet:       both(0x596275, 0xA9B2C0),
	Accent:      both(0x0F766E, 0x2DD4BF),
	AccentHover: both(0x0D655E, 0x5EE0CF),
	AccentPress: both(0x0A524D, 0x22B8A5),
	OnAccent:    both(0xFFFFFF, 0x06231F),
	OK:          both(0x15803D, 0x4ADE80),
	Warning:     both(0xB45309, 0xFBBF24),
	Danger:      both(0xB42318, 0xF87171),
	OnDanger:    both(0xFFFFFF, 0x2A0808),
	AccentSoft:  both(0xE3F4F1, 0x143330),
	OKSoft:      both(0xEBF8EF, 0x16301F),
	WarningSoft: both(0xFEF4E2, 0x33270C),
	DangerSoft:  both(0xFDECEA, 0x3A1A1A),
	NeutralSoft: both(0xEEF0F4, 0x2A323D),
	Thumb:       both(0xFFFFFF, 0x414C5B),
	HoverTint:   {color.NRGBA{R: 0x10, G: 0x18, B: 0x28, A: 0x0D}, color.NRGBA{R: 255, G: 255, B: 255, A: 0x12}},
	PressTint:   {color.NRGBA{R: 0x10, G: 0x18, B: 0x28, A: 0x1A}, color.NRGBA{R: 255, G: 255, B: 255, A: 0x1E}},
	Scrim:       {color.NRGBA{R: 0x10, G: 0x18, B: 0x28, A: 0x66}, color.NRGBA{R: 0, G: 0, B: 0, A: 0x99}},
	Transparent: {},
}

// stockRoles gives the toolkit's other names one of our roles.
var stockRoles = map[fyne.ThemeColorName]fyne.ThemeColorName{
	stock.ColorNameButton:              Surface,
	stock.ColorNameDisabled:            Muted,
	stock.ColorNameDisabledButton:      NeutralSoft,
	stock.ColorNameFocus:               AccentSoft,
	stock.ColorNameForegroundOnError:   OnDanger,
	stock.ColorNameForegroundOnSuccess: OnAccent,
	stock.ColorNameForegroundOnWarning: OnAccent,
	stock.ColorNameHeaderBackground:    Surface,
	stock.ColorNameHover:               HoverTint,
	stock.ColorNameHyperlink:           Accent,
	stock.ColorNameInputBackground:     Surface,
	stock.ColorNameInputBorder:         FieldBorder,
	stock.ColorNameMenuBackground:      Raised,
	stock.ColorNameOverlayBackground:   Raised,
	stock.ColorNamePlaceHolder:         Muted,
	stock.ColorNamePressed:             PressTint,
	stock.ColorNameScrollBar:           FieldBorder,
	stock.ColorNameScrollBarBackground: Transparent,
	stock.ColorNameSelection:           AccentSoft,
	stock.ColorNameSeparator:           Border,
	stock.ColorNameShadow:              HoverTint,
}

// lookup answers a role in one variant.
func lookup(name fyne.ThemeColorName, variant fyne.ThemeVariant) (color.NRGBA, bool) {
	if role, ok := stockRoles[name]; ok {
		name = role
	}
	s, ok := palette[name]
	if variant == stock.VariantLight {
		return s.light, ok
	}
	return s.dark, ok
}
