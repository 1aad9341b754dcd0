package assets_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

func faultTexts(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("translations/fault." + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// TestEveryFaultHasTextsInBothLanguages also finds texts of kinds that are gone.
func TestEveryFaultHasTextsInBothLanguages(t *testing.T) {
	texts := map[string]map[string]string{"en": faultTexts(t, "en"), "ko": faultTexts(t, "ko")}
	for _, k := range fault.Kinds() {
		for _, part := range []string{".what", ".do"} {
			key := "fault." + string(k) + part
			var first []string
			for i, language := range []string{"en", "ko"} {
				text := texts[language][key]
				if text == "" {
					t.Errorf("%s has no text in %s", key, language)
				}
				holes := placeholder.FindAllString(text, -1)
				slices.Sort(holes)
				for _, h := range holes {
					if h != "{subject}" {
						t.Errorf("%s in %s asks for %s, which a fault does not have", key, language, h)
					}
				}
				if i > 0 && !slices.Equal(holes, first) {
					t.Errorf("%s has other placeholders in %s", key, language)
				}
				first = holes
			}
		}
	}
	for language, all := range texts {
		if len(all) != 2*len(fault.Kinds()) {
			t.Errorf("%s holds %d texts for %d kinds", language, len(all), len(fault.Kinds()))
		}
	}
}

// TestFaultTextsAreCalm holds the tone: one sentence, no jargon, no exclamation, Korean in one form of politeness.
func TestFaultTextsAreCalm(t *testing.T) {
	jargon := []string{"!", "oops", "error:", "stanza", "scrypt", "nonce", "header", "payload", "chunk", "hkdf", "invalid", "illegal", "fatal", "sorry", "you forgot", "your fault"}
	for _, language := range []string{"en", "ko"} {
		for key, text := range faultTexts(t, language) {
			low := strings.ToLower(text)
			for _, word := range jargon {
				if strings.Contains(low, word) {
					t.Errorf("%s in %s says %q: %s", key, language, word, text)
				}
			}
			if strings.Count(text, ". ") > 0 || !strings.HasSuffix(text, ".") {
				t.Errorf("%s in %s is not one sentence: %s", key, language, text)
			}
			if language == "ko" && !strings.HasSuffix(text, "니다.") && !strings.HasSuffix(text, "세요.") {
				t.Errorf("%s is not in the tone of the others: %s", key, text)
			}
		}
	}
}
