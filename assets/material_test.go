package assets_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"cryptodesk/engine/identity"
)

// TestEveryMaterialHasTextsInBothLanguages also finds texts of materials that
// are gone. Each has a reason, because each can be in the wrong place.
func TestEveryMaterialHasTextsInBothLanguages(t *testing.T) {
	for _, language := range []string{"en", "ko"} {
		raw, err := os.ReadFile("translations/material." + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for _, m := range identity.Materials() {
			name, why := texts["material."+string(m)], texts["material."+string(m)+".why"]
			if name == "" || strings.HasSuffix(name, ".") {
				t.Errorf("%s is called %q in %s", m, name, language)
			}
			if len(why) < 20 || strings.Contains(why, "!") || strings.Contains(why, "{") {
				t.Errorf("%s has the reason %q in %s", m, why, language)
			}
		}
		if len(texts) != 2*len(identity.Materials()) {
			t.Errorf("%s holds %d texts for %d materials", language, len(texts), len(identity.Materials()))
		}
	}
}
