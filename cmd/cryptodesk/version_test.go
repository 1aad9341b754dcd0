package main

import (
	"os"
	"strings"
	"testing"

	"cryptodesk/engine"
)

// The packaging file, the desktop's software centre and the program itself say
// the same version.
func TestOneVersion(t *testing.T) {
	for path, want := range map[string]string{
		"../../FyneApp.toml": `Version = "` + engine.Version() + `"`,
		"../../CHANGELOG.md": "## " + engine.Version(),
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %s", path, want)
		}
	}
}
