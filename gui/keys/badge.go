package keys

import (
	"fyne.io/fyne/v2"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// verdict is how far the keys of a contact can be trusted, in a word and its
// colour.
func verdict(verified, changed bool) (string, fyne.ThemeColorName) {
	switch {
	case changed:
		return text.T("keys.changed"), theme.Danger
	case verified:
		return text.T("keys.verified"), theme.OK
	}
	return text.T("keys.notVerified"), theme.Muted
}

// VerifiedBadge says whether the safety words of a contact were compared, or
// that other keys came under the contact's name.
func VerifiedBadge(verified, changed bool) *widget.Badge {
	return widget.NewBadge(verdict(verified, changed))
}
