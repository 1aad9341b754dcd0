package gui

import (
	"encoding/json"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"cryptodesk/gui/text"
)

// translateToolkit gives the toolkit's own words our language. It looks them
// up by the system's locale, and by English where it does not know that one,
// so they are set for both.
func translateToolkit() {
	const prefix = "toolkit."
	words := map[string]string{}
	for key, s := range text.Catalogue(text.Current()) {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			words[name] = s
		}
	}
	raw, err := json.Marshal(words)
	if err != nil {
		return
	}
	for _, locale := range []fyne.Locale{"en", lang.SystemLocale()} {
		if err := lang.AddTranslationsForLocale(raw, locale); err != nil {
			fyne.LogError("toolkit words", err)
		}
	}
}
